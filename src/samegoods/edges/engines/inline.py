"""The engine for little work: this process, one item after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from samegoods.edges.engines.base import LATER, LISTENER, Failed, Later, reason_of

T = TypeVar("T")
R = TypeVar("R")


class InlineEngine:
    """Runs the items here.

    It can cut nothing off: an item that is stuck is waited for, whatever ``patience_s`` says, a crash ends this
    process, and memory is not bounded. So it is for work that is trusted, and for tests.
    """

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T | Later],
        *,
        news: Callable[[T, float], None] | None = None,
        patience_s: float | None = None,
    ) -> Generator[R | Failed[T], None, None]:
        for item in items:
            if item is LATER:
                raise RuntimeError("the next item waits for a result, and nothing is under way")
            listening = LISTENER.set(None if news is None else partial(news, item))
            try:
                result: R | Failed[T] = fn(item)
            except Exception as error:  # noqa: BLE001  the engine's edge: one item's failure must not end the others
                result = Failed(item, reason_of(error))
            finally:
                LISTENER.reset(listening)
            yield result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There are no workers to end."""
