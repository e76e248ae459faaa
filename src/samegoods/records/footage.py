"""Footage: where it comes from, its exact times, and its frames, which live in memory only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal, NoReturn

from samegoods.records.arrays import Image, check_image

SourceKind = Literal["video", "photo", "stream"]
Status = Literal["ok", "partial", "failed"]
TimeFrom = Literal["option", "csv", "exif", "container", "clock"]
"""What said when footage was taken; ``clock`` is that of the machine that received a stream."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An exact time in a video: a presentation time stamp and the unit that it counts in."""

    pts: int
    time_base: Fraction

    @property
    def seconds(self) -> float:
        return float(self.pts * self.time_base)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a video by presentation time, in whole seconds from its first frame.

    ``number`` counts from 0. What is seen from ``start_s`` up to ``end_s``, which is not in it (None: to the end), is
    told of this stretch. Looking begins at ``lead_s``, so that what is in view at the start can be found again in the
    stretch before.
    """

    number: int
    lead_s: int
    start_s: int
    end_s: int | None

    def __post_init__(self) -> None:
        if not 0 <= self.lead_s <= self.start_s or (self.end_s is not None and self.end_s <= self.start_s):
            raise ValueError(f"expected 0 <= lead_s <= start_s < end_s, found {self}")

    def owns(self, moment: Moment) -> bool:
        """Whether what is seen then is told of this stretch; the first has what may come before its start, too."""
        at = moment.pts * moment.time_base
        return (self.number == 0 or self.start_s <= at) and not self.is_over(moment)

    def is_over(self, moment: Moment) -> bool:
        """Whether this is the time of a later stretch."""
        return self.end_s is not None and moment.pts * moment.time_base >= self.end_s


@dataclass(frozen=True, slots=True)
class Source:
    """One file or stream of footage, taken at one site.

    ``captured_at`` is aware; None where nothing says when. ``captured_from`` names what said it.
    """

    id: str
    path: str
    sha256: str
    kind: SourceKind
    site: str
    captured_at: datetime | None
    captured_from: TimeFrom | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reading of a source ended; ``reason`` says why where the status is not ``ok``."""

    status: Status
    reason: str | None = None
    duration_s: float | None = None


class Frame:
    """One decoded picture of footage. It lives in the memory of one process and nowhere else.

    It cannot be pickled, copied or turned into text: whatever tries gets a ``TypeError``. The only way on is
    :func:`samegoods.stages.keep.keep`, which lets verified goods through.

    ``luma`` is a small grey picture (h, w) uint8 for judging sharpness and change without paying for colour;
    ``pixels`` is converted from the decoder's own form when first asked for. ``drift`` says where the picture as a
    whole has come to since the first frame, px of ``luma`` across and down: a hint, and None where nobody measured it.
    """

    __slots__ = ("_pixels", "_render", "drift", "luma", "moment", "source")

    def __init__(self, *, source: str, moment: Moment | None, luma: Image, render: Callable[[], Image]) -> None:
        self.source = source
        self.moment = moment
        self.luma = luma
        self.drift: tuple[float, float] | None = None
        self._render = render
        self._pixels: Image | None = None

    @property
    def pixels(self) -> Image:
        if self._pixels is None:
            pixels = self._render()
            check_image(pixels, "a frame's pixels")
            self._pixels = pixels
        return self._pixels

    @property
    def time_s(self) -> float | None:
        return None if self.moment is None else self.moment.seconds

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a Frame stays in memory: it cannot be pickled, copied or stored")

    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse

    def __repr__(self) -> str:
        return f"<Frame of {self.source} at {self.time_s}>"
