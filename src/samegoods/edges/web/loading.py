"""An index of a case's results for the page: filled once, line by line, so that no case is in memory as a whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.tables import SCHEMA
from samegoods.errors import CaseError
from samegoods.results.review import ReviewPart
from samegoods.results.rows import entries

_URGENCY = {"different": 0, "cannot_tell": 1, "same": 2}
_BATCH = 500
_SHARES = 1 << 32


def load_desk(
    findings: Path,
    file: Path,
    *,
    judged: Callable[[str, str], str | None],
    reviews: Iterable[ReviewPart],
    second: float,
) -> Desk:
    """Index the findings of a case.

    Args:
        findings: ``findings.json`` as it was published.
        file: the index to write, which must not be there.
        judged: what the log says the row of an item is, by source and item.
        reviews: the decisions taken so far.
        second: the share of items that two reviewers are to decide on, 0..1.

    Raises:
        CaseError: the findings are not in the form in which they are written.
    """
    db = sqlite3.connect(file, isolation_level=None)
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
    db.executescript(SCHEMA)
    rest: dict[str, Any] = {}
    db.execute("BEGIN")
    try:
        with findings.open(encoding="utf-8") as lines:
            _fill(db, entries(lines), rest, judged, second)
    except (OSError, ValueError, KeyError, TypeError) as error:
        db.close()
        raise CaseError(f"{findings}: is not in the form that samegoods report writes: {error}") from error
    _ordered(db)
    db.execute("COMMIT")
    db.close()
    version = hashlib.sha256(f"{findings.stat().st_size} {rest['made_at']}".encode()).hexdigest()[:12]
    desk = Desk(file, rest, version)
    for review in reviews:
        desk.take(review)
    return desk


def _fill(
    db: sqlite3.Connection,
    parts: Iterator[tuple[str, Any]],
    rest: dict[str, Any],
    judged: Callable[[str, str], str | None],
    second: float,
) -> None:
    lists: dict[str, Callable[[Mapping[str, Any]], tuple[str, tuple[Any, ...]]]] = {
        "items": lambda one: ("loaded", _item(one, judged(one["source"], one["id"]), second)),
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


def _item(one: Mapping[str, Any], judged: str | None, second: float) -> tuple[Any, ...]:
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
        judged,
        _packed(one),
    )


def _ordered(db: sqlite3.Connection) -> None:
    """Number the items by lot, so that a number tells a blind reviewer nothing; their turn is what differs first, the
    surest first."""
    db.execute(
        "INSERT INTO items SELECT row_number() OVER (ORDER BY chance, source, id),"
        " row_number() OVER (ORDER BY NOT in_scope, urgency, doubt, product, source, id),"
        " source, id, site, product, call, packaging, quality, version, sure, views, in_scope, twice, judged, 0,"
        " NULL, body FROM loaded"
    )
    db.execute("DROP TABLE loaded")
    db.execute("ANALYZE")


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)
