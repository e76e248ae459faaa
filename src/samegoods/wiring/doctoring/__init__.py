"""Is all there that samegoods works with? Each part is tried out, in a process that may crash or hang at it."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from samegoods.edges.engines import Engine, Failed, LocalEngine
from samegoods.errors import SamegoodsError
from samegoods.wiring.apart import each_apart
from samegoods.wiring.doctoring import custody, machine, page, people, pictures, program, reading, storage, stores
from samegoods.wiring.doctoring.base import Asked, Examined, Found, Part

__all__ = ["PARTS", "Asked", "Examined", "Found", "Part", "examine", "is_fit"]

PARTS: tuple[Part, ...] = (
    *program.PARTS,
    *pictures.PARTS,
    *people.PARTS,
    *reading.PARTS,
    *stores.PARTS,
    *custody.PARTS,
    *page.PARTS,
    *storage.PARTS,
    *machine.PARTS,
)
_PATIENCE_S = 60.0
"""As long as a worker may take to start on a busy machine; no test takes a tenth of it on an idle one."""


@dataclass(frozen=True, slots=True)
class _Timed:
    found: Found
    took_s: float


@dataclass(frozen=True, slots=True)
class _Test:
    """What the worker does with a part."""

    asked: Asked

    def __call__(self, part: Part) -> _Timed:
        begun = time.perf_counter()
        found = part.test(self.asked)
        return _Timed(found, time.perf_counter() - begun)


def examine(
    asked: Asked, *, parts: Sequence[Part] = PARTS, engine: Engine | None = None
) -> Generator[Examined, None, None]:
    """Test each of the parts, one after the other, in their order; one that crashes or hangs costs no other.

    Args:
        engine: what the tests run on; by default a process of its own, made anew where a test ends it.

    Raises:
        EngineError: worker processes cannot be started at all, so nothing can be checked either.
    """
    results = each_apart(_Test(asked), parts, engine or LocalEngine(workers=1), patience_s=_PATIENCE_S)
    with closing(results):
        for part, result in zip(parts, results, strict=True):
            yield _examined(part, result)


def _examined(part: Part, result: _Timed | SamegoodsError | Failed[Part]) -> Examined:
    if isinstance(result, Failed):
        result = _Timed(Found("broken", result.reason), 0.0)
    elif isinstance(result, SamegoodsError):
        result = _Timed(Found("broken", str(result)), 0.0)
    found, took_s = result.found, round(result.took_s, 3)
    if found.state == "works":
        return Examined(part.name, "works", part.needed, found.detail, "", "", took_s)
    remedy = found.remedy or part.remedy
    return Examined(part.name, found.state, part.needed, found.detail, part.costs, remedy, took_s)


def is_fit(examined: Sequence[Examined]) -> bool:
    """Whether a check can be made: all that one needs works."""
    return all(one.state == "works" for one in examined if one.needed)
