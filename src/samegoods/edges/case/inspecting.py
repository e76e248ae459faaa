"""Reading a case folder to prove it: nothing is written, locked or migrated, and nothing in it is trusted."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from samegoods.custody.entries import LOG_BYTES
from samegoods.custody.log import LOG, Problem, split_lines
from samegoods.custody.proving import DATABASE, PUBLIC_KEY, RESULTS, Held, Rows
from samegoods.custody.replay import EVIDENCE
from samegoods.custody.walk import FINDINGS
from samegoods.edges.case import contents
from samegoods.edges.case.database import forms_with_a_log
from samegoods.edges.case.folder import HALF_WRITTEN, LINK, UNFINISHED, Folder, is_plain
from samegoods.edges.case.place import Place
from samegoods.edges.case.placing import address_in, place_at
from samegoods.edges.case.tables import Base
from samegoods.errors import CaseError
from samegoods.fetching import ahead
from samegoods.results.tables import FOLDER

FINDINGS_BYTES = 1 << 30
KEY_BYTES = 1 << 16
_OWN = {LOG, PUBLIC_KEY, *RESULTS, FOLDER, DATABASE, "case.lock", f"{DATABASE}-wal", f"{DATABASE}-shm", EVIDENCE}


def inspect(folder: Path, told: Callable[[int, int], None] = lambda done, total: None) -> tuple[Held, tuple[str, ...]]:
    """What a case holds, and names beside the case in its folder, which nothing vouches for.

    Args:
        told: how many pictures were read so far, and how many there are.

    Raises:
        CaseError: there is no case, or a file cannot be read.
    """
    if not (folder / DATABASE).exists() and not (folder / LOG).exists():
        raise CaseError(f"{folder}: there is no case here: neither {DATABASE} nor {LOG}")
    problems: list[Problem] = []
    files: dict[str, str] = {}
    try:
        for path in sorted(_files(folder, problems)):
            files[path] = _hashed(folder / path)
        log = _limited(folder / LOG, LOG_BYTES, problems)
        lines = split_lines(log) if log is not None else []
        place = _place(folder, lines, problems)
        files.update(_pictures(place, problems, told))
        key = _limited(folder / PUBLIC_KEY, KEY_BYTES, problems)
        findings = _limited(folder / FINDINGS, FINDINGS_BYTES, problems)
        beside = tuple(sorted(_beside(folder, place)))
    except OSError as error:
        raise CaseError(f"{error.filename or folder}: cannot be read: {error.strerror or error}") from error
    rows = _rows(folder, problems)
    return Held(lines, files, key, findings, rows, tuple(problems)), beside


def _place(folder: Path, log: Sequence[bytes], problems: list[Problem]) -> Place:
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


def _rows(folder: Path, problems: list[Problem]) -> Rows | None:
    """What the data base holds. A data base that cannot be read is a problem, and has no rows."""
    if not (folder / DATABASE).is_file():
        problems.append(Problem(DATABASE, "is missing"))
        return None
    try:
        with _opened(folder) as db:
            problems.extend(_strangers(db))
            found = db.execute("SELECT n, line FROM custody ORDER BY n").fetchall()
            lines = tuple(str(line) for _, line in found)
            if [n for n, _ in found] != list(range(1, len(found) + 1)):
                problems.append(Problem(f"{DATABASE}: custody", "the entries are not numbered as in the log"))
            references, sources = contents.reference_digests(db), contents.source_digests(db)
            numbered = [contents.numbered_digests(db, name) for name in contents.NUMBERED]
            return Rows(lines, contents.case_digest(db), references, sources, *numbered)
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        problems.append(Problem(DATABASE, f"is not the data base of a case with a log: {error}"))
        return None


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The data base, read-only. What a killed run left in its write-ahead log is taken in on a copy."""
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
            yield db


def _strangers(db: sqlite3.Connection) -> Iterator[Problem]:
    """What a case's data base does not have: another form, tables that no release made, views and triggers."""
    forms = [form for (form,) in db.execute("SELECT version_num FROM alembic_version")]
    if len(forms) != 1 or forms[0] not in forms_with_a_log():
        yield Problem(f"{DATABASE}: alembic_version", "names a form of the tables that is not known, or has no log")
    known = {"alembic_version", *Base.metadata.tables}
    for kind, name in db.execute("SELECT type, name FROM sqlite_master ORDER BY name"):
        if kind in ("view", "trigger") or (kind == "table" and name not in known):
            yield Problem(f"{DATABASE}: {name}", f"a {kind} that a case does not have")
