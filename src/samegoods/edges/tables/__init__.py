"""The tables of a case as files: CSV for spreadsheets, Parquet for programs; written row by row."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import pyarrow as arrow
from pyarrow import parquet

from samegoods.errors import CaseError
from samegoods.results.rows import Row, entries, rows
from samegoods.results.tables import FILES, TABLES, Column, Kind, Table
from samegoods.strangers import as_cell

__all__ = ["write_tables"]

_BATCH = 100
"""Rows of a table that are held as Python has them, which takes ten times what Arrow does."""
_GROUP = 20 * _BATCH
"""Rows of a table that are held before they are written: a row group of the Parquet file."""
_TYPES: dict[Kind, arrow.DataType] = {
    "text": arrow.string(),
    "count": arrow.int64(),
    "number": arrow.float64(),
    "flag": arrow.bool_(),
    "time": arrow.timestamp("us", tz="UTC"),
    "amount": arrow.float64(),  # as many digits as a tag prints would fit no decimal type; CSV has the very text
    "texts": arrow.list_(arrow.string()),
    "points": arrow.list_(arrow.list_(arrow.float64(), 2)),
}


def write_tables(findings: Path, folder: Path) -> tuple[str, ...]:
    """Write all tables of a case below a folder; the same bytes for the same findings.

    Args:
        findings: ``findings.json`` as it was published; it is read line by line.

    Returns:
        The names of the files, relative to ``folder``.

    Raises:
        CaseError: the findings are not in the form in which they are written, or a file cannot be written.
    """
    try:
        with ExitStack() as stack, findings.open(encoding="utf-8") as lines:
            (folder / FILES[0]).parent.mkdir(parents=True, exist_ok=True)
            writers = {table.name: stack.enter_context(_Writer(table, folder)) for table in TABLES}
            for name, row in rows(entries(lines)):
                writers[name].add(row)
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(f"{findings}: is not in the form that samegoods report writes: {error}") from error
    except OSError as error:
        raise CaseError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from error
    return FILES


class _Writer:
    """Both files of a table; use it as a context manager."""

    def __init__(self, table: Table, folder: Path) -> None:
        self._columns = table.columns
        self._waiting: list[dict[str, Any]] = []
        self._batches: list[arrow.RecordBatch] = []
        self._schema = arrow.schema([_field(one) for one in table.columns])
        self._stack = ExitStack()
        for_people, for_programs = (folder / file for file in table.files)
        # With a byte order mark, without which spreadsheets take UTF-8 for the letters of their country.
        self._text: TextIO = self._stack.enter_context(for_people.open("w", encoding="utf-8-sig", newline=""))
        self._csv = csv.writer(self._text, lineterminator="\r\n")  # RFC 4180; a lone \r in a cell is then quoted, too
        self._csv.writerow([one.name for one in table.columns])
        self._parquet = self._stack.enter_context(parquet.ParquetWriter(for_programs, self._schema))

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._stack:
            if kind is None:
                self._flush()

    def add(self, row: Row) -> None:
        self._csv.writerow([_cell(row.get(one.name)) for one in self._columns])
        self._waiting.append({one.name: _value(one.kind, row.get(one.name)) for one in self._columns})
        if len(self._waiting) == _BATCH:
            self._pack()
        if len(self._batches) * _BATCH == _GROUP:
            self._flush()

    def _pack(self) -> None:
        if self._waiting:
            self._batches.append(arrow.RecordBatch.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []

    def _flush(self) -> None:
        self._pack()
        if self._batches:
            self._parquet.write_table(arrow.Table.from_batches(self._batches).combine_chunks(), _GROUP)
            self._batches = []
            arrow.default_memory_pool().release_unused()  # else it grows to thirty megabytes, and holds six


def _field(column: Column) -> arrow.Field:
    return arrow.field(column.name, _TYPES[column.kind], metadata={"about": column.about})


def _cell(value: object) -> object:
    """A value for a spreadsheet; a list as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else as_cell(value)


def _value(kind: Kind, value: Any) -> Any:
    """A value for Parquet, from JSON's own."""
    if kind in ("texts", "points"):
        return value or []
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    return float(value) if kind in ("number", "amount") else value
