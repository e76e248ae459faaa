"""When footage was taken: what EXIF and containers state, in UTC. What is not stated stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

EXIF_IFD = 0x8769
_DATE_TIME_ORIGINAL = 0x9003
_OFFSET_TIME_ORIGINAL = 0x9011

_EARLIEST_YEAR = 1990
"""Clocks that were never set count from 1904 (QuickTime), 1970 (Unix) or 1980 (DOS)."""


def in_utc(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC; one without an offset is taken for the wall clock of ``zone``."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def from_text(text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 time in UTC; without an offset it is the wall clock of ``zone``.

    Raises:
        ValueError: it is no ISO 8601 time.
    """
    return in_utc(datetime.fromisoformat(text.strip()), zone)


def from_exif(tags: Mapping[int, object], zone: tzinfo) -> datetime | None:
    """DateTimeOriginal with its offset out of an EXIF directory, in UTC; None where absent or nonsense."""
    taken, offset = tags.get(_DATE_TIME_ORIGINAL), tags.get(_OFFSET_TIME_ORIGINAL)
    if not isinstance(taken, str):
        return None
    date, _, clock = taken.strip().strip("\x00").partition(" ")
    stated = f"{date.replace(':', '-')}T{clock}"
    hours = offset.strip().strip("\x00") if isinstance(offset, str) else ""
    return _sensible(stated + hours, zone) or _sensible(stated, zone)


def from_container(tags: Mapping[str, str]) -> datetime | None:
    """The creation time that a container states; None where it is absent or a clock that was never set.

    Apple's own tag carries an offset and survives a trim, so it comes first; ``creation_time`` is UTC.
    """
    for key in ("com.apple.quicktime.creationdate", "creation_time"):
        taken = _sensible(tags.get(key, ""), UTC)
        if taken is not None:
            return taken
    return None


def _sensible(text: str, zone: tzinfo) -> datetime | None:
    try:
        taken = from_text(text, zone)
    except (ValueError, OverflowError):
        return None
    return taken if taken.year >= _EARLIEST_YEAR else None
