"""The engine of one machine: worker processes, one item in each at a time.

Each worker is a pool of one, so that a worker that dies (killed, out of memory, a crash in a decoder) takes
only the item with it that it was on, and it is known which. That item gets one more try in a fresh worker.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from samegoods.edges.engines.base import LISTENER, Failed, reason_of
from samegoods.errors import EngineError

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 2
_NEWS_S = 0.25
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalEngine:
    """Runs the items in ``workers`` processes of this machine; by default one for each core."""

    def __init__(self, *, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"workers: expected at least 1, found {workers}")
        self.workers = workers or usable_cores()

    def map(
        self, fn: Callable[[T], R], items: Iterable[T], *, news: Callable[[T, float], None] | None = None
    ) -> Generator[R | Failed[T], None, None]:
        """See :class:`samegoods.edges.engines.base.Engine`.

        Raises:
            EngineError: workers cannot be started at all.
        """
        run = _Run[T, R](fn, self.workers, news)
        try:
            yield from run.results(items)
        finally:
            run.end()


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    item: T
    tries: int


class _Run(Generic[T, R]):
    """One map: its workers, what they are on, and what is to be tried again."""

    def __init__(self, fn: Callable[[T], R], workers: int, news: Callable[[T, float], None] | None) -> None:
        self._fn = pickle.dumps(fn)
        self._news = news
        self._room = workers
        self._idle: list[_Worker] = []
        self._busy: dict[Future[Any], tuple[_Worker, _Task[T]]] = {}
        self._again: deque[_Task[T]] = deque()

    def results(self, items: Iterable[T]) -> Iterator[R | Failed[T]]:
        todo = (_Task(item, 1) for item in items)
        while True:
            self._fill(todo)
            if not self._busy:
                return
            done, _ = wait(self._busy, timeout=_NEWS_S, return_when=FIRST_COMPLETED)
            self._hear()
            ended = [result for future in done for result in self._settled(future)]
            self._fill(todo)  # before the results are handed out: whoever takes them may be busy with them for long
            yield from ended

    def end(self) -> None:
        """End the workers: at once where they are still at work, since nobody waits for it any more."""
        for worker, _ in self._busy.values():
            worker.cut()
        for worker in self._idle:
            worker.close()
        self._busy.clear()
        self._idle.clear()

    def _hear(self) -> None:
        for worker, task in self._busy.values():
            how_far = worker.heard()
            if how_far is not None and self._news is not None:
                self._news(task.item, how_far)

    def _fill(self, todo: Iterator[_Task[T]]) -> None:
        while len(self._busy) < self._room:
            task = self._again.popleft() if self._again else next(todo, None)
            if task is None:
                return
            worker = self._idle.pop() if self._idle else _Worker(self._fn)
            self._busy[worker.submit(task.item)] = worker, task

    def _settled(self, future: Future[Any]) -> Iterator[R | Failed[T]]:
        worker, task = self._busy.pop(future)
        error = future.exception()
        if isinstance(error, BrokenProcessPool):
            yield from self._died(worker, task)
            return
        self._idle.append(worker)
        if error is not None:  # the item or the result does not pickle
            yield Failed(task.item, reason_of(error))
        elif isinstance(outcome := future.result(), _Raised):
            yield Failed(task.item, outcome.reason)
        else:
            yield outcome

    def _died(self, worker: _Worker, task: _Task[T]) -> Iterator[Failed[T]]:
        worker.heard()
        worker.cut()
        if task.tries < _TRIES:
            self._again.append(_Task(task.item, task.tries + 1))
        elif worker.started:
            yield Failed(task.item, "the worker process ended on it twice (killed, out of memory or a crash)")
        else:
            raise EngineError(
                "worker processes do not start; in a script of your own, call samegoods under "
                "`if __name__ == '__main__':`, since each worker imports the script"
            )


class _Worker:
    """One process, and a link to it: it sends a word when it is up, and ends when our end is closed.

    So no worker outlives this process, however this process ends.
    """

    def __init__(self, fn: bytes) -> None:
        # Not forked: a fork of a process with threads (FAISS, OpenCV, progress) may hang.
        context = multiprocessing.get_context("spawn")
        self._link, self._theirs = context.Pipe()
        self.started = False
        self._pool = ProcessPoolExecutor(
            max_workers=1, mp_context=context, initializer=_set_up, initargs=(fn, self._theirs)
        )

    def submit(self, item: object) -> Future[Any]:
        return self._pool.submit(_work, item)

    def heard(self) -> float | None:
        """What the process last said of how far it is; None where it has said nothing since."""
        how_far = None
        while self._link.poll():
            self.started = True
            how_far = self._link.recv()
        return how_far

    def cut(self) -> None:
        """End the process now, whatever it is on."""
        self._link.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._theirs.close()

    def close(self) -> None:
        """End the process, which has nothing to do."""
        self._pool.shutdown(wait=True)
        self._link.close()
        self._theirs.close()


@dataclass(frozen=True, slots=True)
class _Raised:
    """What a function raised, as text: an exception may not survive the way between processes."""

    reason: str


_fn: Callable[[Any], Any] | None = None


class _Teller:
    """Sends how far the work is, not more often than anyone looks."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._next = 0.0

    def __call__(self, how_far: float) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _NEWS_S
            self._link.send(how_far)


def _set_up(fn: bytes, link: Connection) -> None:
    """Runs first in a new worker."""
    global _fn
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    _use_one_thread()  # before anything loads NumPy, which reads its settings only then
    _fn = pickle.loads(fn)
    threading.Thread(target=_end_with_parent, args=(link,), daemon=True).start()
    LISTENER.set(_Teller(link))
    link.send(None)  # it is up


def _use_one_thread() -> None:
    """One thread a worker: on busy cores OpenMP's spinning made two threads nine times slower than one."""
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    importlib.import_module("cv2").setNumThreads(1)
    importlib.import_module("faiss").omp_set_num_threads(1)


def _end_with_parent(link: Connection) -> None:
    try:
        link.recv()
    except (EOFError, OSError):
        os._exit(1)


def _work(item: object) -> object:
    if _fn is None:
        raise EngineError("a worker was not set up")
    try:
        return _fn(item)
    except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
        return _Raised(reason_of(error))
