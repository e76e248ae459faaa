"""Work on strangers' bytes, done in a process that may crash or hang without taking the rest with it.

What is found there comes back; pictures of footage do not: the process that decodes them is the one that looks at
them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

from samegoods.edges.engines import Engine, Failed, LocalEngine
from samegoods.edges.media import LIMITS
from samegoods.errors import MediaError, SamegoodsError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Place(Generic[T]):
    """An item with its number, for results come in the order of completion."""

    number: int
    item: T


@dataclass(frozen=True, slots=True)
class _Done(Generic[R]):
    """A result, or the error of ours that it came to, which then keeps its kind."""

    number: int
    result: R | SamegoodsError


class _Numbered(Generic[T, R]):
    def __init__(self, work: Callable[[T], R]) -> None:
        self._work = work

    def __call__(self, place: _Place[T]) -> _Done[R]:
        try:
            return _Done(place.number, self._work(place.item))
        except SamegoodsError as error:
            return _Done(place.number, error)


def each_apart(
    work: Callable[[T], R], items: Iterable[T], machine: Engine, *, patience_s: float = LIMITS.patience_s
) -> Generator[R | SamegoodsError | Failed[T], None, None]:
    """The work on each item, in the order of the items: what came of it, the error of ours that it raised, or why its
    process came to nothing on it. All of these are values: one item costs no other."""
    there: dict[int, R | SamegoodsError | Failed[T]] = {}
    places = (_Place(number, item) for number, item in enumerate(items))
    following = 0
    with closing(machine.map(_Numbered[T, R](work), places, patience_s=patience_s)) as results:
        for one in results:
            if isinstance(one, Failed):
                there[one.item.number] = Failed(one.item.item, one.reason)
            else:
                there[one.number] = one.result
            while following in there:
                yield there.pop(following)
                following += 1


def apart(work: Callable[[T], R], item: T, *, what: str, machine: Engine | None = None) -> R:
    """One piece of work.

    Args:
        what: what it is on, for the message where the process came to nothing on it.
        machine: what it runs on; by default a process of its own.

    Raises:
        SamegoodsError: as the work does.
        MediaError: the process crashed or was stuck.
    """
    (result,) = each_apart(work, [item], machine or LocalEngine(workers=1))
    if isinstance(result, Failed):
        raise MediaError(f"{what}: {result.reason}")
    if isinstance(result, SamegoodsError):
        raise result
    return result
