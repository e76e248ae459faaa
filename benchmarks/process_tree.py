"""The memory of a process and all that it started, as Linux tells it."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

PROC = Path("/proc")


def tree_bytes(root: int, proc: Path = PROC) -> int:
    """Resident bytes of a process and its descendants together; pages that they share count for each of them."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
        except OSError:
            continue  # it has ended meanwhile
        children[int(fields[1])].append(int(folder.name))
        resident[int(folder.name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    total, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        total += resident.get(one, 0)
        waiting += children[one]
    return total
