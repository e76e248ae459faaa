"""What every engine promises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from samegoods.errors import SamegoodsError

T = TypeVar("T")
R = TypeVar("R")

_REASON_LENGTH = 300
_BEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Failed(Generic[T]):
    """An item whose work came to nothing, and why. A value: an engine hands it on and drops none."""

    item: T
    reason: str


class Later(Enum):
    """See :data:`LATER`."""

    LATER = "later"


LATER = Later.LATER
"""What an iterable of items yields where the next one depends on a result that is not back yet, or is not due: it is
asked again soon, at the latest after the next result. Something must be under way then."""


class Engine(Protocol):
    """Runs a function over items, somewhere.

    Every item comes back exactly once, as a result or as :class:`Failed`, in the order of completion; so
    results carry what they belong to. ``fn`` and the items may be sent to other processes: they must pickle,
    and ``fn`` travels once for each worker, not once for each item. Items are taken from their iterable only
    when there is room to run them; where they yield :data:`LATER`, they are asked again after the next result.

    An item may be run more than once, where a worker died on it: what ``fn`` writes must be the same each time.
    Closing the generator ends the workers, whatever they are on; so does an interrupt while it waits.

    ``news`` hears, now and then and from this process, how far the work on an item is: what ``fn`` last said
    with :func:`tell`.

    ``patience_s`` is for work on what strangers made: an item of which nothing was heard for so many seconds is
    stuck. Its worker is cut off, whatever it is on; the item is tried again, and is in the end a :class:`Failed`
    that says so. None waits for ever. An engine that cannot cut its work off says that in its docstring.

    Used as a context manager, an engine keeps its workers from one map to the next, and ends them at the exit.
    """

    def map(
        self,
        fn: Callable[[T], R],
        items: Iterable[T | Later],
        *,
        news: Callable[[T, float], None] | None = None,
        patience_s: float | None = None,
    ) -> Generator[R | Failed[T], None, None]: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


LISTENER: ContextVar[Callable[[float], None] | None] = ContextVar("listener", default=None)
"""Who hears what the running item says; set by the engines."""


def tell(how_far: float) -> None:
    """Say from within a function that an engine runs how far it is; nothing where no engine listens.

    0 says no more than that the work goes on.
    """
    listener = LISTENER.get()
    if listener is not None:
        listener(how_far)


@contextmanager
def at_work() -> Iterator[None]:
    """Say all the while that the work goes on: for what is long, silent and not at a stranger's mercy."""
    listener, over = LISTENER.get(), threading.Event()

    def beat() -> None:
        while listener is not None and not over.wait(_BEAT_S):
            listener(0.0)

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def reason_of(error: BaseException) -> str:
    """One short line that says what went wrong: our own errors in their words, others with their type.

    Cut to one line and a length, since a message may quote what was worked on.
    """
    if isinstance(error, MemoryError):
        return "it takes more memory than one file may"
    line = next(iter(str(error).splitlines()), "")[:_REASON_LENGTH]
    if isinstance(error, SamegoodsError) and line:
        return line
    return f"{type(error).__name__}: {line}" if line else type(error).__name__
