"""Live footage: what was missing of a stretch of a stream, and how its picture was."""

from __future__ import annotations

from dataclasses import dataclass

from samegoods.records.arrays import Floats


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which no picture came, in seconds from the start of the stretch, and why."""

    start_s: float
    end_s: float
    reason: str

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What the picture was like on average over a while that ended at ``at_s``: see ``vision.health``.

    ``edges`` are statistics of the whole picture, some 20 px of a 320 px wide one to each number: no face can be seen.
    """

    at_s: float
    edges: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """How the receiving of a stretch of a stream went.

    ``looked`` frames were handed on to be looked at; ``passed_over`` were not, for looking was slower than the stream.
    """

    frames: int = 0
    looked: int = 0
    passed_over: int = 0
    received_bytes: int = 0
    gaps: tuple[Gap, ...] = ()
    black_s: float = 0.0
    frozen_s: float = 0.0
    layouts: tuple[Layout, ...] = ()
