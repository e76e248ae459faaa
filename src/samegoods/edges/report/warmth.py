"""The heat map of a face as a picture: its colours, and the legend that says what they mean.

The colours are those of cividis: even in lightness, and alike to readers with and without full colour vision
(J. Nuñez, C. Anderton & R. Renslow, "Optimizing colormaps with consideration for color vision deficiency", PLOS ONE
2018).
"""

from __future__ import annotations

import cv2
import numpy as np
from matplotlib import colormaps

from samegoods.edges.report.pictures import Picture, Rgba, embed
from samegoods.records import Floats

HOTTEST = 2.0
"""What is hotter is drawn as this: twice the limit is beyond doubt."""
_SIDE_PX = 320
_COLOURS = colormaps["cividis"]
_STOPS = 9


def heat_picture(heat: Floats, *, size: tuple[int, int]) -> Picture:
    """A heat map (h, w) in shares of the limit as a picture; transparent where it is NaN.

    Args:
        size: width and height of the reference, in whose pixels outlines are drawn over it.
    """
    return embed(coloured(heat), side_px=_SIDE_PX, size=size)


def coloured(heat: Floats) -> Rgba:
    """A heat map (h, w) in shares of the limit as pixels of at least that size; transparent where it is NaN."""
    unknown = ~np.isfinite(heat)
    drawn = np.asarray(_COLOURS(np.where(unknown, 0, heat) / HOTTEST, bytes=True)).copy()  # (h, w, 4) uint8
    drawn[..., 3] = np.where(unknown, np.uint8(0), np.uint8(255))
    height, width = heat.shape
    scale = max(1.0, _SIDE_PX / max(width, height))
    large = cv2.resize(drawn, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


def legend() -> str:
    """The colours from cold to hot, as the stops of a gradient in CSS."""
    steps = np.linspace(0, 1, _STOPS)
    return ", ".join("#" + "".join(f"{value:02x}" for value in _COLOURS(step, bytes=True)[:3]) for step in steps)
