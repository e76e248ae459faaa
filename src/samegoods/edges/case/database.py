"""Open the data base of a case: SQLite with a write-ahead log, brought to the newest form of its tables."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from samegoods.edges.case.tables import Base
from samegoods.errors import CaseError

BUSY_MS = 10_000


def connect(file: Path) -> Engine:
    """An engine on a database whose tables are in their newest form; makes the file where there is none.

    Raises:
        CaseError: the file is no such database, or a later release of the software has written it.
    """
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            upgrade(connection, str(file))
    except DatabaseError as error:
        engine.dispose()
        raise CaseError(f"{file}: not a case database, or it cannot be written: {error.orig}") from error
    except CaseError:
        engine.dispose()
        raise
    return engine


def migrations() -> Config:
    """Alembic's configuration: the steps lie beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def known_forms() -> list[str]:
    """The forms that the tables have had, the newest first."""
    return [step.revision for step in ScriptDirectory.from_config(migrations()).walk_revisions()]


def forms_with_a_log() -> set[str]:
    """The forms of the tables from the one on that has a log."""
    return {form for form in known_forms() if form >= "0004"}


def upgrade(connection: Connection, name: str) -> None:
    """Bring the tables to their newest form, a transaction to each step; ``name`` is what errors call the case.

    Raises:
        CaseError: a later release has written it.
    """
    config = migrations()
    known = known_forms()
    current = MigrationContext.configure(connection).get_current_revision()
    if current == known[0]:
        return
    if current is not None and current not in known:
        raise CaseError(
            f"{name}: written by a later release of samegoods (tables {current}): update samegoods to read it"
        )
    connection.rollback()
    config.attributes["connection"] = connection
    alembic.upgrade(config, "head")
    connection.commit()


def vacuum(engine: Engine, name: str) -> None:
    """Write the data base anew, so that what was deleted is in no page of it, nor in its write-ahead log.

    Raises:
        CaseError: it cannot be written; ``name`` is what the error calls the case.
    """
    try:
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for table in Base.metadata.tables:
                    connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
            return
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is not None:  # none of these runs within a transaction
                for command in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    raw.execute(command)
    except (DatabaseError, sqlite3.Error) as error:
        raise CaseError(f"{name}: cannot be written anew: {getattr(error, 'orig', error)}") from error


def _prepare(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy: the driver would end one before each change of a table."""
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: what is committed outlives a power cut, so custody.jsonl is never ahead of the data base.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
