"""Which way up a picture goes: the orientation that a camera wrote down, applied to pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Image


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the eight ways to lay a picture: swap its axes, mirror it left to right, flip it upside down."""

    swap: bool = False
    mirror: bool = False
    flip: bool = False

    @property
    def is_none(self) -> bool:
        return not (self.swap or self.mirror or self.flip)

    def apply(self, picture: Image) -> Image:
        """The picture (H, W) or (H, W, 3) the right way up; a new array unless nothing is to be done."""
        if self.swap:
            picture = np.asarray(cv2.transpose(picture), np.uint8)
        if self.mirror or self.flip:
            code = -1 if self.mirror and self.flip else 1 if self.mirror else 0
            picture = np.asarray(cv2.flip(picture, code), np.uint8)
        return picture


UPRIGHT = Turn()

_EXIF = {
    2: Turn(mirror=True),
    3: Turn(mirror=True, flip=True),
    4: Turn(flip=True),
    5: Turn(swap=True),
    6: Turn(swap=True, mirror=True),
    7: Turn(swap=True, mirror=True, flip=True),
    8: Turn(swap=True, flip=True),
}


def of_exif(orientation: object) -> Turn:
    """The turn that EXIF tag 0x0112 asks for; none for a value outside 1..8 (CIPA DC-008, 4.6.4)."""
    return _EXIF.get(orientation, UPRIGHT) if isinstance(orientation, int) else UPRIGHT


def of_display_matrix(matrix: Sequence[float]) -> Turn:
    """The turn that a container's display matrix ``a b u c d v x y w`` asks for (ISO/IEC 14496-12, 6.2.2).

    A point goes to ``(a x + c y, b x + d y)``. Cameras write quarter turns and mirrors; any other angle is
    taken for the nearest of these. The rotation angle alone would miss the mirrors.
    """
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Turn(swap=True, mirror=c < 0, flip=b < 0)
    return Turn(mirror=a < 0, flip=d < 0)
