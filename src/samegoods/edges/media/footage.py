"""From what the user points at to files: folders, globs and lists of footage, each with its site and time."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from samegoods.edges.media import when
from samegoods.edges.media.listing import Row, read_listing
from samegoods.errors import FootageError
from samegoods.records import TimeFrom
from samegoods.strangers import what_is

VIDEO_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg"}
    | {".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv"}
)
PHOTO_SUFFIXES = frozenset(
    {".avif", ".bmp", ".heic", ".heif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)
_SUFFIXES = VIDEO_SUFFIXES | PHOTO_SUFFIXES


@dataclass(frozen=True, slots=True)
class Footage:
    """One file to be read: where it is, at which site it was taken, and when, if the user said so (UTC)."""

    path: str
    site: str
    zone: ZoneInfo
    captured_at: datetime | None = None
    captured_from: TimeFrom | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that the user pointed at and that gives no footage, with the reason."""

    path: str
    site: str
    reason: str
    captured_at: datetime | None = None
    captured_from: TimeFrom | None = None


def resolve(
    footage: Sequence[str],
    *,
    site: str | None,
    captured_at: datetime | None,
    zones: Mapping[str, ZoneInfo],
) -> tuple[list[Footage], list[Unreadable]]:
    """Find the files behind what the user named.

    Args:
        footage: files, folders (searched to the bottom, hidden files left out), globs, or a ``.csv`` with the
            columns path, site, captured_at and any others; its paths are relative to it.
        site: the site of whatever no list places; may be None where the campaign has a single site.
        captured_at: the capture time of everything; without an offset it is the site's wall clock.
        zones: the campaign's sites and their time zones.

    Returns:
        The files in the order named (folders sorted), each once; and what gives none, with the reason.

    Raises:
        FootageError: a list is wrong, a site is missing or unknown, or there is no footage at all.
    """
    found: dict[str, Footage] = {}
    missing: list[Unreadable] = []
    for name in footage:
        for row in rows_of(name):
            place = site_of(row, site, zones)
            stub = Footage(row.path, place, zones[place], *_time(row, captured_at, zones[place]))
            files, reason = _files(row.path)
            if reason is not None:
                missing.append(Unreadable(row.path, place, reason, stub.captured_at, stub.captured_from))
            for path in files:
                _take(found, replace(stub, path=path), row)
    if not found:
        reasons = "; ".join(f"{m.path}: {m.reason}" for m in missing) or "none was named"
        raise FootageError(f"no footage was found ({reasons}); name videos, photos, folders or a CSV of these")
    return list(found.values()), missing


def rows_of(name: str, *, streams: bool = False) -> Iterator[Row]:
    """What one word of the command line stands for: itself, or the rows of a list.

    Args:
        streams: whether addresses of streams may be among it.

    Raises:
        FootageError: a list is wrong, or a stream is named where none is read.
    """
    if "://" in name and not streams:
        raise FootageError("a stream is not checked but watched: samegoods watch CAMPAIGN SOURCE -o CASE")
    if "://" not in name and Path(name).suffix.lower() == ".csv" and what_is(name) in ("file", "other"):
        yield from read_listing(Path(name), streams=streams)
    else:
        yield Row(path=name)


def _take(found: dict[str, Footage], one: Footage, row: Row) -> None:
    """Take a file once. A list knows more than a folder that holds the same file; two lists must agree."""
    key = os.path.realpath(one.path)
    known = found.get(key)
    if known is None or (row.where and known.captured_from is None and one.captured_from is not None):
        found[key] = one
    elif row.where and row.site and known.site != one.site:
        raise FootageError(f"{row.where}: site: {one.path} is placed at {known.site} already; keep one of both")


def site_of(row: Row, site: str | None, zones: Mapping[str, ZoneInfo]) -> str:
    """The site that a row, the user or the campaign names.

    Raises:
        FootageError: none does, or the campaign has no such site.
    """
    chosen = row.site or site or (next(iter(zones)) if len(zones) == 1 else None)
    known = ", ".join(sorted(zones))
    if chosen is None:
        raise FootageError(f"{row.where or row.path}: which site is it from? give --site, one of: {known}")
    if chosen not in zones:
        where = f"{row.where}: site: " if row.where and row.site else ""
        raise FootageError(f"{where}the campaign has no site {chosen!r}; it has: {known}")
    return chosen


def _time(row: Row, option: datetime | None, zone: ZoneInfo) -> tuple[datetime | None, TimeFrom | None]:
    if option is not None:
        return when.in_utc(option, zone), "option"
    if not row.captured_at:
        return None, None
    try:
        return when.from_text(row.captured_at, zone), "csv"
    except (ValueError, OverflowError) as error:
        example = "2026-07-15T10:30 or 2026-07-15T10:30+09:00"
        message = f"{row.where}: captured_at: {row.captured_at!r} is no ISO 8601 time; write {example}"
        raise FootageError(message) from error


def _files(path: str) -> tuple[list[str], str | None]:
    """The files behind a path, and the reason where there are none."""
    found = what_is(path)
    if found == "folder":
        files = list(files_in(path))
        return files, None if files else "there are no videos or photos in this folder"
    if found is not None:
        return ([path], None) if found == "file" else ([], "this is not a file")
    if glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        files = [file for match in matches for file in _of_match(match)]
        return files, None if files else "no video or photo matches"
    return [], "there is no such file"


def _of_match(match: str) -> list[str]:
    return list(files_in(match)) if what_is(match) == "folder" else [match] if _is_file(match) else []


def files_in(folder: str) -> Iterator[str]:
    """The videos and photos in a folder and below, by name; hidden ones are left out."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and _is_file(os.path.join(parent, name)):  # noqa: PTH118
                yield str(Path(parent, name))


def _is_file(name: str) -> bool:
    """Not a pipe or a device, which a folder may hold under any name."""
    return _is_media(name) and what_is(name) == "file"


def _is_media(name: str) -> bool:
    return Path(name).suffix.lower() in _SUFFIXES
