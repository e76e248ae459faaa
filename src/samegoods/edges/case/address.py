"""Where a case lies: in a folder of this machine, or in a schema of a PostgreSQL data base."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from samegoods.errors import CaseError

SCHEMA = "samegoods"
"""The schema of a case whose address names none."""
_SCHEMES = ("postgresql", "postgres")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,49}")
"""What needs no quotes anywhere, and leaves room for a suffix in the 63 bytes of an identifier."""
_SECRET = frozenset({"password", "sslpassword"})
_FORM = "postgresql://USER@HOST:5432/DATABASE?schema=NAME"


@dataclass(frozen=True, slots=True)
class InFolder:
    """A case in a folder, with its data base, evidence and results."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)


@dataclass(frozen=True, slots=True)
class InPostgres:
    """A case in PostgreSQL. What it says of itself holds no password."""

    url: URL = field(repr=False)
    schema: str

    def __str__(self) -> str:
        return self.url.update_query_dict({"schema": self.schema}).render_as_string(hide_password=True)

    def within(self, schema: str) -> InPostgres:
        """Another schema of the same data base."""
        return InPostgres(self.url, schema)


CaseAddress = InFolder | InPostgres


def address_of(case: CaseAddress | Path | str) -> CaseAddress:
    """The address of a case as it is given to commands.

    Raises:
        CaseError: it is an address of PostgreSQL that cannot be used; the message shows no password.
    """
    if isinstance(case, InFolder | InPostgres):
        return case
    if isinstance(case, Path):
        if case.parts and case.parts[0].rstrip(":") in _SCHEMES and case.parts[0].endswith(":"):
            raise CaseError(f"the address of a case in PostgreSQL is a text and no path: {_FORM}")
        return InFolder(case)
    return _in_postgres(case) if is_postgres(case) else InFolder(Path(case))


def is_postgres(case: str) -> bool:
    """Whether a text is an address of PostgreSQL, and not the name of a folder."""
    return case.partition("://")[0] in _SCHEMES and "://" in case


def _in_postgres(text: str) -> InPostgres:
    try:
        url = make_url("postgresql" + text[text.index("://") :])
    except (ArgumentError, ValueError):  # what they say may hold the password
        raise CaseError(f"the address of the case cannot be read: expected {_FORM}") from None
    secret = sorted(_SECRET & set(url.query))
    if secret:
        raise CaseError(f"{url.host or 'the address of the case'}: {secret[0]} in it: use PGPASSWORD or ~/.pgpass")
    schema = url.query.get("schema", SCHEMA)
    if not isinstance(schema, str) or not _NAME.fullmatch(schema) or schema.startswith("pg_"):
        raise CaseError(
            "the address of the case: schema is a name of small letters, digits and _, up to 50, not pg_…: "
            "?schema=july"
        )
    return InPostgres(url.difference_update_query(["schema"]), schema)
