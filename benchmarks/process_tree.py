"""The memory and the time of a process and all that it started, as Linux tells them."""

from __future__ import annotations

import ctypes
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PR_SET_CHILD_SUBREAPER = 36
"""prctl(2)."""


def tree_bytes(root: int, proc: Path = PROC) -> int:
    """Resident bytes of a process and its descendants together; pages that they share count for each of them."""
    return sum(int(fields[21]) for fields in _tree(root, proc)) * os.sysconf("SC_PAGE_SIZE")


def tree_seconds(root: int, proc: Path = PROC) -> float:
    """Processor seconds of a process and its descendants, and of those of them that have ended and were waited for."""
    return sum(sum(map(int, fields[11:15])) for fields in _tree(root, proc)) / os.sysconf("SC_CLK_TCK")


def take_what_is_left() -> None:
    """From now on, what a process that we start leaves behind comes to us, so that its time can be counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children_seconds() -> float:
    """Processor seconds of all processes that we started, once those are over that they left behind to end by
    themselves; see :func:`take_what_is_left`."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass
    spent = os.times()
    return spent.children_user + spent.children_system


def _tree(root: int, proc: Path) -> Iterator[list[str]]:
    """What ``stat`` says of each process, from its third field on (proc(5))."""
    children: dict[int, list[int]] = defaultdict(list)
    known: dict[int, list[str]] = {}
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
        except OSError:
            continue  # it has ended meanwhile
        children[int(fields[1])].append(int(folder.name))
        known[int(folder.name)] = fields
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if one in known:
            yield known[one]
        waiting += children[one]
