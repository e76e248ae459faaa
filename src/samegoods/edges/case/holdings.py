"""Everything that a case holds, in its folder and elsewhere, for whoever must search all of it."""

from __future__ import annotations

import base64
import binascii
import heapq
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice, takewhile
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.exc import DatabaseError

from samegoods.custody.log import Problem
from samegoods.custody.proving import DATABASE
from samegoods.edges.case import unfinished
from samegoods.edges.case.address import CaseAddress, InFolder, address_of
from samegoods.edges.case.opening import folder_of, require_case
from samegoods.edges.case.placing import pictures_of
from samegoods.edges.case.postgres import engine_of
from samegoods.edges.case.tables import CropRow, GroundRow, ReferenceRow, SightingRow
from samegoods.errors import CaseError
from samegoods.fetching import ahead

HoldingKind = Literal["crop", "reference", "embedded", "text", "unknown"]
_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
_TEXTS = {".json", ".jsonl", ".csv", ".html", ".pub", ".lock", ".sig", ".txt"}
_EMBEDDED = re.compile(rb"data:image/[a-z+.-]+;base64,([A-Za-z0-9+/=]+)")
_ROWS = 500
"""Rows of crops that are held at a time."""
_MOST_BYTES = 200_000_000
"""A picture or a report on paper that is larger is told as not searched, and so is a line of a text: these are held as
a whole."""


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


def holdings(case: CaseAddress | Path | str, *, within_pages: bool = True) -> Iterator[Holding]:
    """All that a case holds, each once, in the order of names; a page also gives the pictures in it.

    Args:
        within_pages: False to leave these out: to take them out of a report takes as long as a thousand pictures do.

    Raises:
        CaseError: this is no case, or its data base or the place of its pictures cannot be read.
    """
    address = address_of(case)
    require_case(address)
    folder = folder_of(address)
    place = pictures_of(folder)
    problems: list[Problem] = []
    elsewhere = () if place.address is None else sorted(place.names(problems), key=Path)
    pictures = ahead(place.read, elsewhere, place.at_once)
    here = ((one, True) for one in _walked(folder))
    rows = [] if (folder / DATABASE).exists() else [(Path(DATABASE), True)]  # stands for the tables in PostgreSQL
    try:
        with _read_only(address) as connection:
            named = _Named(connection)
            for name, is_here in heapq.merge(here, rows, ((Path(one), False) for one in elsewhere)):
                path = name.as_posix()
                if not is_here:
                    yield _picture(path, next(pictures), named)
                elif path == DATABASE:
                    yield Holding(path, "text", problem=named.problem)
                elif path not in (f"{DATABASE}-wal", f"{DATABASE}-shm"):  # of the same data base, and read with it
                    found = _of_file(folder / name, path, named)
                    yield from found if within_pages else islice(found, 1)
    except DatabaseError as error:
        raise CaseError(f"{address}: cannot be read: {error.orig}") from error
    yield from (Holding(one.where, "unknown", problem=one.what) for one in problems)


def _walked(folder: Path, below: Path = Path()) -> Iterator[Path]:
    """The files below a folder, relative to it, in the order of their names; the names of one folder are held."""
    try:
        names = sorted(one.name for one in (folder / below).iterdir())
    except OSError as error:
        raise CaseError(f"{folder / below}: cannot be read: {error.strerror or error}") from error
    for name in names:
        one = folder / below / name
        if one.is_dir() and not one.is_symlink():
            yield from _walked(folder, below / name)
        else:
            yield below / name


_Quad = tuple[tuple[float, float], ...]
_Shows = tuple[str | None, _Quad | None]
"""What a crop shows: the reference, and where its corners lie in the crop."""


class _Named:
    """What the rows of a case say of its pictures; those of crops, of which there may be millions, as they are asked
    for."""

    def __init__(self, connection: Connection) -> None:
        query = select(CropRow.picture, SightingRow.reference, CropRow.quad).join_from(
            CropRow, SightingRow, (SightingRow.source == CropRow.source) & (SightingRow.id == CropRow.sighting)
        )
        named = select(ReferenceRow.picture, ReferenceRow.id)
        self.references = {str(path): str(ident) for path, ident in connection.execute(named)}
        blobs = ", ".join(_blobs(connection))
        self.problem = f"values that are no text in: {blobs}" if blobs else None
        self._reported = _reported(connection)
        order = (CropRow.picture, CropRow.source, CropRow.item, CropRow.rank)
        self._crops = iter(connection.execute(query.order_by(*order), execution_options={"yield_per": _ROWS}))
        self._next = next(self._crops, None)

    def shown_in(self, path: str) -> _Shows:
        """What a picture shows; of pictures in the order of their names."""
        found: _Shows = (None, None)
        while self._next is not None and str(self._next.picture) <= path:
            if self._next.picture == path:
                found = (self._next.reference, _points(self._next.quad))
            self._next = next(self._crops, None)
        return self._reported.get(path, found)


def _of_file(file: Path, name: str, named: _Named) -> Iterator[Holding]:
    if file.is_symlink() or not file.is_file():
        yield Holding(name, "unknown", problem="it is no plain file")
        return
    if name.startswith(f"{unfinished.FOLDER}/"):
        yield Holding(name, "unknown", problem="it is work of a run that was stopped: run it again, or purge the case")
        return
    if file.suffix == ".parquet":
        yield Holding(name, "text", problem=_bytes_in(file))
    elif file.suffix in _TEXTS:
        yield Holding(name, "text")
        yield from _embedded(name, file)
    elif file.stat().st_size > _MOST_BYTES:
        yield Holding(name, "unknown", problem=f"it is larger than {_MOST_BYTES // 1_000_000} MB")
    elif file.suffix in _PICTURES:
        yield _picture(name, file.read_bytes(), named)
    elif file.suffix == ".pdf":
        yield from _printed(name, file.read_bytes())
    else:
        yield Holding(name, "unknown", problem="it is of no kind that a case holds")


def _picture(name: str, content: bytes, named: _Named) -> Holding:
    reference, quad = named.shown_in(name)
    kind: HoldingKind = "reference" if name in named.references else "crop"
    return Holding(name, kind, content, named.references.get(name, reference), quad)


def _embedded(name: str, file: Path) -> Iterator[Holding]:
    """The pictures in a text, line by line, for findings grow with the case; none goes over the end of a line."""
    with file.open("rb") as text:
        lines = takewhile(bool, (text.readline(_MOST_BYTES) for _ in count()))
        for number, found in enumerate((one for line in lines for one in _in_line(line)), 1):
            try:
                content = base64.b64decode(found, validate=True)
            except binascii.Error:
                yield Holding(f"{name}#{number}", "unknown", problem="it is no picture")
            else:
                yield Holding(f"{name}#{number}", "embedded", content)


def _in_line(line: bytes) -> Iterator[bytes]:
    """The pictures in a line, as base64; one that is too long gives what is none."""
    if len(line) == _MOST_BYTES:
        yield b"-"
    elif b"data:image/" in line:
        yield from (match.group(1) for match in _EMBEDDED.finditer(line))


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


def _bytes_in(table: Path) -> str | None:
    """What is wrong with a table of a case: it holds text, numbers and times alone."""
    from pyarrow import ArrowException, parquet, types

    try:
        fields = parquet.read_schema(table)
    except (ArrowException, OSError, ValueError) as error:
        return f"it is no table: {error}"
    held = [one.name for one in fields if "binary" in str(one.type) or types.is_dictionary(one.type)]
    return f"values that are no text in: {', '.join(held)}" if held else None


@contextmanager
def _read_only(address: CaseAddress) -> Iterator[Connection]:
    if isinstance(address, InFolder):
        file = (address.folder / DATABASE).absolute().as_uri()
        engine = create_engine(f"sqlite:///{file}?mode=ro&uri=true")
    else:
        engine = engine_of(address)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _reported(connection: Connection) -> dict[str, _Shows]:
    """The crops of photos that people on the spot sent; a case of an earlier release has none."""
    found: dict[str, _Shows] = {}
    if not inspect(connection).has_table(GroundRow.__tablename__):
        return found
    for (photos,) in connection.execute(select(GroundRow.photos)):
        for crop in (crop for photo in photos for item in photo["items"] for crop in item["crops"]):
            found[crop["path"]] = (crop["reference"], _points(crop["quad"]))
    return found


def _points(quad: list[list[float]]) -> _Quad:
    return tuple((float(x), float(y)) for x, y in quad)


def _blobs(connection: Connection) -> Iterator[str]:
    """The columns that hold bytes; SQLite takes them in any column, PostgreSQL in those of their type."""
    there = inspect(connection)
    for table in there.get_table_names():
        for name, kind in ((one["name"], one["type"]) for one in there.get_columns(table)):
            of_bytes = str(kind) == "BYTEA"
            if connection.dialect.name == "sqlite":
                query = text(f'SELECT 1 FROM "{table}" WHERE typeof("{name}") = \'blob\' LIMIT 1')
                of_bytes = connection.execute(query).first() is not None
            if of_bytes:
                yield f"{table}.{name}"
