"""The engine of one machine: worker processes, one item in each at a time.

Each worker is a pool of one, so that a worker that dies (killed, out of memory, a crash in a decoder) or is cut off
(stuck) takes only the item with it that it was on, and it is known which. That item gets one more try, in a fresh
worker.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Generator, Iterable
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self, TypeVar

from samegoods.confinement import share_of_memory
from samegoods.edges.engines.base import Failed, Later
from samegoods.edges.engines.sharing import shared_out
from samegoods.edges.engines.worker import Worker

T = TypeVar("T")
R = TypeVar("R")


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalEngine:
    """Runs the items in ``workers`` processes of this machine; by default one for each core.

    Each may take ``memory`` bytes, by default a share of the machine's; more fails in that worker alone. Workers
    write no core dumps.
    """

    tries = 2
    died: tuple[type[Exception], ...] = (BrokenProcessPool,)
    not_started = (
        "worker processes do not start; in a script of your own that brings its own functions, call samegoods under "
        "`if __name__ == '__main__':`, since each worker then imports the script"
    )

    def __init__(self, *, workers: int | None = None, memory: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"workers: expected at least 1, found {workers}")
        self.workers = workers or usable_cores()
        self._memory = memory or share_of_memory(self.workers)
        self._resting: list[Worker] = []
        self._is_open = False

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T | Later],
        *,
        news: Callable[[T, float], None] | None = None,
        patience_s: float | None = None,
    ) -> Generator[R | Failed[T], None, None]:
        """See :class:`samegoods.edges.engines.base.Engine`.

        Raises:
            EngineError: workers cannot be started at all.
        """
        return shared_out(self, fn, items, news=news, patience_s=patience_s)

    def packed(self, fn: Callable[[T], R]) -> bytes:
        """The function as it travels."""
        return pickle.dumps(fn)

    def take(self) -> Worker:
        """A worker with nothing to do."""
        return self._resting.pop() if self._resting else Worker(memory=self._memory)

    def give_back(self, worker: Worker) -> None:
        """Keep a worker that has nothing to do for the next map, or end it where there will be none."""
        if self._is_open:
            self._resting.append(worker)
        else:
            worker.close()

    def __enter__(self) -> Self:
        self._is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        while self._resting:
            self._resting.pop().close()
