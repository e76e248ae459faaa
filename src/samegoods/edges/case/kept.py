"""What this machine has read of a case and need not read again, in the user's cache: the replayed log, and hashes.

It holds for as long as nobody else has touched the files of the case: size, times and place of each must be what they
were, else all is read anew. A case copied here, or opened by another user, is read from the start; ``samegoods
verify`` reads everything, always.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs

from samegoods.custody import bodies, entries, ground, ledger, log, replay, state
from samegoods.custody.ledger import SourceTold
from samegoods.errors import CaseError

TICK_S = 0.02
"""Clocks of file systems tick every 4 to 10 ms; what is changed within a tick looks untouched."""
_SCHEMA = """
CREATE TABLE held (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE sources (id TEXT PRIMARY KEY, entry INTEGER, body TEXT) WITHOUT ROWID;
CREATE TABLE pictures (source TEXT, item TEXT, sha256 BLOB);
CREATE INDEX pictures_of ON pictures (source);
CREATE TABLE decisions (source TEXT, item TEXT, sha256 BLOB, PRIMARY KEY (source, item)) WITHOUT ROWID;
CREATE TABLE named (sha256 BLOB PRIMARY KEY) WITHOUT ROWID;
"""

Stamp = list[int]
"""What tells whether a file was touched: its size, the times of its content and of itself, its number."""


def stamp_of(file: Path) -> Stamp | None:
    """None where there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def cache_of(case: Path) -> Path:
    """The folder of the user's cache for a case folder; it may be deleted at any time."""
    name = hashlib.sha256(str(case.resolve()).encode()).hexdigest()[:32]
    return platformdirs.user_cache_path("samegoods", appauthor=False) / "cases" / name


def made_cache(case: Path) -> Path:
    """The same, made where it is not there; what is left of cases that are no more goes.

    Raises:
        OSError: it cannot be made.
    """
    folder = cache_of(case)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / "of").write_text(str(case.resolve()), encoding="utf-8")
    for other in folder.parent.iterdir():
        of = other / "of"
        if other != folder and of.is_file() and not Path(of.read_text(encoding="utf-8")).is_dir():
            shutil.rmtree(other, ignore_errors=True)
    return folder


@cache
def _made_by() -> str:
    """The code that what is kept follows from."""
    parts = [Path(str(one.__file__)).read_bytes() for one in (bodies, entries, ground, ledger, log, replay, state)]
    return hashlib.sha256(b"".join([*parts, Path(__file__).read_bytes()])).hexdigest()


class KeptLedger:
    """A ledger on disk (:class:`samegoods.custody.ledger.Ledger`), with a few values beside it.

    What is told to it lasts from :meth:`commit` on. The writer of the case alone opens it.
    """

    def __init__(self, file: Path | str = "") -> None:
        """``file``: where it lies; without one in a file of its own, which is gone with it.

        Raises:
            sqlite3.Error, CaseError: it is none of ours, in use, or cannot be written.
        """
        self._file = file
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._db.executescript("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA secure_delete = ON;")
        self._run("BEGIN IMMEDIATE")
        self._last: tuple[str, int] | None = None
        if self.value("made_by") != _made_by():
            self.clear()

    def clear(self) -> None:
        """Forget everything."""
        names = self._run("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            self._run(f'DROP TABLE "{name}"')
        for statement in filter(str.strip, _SCHEMA.split(";")):
            self._run(statement)
        self.set("made_by", _made_by())
        self._last = None

    def value(self, name: str) -> Any:
        """A value that was set; None where there is none."""
        there = self._run("SELECT 1 FROM sqlite_master WHERE name = 'held'").fetchone()
        found = self._run("SELECT value FROM held WHERE name = ?", [name]).fetchone() if there else None
        return None if found is None else json.loads(found[0])

    def set(self, name: str, value: Any) -> None:
        self._run("INSERT OR REPLACE INTO held VALUES (?, ?)", [name, json.dumps(value)])

    def commit(self) -> None:
        self._run("COMMIT")
        self._run("BEGIN IMMEDIATE")

    def close(self) -> None:
        """What was not committed is gone."""
        self._db.close()

    # As a ledger.

    def save(self, source: SourceTold) -> None:
        row = [source.body.id, source.entry, source.body.model_dump_json()]
        self._run("INSERT INTO sources VALUES (?, ?, ?)", row)

    def remove(self, source: str) -> None:
        self._last = None
        for table, column in (("sources", "id"), ("pictures", "source"), ("decisions", "source")):
            self._run(f"DELETE FROM {table} WHERE {column} = ?", [source])

    def get(self, source: str) -> SourceTold | None:
        row = self._run("SELECT entry, body FROM sources WHERE id = ?", [source]).fetchone()
        if row is None:
            return None
        told = SourceTold(row[0], bodies.SourceSaved.model_validate_json(row[1]))
        query = "SELECT item, sha256 FROM pictures WHERE source = ? ORDER BY rowid"
        for item, sha256 in self._run(query, [source]):
            told.pictures.setdefault(item, []).append(_path(sha256))
        query = "SELECT item, sha256 FROM decisions WHERE source = ?"
        told.decisions.update((item, sha256.hex()) for item, sha256 in self._run(query, [source]))
        return told

    def entry_of(self, source: str) -> int | None:
        if self._last is None or self._last[0] != source:
            row = self._run("SELECT entry FROM sources WHERE id = ?", [source]).fetchone()
            if row is None:
                return None
            self._last = (source, int(row[0]))
        return self._last[1]

    def keep(self, source: str, item: str, path: str) -> None:
        self._run("INSERT INTO pictures VALUES (?, ?, ?)", [source, item, _sha256(path)])

    def decide(self, source: str, item: str, sha256: str) -> None:
        row = [source, item, bytes.fromhex(sha256)]
        self._run("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)", row)

    def judged(self, source: str, item: str) -> str | None:
        query = "SELECT sha256 FROM decisions WHERE source = ? AND item = ?"
        row = self._run(query, [source, item]).fetchone()
        return None if row is None else str(row[0].hex())

    def sources(self) -> Iterator[SourceTold]:
        for entry, body in self._run("SELECT entry, body FROM sources ORDER BY id"):
            yield SourceTold(entry, bodies.SourceSaved.model_validate_json(body))

    def name(self, path: str) -> None:
        self._run("INSERT OR IGNORE INTO named VALUES (?)", [_sha256(path)])

    def unname(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._run("DELETE FROM named WHERE sha256 = ?", [_sha256(path)])

    def is_named(self, path: str) -> bool:
        try:
            sha256 = _sha256(path)
        except ValueError:  # no entry can name what is not named by a hash
            return False
        known = self._run("SELECT 1 FROM named WHERE sha256 = ?", [sha256]).fetchone()
        return known is not None and _path(sha256) == path

    def pictures(self, *, without: Iterable[str] = ()) -> Iterator[str]:
        query = "SELECT DISTINCT sha256 FROM pictures WHERE source NOT IN (SELECT value FROM json_each(?))"
        return (_path(sha256) for (sha256,) in self._run(query, [json.dumps(list(without))]))

    def items(self) -> int:
        return int(self._run("SELECT count(*) FROM decisions").fetchone()[0])

    def _run(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise CaseError(
                f"{self._file}: cannot be used: {error}: delete it, and see that there is space"
            ) from error


def _sha256(path: str) -> bytes:
    return bytes.fromhex(path.rpartition("/")[2].removesuffix(".png"))


def _path(sha256: bytes) -> str:
    name = sha256.hex()
    return f"{replay.EVIDENCE}/{name[:2]}/{name}.png"


def wait_out(stamps: Iterable[Stamp | None]) -> None:
    """Wait until the clock of the file system has ticked since these files were touched."""
    last = max((one[2] for one in stamps if one is not None), default=0)
    time.sleep(min(TICK_S, max(0.0, TICK_S - (time.time_ns() - last) / 1e9)))
