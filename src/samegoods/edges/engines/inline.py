"""The engine for little work: this process, one item after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import TypeVar

from samegoods.edges.engines.base import LISTENER, Failed, reason_of

T = TypeVar("T")
R = TypeVar("R")


class InlineEngine:
    """Runs the items here; a crash of the process is not caught."""

    def map(
        self, fn: Callable[[T], R], items: Iterable[T], *, news: Callable[[T, float], None] | None = None
    ) -> Generator[R | Failed[T], None, None]:
        for item in items:
            listening = LISTENER.set(None if news is None else partial(news, item))
            try:
                result: R | Failed[T] = fn(item)
            except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
                result = Failed(item, reason_of(error))
            finally:
                LISTENER.reset(listening)
            yield result
