"""What one reader makes of one picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samegoods.records import CodeFormat, Image, Quad, check_quad


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
