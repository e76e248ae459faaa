"""The memory and the time of a process and all that it started, as Linux tells them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def tree_bytes(root: int, proc: Path = PROC) -> int:
    """Resident bytes of a process and its descendants together; pages that they share count for each of them."""
    return sum(int(fields[21]) for fields in _tree(root, proc)) * os.sysconf("SC_PAGE_SIZE")


def tree_seconds(root: int, proc: Path = PROC) -> float:
    """Processor seconds of a process and its descendants, and of those of them that have ended and were waited for."""
    return sum(sum(map(int, fields[11:15])) for fields in _tree(root, proc)) / os.sysconf("SC_CLK_TCK")


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
