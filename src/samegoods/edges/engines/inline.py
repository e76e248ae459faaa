"""The engine for little work: this process, one item after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from samegoods.edges.engines.base import Failed, reason_of

T = TypeVar("T")
R = TypeVar("R")


class InlineEngine:
    """Runs the items here; a crash of the process is not caught."""

    def map(self, fn: Callable[[T], R], items: Iterable[T]) -> Iterator[R | Failed[T]]:
        for item in items:
            try:
                result: R | Failed[T] = fn(item)
            except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
                result = Failed(item, reason_of(error))
            yield result
