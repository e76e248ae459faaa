"""What runs on the machines of a cluster: the process that does the work, confined as a worker of one machine is."""

from __future__ import annotations

import os
import pickle
import platform
import threading
from functools import cache
from importlib import metadata

from samegoods.confinement import bound_memory, forbid_core_dumps, share_of_memory
from samegoods.edges.engines.base import LISTENER, reason_of
from samegoods.edges.engines.local import usable_cores
from samegoods.edges.engines.sharing import Held, Raised
from samegoods.edges.engines.worker import one_thread

_DECIDES = ("samegoods", "numpy", "scipy", "opencv-python-headless", "faiss-cpu", "av")
"""Whose versions the results depend on, beside that of Python."""


@cache
def versions() -> dict[str, str]:
    """What is installed here, as far as results depend on it."""
    return {"Python": platform.python_version(), **{name: metadata.version(name) for name in _DECIDES}}


class Host:
    """An actor: it works in one thread, and answers in another how far it is."""

    def __init__(self, memory: int | None) -> None:
        forbid_core_dumps()
        bound_memory(memory or share_of_memory(usable_cores()))
        one_thread()
        self._held = Held()
        self._lock = threading.Lock()
        self._signs = 0
        self._how_far: float | None = None

    def up(self) -> tuple[str, int, dict[str, str]]:
        """The machine, the process, and what is installed there."""
        return platform.node(), os.getpid(), versions()

    def heard(self) -> tuple[int, float | None]:
        """How many signs of life there were so far, and how far the item at hand is said to be."""
        with self._lock:
            return self._signs, self._how_far

    def work(self, fn: bytes | None, item: bytes) -> bytes:
        """The pickled result of the function, or a :class:`Raised`; the function comes along where it is new."""
        listening = LISTENER.set(self._tell)
        with self._lock:
            self._how_far = None
        try:
            return pickle.dumps(self._held.taken(fn)(pickle.loads(item)))
        except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
            return pickle.dumps(Raised(reason_of(error)))
        finally:
            LISTENER.reset(listening)

    def _tell(self, how_far: float) -> None:
        with self._lock:
            self._signs += 1
            self._how_far = how_far
