"""A case's data base, opened to be read and proven: nothing in it is trusted, and nothing of it is written."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import StaticPool

from samegoods.custody.log import Problem
from samegoods.custody.proving import DATABASE
from samegoods.edges.case.address import InPostgres
from samegoods.edges.case.database import forms_with_a_log
from samegoods.edges.case.postgres import engine_of, key_of, locked
from samegoods.edges.case.tables import Base

_SQLITE = "SELECT type, name FROM sqlite_master ORDER BY name"
_POSTGRES = """
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, relname
FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'trigger', tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal
UNION ALL
SELECT 'rule', rulename FROM pg_rules WHERE schemaname = current_schema() AND rulename <> '_RETURN'
ORDER BY 2
"""


@contextmanager
def opened_file(folder: Path) -> Iterator[Connection]:
    """The data base of a folder, read-only. What a killed run left in its write-ahead log is taken in on a copy."""
    ahead = folder / f"{DATABASE}-wal"
    with tempfile.TemporaryDirectory(prefix="samegoods-") as copy:
        file = folder / DATABASE
        if ahead.is_file() and ahead.stat().st_size:
            for one in (file, ahead):
                shutil.copyfile(one, Path(copy) / one.name)
            file = Path(copy) / DATABASE
            uri = f"file:{quote(str(file))}"
        else:
            uri = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA query_only = ON")
            engine = create_engine("sqlite://", creator=lambda: db, poolclass=StaticPool)
            with engine.connect() as connection:
                yield connection


@contextmanager
def opened_schema(address: InPostgres, *, is_still: bool) -> Iterator[Connection]:
    """A case in PostgreSQL as it stands at one moment, read-only; unless it is still, who would add to it waits.

    Raises:
        CaseError: the server cannot be reached, or was lost.
        MissingPart: the driver is not installed.
    """
    engine = engine_of(address)
    try:
        with engine.connect() as connection, ExitStack() as held:
            if not is_still:
                held.enter_context(locked(connection, key_of(address.schema, "published")))
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    finally:
        engine.dispose()


def strangers(connection: Connection) -> Iterator[Problem]:
    """What a case's data base does not have: another form, tables that no release made, views and triggers."""
    forms = [form for (form,) in connection.execute(text("SELECT version_num FROM alembic_version"))]
    if len(forms) != 1 or forms[0] not in forms_with_a_log():
        yield Problem(f"{DATABASE}: alembic_version", "names a form of the tables that is not known, or has no log")
    known = {"alembic_version", *Base.metadata.tables}
    for kind, name in connection.execute(text(_SQLITE if connection.dialect.name == "sqlite" else _POSTGRES)).all():
        if kind in ("view", "trigger", "rule") or (kind == "table" and name not in known):
            yield Problem(f"{DATABASE}: {name}", f"a {kind} that a case does not have")
