"""The file of accounts: made for its owner alone, and opened only where no other user had a hand in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import Connection, Engine, create_engine, event, insert
from sqlalchemy.exc import DatabaseError

from samegoods.edges.accounts.book import Accounts, tables, unheard
from samegoods.edges.accounts.passwords import Passwords
from samegoods.errors import AccountError
from samegoods.strangers import Unsafe, unsafe

VARIABLE = "SAMEGOODS_ACCOUNTS"
"""The environment variable that names the file of accounts."""
FORM = 1
"""The form of the tables, kept as SQLite's ``user_version``."""
_BUSY_MS = 10_000
_REFUSED: dict[Unsafe, str] = {
    "link": "is a link: name the file of accounts itself with --accounts-file",
    "no file": "is no file of accounts: name another with --accounts-file",
    "open to others": "others may read the accounts: chmod 600 it, and give everybody a new password",
    "of another user": "these accounts belong to another user: name your own file with --accounts-file",
}


@contextmanager
def open_accounts(
    file: Path | str | None = None,
    *,
    passwords: Passwords | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Accounts]:
    """The accounts in a file; else in the one that ``SAMEGOODS_ACCOUNTS`` names; else in the user's own. It is made
    where there is none.

    Args:
        passwords: how passwords are kept; None for the standard way.
        now: the clock.

    Raises:
        AccountError: it is a link, others may read it, it is no such file, a later release has written it, or it
            cannot be made.
    """
    own = platformdirs.user_config_path("samegoods", appauthor=False) / "accounts.db"
    place = Path(file or os.environ.get(VARIABLE) or own)
    _made(place)
    engine = create_engine(f"sqlite:///{place}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        _tables(engine, place)
        yield Accounts(place, engine, passwords or Passwords(), now)
    finally:
        engine.dispose()


def _made(place: Path) -> None:
    """Make the file for its owner alone; SQLite gives what it writes beside it the same rights."""
    try:
        if not os.path.lexists(place):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(place, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600))
        why = unsafe(place)
    except OSError as error:
        raise AccountError(
            f"{place}: no accounts can be kept here: {error.strerror or error}: name a file with --accounts-file or "
            f"{VARIABLE}"
        ) from error
    if why is not None:
        raise AccountError(f"{place}: {_REFUSED[why]}")


def _tables(engine: Engine, place: Path) -> None:
    try:
        with engine.begin() as connection:
            form = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if form == 0:
                tables.create_all(connection)
                connection.execute(insert(unheard).values(attempts=0))
                connection.exec_driver_sql(f"PRAGMA user_version = {FORM}")
    except DatabaseError as error:
        raise AccountError(f"{place}: is no file of accounts, or it cannot be written: {error.orig}") from error
    if form > FORM:
        raise AccountError(f"{place}: written by a later release of samegoods: update samegoods to use it")


def _prepare(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy; a reader never waits for a writer, and what is committed stays."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """What may write says so at once: between its reading and its writing nobody else writes."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")
