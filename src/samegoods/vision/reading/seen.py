"""What one reader makes of one picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from samegoods.records import CodeFormat, Image, Quad, ReaderName, check_quad


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One thing that a reader sees: a code, or a line of text where ``format`` is None.

    ``text`` is empty where the reader finds something and cannot spell it. ``quad`` lies in the picture that the
    reader was given, px; ``score`` is the reader's own, 0..1, and 1 where it gives none.
    """

    text: str
    quad: Quad
    score: float = 1.0
    format: CodeFormat | None = None

    def __post_init__(self) -> None:
        check_quad(self.quad, "what a reader saw")


Read = Callable[[Image], Sequence[Seen]]
"""What a reader does with a picture, (H, W) grey or (H, W, 3) RGB uint8."""

Spell = Callable[[Sequence[Image]], Sequence[Seen]]
"""What a reader of text does with pictures that are one upright line each, (h, w, 3) RGB uint8: one for each."""


Find = Callable[[Image], Sequence[Quad]]
"""Where a reader of text sees lines in a picture, unspelled."""
CODE_READERS: tuple[ReaderName, ...] = ("zxing", "opencv")


@dataclass(frozen=True, slots=True, eq=False)
class Readers:
    """The readers that are there, and the names of those that are not."""

    read: Mapping[ReaderName, Read] = field(default_factory=dict)
    spell: Mapping[ReaderName, Spell] = field(default_factory=dict)
    lacking: tuple[ReaderName, ...] = ()
    find: Find | None = None

    @property
    def of_codes(self) -> dict[ReaderName, Read]:
        """The readers of codes among them."""
        return {name: self.read[name] for name in CODE_READERS if name in self.read}


def place_of(quad: Quad) -> tuple[float, float]:
    """What things are ordered by from top to bottom: the height of the centre, then how far it is to the right."""
    x, y = quad.mean(axis=0)
    return round(float(y), 1), round(float(x), 1)
