"""Copying a case to another address: rows, log, results and pictures as they are, so that its custody is the same."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    column,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.exc import DatabaseError

from samegoods.custody.log import LOG
from samegoods.custody.proving import DATABASE, Held
from samegoods.custody.replay import EVIDENCE
from samegoods.edges.case.address import CaseAddress, InFolder, InPostgres
from samegoods.edges.case.contents import Contents, Row
from samegoods.edges.case.database import connect
from samegoods.edges.case.guarded import opened_file, opened_schema
from samegoods.edges.case.opening import RESULTS
from samegoods.edges.case.placing import pictures_of
from samegoods.edges.case.postgres import (
    connect_postgres,
    engine_of,
    first_line,
    has_case,
    has_schema,
    key_of,
    try_lock,
)
from samegoods.edges.case.tables import Base, CustodyRow, PlaceRow
from samegoods.errors import CaseError

SUFFIX = "copying"
"""Ends the name of what is not copied wholly yet, and marks it as ours to delete."""
_AT_ONCE = 1000
_CHUNK = 1 << 20
Said = Callable[[str], None]
"""Hears of each file and table that is copied."""


def refuse_target(target: CaseAddress, results: Path | None) -> None:
    """Refuse to copy to where something is.

    Raises:
        CaseError: there is, or the address needs a folder of results and none is given, or the other way round.
    """
    if isinstance(target, InFolder):
        if results is not None:
            raise CaseError(f"{target}: a case in a folder has its results there: leave --results out")
        if os.path.lexists(target.folder):
            raise CaseError(f"{target}: is there already: name a folder that is not")
        return
    if results is None:
        raise CaseError(f"{target}: give a folder for the results and the pictures with --results")
    if os.path.lexists(results) and not (results / SUFFIX).is_file():
        raise CaseError(f"{results}: is there already: name a folder that is not")
    engine = engine_of(target)
    try:
        with engine.connect() as connection:
            if has_schema(connection, target.schema):
                raise CaseError(f"{target}: is there already: name another ?schema=")
    finally:
        engine.dispose()


@contextmanager
def standing(case: CaseAddress) -> Iterator[Connection]:
    """The rows of a case, read-only; nobody adds to one in PostgreSQL meanwhile."""
    opening = opened_file(case.folder) if isinstance(case, InFolder) else opened_schema(case, is_still=False)
    with opening as connection:
        yield connection


@contextmanager
def copying(target: CaseAddress, results: Path | None) -> Iterator[CaseAddress]:
    """The address at which a copy is made; it gets that of the target as this ends, unless by an error.

    What an interrupted copy left there is deleted first.

    Raises:
        CaseError: it cannot be made.
    """
    if isinstance(target, InFolder):
        part = target.folder.with_name(f"{target.folder.name}.{SUFFIX}")
        _cleared(part)
        yield InFolder(part)
        part.rename(target.folder)
        (target.folder / SUFFIX).unlink()
        return
    if results is None:
        raise CaseError(f"{target}: give a folder for the results and the pictures with --results")
    engine = engine_of(target)
    made = target.within(f"{target.schema}_{SUFFIX}")
    try:
        with engine.connect() as connection:
            _alone(connection, made)
            _cleared(results)
            _begun(made, results)
            yield made
            connection.execute(text(f'DELETE FROM "{made.schema}".places WHERE name = :mark'), {"mark": SUFFIX})
            connection.execute(text(f'ALTER SCHEMA "{made.schema}" RENAME TO "{target.schema}"'))
            connection.commit()
        (results / SUFFIX).unlink()
    except DatabaseError as error:
        raise CaseError(f"{target}: cannot be written: {first_line(error)}") from error
    finally:
        engine.dispose()


def copy_rows(source: Connection, target: CaseAddress, said: Said) -> None:
    """Copy all rows, in one transaction, each value as it is stored.

    Raises:
        CaseError: they cannot be written.
    """
    engine = connect(target.folder / DATABASE) if isinstance(target, InFolder) else connect_postgres(target)
    contents = Contents.as_they_are(source)
    try:
        with engine.begin() as connection:
            for one in Base.metadata.sorted_tables:
                if one.name != PlaceRow.__tablename__:
                    _copy_table(contents, connection, one)
                    said(one.name)
    except DatabaseError as error:
        raise CaseError(f"{target}: cannot be written: {first_line(error)}") from error
    finally:
        engine.dispose()


def in_folder(source: Path, held: Held) -> dict[str, str]:
    """The SHA-256 of the files that lie in the folder of a case; pictures in a bucket stay there, where its log says
    that they are."""
    if pictures_of(source).address is None:
        return dict(held.files)
    return {path: sha256 for path, sha256 in held.files.items() if not path.startswith(f"{EVIDENCE}/")}


def copy_files(source: Path, target: Path, held: Held, said: Said) -> None:
    """Copy what a case holds beside its rows.

    Raises:
        CaseError: a file is not the one that ``held`` tells, or cannot be read or written.
    """
    try:
        _written(target / LOG, held.log)
        for path, sha256 in in_folder(source, held).items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            copied = _written(target / path, _pieces(source / path))
            if copied != sha256:
                raise CaseError(f"{source / path}: was changed while it was copied: try again")
            said(path)
    except OSError as error:
        raise CaseError(f"{error.filename or target}: cannot be copied: {error.strerror or error}") from error


def _cleared(folder: Path) -> None:
    """An empty folder with our mark; one with it is what an interrupted copy left."""
    mark = folder / SUFFIX
    try:
        if os.path.lexists(folder) and not mark.is_file():
            raise CaseError(f"{folder}: is in the way: move it elsewhere")
        if mark.is_file():
            shutil.rmtree(folder)
        (folder / EVIDENCE).mkdir(parents=True)
        mark.touch()
    except OSError as error:
        raise CaseError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from error


def _alone(connection: Connection, made: InPostgres) -> None:
    """Be the only copy to this address, and drop what an interrupted one left."""
    if not try_lock(connection, key_of(made.schema, SUFFIX)):
        raise CaseError(f"{made}: another run is copying there: wait for it to end")
    if has_schema(connection, made.schema):
        if not _is_ours(connection, made):
            raise CaseError(f"{made}: is in the way: name another ?schema= for the copy")
        connection.execute(text(f'DROP SCHEMA "{made.schema}" CASCADE'))
    connection.commit()


def _is_ours(connection: Connection, made: InPostgres) -> bool:
    """Whether a copy was begun there; one that was killed as it made the tables has left them without an entry."""
    if not has_case(connection, made.schema):
        return not connection.dialect.get_table_names(connection, schema=made.schema)
    engine = engine_of(made)
    try:
        with engine.connect() as inner:
            marked = inner.execute(select(PlaceRow.name).where(PlaceRow.name == SUFFIX)).first()
            return marked is not None or inner.execute(select(CustodyRow.n).limit(1)).first() is None
    finally:
        engine.dispose()


def _begun(made: InPostgres, results: Path) -> None:
    engine = connect_postgres(made)
    try:
        with engine.begin() as connection:
            places = ({"name": RESULTS, "address": str(results.absolute())}, {"name": SUFFIX, "address": ""})
            connection.execute(insert(PlaceRow), places)
    finally:
        engine.dispose()


def _copy_table(contents: Contents, target: Connection, one: Table) -> None:
    rows = contents.rows(one.name)
    is_postgres = target.dialect.name == "postgresql"
    raw = table(one.name, *(column(known.name) for known in one.c))
    # JSON travels as its text: reading and writing it anew could change a letter, and with it the digest.
    texts = {known.name for known in one.c if isinstance(known.type, JSON)} if is_postgres else set()
    truths = {known.name for known in one.c if isinstance(known.type, Boolean)} if is_postgres else set()
    values = {
        known.name: cast(bindparam(known.name, type_=Text), JSON) if known.name in texts else bindparam(known.name)
        for known in one.c
    }
    while part := [_bound(row, raw.c.keys(), truths) for row in islice(rows, _AT_ONCE)]:
        target.execute(insert(raw).values(values), part)


def _bound(row: Row, names: Iterable[str], truths: set[str]) -> Mapping[str, Any]:
    """A row with all of its columns."""
    found = {name: row.get(name) for name in names}
    return found | {name: bool(found[name]) for name in truths if found[name] is not None}


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _written(file: Path, parts: Iterable[bytes]) -> str:
    """The SHA-256 of what was written; on disk when this returns."""
    sha256 = hashlib.sha256()
    with file.open("xb") as stream:
        for part in parts:
            stream.write(part)
            sha256.update(part)
        stream.flush()
        os.fsync(stream.fileno())
    return sha256.hexdigest()
