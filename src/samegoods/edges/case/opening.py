"""What a case is opened with: its folder, its data base, its place among the writers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from samegoods.custody.log import LOG
from samegoods.custody.proving import DATABASE
from samegoods.edges.case.address import CaseAddress, InFolder, InPostgres, address_of
from samegoods.edges.case.database import connect
from samegoods.edges.case.evidence import FOLDER
from samegoods.edges.case.postgres import connect_postgres, engine_of, has_case, key_of, locked
from samegoods.edges.case.tables import PlaceRow
from samegoods.edges.case.writers import ManyWriters, OneWriter, Writers
from samegoods.errors import CaseError

EVIDENCE = "evidence"
"""What the place of evidence and results is called in the table of places."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that is open for writing: where its files lie, its data base, its writers."""

    folder: Path
    engine: Engine
    writers: Writers


def opened(address: CaseAddress, evidence: Path | str | None) -> Opened:
    """Open a case for writing, or make its folder or schema.

    Args:
        evidence: the folder of evidence and results, for a case in PostgreSQL that is begun.

    Raises:
        CaseError: it is in use, was written by a later release, cannot be reached or written.
        MissingPart: the driver of PostgreSQL is not installed.
    """
    if isinstance(address, InFolder):
        if evidence is not None:
            raise CaseError(f"{address}: a case in a folder keeps its evidence there: leave --evidence out")
        writer = OneWriter(address.folder, partial(connect, address.folder / DATABASE))
        return Opened(address.folder, writer.engine, writer)
    if evidence is None:
        require_case(address)
    engine = connect_postgres(address)
    try:
        folder = _placed(engine, address, None if evidence is None else Path(evidence).absolute())
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
                    f"{address}: there is no case here; to begin one, give the folder of its pictures with --evidence"
                )
    finally:
        engine.dispose()


def place_of(case: CaseAddress | Path | str) -> Path:
    """The folder that holds the evidence and the results of a case.

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
    row = session.get(PlaceRow, EVIDENCE)
    if row is None:
        raise CaseError(f"{address}: names no folder of evidence: the run that began it goes on with --evidence")
    if not (Path(row.address) / FOLDER).is_dir():
        raise CaseError(f"{row.address}: the evidence of {address} is not there: mount the folder that holds it")
    return Path(row.address)


def _placed(engine: Engine, address: InPostgres, given: Path | None) -> Path:
    """The folder that the case names; the given one where it names none yet."""
    with engine.connect() as connection, locked(connection, key_of(address.schema, "tables")):
        with Session(connection) as session, session.begin():
            row = session.get(PlaceRow, EVIDENCE)
            if row is None and given is not None:
                _begin(given)
                session.add(PlaceRow(name=EVIDENCE, address=str(given)))
            elif row is not None and given not in (None, Path(row.address)):
                raise CaseError(
                    f"{address}: keeps its evidence in {row.address}: leave --evidence out; "
                    "samegoods copy makes a case of another place"
                )
        with Session(connection) as session:
            return recorded(session, address)


def _begin(folder: Path) -> None:
    """Make the folder of a case in PostgreSQL."""
    if any((folder / name).exists() for name in (LOG, DATABASE)):
        raise CaseError(f"{folder}: holds another case: name another folder with --evidence")
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(f"{folder}: cannot be written: {error.strerror or error}") from error
