"""What the operating system is asked to keep a process of ours from: core dumps, and more than its share of memory.

Where a system has no such limits (Windows has none of these), the functions say so by what they return.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

_GIB = 1 << 30
LEAST_MEMORY = 3 * _GIB
"""Bytes that a worker may take in any case: normal work takes up to 2 GiB (a photo of 48 megapixels, many packs)."""
_MOST = 12 * _GIB
_SHARE = 0.8
_PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> bool:
    """Let no crash of this process, nor of what it starts, write its memory to a disk: it may hold frames.

    On Linux the process is also marked as not dumpable, since a core that is piped to a collector is made whatever the
    limit is (core(5)); other processes of the same user then cannot read its memory either.

    Returns:
        Whether the system knows such a limit.
    """
    try:
        import resource
    except ImportError:
        return False
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return True


def bound_memory(limit: int) -> bool:
    """Refuse this process more than ``limit`` bytes of memory of its own: then an allocation fails, in it alone.

    ``RLIMIT_DATA`` counts private memory that can be written (setrlimit(2), since Linux 4.7), and not what a library
    merely reserves or maps from files, as ``RLIMIT_AS`` would.

    Returns:
        Whether the system holds it to that.
    """
    if not sys.platform.startswith("linux"):
        return False
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    return True


def machine_memory() -> int | None:
    """Bytes of memory that the processes of this machine, or of this container, have between them; None: not known."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return min([physical, *limits_of_groups()])


def limits_of_groups(membership: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> list[int]:
    """Bytes that the control groups of this process allow (cgroup v2): a container's, a service's; none where it is
    in none."""
    try:
        lines = membership.read_text().splitlines()
        own = root / next(line for line in lines if line.startswith("0::")).removeprefix("0::/")
        files = [folder / "memory.max" for folder in (own, *own.parents) if folder.is_relative_to(root)]
        said = [file.read_text().strip() for file in files if file.is_file()]
    except (OSError, StopIteration):
        return []
    return [int(one) for one in said if one.isdigit()]


def share_of_memory(workers: int) -> int:
    """Bytes that each of ``workers`` processes may take: a fair share, but what normal work takes in any case.

    Nothing honest takes 12 GiB.
    """
    machine = machine_memory() or 2 * _MOST
    return min(_MOST, max(LEAST_MEMORY, int(_SHARE * machine / workers)))
