"""Everything that a case folder holds, for whoever must search all of it."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from samegoods.edges.case import unfinished
from samegoods.errors import CaseError

HoldingKind = Literal["crop", "reference", "embedded", "text", "unknown"]
_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
_TEXTS = {".json", ".jsonl", ".csv", ".html", ".pub", ".lock", ".sig", ".txt"}
_EMBEDDED = re.compile(rb"data:image/[a-z+.-]+;base64,([A-Za-z0-9+/=]+)")
_MOST_BYTES = 200_000_000
"""A file of a case that is larger is told as not searched."""


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """One thing that a case holds: a picture with its bytes, or a file without one.

    ``path`` is relative to the case, with ``#1`` and so on for the pictures within a page. Of a crop, ``quad`` says
    where the corners of the reference ``reference`` lie in it. ``problem`` says why it cannot be searched.
    """

    path: str
    kind: HoldingKind
    content: bytes = b""
    reference: str | None = None
    quad: tuple[tuple[float, float], ...] | None = None
    problem: str | None = None


def holdings(case: Path, *, within_pages: bool = True) -> Iterator[Holding]:
    """Every file of a case folder, each once, in the order of names; a page also gives the pictures in it.

    Args:
        within_pages: False to leave these out: to take them out of a report takes as long as a thousand pictures do.

    Raises:
        CaseError: this is no case, or its data base cannot be read.
    """
    if not (case / "case.db").is_file():
        raise CaseError(f"{case}: there is no case here: name the folder that was given to check with -o")
    crops, references, blobs = _known(case / "case.db")
    for file in sorted(path for path in case.rglob("*") if not path.is_dir() or path.is_symlink()):
        name = file.relative_to(case).as_posix()
        if name == "case.db":
            yield Holding(
                name, "text", problem=None if not blobs else f"values that are no text in: {', '.join(blobs)}"
            )
        elif name not in ("case.db-wal", "case.db-shm"):  # of the same data base, and read with it
            found = _of_file(file, name, crops, references)
            yield from found if within_pages else islice(found, 1)


_Crops = dict[str, tuple[str, tuple[tuple[float, float], ...]]]


def _of_file(file: Path, name: str, crops: _Crops, references: dict[str, str]) -> Iterator[Holding]:
    if file.is_symlink() or not file.is_file():
        yield Holding(name, "unknown", problem="it is no plain file")
        return
    if name.startswith(f"{unfinished.FOLDER}/"):
        yield Holding(name, "unknown", problem="it is work of a run that was stopped: run it again, or purge the case")
        return
    if file.stat().st_size > _MOST_BYTES:
        yield Holding(name, "unknown", problem=f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        return
    content = file.read_bytes()
    if file.suffix in _PICTURES:
        reference, quad = crops.get(name, (None, None))
        kind: HoldingKind = "reference" if name in references else "crop"
        yield Holding(name, kind, content, references.get(name, reference), quad)
    elif file.suffix == ".pdf":
        yield from _printed(name, content)
    elif file.suffix == ".parquet":
        yield Holding(name, "text", problem=_bytes_in(content))
    elif file.suffix in _TEXTS:
        yield Holding(name, "text")
        yield from _embedded(name, content)
    else:
        yield Holding(name, "unknown", problem="it is of no kind that a case holds")


def _embedded(name: str, content: bytes) -> Iterator[Holding]:
    for number, match in enumerate(_EMBEDDED.finditer(content), 1):
        try:
            yield Holding(f"{name}#{number}", "embedded", base64.b64decode(match.group(1), validate=True))
        except binascii.Error:
            yield Holding(f"{name}#{number}", "unknown", problem="it is no picture")


def _printed(name: str, content: bytes) -> Iterator[Holding]:
    """A report on paper, and the pictures in it, each once."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    yield Holding(name, "text")
    try:
        pictures = dict.fromkeys(one.data for page in PdfReader(io.BytesIO(content)).pages for one in page.images)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Holding(f"{name}#1", "unknown", problem=f"the pictures in it cannot be taken out: {error!r}")
        return
    for number, picture in enumerate(pictures, 1):
        yield Holding(f"{name}#{number}", "embedded", picture)


def _bytes_in(table: bytes) -> str | None:
    """What is wrong with a table of a case: it holds text, numbers and times alone."""
    from pyarrow import ArrowException, BufferReader, parquet, types

    try:
        fields = parquet.read_schema(BufferReader(table))
    except (ArrowException, OSError, ValueError) as error:
        return f"it is no table: {error}"
    held = [one.name for one in fields if "binary" in str(one.type) or types.is_dictionary(one.type)]
    return f"values that are no text in: {', '.join(held)}" if held else None


def _known(database: Path) -> tuple[_Crops, dict[str, str], list[str]]:
    """Crops and references by the path of their picture, and the columns that hold anything but text and numbers."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT crops.picture, sightings.reference, crops.quad FROM crops"
                " JOIN sightings ON sightings.source = crops.source AND sightings.id = crops.sighting"
            )
            crops = {picture: (reference, _points(quad)) for picture, reference, quad in rows} | _reported(connection)
            references = dict(connection.execute('SELECT picture, id FROM "references"').fetchall())
            return crops, references, list(_blobs(connection))
    except sqlite3.Error as error:
        raise CaseError(f"{database}: cannot be read: {error}") from error


def _reported(connection: sqlite3.Connection) -> _Crops:
    """The crops of photos that people on the spot sent."""
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ground'").fetchone()
    found: _Crops = {}
    for (photos,) in connection.execute("SELECT photos FROM ground").fetchall() if there else ():
        for crop in (crop for photo in json.loads(photos) for item in photo["items"] for crop in item["crops"]):
            found[crop["path"]] = (crop["reference"], tuple((float(x), float(y)) for x, y in crop["quad"]))
    return found


def _points(text: str) -> tuple[tuple[float, float], ...]:
    numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _blobs(connection: sqlite3.Connection) -> Iterator[str]:
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for _, column, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            query = f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'blob\' LIMIT 1'
            if connection.execute(query).fetchone() is not None:
                yield f"{table}.{column}"
