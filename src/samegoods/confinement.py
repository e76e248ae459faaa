"""What the operating system is asked to keep a process of ours from: core dumps, and more than its share of memory.

Where a system has no such limits (Windows has none of these), the functions say so by what they return.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

_GIB = 1 << 30
_LEAST = 3 * _GIB
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


def share_of_memory(workers: int) -> int:
    """Bytes that each of ``workers`` processes may take: a fair share, but what normal work takes in any case.

    Normal work takes up to 2 GiB (a photo of 48 megapixels with many packs); nothing honest takes 12.
    """
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        machine = 2 * _MOST
    return min(_MOST, max(_LEAST, int(_SHARE * machine / workers)))
