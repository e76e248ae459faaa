"""What the log says of rows: digests over all their columns, as the data base itself gives them.

A column without a value is left out, so a later release may add columns that rows of before leave empty. Both data
bases give the same: JSON as the text that was written, truth as 1 and 0, text in the order of its code points.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    cast,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy import type_coerce as coerced
from sqlalchemy.types import NullType

from samegoods.custody.entries import content_digest
from samegoods.edges.case.tables import Base

Row = dict[str, Any]

_OF_A_SOURCE = {
    "sources": ("id", ("id",)),
    "sightings": ("source", ("rank", "id")),
    "items": ("source", ("rank", "id")),
    "crops": ("source", ("item", "rank")),
}
"""The tables that hold what came of a source: the column that names it, and the order of its rows."""
_COLUMNS = {
    "sqlite": "SELECT name, '' FROM pragma_table_xinfo(:name) WHERE hidden <> 1",
    "postgresql": "SELECT column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :name",
}
"""The columns of a table with what PostgreSQL calls their types; SQLite's are not asked for."""
_COLLATION = {"sqlite": "BINARY", "postgresql": "C"}
_AT_ONCE = 1000
"""Rows that are fetched at once."""

NumberedTable = Literal["reviews", "ground", "moderations"]
NUMBERED: tuple[NumberedTable, ...] = ("reviews", "ground", "moderations")
"""The tables whose rows are added by number; a case of an earlier release may lack them."""


class Contents:
    """The rows of a case, as a connection sees them.

    ``tables`` are those of this release, unless the case is one that was not brought to its form: then as they are.
    """

    def __init__(self, connection: Connection, tables: Mapping[str, FromClause] = Base.metadata.tables) -> None:
        self._connection, self._tables = connection, tables

    @classmethod
    def as_they_are(cls, connection: Connection) -> Contents:
        """The rows of a case of whatever release, with whatever columns its tables have."""
        there: dict[str, FromClause] = {}
        for name in Base.metadata.tables:
            found = connection.execute(text(_COLUMNS[connection.dialect.name]), {"name": name}).all()
            if found:
                there[name] = table(name, *(column(one, JSON if "json" in kind else NullType) for one, kind in found))
        return cls(connection, there)

    def of_source(self, source: str) -> dict[str, list[Row]]:
        """All rows of a source, by table."""
        return {name: list(self._read(self._by_source(name, source))) for name in _OF_A_SOURCE}

    def source_digests(self) -> dict[str, str]:
        """The digest of all rows of every source that any table names.

        Raises:
            ValueError: the data base does not sort as it is asked to, so that rows could hide.
        """
        parts = [self._sources_in(name) for name in _OF_A_SOURCE]
        found: dict[str, str] = {}
        last = None
        for source, group in groupby(heapq.merge(*parts, key=lambda part: part[0]), key=lambda part: part[0]):
            if last is not None and source <= last:
                raise ValueError(f"the rows of source {source!r} are out of order")
            last = source
            rows: dict[str, list[Row]] = {name: [] for name in _OF_A_SOURCE} | {name: some for _, name, some in group}
            found[source] = content_digest(rows)
        return found

    def references(self) -> list[Row]:
        return list(self._read(self._all("references", "id")))

    def reference_digests(self) -> dict[str, str]:
        return {row["id"]: content_digest(row) for row in self.references()}

    def numbered_digests(self, name: NumberedTable) -> dict[int, str]:
        """The digests of the rows of a table by their number; none where there is no such table yet."""
        rows = self._read(self._all(name, "n")) if name in self._tables else ()
        return {row["n"]: content_digest(row) for row in rows}

    def numbered_digest(self, name: NumberedTable, n: int) -> str:
        """The digest of one of them."""
        (row,) = self._read(self._all(name, "n").where(self._tables[name].c["n"] == n))
        return content_digest(row)

    def campaign(self) -> tuple[str, str] | None:
        """The id of the campaign, and the digest of the rows that tell of it; None where there are none."""
        found = list(self._read(self._all("case_info", "campaign_id")))
        return (found[0]["campaign_id"], content_digest(found)) if found else None

    def log(self) -> Iterator[tuple[int, str]]:
        """The lines of the log by their number."""
        for row in self._read(self._all("custody", "n")):
            yield row["n"], str(row["line"])

    def rows(self, name: str) -> Iterator[Row]:
        """All rows of a table, in the order of its key; none where there is no such table."""
        if name in self._tables:
            known = [one.name for one in Base.metadata.tables[name].primary_key]
            yield from self._read(self._all(name, *known))

    def count(self, name: str) -> int:
        """How many rows a table has."""
        if name not in self._tables:
            return 0
        return int(self._connection.execute(select(func.count()).select_from(self._tables[name])).scalar_one())

    def _sources_in(self, name: str) -> Iterator[tuple[str, str, list[Row]]]:
        """The sources that a table names, each with the table's name and its rows."""
        names, order = _OF_A_SOURCE[name]
        for source, rows in groupby(self._read(self._all(name, names, *order)), key=lambda row: str(row[names])):
            yield source, name, list(rows)

    def _by_source(self, name: str, source: str) -> Select[Any]:
        names, order = _OF_A_SOURCE[name]
        return self._all(name, *order).where(self._tables[name].c[names] == source)

    def _all(self, name: str, *order: str) -> Select[Any]:
        columns = self._tables[name].c
        return select(*(self._raw(one) for one in columns)).order_by(
            *(self._sorted(name, columns[one]) for one in order)
        )

    def _raw(self, one: ColumnElement[Any]) -> ColumnElement[Any]:
        """A column as it is stored: the driver of PostgreSQL would read JSON, and SQLAlchemy a truth."""
        if self._connection.dialect.name == "postgresql" and isinstance(one.type, JSON):
            return cast(one, Text).label(one.key)
        return coerced(one, NullType()).label(one.key)

    def _sorted(self, name: str, one: ColumnElement[Any]) -> ColumnElement[Any]:
        is_text = Base.metadata.tables[name].c[str(one.key)].type.python_type is str
        return coerced(one, Text()).collate(_COLLATION[self._connection.dialect.name]) if is_text else one

    def _read(self, query: Select[Any]) -> Iterator[Row]:
        """The rows, so many at a time where they may be all of a case."""
        options = {} if query.whereclause is not None else {"yield_per": _AT_ONCE}
        result = self._connection.execute(query, execution_options=options)
        for row in result.mappings():
            yield {str(name): _plain(value) for name, value in row.items() if value is not None}


def _plain(value: object) -> object:
    """A value that JSON has a form for; no table of ours holds bytes, and one that does is not mistaken for text."""
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    return int(value) if isinstance(value, bool) else value
