"""How far the whole picture has moved, from frame to frame: a hint where to look for what was seen before.

Between two frames that are looked at a walker's camera moves by the width of a pack, and rows of like packs then fit
in several places; between two that follow each other it moves by little, and there is one.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Image


class Drift:
    """The sum of the motion between the frames of one source.

    Method: phase correlation (Kuglin & Hines 1975, "The phase correlation image alignment method").
    """

    def __init__(self) -> None:
        self._before: Floats | None = None
        self._at = np.zeros(2, np.float32)

    def at(self, luma: Image) -> tuple[float, float]:
        """Where the picture has come to with this frame (h, w), across and down, px of it; it starts at 0, 0."""
        now = luma.astype(np.float32)
        if self._before is not None and self._before.shape == now.shape:
            (dx, dy), _ = cv2.phaseCorrelate(self._before, now, _taper(*now.shape))
            self._at = self._at + np.array([dx, dy], np.float32)
        self._before = now
        return float(self._at[0]), float(self._at[1])


@lru_cache(maxsize=4)
def _taper(height: int, width: int) -> NDArray[np.float32]:
    return np.asarray(cv2.createHanningWindow((width, height), cv2.CV_32F), np.float32)
