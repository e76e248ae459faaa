"""Open a case in PostgreSQL: a schema of its own in a data base, brought to the newest form of its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError

from samegoods.edges.case.address import InPostgres
from samegoods.edges.case.database import known_forms, upgrade
from samegoods.errors import CaseError, MissingPart

_VERSIONS = "alembic_version"
_SERVER = """
SELECT current_setting('server_version'),
    CASE WHEN ssl THEN 'by TLS' WHEN inet_client_addr() IS NULL THEN 'on this machine' ELSE 'not encrypted' END
FROM pg_stat_ssl WHERE pid = pg_backend_pid()
"""
_CONNECT_S = 10
_KEEPALIVE_S = 30
"""A server that is gone without a word is noticed after this and three attempts, five seconds apart."""


def connect_postgres(address: InPostgres) -> Engine:
    """An engine on a case whose tables are in their newest form; makes schema and tables where there are none.

    Raises:
        CaseError: the server cannot be reached, may not be written, or holds something else there.
        MissingPart: the driver is not installed.
    """
    engine = engine_of(address)
    try:
        with engine.connect() as connection, locked(connection, key_of(address.schema, "tables")):
            if not has_schema(connection, address.schema):
                connection.execute(text(f'CREATE SCHEMA "{address.schema}"'))
                connection.commit()
            _refuse_strangers(connection, address)
            connection.commit()
            upgrade(connection, str(address))
    except DatabaseError as error:
        engine.dispose()
        raise CaseError(f"{address}: no case can be kept there: {first_line(error)}") from error
    except CaseError:
        engine.dispose()
        raise
    return engine


def engine_of(address: InPostgres) -> Engine:
    """An engine on a case as it is; nothing is asked of the server yet.

    Raises:
        MissingPart: the driver is not installed.
    """
    if find_spec("psycopg") is None:
        raise MissingPart("a case in PostgreSQL needs psycopg: pip install 'samegoods[stores]'")
    given = address.url.query.get("options", "")
    options = f"{given} -c search_path={address.schema} -c synchronous_commit=on".strip()
    engine = create_engine(
        address.url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        connect_args={
            "options": options,
            "application_name": "samegoods",
            "connect_timeout": _CONNECT_S,
            "keepalives_idle": _KEEPALIVE_S,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        },
        pool_pre_ping=True,
    )
    event.listen(engine, "handle_error", partial(_told, address))
    return engine


def _told(address: InPostgres, context: ExceptionContext) -> None:
    """Name the server where it cannot be reached or is gone, whatever was asked of it."""
    if context.is_pre_ping:  # another connection is tried first
        return
    if context.connection is None and not context.is_disconnect:
        raise CaseError(
            f"{address}: cannot be reached: {first_line(context.original_exception)}: "
            "samegoods doctor --postgres ADDRESS tells more"
        ) from context.original_exception
    if context.is_disconnect:
        raise CaseError(
            f"{address}: the connection was lost: what was saved stays, and the same command again goes on"
        ) from context.original_exception


def first_line(error: BaseException | None) -> str:
    """What a driver says, without the lines that show rows or say it again."""
    said = str(getattr(error, "orig", error)).strip()
    return next(iter(said.splitlines()), "no reason given")


def has_schema(connection: Connection, schema: str) -> bool:
    return schema in inspect(connection).get_schema_names()


def has_case(connection: Connection, schema: str) -> bool:
    """Whether a schema holds the tables of a case."""
    return has_schema(connection, schema) and inspect(connection).has_table(_VERSIONS, schema=schema)


def _refuse_strangers(connection: Connection, address: InPostgres) -> None:
    there = inspect(connection).get_table_names(schema=address.schema)
    if there and _VERSIONS not in there:
        raise CaseError(f"{address}: holds tables of something else, such as {min(there)}: name another ?schema=")


def key_of(schema: str, what: str) -> int:
    """The number of an advisory lock: locks of a data base have numbers of 64 bits and no names."""
    said = hashlib.sha256(f"samegoods/{schema}/{what}".encode()).digest()
    return int.from_bytes(said[:8], "big", signed=True)


def lock(connection: Connection, key: int, *, shared: bool = False) -> None:
    """Wait for an advisory lock and hold it until :func:`unlock`, or until the connection ends."""
    take = func.pg_advisory_lock_shared if shared else func.pg_advisory_lock
    connection.execute(select(take(bindparam("key", key))))


def try_lock(connection: Connection, key: int) -> bool:
    return bool(connection.execute(select(func.pg_try_advisory_lock(bindparam("key", key)))).scalar_one())


def unlock(connection: Connection, key: int, *, shared: bool = False) -> None:
    give = func.pg_advisory_unlock_shared if shared else func.pg_advisory_unlock
    connection.execute(select(give(bindparam("key", key))))


@contextmanager
def locked(connection: Connection, key: int, *, shared: bool = False) -> Iterator[None]:
    """Hold an advisory lock; no transaction is left open by taking it or by giving it back."""
    lock(connection, key, shared=shared)
    connection.commit()
    try:
        yield
    finally:
        if not (connection.invalidated or connection.closed):  # with the connection the lock is gone
            connection.rollback()
            unlock(connection, key, shared=shared)
            connection.commit()


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is at an address, and how it is reached: ``hindrance`` says why no case can be kept there, None where
    one can."""

    version: str
    way: str
    state: str
    hindrance: str | None


def looked_at(address: InPostgres) -> Seen:
    """Look at a server and what it has at an address; nothing is made there.

    Raises:
        CaseError: it cannot be reached.
        MissingPart: the driver is not installed.
    """
    engine = engine_of(address)
    try:
        with engine.connect() as connection:
            version, way = connection.execute(text(_SERVER)).one()
            state, hindrance = _state(connection, address)
    finally:
        engine.dispose()
    return Seen(str(version).split()[0], str(way), state, hindrance)


def _state(connection: Connection, address: InPostgres) -> tuple[str, str | None]:
    if not has_schema(connection, address.schema):
        may = text("SELECT has_database_privilege(current_database(), 'CREATE')")
        allowed = connection.execute(may).scalar_one()
        return "no case yet: the first check makes it", None if allowed else "the user may not make a schema there"
    may = text("SELECT has_schema_privilege(:schema, 'CREATE, USAGE')")
    if not connection.execute(may, {"schema": address.schema}).scalar_one():
        return "", f"the user may not write to the schema {address.schema}"
    if not has_case(connection, address.schema):
        return "an empty schema", None
    form = str(connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar())
    newest = str(known_forms()[0])
    if form not in known_forms():
        return "", f"a later release of samegoods has written the case there (tables {form})"
    return f"a case (tables {form})" + (
        "" if form == newest else f", which is brought to {newest} when written to"
    ), None
