"""What a case is opened with: its folder, its data base, its place among the writers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from samegoods.custody.log import LOG
from samegoods.custody.proving import DATABASE
from samegoods.custody.replay import EVIDENCE
from samegoods.edges.case.address import CaseAddress, InFolder, InPostgres, address_of
from samegoods.edges.case.database import connect
from samegoods.edges.case.postgres import connect_postgres, engine_of, has_case, key_of, locked
from samegoods.edges.case.tables import PlaceRow
from samegoods.edges.case.writers import ManyWriters, OneWriter, Writers
from samegoods.errors import CaseError

RESULTS = "results"
"""What the folder is called in the table of places."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that is open for writing: where its files lie, its data base, its writers."""

    folder: Path
    engine: Engine
    writers: Writers


def opened(address: CaseAddress, results: Path | str | None) -> Opened:
    """Open a case for writing, or make its folder or schema.

    Args:
        results: the folder of results, log and evidence, for a case in PostgreSQL that is begun.

    Raises:
        CaseError: it is in use, was written by a later release, cannot be reached or written.
        MissingPart: the driver of PostgreSQL is not installed.
    """
    if isinstance(address, InFolder):
        if results is not None:
            raise CaseError(f"{address}: a case in a folder has its results there: leave --results out")
        writer = OneWriter(address.folder, partial(connect, address.folder / DATABASE))
        return Opened(address.folder, writer.engine, writer)
    if results is None:
        require_case(address)
    engine = connect_postgres(address)
    try:
        folder = _placed(engine, address, None if results is None else Path(results).absolute())
        return Opened(folder, engine, ManyWriters(address, engine))
    except CaseError:
        engine.dispose()
        raise


def require_case(case: CaseAddress | Path | str) -> None:
    """Refuse an address without a case.

    Raises:
        CaseError: there is none.
    """
    address = address_of(case)
    if isinstance(address, InFolder):
        if not (address.folder / DATABASE).is_file():
            raise CaseError(f"{address}: there is no case here: {DATABASE} is missing")
        return
    engine = engine_of(address)
    try:
        with engine.connect() as connection:
            if not has_case(connection, address.schema):
                raise CaseError(
                    f"{address}: there is no case here; to begin one, give a folder for its results with --results"
                )
    finally:
        engine.dispose()


def folder_of(case: CaseAddress | Path | str) -> Path:
    """The folder that holds the results of a case, its log as a file, and its evidence.

    Raises:
        CaseError: there is no case, or its folder is not here.
    """
    address = address_of(case)
    if isinstance(address, InFolder):
        return address.folder
    require_case(address)
    engine = engine_of(address)
    try:
        with Session(engine) as session:
            return recorded(session, address)
    finally:
        engine.dispose()


def recorded(session: Session, address: InPostgres) -> Path:
    """The folder that a case in PostgreSQL names.

    Raises:
        CaseError: it names none, or the folder is not here.
    """
    row = session.get(PlaceRow, RESULTS)
    if row is None:
        raise CaseError(f"{address}: names no folder of results: the run that began it goes on with --results")
    if not (Path(row.address) / EVIDENCE).is_dir():
        raise CaseError(f"{row.address}: the results of {address} are not there: mount the folder that holds them")
    return Path(row.address)


def _placed(engine: Engine, address: InPostgres, given: Path | None) -> Path:
    """The folder that the case names; the given one where it names none yet."""
    with engine.connect() as connection, locked(connection, key_of(address.schema, "tables")):
        with Session(connection) as session, session.begin():
            row = session.get(PlaceRow, RESULTS)
            if row is None and given is not None:
                _begin(given)
                session.add(PlaceRow(name=RESULTS, address=str(given)))
            elif row is not None and given not in (None, Path(row.address)):
                raise CaseError(
                    f"{address}: has its results in {row.address}: leave --results out; "
                    "samegoods copy makes a case with others"
                )
        with Session(connection) as session:
            return recorded(session, address)


def _begin(folder: Path) -> None:
    """Make the folder of a case in PostgreSQL."""
    if any((folder / name).exists() for name in (LOG, DATABASE)):
        raise CaseError(f"{folder}: holds another case: name another folder with --results")
    try:
        (folder / EVIDENCE).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(f"{folder}: cannot be written: {error.strerror or error}") from error
