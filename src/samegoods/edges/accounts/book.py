"""What is done with accounts: made, changed, removed, and asked whether a password fits."""

from __future__ import annotations

import logging
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from samegoods.edges.accounts.passwords import Passwords
from samegoods.errors import AccountError
from samegoods.records import Account, Role, wait_s

FREE_TRIES = 5
"""Attempts on an account before it waits: OWASP names 3 to 5, and people mistype."""
MOST_FAILURES = 100
"""Consecutive failures after which an account hears nobody until it gets a new password (NIST SP 800-63B, 5.2.2)."""
_NAME = re.compile(r"\w[\w .'@-]{0,79}")
_LOG = logging.getLogger("samegoods.accounts")

tables = MetaData()
rows = Table(
    "accounts",
    tables,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("password", String, nullable=False),
    Column("stamp", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String),
)
unheard = Table("unheard", tables, Column("attempts", Integer, nullable=False))
"""Attempts under no name that there is, or while it was locked: told nobody, but written as any other is, or the time
of the answer would tell which they are."""


class Accounts:
    """The accounts of a file. Several processes may use it at once, each with its own; so may several threads."""

    def __init__(self, file: Path, engine: Engine, passwords: Passwords, now: Callable[[], datetime]) -> None:
        self.file = file
        self._engine = engine
        self._passwords = passwords
        self._now = now

    def __len__(self) -> int:
        with self._reading() as db:
            return int(db.scalar(select(func.count()).select_from(rows)) or 0)

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with self._reading() as db:
            return tuple(_account(row) for row in db.execute(select(rows).order_by(rows.c.key)))

    def get(self, name: str) -> Account | None:
        with self._reading() as db:
            row = db.execute(select(rows).where(rows.c.key == _key(name))).one_or_none()
        return None if row is None else _account(row)

    def locked(self) -> tuple[Account, ...]:
        """The accounts that hear nobody now."""
        now = self._now()
        return tuple(one for one in self.all() if one.locked(now))

    def add(self, name: str, role: Role, password: str) -> Account:
        """Make an account.

        Raises:
            AccountError: the name is none or taken, or the password is too short or too long.
        """
        name = unicodedata.normalize("NFC", name).strip()
        if not _NAME.fullmatch(name):
            raise AccountError(
                "a name is 1 to 80 letters, digits, spaces or . ' @ - _, and begins with a letter or digit"
            )
        made = {"key": _key(name), "name": name, "role": role, "made_at": self._now().isoformat(), "failures": 0}
        made |= {"password": self._passwords.hashed(password), "stamp": _stamp()}
        with self._writing() as db:
            if db.execute(select(rows.c.key).where(rows.c.key == made["key"])).one_or_none() is not None:
                raise AccountError("there is an account of this name already")
            db.execute(insert(rows).values(made))
            return _found(db, name)

    def set_role(self, name: str, role: Role) -> Account:
        """Give an account another role; its sessions end.

        Raises:
            AccountError: there is none of this name, or nobody would be left to administer.
        """
        with self._writing() as db:
            if role != "administrator":
                _leave_an_administrator(db, name)
            return _changed(db, name, role=role, stamp=_stamp())

    def set_password(self, name: str, password: str) -> Account:
        """Give an account another password; its sessions end, and its lock.

        Raises:
            AccountError: there is none of this name, or the password is too short or too long.
        """
        kept = self._passwords.hashed(password)
        with self._writing() as db:
            return _changed(db, name, password=kept, stamp=_stamp(), failures=0, locked_until=None)

    def remove(self, name: str) -> None:
        """Remove an account; its sessions end.

        Raises:
            AccountError: there is none of this name, or nobody would be left to administer.
        """
        with self._writing() as db:
            _leave_an_administrator(db, name)
            db.execute(delete(rows).where(rows.c.key == _key(name)))

    def check(self, name: str, password: str) -> Account | None:
        """The account whose name and password these are; None where they do not fit, or it hears nobody now.

        All take the time of one hash. An attempt counts as failed before it is known: of many at once none is free.
        """
        kept = self._begun(name)
        if not self._passwords.fits(kept, password) or kept is None:
            known = self.get(name)
            if kept is not None and known is not None and known.locked(self._now()):  # by this attempt
                _LOG.warning("the account %s is locked: %d failed attempts", known.name, known.failures)
            return None
        renewed = self._passwords.renewed(kept, password)
        with self._writing() as db:
            here = (rows.c.key == _key(name)) & (rows.c.password == kept)  # not one that was changed meanwhile
            fits = update(rows).where(here).values(failures=0, locked_until=None, password=renewed or kept)
            return _found(db, name) if db.execute(fits).rowcount else None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; between its reading and its writing nobody else writes."""
        with self._said(), self._engine.begin() as db:
            yield db

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._said(), self._engine.execution_options(reading=True).connect() as db:
            yield db

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            raise AccountError(f"{self.file}: the accounts cannot be read or written: {error.orig}") from error

    def _begun(self, name: str) -> str | None:
        """Count an attempt; the hash that it is held against, or None where nothing is to fit."""
        now = self._now()
        with self._writing() as db:
            row = db.execute(select(rows).where(rows.c.key == _key(name))).one_or_none()
            if row is None or _account(row).locked(now):
                db.execute(update(unheard).values(attempts=unheard.c.attempts + 1))
                return None
            failures = row.failures + 1
            wait = wait_s(failures, free=FREE_TRIES)
            until = (now + timedelta(seconds=wait)).isoformat() if wait else None
            _changed(db, name, failures=failures, locked_until=until)
            return str(row.password)


def _account(row: Any) -> Account:
    until = None if row.locked_until is None else datetime.fromisoformat(row.locked_until)
    return Account(
        name=row.name,
        role=row.role,
        made_at=datetime.fromisoformat(row.made_at).astimezone(UTC),
        stamp=row.stamp,
        failures=row.failures,
        locked_until=until,
        shut=row.failures >= MOST_FAILURES,
    )


def _key(name: str) -> str:
    """What two names have alike that are taken for one."""
    return unicodedata.normalize("NFKC", name).casefold().strip().encode("utf-8", "replace").decode()


def _stamp() -> str:
    return secrets.token_hex(8)


def _found(db: Connection, name: str) -> Account:
    row = db.execute(select(rows).where(rows.c.key == _key(name))).one_or_none()
    if row is None:
        raise AccountError("there is no account of this name")
    return _account(row)


def _changed(db: Connection, name: str, **values: Any) -> Account:
    db.execute(update(rows).where(rows.c.key == _key(name)).values(**values))
    return _found(db, name)


def _leave_an_administrator(db: Connection, name: str) -> None:
    """Raises:
    AccountError: there is none of this name, or it is the last administrator's.
    """
    if _found(db, name).role != "administrator":
        return
    query = select(func.count()).select_from(rows).where(rows.c.role == "administrator")
    if int(db.scalar(query) or 0) < 2:
        raise AccountError("this is the last administrator: make another one first")
