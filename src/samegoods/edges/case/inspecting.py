"""Reading a case folder to prove it: nothing is written, locked or migrated, and nothing in it is trusted."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import gettempdir

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from samegoods.custody.entries import LOG_BYTES
from samegoods.custody.log import LOG, Problem
from samegoods.custody.proving import DATABASE, PUBLIC_KEY, RESULTS, Held, Rows
from samegoods.custody.replay import EVIDENCE
from samegoods.custody.walk import FINDINGS
from samegoods.edges.case.address import CaseAddress, InFolder, address_of
from samegoods.edges.case.contents import NUMBERED, Contents
from samegoods.edges.case.folder import HALF_WRITTEN, LINK, UNFINISHED, Folder, is_plain
from samegoods.edges.case.guarded import opened_file, opened_schema, strangers
from samegoods.edges.case.opening import recorded, require_case
from samegoods.edges.case.place import Place
from samegoods.edges.case.placing import address_in, place_at
from samegoods.edges.case.spooled import Spooled
from samegoods.errors import CaseError
from samegoods.fetching import ahead
from samegoods.results.tables import FOLDER

KEY_BYTES = 1 << 16
_OWN = {LOG, PUBLIC_KEY, *RESULTS, FOLDER, DATABASE, "case.lock", f"{DATABASE}-wal", f"{DATABASE}-shm", EVIDENCE}


def _nobody(_done: int, _total: int) -> None:
    """Hears of what was read, and tells nobody."""


def inspect(
    case: CaseAddress | Path | str, *, is_still: bool = False, told: Callable[[int, int], None] = _nobody
) -> tuple[Held, tuple[str, ...]]:
    """What a case holds, and names beside the case in its folder, which nothing vouches for.

    Args:
        is_still: nobody writes to it, as the caller has seen to; else those who would, to one in PostgreSQL, wait.
        told: how many pictures were read so far, and how many there are.

    Raises:
        CaseError: there is no case, a file cannot be read, or the server of a case in PostgreSQL cannot be reached.
    """
    address = address_of(case)
    if isinstance(address, InFolder):
        return _in_folder(address.folder, told)
    require_case(address)
    problems: list[Problem] = []
    with opened_schema(address, is_still=is_still) as connection:
        with Session(connection) as session:
            folder = recorded(session, address)
        rows = _told(connection, problems)
        return _held(folder, rows, problems, told)


def _in_folder(folder: Path, told: Callable[[int, int], None]) -> tuple[Held, tuple[str, ...]]:
    if not (folder / DATABASE).exists() and not (folder / LOG).exists():
        raise CaseError(f"{folder}: there is no case here: neither {DATABASE} nor {LOG}")
    problems: list[Problem] = []
    return _held(folder, _rows(folder, problems), problems, told)


def _held(
    folder: Path, rows: Rows | None, of_rows: list[Problem], told: Callable[[int, int], None]
) -> tuple[Held, tuple[str, ...]]:
    problems: list[Problem] = []
    files: dict[str, str] = {}
    try:
        for path in sorted(_files(folder, problems)):
            files[path] = _hashed(folder / path)
        lines = Spooled(_logged(folder / LOG, problems))
        place = _place(folder, lines, problems)
        files.update(_pictures(place, problems, told))
        key = _limited(folder / PUBLIC_KEY, KEY_BYTES, problems)
        findings = partial(_lines, folder / FINDINGS) if FINDINGS in files else None
        beside = tuple(sorted(_beside(folder, place)))
    except OSError as error:
        raise CaseError(f"{error.filename or folder}: cannot be read: {error.strerror or error}") from error
    return Held(lines, files, key, findings, rows, (*problems, *of_rows)), beside


def _place(folder: Path, log: Iterable[bytes], problems: list[Problem]) -> Place:
    try:
        return place_at(folder, address_in(log))
    except CaseError:
        problems.append(Problem(LOG, "tells of an address for evidence that is none"))
        return Folder(folder)


def _beside(folder: Path, place: Place) -> Iterator[str]:
    """Names in the folder, among its tables, and among pictures that lie elsewhere, that are no part of the case."""
    below = [FOLDER] if place.address is None else [FOLDER, EVIDENCE]
    inner = (one for name in below if (folder / name).is_dir() for one in (folder / name).iterdir())
    for one in (*folder.iterdir(), *inner):
        name = one.relative_to(folder).as_posix()
        if name not in _OWN and not name.endswith(UNFINISHED):
            yield name


def _files(folder: Path, problems: list[Problem]) -> Iterator[str]:
    """The files of the case to hash; what is no plain file, or has no place there, is a problem."""
    if (folder / FOLDER).is_symlink():
        problems.append(Problem(FOLDER, LINK))
    for name in (PUBLIC_KEY, *RESULTS):
        if is_plain(folder / name, name, problems):
            yield name
    cut = sorted(one.name for one in folder.iterdir() if one.name.endswith(UNFINISHED))
    problems.extend(Problem(name, HALF_WRITTEN, True) for name in cut)
    problems.extend(Problem(name, LINK) for name in (LOG, DATABASE) if (folder / name).is_symlink())


def _pictures(place: Place, problems: list[Problem], told: Callable[[int, int], None]) -> Iterator[tuple[str, str]]:
    """The pictures with their SHA-256, several read at a time; one that is gone as it is read is not there."""
    paths = sorted(place.names(problems))
    hashes = ahead(place.sha256, paths, place.at_once)
    for number, (path, sha256) in enumerate(zip(paths, hashes, strict=True), 1):
        told(number, len(paths))
        if sha256 is not None:
            yield path, sha256


def _hashed(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _lines(file: Path) -> Iterator[str]:
    """The lines of a file, of whatever length it is.

    Raises:
        CaseError: it cannot be read.
    """
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            yield from lines
    except OSError as error:
        raise CaseError(f"{file}: cannot be read: {error.strerror or error}") from error


def _limited(file: Path, limit: int, problems: list[Problem]) -> bytes | None:
    """The bytes of a file; None where there is none, or too many."""
    if file.is_symlink() or not file.is_file():
        return None
    with file.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        problems.append(Problem(file.name, f"has more than {limit} bytes, and was not read"))
        return None
    return content


def _logged(file: Path, problems: list[Problem]) -> Iterator[bytes]:
    """The lines of the log; none where there is none, or where it is too long."""
    if file.is_symlink() or not file.is_file():
        return
    with file.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size > LOG_BYTES:
            problems.append(Problem(file.name, f"has more than {LOG_BYTES} bytes, and was not read"))
            return
        left = LOG_BYTES
        while line := stream.readline(left):
            yield line
            left -= len(line)


def _rows(folder: Path, problems: list[Problem]) -> Rows | None:
    """What the data base of a folder holds; one that is missing or cannot be read is a problem, and has no rows."""
    if not (folder / DATABASE).is_file():
        problems.append(Problem(DATABASE, "is missing"))
        return None
    try:
        with opened_file(folder) as connection:
            return _told(connection, problems)
    except sqlite3.Error as error:
        problems.append(Problem(DATABASE, f"is not the data base of a case with a log: {error}"))
        return None


def _told(connection: Connection, problems: list[Problem]) -> Rows | None:
    """What a data base holds; one that is not of a case is a problem, and has no rows."""
    try:
        problems.extend(strangers(connection))
        contents = Contents.as_they_are(connection)
        numbers = array("q")
        lines = Spooled(_noted(contents.log(), numbers))
        if any(n != place for place, n in enumerate(numbers, 1)):
            problems.append(Problem(f"{DATABASE}: custody", "the entries are not numbered as in the log"))
        known = contents.campaign()
        references, sources = contents.reference_digests(), contents.source_digests()
        numbered = [contents.numbered_digests(name) for name in NUMBERED]
        return Rows(lines, None if known is None else known[1], references, sources, *numbered)
    except (SQLAlchemyError, ValueError, KeyError, TypeError) as error:
        said = getattr(error, "orig", None) or error
        problems.append(Problem(DATABASE, f"is not the data base of a case with a log: {said}"))
        return None
    except OSError as error:
        raise CaseError(f"{gettempdir()}: no room for the log: {error.strerror or error}") from error


def _noted(log: Iterable[tuple[int, str]], numbers: array[int]) -> Iterator[bytes]:
    """The lines of a log, and their numbers noted as they go by."""
    for number, line in log:
        numbers.append(number)
        yield line.encode()
