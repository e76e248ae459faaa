"""Sharing items out: one loop for all engines whose workers are processes, wherever these run."""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from samegoods.edges.engines.base import LATER, Failed, Later, reason_of
from samegoods.errors import EngineError

T = TypeVar("T")
R = TypeVar("R")

NEWS_S = 0.25
"""So often are the workers heard."""
_TIMES = {2: "twice", 3: "three times"}


@dataclass(frozen=True, slots=True)
class Raised:
    """What a function raised, as text: an exception may not survive the way between processes."""

    reason: str


class Held:
    """The function that a worker's process holds: it travels once, and not with every item."""

    def __init__(self) -> None:
        self._fn: Callable[[Any], Any] | None = None

    def taken(self, fn: bytes | None) -> Callable[[Any], Any]:
        """The function, unpickled where it comes along.

        Raises:
            EngineError: the last one did not arrive.
        """
        if fn is not None:
            self._fn = None
            self._fn = pickle.loads(fn)
        if self._fn is None:
            raise EngineError("the work could not be brought to the worker")
        return self._fn


class Hand(Protocol):
    """A worker: one process, with one item at a time."""

    stuck: bool
    """Set where it is killed because nothing was heard of it."""

    @property
    def started(self) -> bool:
        """Whether its process is known to be up."""
        ...

    def submit(self, fn: bytes, item: object) -> Future[Any]:
        """Give it an item; the future is the result or a :class:`Raised`.

        Both this and the future raise one of the crew's ``died`` where the process is gone.
        """
        ...

    def forget(self) -> None:
        """Take it that the last function did not arrive."""
        ...

    def heard(self) -> float | None:
        """What was last said of how far it is; None where nothing was said since."""
        ...

    def is_silent(self, patience_s: float) -> bool:
        """Whether nothing was heard of it for too long."""
        ...

    def kill(self) -> None:
        """End the process now."""
        ...

    def cut(self) -> None:
        """End the process now, whatever it is on, and clear away after it."""
        ...


H = TypeVar("H", bound=Hand)


class Crew(Protocol[H]):
    """Where the workers come from: an engine."""

    @property
    def workers(self) -> int:
        """How many are at work at a time."""
        ...

    @property
    def tries(self) -> int:
        """How often an item is begun whose workers die on it."""
        ...

    @property
    def died(self) -> tuple[type[Exception], ...]:
        """What a worker whose process is gone raises."""
        ...

    @property
    def not_started(self) -> str:
        """What to say where no worker's process comes up."""
        ...

    def packed(self, fn: Callable[[T], R]) -> bytes: ...

    def take(self) -> H | None:
        """A worker with nothing to do; None where the next one is still on its way.

        Raises:
            EngineError: there is none, and there will be none.
        """
        ...

    def give_back(self, worker: H) -> None: ...


def shared_out(
    crew: Crew[H],
    fn: Callable[[T], R],
    items: Iterable[T | Later],
    *,
    news: Callable[[T, float], None] | None,
    patience_s: float | None,
) -> Generator[R | Failed[T], None, None]:
    """As :meth:`samegoods.edges.engines.base.Engine.map`, with the workers of ``crew``."""
    run = _Run[T, R, H](crew, fn, news, patience_s)
    try:
        yield from run.results(iter(items))
    finally:
        run.end()


@dataclass(frozen=True, slots=True)
class _Task(Generic[T]):
    item: T
    tries: int


class _Run(Generic[T, R, H]):
    """One map: its workers, what they are on, and what is to be tried again."""

    def __init__(
        self,
        crew: Crew[H],
        fn: Callable[[T], R],
        news: Callable[[T, float], None] | None,
        patience_s: float | None,
    ) -> None:
        self._crew = crew
        self._fn = crew.packed(fn)
        self._news = news
        self._patience_s = patience_s
        self._idle: list[H] = []
        self._busy: dict[Future[Any], tuple[H, _Task[T]]] = {}
        self._again: deque[_Task[T]] = deque()
        self._is_last = False

    def results(self, items: Iterator[T | Later]) -> Iterator[R | Failed[T]]:
        while True:
            self._fill(items)
            if not self._busy and not self._again:
                if self._is_last:
                    return
                raise RuntimeError("the next item waits for a result, and nothing is under way")
            done = self._waited()
            self._hear()
            ended = [result for future in done for result in self._settled(future)]
            self._fill(items)  # before the results are handed out: whoever takes them may be busy with them for long
            yield from ended

    def end(self) -> None:
        """End the workers: at once where they are still at work, since nobody waits for it any more."""
        for worker, _ in self._busy.values():
            worker.cut()
        for worker in self._idle:
            self._crew.give_back(worker)
        self._busy.clear()
        self._idle.clear()

    def _waited(self) -> set[Future[Any]]:
        if not self._busy:  # all workers are still on their way
            time.sleep(NEWS_S)
            return set()
        return wait(self._busy, timeout=NEWS_S, return_when=FIRST_COMPLETED).done

    def _hear(self) -> None:
        for future, (worker, task) in self._busy.items():
            how_far = worker.heard()
            if how_far is not None and self._news is not None:
                self._news(task.item, how_far)
            if self._patience_s is not None and not future.done() and worker.is_silent(self._patience_s):
                worker.stuck = True
                worker.kill()

    def _fill(self, items: Iterator[T | Later]) -> None:
        while len(self._busy) < self._crew.workers:
            task = self._next(items)
            if task is None:
                return
            begun = self._begun(task)
            if begun is None:
                self._again.appendleft(task)
                return
            future, worker = begun
            self._busy[future] = worker, task

    def _next(self, items: Iterator[T | Later]) -> _Task[T] | None:
        if self._again:
            return self._again.popleft()
        if self._is_last:
            return None
        for item in items:
            return None if item is LATER else _Task(item, 1)
        self._is_last = True
        return None

    def _begun(self, task: _Task[T]) -> tuple[Future[Any], H] | None:
        while True:
            worker = self._idle.pop() if self._idle else self._crew.take()
            if worker is None:
                return None
            try:
                return worker.submit(self._fn, task.item), worker
            except self._crew.died:  # while it had nothing to do: no fault of this item
                worker.cut()

    def _settled(self, future: Future[Any]) -> Iterator[R | Failed[T]]:
        worker, task = self._busy.pop(future)
        error = future.exception()
        if isinstance(error, self._crew.died):
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

    def _died(self, worker: H, task: _Task[T]) -> Iterator[Failed[T]]:
        worker.heard()
        worker.cut()
        times = _TIMES.get(task.tries, f"{task.tries} times")
        if task.tries < self._crew.tries:
            self._again.append(_Task(task.item, task.tries + 1))
        elif worker.stuck:
            yield Failed(task.item, f"it was stuck: nothing came of it for {self._patience_s:g} s, {times}")
        elif worker.started:
            yield Failed(task.item, f"the worker process ended on it {times} (killed, out of memory or a crash)")
        else:
            raise EngineError(self._crew.not_started)
