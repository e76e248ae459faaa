"""What the wall keeps out: places of a picture where a finder sees a face or a body.

None of this is stored, counted or followed from one picture to the next: the places are filled, and forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PersonKind = Literal["face", "body"]
FinderName = Literal["mtcnn", "ssdlite", "yunet", "selfie"]


@dataclass(frozen=True, slots=True)
class PersonBox:
    """A place where a finder sees a face or a body: x0, y0, x1, y1 in px of the picture, half-open.

    ``score`` is the finder's, 0..1, on its own scale.
    """

    kind: PersonKind
    box: tuple[float, float, float, float]
    score: float
    finder: FinderName


@dataclass(frozen=True, slots=True)
class FinderState:
    """Whether a finder is installed; ``detail`` is its version, or the command that installs it."""

    name: FinderName
    kind: PersonKind
    available: bool
    detail: str
