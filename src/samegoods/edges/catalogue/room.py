"""A bound for what is kept in a folder: what lay unused for longest goes first."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path

from samegoods.errors import BadReference

VARIABLE = "SAMEGOODS_PREPARED_GB"
"""The environment variable that sets how much may be kept of prepared references."""
MOST_GB = 16.0
"""Ten thousand references take about 5 GB, and as much again while they are joined."""
_LEFT_S = 86_400.0
"""Parts of what was never finished are removed after a day: until then another process may be at work on them."""


def make_room(folder: Path, most_bytes: int | None, *, kept: Set[Path]) -> None:
    """Remove the entries of a folder that were last used longest ago, until it holds no more than it may.

    Args:
        most_bytes: None: what :data:`VARIABLE` says, or :data:`MOST_GB`.
        kept: entries that are in use.

    Raises:
        BadReference: the variable is no number.
    """
    entries = []
    for entry in folder.iterdir():
        used_s, size = _used(entry)
        if entry.suffix == ".part" and time.time() - used_s > _LEFT_S:
            remove([entry])
        elif entry.suffix not in (".part", ".lock"):
            entries.append((used_s, entry, size))
    left = sum(size for *_, size in entries)
    most = _most() if most_bytes is None else most_bytes
    for _, entry, size in sorted(entries):
        if left <= most:
            return
        if entry not in kept:
            remove([entry])
            left -= size


def _most() -> int:
    told = os.environ.get(VARIABLE, str(MOST_GB))
    try:
        return int(float(told) * 1e9)
    except (ValueError, OverflowError) as error:
        raise BadReference(f"{VARIABLE} is {told!r}: set it to a number of gigabytes, as {MOST_GB:g}") from error


def remove(entries: Iterable[Path]) -> None:
    """Remove files and folders; what another process removed first is gone as well."""
    for entry in entries:
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _used(entry: Path) -> tuple[float, int]:
    """When an entry was last used, and how many bytes it has; it may be gone by now."""
    size, used_s = 0, 0.0
    with suppress(OSError):
        used_s = entry.stat().st_mtime
        for file in entry.iterdir() if entry.is_dir() else [entry]:
            size += file.stat().st_size
    return used_s, size
