"""An index of a case's results for the page: filled line by line, so that no case is in memory, and kept."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.tables import SCHEMA
from samegoods.errors import CaseError
from samegoods.results.review import ReviewPart
from samegoods.results.rows import entries

_URGENCY = {"different": 0, "cannot_tell": 1, "same": 2}
_BATCH = 500
_NEWS = 100
"""How often it is told how far the indexing is."""
_SHARES = 1 << 32
_FORM = 1
"""Raised as the rows of the index come to hold something else: an index of before is then made anew."""


def load_desk(
    findings: Path,
    file: Path,
    *,
    digest: str,
    judged: Callable[[str, str], str | None],
    reviews: Iterable[ReviewPart],
    second: float,
    progress: Callable[[int, int], None] | None = None,
) -> Desk:
    """The index of a case's findings; made where it is not there, is of other findings, or was not closed.

    Args:
        findings: ``findings.json`` as it was published.
        file: where the index lies.
        digest: the SHA-256 of the findings.
        judged: what the log says the row of an item is, by source and item.
        reviews: the decisions taken so far.
        second: the share of items that two reviewers are to decide on, 0..1.
        progress: called while the index is made, with how many bytes of how many have been read.

    Raises:
        CaseError: the findings are not in the form in which they are written.
    """
    key = hashlib.sha256(json.dumps([SCHEMA, _FORM, digest, second]).encode()).hexdigest()
    rest = _kept(file, key)
    if rest is None:
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            file.with_name(name).unlink(missing_ok=True)
        rest = _indexed(findings, file, key, second, progress)
    desk = Desk(file, rest, digest[:12], judged)
    desk.begin()
    for review in reviews:
        desk.take(review)
    return desk


def _kept(file: Path, key: str) -> dict[str, Any] | None:
    """What the findings tell beside lists, from an index that is right and was closed; None where there is none."""
    if not file.is_file():
        return None
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as db:
            held = dict(db.execute("SELECT name, value FROM held").fetchall())
            return json.loads(held["rest"]) if (held["key"], held["closed"]) == (key, "yes") else None
    except (sqlite3.Error, ValueError, KeyError):
        return None


def _indexed(
    findings: Path, file: Path, key: str, second: float, progress: Callable[[int, int], None] | None
) -> dict[str, Any]:
    """Make the index; what the findings tell beside lists."""
    rest: dict[str, Any] = {}
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
        db.executescript(SCHEMA)
        db.execute("BEGIN")
        try:
            with findings.open("rb") as raw:
                _fill(db, entries(_lines(raw, findings.stat().st_size, progress)), rest, second)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CaseError(f"{findings}: is not in the form that samegoods report writes: {error}") from error
        _ordered(db)
        held = {"key": key, "rest": json.dumps(rest), "closed": "no"}
        db.executemany("INSERT INTO held VALUES (?, ?)", held.items())
        db.execute("COMMIT")
    return rest


def _lines(raw: BinaryIO, size: int, progress: Callable[[int, int], None] | None) -> Iterator[str]:
    read = told = 0
    for line in raw:
        read += len(line)
        if progress is not None and read - told > size // _NEWS:
            progress(read, size)
            told = read
        yield line.decode()


def _fill(
    db: sqlite3.Connection,
    parts: Iterator[tuple[str, Any]],
    rest: dict[str, Any],
    second: float,
) -> None:
    lists: dict[str, Callable[[Mapping[str, Any]], tuple[str, tuple[Any, ...]]]] = {
        "items": lambda one: ("loaded", _item(one, second)),
        "sources": lambda one: ("sources", (one["id"], one["path"], one["site"], one["status"], _packed(one))),
        "references": lambda one: ("refs", (None, one["id"], one["product"], one["version"], _packed(one))),
        "ground": lambda one: ("ground", (None, one["product"], one["site"], _packed(one))),
        "findings": lambda one: ("findings", (None, one["product"], one["site"], _packed(one))),
    }
    waiting: dict[str, list[tuple[Any, ...]]] = {}
    for name, value in parts:
        if name not in lists or not isinstance(value, dict):
            if name not in ("sightings", *lists):
                rest[name] = value
            continue
        table, row = lists[name](value)
        rows = waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) == _BATCH:
            _insert(db, table, rows)
    for table, rows in waiting.items():
        _insert(db, table, rows)


def _insert(db: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        rows.clear()


def _item(one: Mapping[str, Any], second: float) -> tuple[Any, ...]:
    packaging, quality = one["packaging"], one["quality"]
    calls = (packaging["call"], quality["call"])
    shown = next((call for call in ("different", "same") if call in calls), "cannot_tell")
    found = [*packaging["differences"], *quality["differences"]]
    sure = max((difference["confidence"] for difference in found), default=0.0)
    chance = hashlib.sha256(f"{one['source']}/{one['id']}".encode()).digest()
    twice = int.from_bytes(chance[:4], "big") < second * _SHARES
    return (
        _URGENCY[shown],
        -sure,
        int.from_bytes(chance[4:8], "big"),
        one["source"],
        one["id"],
        one["site"],
        one["product"],
        shown,
        packaging["call"],
        quality["call"],
        one["version"],
        sure,
        one["views"],
        bool(one["in_scope"]),
        twice,
        _packed(one),
    )


def _ordered(db: sqlite3.Connection) -> None:
    """Number the items by lot, so that a number tells a blind reviewer nothing; their turn is what differs first, the
    surest first."""
    db.execute(
        "INSERT INTO items SELECT row_number() OVER (ORDER BY chance, source, id),"
        " row_number() OVER (ORDER BY NOT in_scope, urgency, doubt, product, source, id),"
        " source, id, site, product, call, packaging, quality, version, sure, views, in_scope, twice, 0,"
        " NULL, body FROM loaded"
    )
    db.execute("DROP TABLE loaded")
    db.execute("ANALYZE")


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)
