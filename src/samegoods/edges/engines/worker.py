"""One worker process: how it is started, confined, fed, heard and ended. Everything here that runs in the worker
itself stands below :func:`_set_up`."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

from samegoods.confinement import bound_memory, forbid_core_dumps
from samegoods.edges.engines.ahead import context
from samegoods.edges.engines.base import LISTENER, reason_of
from samegoods.edges.engines.sharing import NEWS_S, Held, Raised

_START_S = 60.0
"""A worker that is not up after this long is stuck; a busy machine may take many seconds."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


class Worker:
    """One process, and a link to it: it sends a word when it is up, and ends when our end is closed.

    So no worker outlives this process, however this process ends.
    """

    def __init__(self, *, memory: int) -> None:
        begun = context()
        self._link, self._theirs = begun.Pipe()
        self._pid: int | None = None
        self._holds: bytes | None = None
        self._heard_at = time.monotonic()
        self.stuck = False
        self._pool = ProcessPoolExecutor(
            max_workers=1, mp_context=begun, initializer=_set_up, initargs=(self._theirs, memory, dict(os.environ))
        )

    @property
    def started(self) -> bool:
        return self._pid is not None

    def submit(self, fn: bytes, item: object) -> Future[Any]:
        """Give it an item; the pickled function goes along where the worker does not hold it yet."""
        new = None if self._holds is fn else fn
        self._holds = fn
        self._heard_at = time.monotonic()
        # What a script defines can only be had by running the script again in the worker; nothing else needs it.
        with nullcontext() if b"__main__" in fn else _main_unseen():
            return self._pool.submit(_work, new, item)

    def forget(self) -> None:
        """Take it that the last function did not arrive."""
        self._holds = None

    def heard(self) -> float | None:
        """What the process last said of how far it is; None where it has said nothing since."""
        how_far = None
        while self._link.poll():
            self._heard_at = time.monotonic()
            said = self._link.recv()
            if self._pid is None:
                self._pid = int(said)
            else:
                how_far = float(said)
        return how_far

    def is_silent(self, patience_s: float) -> bool:
        """Whether nothing was heard of it for too long."""
        limit = patience_s if self.started else max(patience_s, _START_S)
        return time.monotonic() - self._heard_at > limit

    def kill(self) -> None:
        """End the process now: one that is stuck in a decoder obeys nothing else."""
        for child in multiprocessing.active_children():
            if child.pid == self._pid:
                child.kill()

    def cut(self) -> None:
        """End the process now, whatever it is on, and clear away after it."""
        self.kill()
        self._link.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._theirs.close()

    def close(self) -> None:
        """End the process, which has nothing to do."""
        self._pool.shutdown(wait=True)
        self._link.close()
        self._theirs.close()


_hiding = threading.Lock()


@contextmanager
def _main_unseen() -> Iterator[None]:
    """Start a process that does not run the caller's script again: it needs nothing of it.

    ``multiprocessing`` looks at the main module for what to run; so a script that calls samegoods needs no guard, and
    is not run once more for every worker.
    """
    with _hiding:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


_held = Held()


class _Teller:
    """Sends how far the work is, not more often than anyone looks."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._next = 0.0

    def __call__(self, how_far: float) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + NEWS_S
            self._link.send(how_far)


def _set_up(link: Connection, memory: int, environment: dict[str, str]) -> None:
    """Runs first in a new worker."""
    os.environ.clear()
    os.environ.update(environment)  # what it was forked from has that of an earlier time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    forbid_core_dumps()
    bound_memory(memory)
    one_thread()
    threading.Thread(target=_end_with_parent, args=(link,), daemon=True).start()
    LISTENER.set(_Teller(link))
    link.send(os.getpid())  # it is up


def one_thread() -> None:
    """Let libraries that are loaded from now on compute in one thread.

    On busy cores OpenMP's spinning made two threads nine times slower than one; and results are the same on any
    machine only if sums are not split among its threads.
    """
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))


def _end_with_parent(link: Connection) -> None:
    try:
        link.recv()
    except (EOFError, OSError):
        os._exit(1)


def _work(fn: bytes | None, item: object) -> object:
    try:
        return _held.taken(fn)(item)
    except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
        return Raised(reason_of(error))
