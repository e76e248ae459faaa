"""What workers are forked from: a process that has loaded what they need and done nothing else, so that loading, two
seconds of a processor, is paid once and not by each of them.

They are not forked from the main process: a fork of a process with threads (FAISS, OpenCV, progress) may hang.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import BaseContext

_FORKING = "forkserver"
_LOADED = (
    "samegoods.edges.engines.alone",  # first: what is loaded after it computes in one thread
    "samegoods.wiring.running",
    "samegoods.pipeline",
    "samegoods.edges.catalogue",
    "samegoods.edges.finders",
    "samegoods.edges.readers",
)
"""Names, since an edge imports no other. What is not found is left out, and loaded by whoever needs it."""


def context() -> BaseContext:
    """How processes begin: where there can be no such process, each worker loads for itself.

    That is so on Windows, and where the folder for temporary files has a name too long for the socket in it (108
    characters on Linux).
    """
    if _FORKING in multiprocessing.get_all_start_methods():
        found = multiprocessing.get_context(_FORKING)
        found.set_forkserver_preload(list(_LOADED))
        with contextlib.suppress(OSError):
            forkserver.ensure_running()
            return found
    return multiprocessing.get_context("spawn")


def load_ahead() -> None:
    """Begin to load now, beside whatever this process does next."""
    context()
