"""A CSV of footage: the columns path, site and captured_at, and any others, which are the user's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.errors import FootageError
from samegoods.strangers import read_bytes


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to read. ``where`` is ``file:line`` in a list, empty for a word of the command line."""

    path: str
    site: str = ""
    captured_at: str = ""
    where: str = ""


def read_listing(listing: Path, *, streams: bool = False, limits: MediaLimits = LIMITS) -> Iterator[Row]:
    """The rows of a CSV of footage, with paths made relative to the working folder. Empty lines are left out.

    With ``streams``, addresses may be among them.

    Comma or semicolon, as the header has it; UTF-8 with or without a byte order mark.

    Raises:
        FootageError: the list cannot be read, or a row is wrong; names file, line, column and the remedy.
    """
    try:
        text = read_bytes(listing, limits.list_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FootageError(f"{listing}: this is not UTF-8 text; save it as CSV UTF-8") from error
    except OSError as error:
        raise FootageError(f"{listing}: {error.strerror or 'it cannot be read'}") from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""),
        delimiter=";" if ";" in header and "," not in header else ",",
        strict=True,
    )
    try:
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        if "path" not in reader.fieldnames:
            raise FootageError(f"{listing}:1: path: there is no such column; the header is path,site,captured_at")
        for number, cells in enumerate(reader, 1):
            where = f"{listing}:{reader.line_num}"
            if number > limits.list_rows:
                raise FootageError(f"{where}: more than {limits.list_rows} rows, which is the limit; make two lists")
            yield _row(cells, listing, where, streams=streams, limits=limits)
    except csv.Error as error:
        raise FootageError(f"{listing}:{reader.line_num}: this is no CSV: {error}") from error


def _row(
    cells: dict[str | None, str | list[str] | None], listing: Path, where: str, *, streams: bool, limits: MediaLimits
) -> Row:
    if None in cells:
        raise FootageError(f"{where}: there are more cells than columns; put quotes around a path with a comma")
    path, site, captured_at = (str(cells.get(key) or "").strip() for key in ("path", "site", "captured_at"))
    if not path:
        raise FootageError(f"{where}: path: it is empty; name a file, or delete the line")
    if len(path) > limits.name_length:
        raise FootageError(f"{where}: path: longer than {limits.name_length} characters, which is the limit")
    if "://" in path and not streams:
        raise FootageError(
            f"{where}: path: a stream is not checked but watched: samegoods watch CAMPAIGN SOURCE -o CASE"
        )
    if Path(path).suffix.lower() == ".csv":
        raise FootageError(f"{where}: path: a list cannot name a list; name videos and photos")
    return Row(path if "://" in path else str(listing.parent / path), site, captured_at, where)
