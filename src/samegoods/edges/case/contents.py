"""What the log says of rows: digests over all their columns, as the data base itself gives them.

A column without a value is left out, so a later release may add columns that rows of before leave empty.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Literal

from samegoods.custody.entries import content_digest

Row = dict[str, Any]

_OF_A_SOURCE = {
    "sources": ("id", "id"),
    "sightings": ("source", "rank, id"),
    "items": ("source", "rank, id"),
    "crops": ("source", "item, rank"),
}
"""The tables that hold what came of a source: the column that names it, and the order of its rows."""


def source_rows(db: sqlite3.Connection, source: str) -> dict[str, list[Row]]:
    """All rows of a source, by table."""
    return {
        table: list(_rows(db, f'SELECT * FROM "{table}" WHERE "{column}" = ? ORDER BY {order}', source))
        for table, (column, order) in _OF_A_SOURCE.items()
    }


def source_digests(db: sqlite3.Connection) -> dict[str, str]:
    """The digest of all rows of every source that any table names."""
    union = " UNION ".join(f'SELECT "{column}" FROM "{table}"' for table, (column, _) in _OF_A_SOURCE.items())
    return {name: content_digest(source_rows(db, name)) for (name,) in db.execute(union).fetchall()}


def reference_rows(db: sqlite3.Connection) -> list[Row]:
    return list(_rows(db, 'SELECT * FROM "references" ORDER BY id'))


def reference_digests(db: sqlite3.Connection) -> dict[str, str]:
    return {row["id"]: content_digest(row) for row in reference_rows(db)}


NumberedTable = Literal["reviews", "ground", "moderations"]
NUMBERED: tuple[NumberedTable, ...] = ("reviews", "ground", "moderations")
"""The tables whose rows are added by number; a case of an earlier release may lack them."""


def numbered_digests(db: sqlite3.Connection, table: NumberedTable) -> dict[int, str]:
    """The digests of the rows of a table by their number; none where there is no such table yet."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone()
    rows = _rows(db, f'SELECT * FROM "{table}" ORDER BY n') if there else ()
    return {row["n"]: content_digest(row) for row in rows}


def numbered_digest(db: sqlite3.Connection, table: NumberedTable, n: int) -> str:
    """The digest of one of them."""
    (row,) = _rows(db, f'SELECT * FROM "{table}" WHERE n = ?', n)
    return content_digest(row)


def case_digest(db: sqlite3.Connection) -> str | None:
    """The digest of the rows that tell of the campaign; None where there is none."""
    found = list(_rows(db, "SELECT * FROM case_info ORDER BY campaign_id"))
    return content_digest(found) if found else None


def _rows(db: sqlite3.Connection, query: str, *values: str | int) -> Iterator[Row]:
    cursor = db.execute(query, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}


def _plain(value: object) -> object:
    """A value that JSON has a form for; no table of ours holds bytes, and one that does is not mistaken for text."""
    return {"bytes": value.hex()} if isinstance(value, bytes) else value
