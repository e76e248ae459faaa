"""A folder into which others put files: which of them are whole, and new."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from samegoods.edges.media.footage import files_in

_SURELY_AT_REST_S = 60.0
"""A file that was not written to for so long is whole; a younger one is, if it is the same at two looks."""

_State = tuple[int, int]


class Incoming:
    """The files of a folder as they come. It is looked into anew each time, as network shares tell of no changes."""

    def __init__(self, folder: str, *, now: Callable[[], float] = time.time) -> None:
        self._folder, self._now = folder, now
        self._before: dict[str, _State] = {}
        self._given: dict[str, _State] = {}

    def ready(self) -> list[str]:
        """Videos and photos that are at rest and were not given in this state before."""
        there = {path: state for path in files_in(self._folder) if (state := _state(path)) is not None}
        whole = [path for path, state in there.items() if self._is_whole(path, state)]
        self._before = there
        self._given = {path: state for path, state in self._given.items() if path in there}
        self._given |= {path: there[path] for path in whole}
        return whole

    def _is_whole(self, path: str, state: _State) -> bool:
        size, changed_ns = state
        if size == 0 or self._given.get(path) == state:
            return False
        return self._before.get(path) == state or self._now() - changed_ns / 1e9 > _SURELY_AT_REST_S


def _state(path: str) -> _State | None:
    """Size and time of the last change; None for a file that is gone again."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
