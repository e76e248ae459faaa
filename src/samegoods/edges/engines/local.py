"""The engine of one machine: worker processes, one item in each at a time.

Each worker is a pool of one, so that a worker that dies (killed, out of memory, a crash in a decoder) or is cut off
(stuck) takes only the item with it that it was on, and it is known which. That item gets one more try, in a fresh
worker.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from samegoods.confinement import share_of_memory
from samegoods.edges.engines.base import Failed, reason_of
from samegoods.edges.engines.worker import NEWS_S, Raised, Worker
from samegoods.errors import EngineError

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 2


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
        items: Iterable[T],
        *,
        news: Callable[[T, float], None] | None = None,
        patience_s: float | None = None,
    ) -> Generator[R | Failed[T], None, None]:
        """See :class:`samegoods.edges.engines.base.Engine`.

        Raises:
            EngineError: workers cannot be started at all.
        """
        run = _Run[T, R](self, fn, news, patience_s)
        try:
            yield from run.results(items)
        finally:
            run.end()

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


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    item: T
    tries: int


class _Run(Generic[T, R]):
    """One map: its workers, what they are on, and what is to be tried again."""

    def __init__(
        self,
        engine: LocalEngine,
        fn: Callable[[T], R],
        news: Callable[[T, float], None] | None,
        patience_s: float | None,
    ) -> None:
        self._engine = engine
        self._fn = pickle.dumps(fn)
        self._news = news
        self._patience_s = patience_s
        self._idle: list[Worker] = []
        self._busy: dict[Future[Any], tuple[Worker, _Task[T]]] = {}
        self._again: deque[_Task[T]] = deque()

    def results(self, items: Iterable[T]) -> Iterator[R | Failed[T]]:
        todo = (_Task(item, 1) for item in items)
        while True:
            self._fill(todo)
            if not self._busy:
                return
            done, _ = wait(self._busy, timeout=NEWS_S, return_when=FIRST_COMPLETED)
            self._hear()
            ended = [result for future in done for result in self._settled(future)]
            self._fill(todo)  # before the results are handed out: whoever takes them may be busy with them for long
            yield from ended

    def end(self) -> None:
        """End the workers: at once where they are still at work, since nobody waits for it any more."""
        for worker, _ in self._busy.values():
            worker.cut()
        for worker in self._idle:
            self._engine.give_back(worker)
        self._busy.clear()
        self._idle.clear()

    def _hear(self) -> None:
        for future, (worker, task) in self._busy.items():
            how_far = worker.heard()
            if how_far is not None and self._news is not None:
                self._news(task.item, how_far)
            if self._patience_s is not None and not future.done() and worker.is_silent(self._patience_s):
                worker.stuck = True
                worker.kill()

    def _fill(self, todo: Iterator[_Task[T]]) -> None:
        while len(self._busy) < self._engine.workers:
            task = self._again.popleft() if self._again else next(todo, None)
            if task is None:
                return
            future, worker = self._begun(task)
            self._busy[future] = worker, task

    def _begun(self, task: _Task[T]) -> tuple[Future[Any], Worker]:
        while True:
            worker = self._idle.pop() if self._idle else self._engine.take()
            try:
                return worker.submit(self._fn, task.item), worker
            except BrokenProcessPool:  # it died while it had nothing to do: no fault of this item
                worker.cut()

    def _settled(self, future: Future[Any]) -> Iterator[R | Failed[T]]:
        worker, task = self._busy.pop(future)
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            yield from self._died(worker, task)
            return
        self._idle.append(worker)
        if error is not None:  # the item or the result does not pickle
            worker.forget()
            yield Failed(task.item, reason_of(error))
        elif isinstance(outcome := future.result(), Raised):
            yield Failed(task.item, outcome.reason)
        else:
            yield outcome

    def _died(self, worker: Worker, task: _Task[T]) -> Iterator[Failed[T]]:
        worker.heard()
        worker.cut()
        if task.tries < _TRIES:
            self._again.append(_Task(task.item, task.tries + 1))
        elif worker.stuck:
            yield Failed(task.item, f"it was stuck: nothing came of it for {self._patience_s:g} s, twice")
        elif worker.started:
            yield Failed(task.item, "the worker process ended on it twice (killed, out of memory or a crash)")
        else:
            raise EngineError(
                "worker processes do not start; in a script of your own that brings its own functions, call samegoods "
                "under `if __name__ == '__main__':`, since each worker then imports the script"
            )
