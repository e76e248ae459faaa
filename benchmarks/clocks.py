"""Time spent in each step of the pipeline, by itself and without what it calls on.

It is the processor's time of this process, all threads together: what else the machine does hardly changes it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Clock:
    """Adds up seconds by step. A step that calls on another is stopped until that one is done."""

    def __init__(self, now: Callable[[], float] = time.process_time) -> None:
        self._now = now
        self._running: list[str] = []
        self._since = 0.0
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._turn()
        self._running.append(name)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def _turn(self) -> None:
        """Book the time since the last turn on the step that runs."""
        now = self._now()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time booked on a step."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.step(name):
                return function(*args, **kwargs)

        return wrapped

    def through(self, name: str, values: Iterable[Any]) -> Iterator[Any]:
        """The same values; the time that it takes to make each is booked on a step."""
        source = iter(values)
        end = object()
        while True:
            with self.step(name):
                value = next(source, end)
            if value is end:
                return
            yield value
