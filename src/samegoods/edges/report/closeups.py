"""A difference from close by: the same piece of the reference, of what was seen, and of the heat map."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from samegoods.edges.report.pictures import Picture, Rgba, embed
from samegoods.edges.report.plates import Plate
from samegoods.edges.report.warmth import heat_picture
from samegoods.records import Floats
from samegoods.results.verdicts import DifferencePart

_AROUND = 0.35  # of the region's sides' mean is shown around it
_LEAST = 0.1  # of the face's sides' mean is shown at the least
_WHOLE = 0.6  # of the face: what needs more to be shown is seen on the whole face
_SIDE_PX = 220

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in shares of the face's width and height."""
_T = TypeVar("_T", bound=np.generic)


def close_to(one: DifferencePart, size: tuple[int, int]) -> Box | None:
    """The region of a difference and its surroundings; None where that is nearly the face itself.

    Args:
        size: width and height of the reference, px.
    """
    if not one.region:
        return None
    points = np.array(one.region)
    low, high = points.min(axis=0), points.max(axis=0)
    least = _LEAST * float(np.sqrt(size[0] * size[1]))
    half = np.maximum((high - low) / 2 + _AROUND * float(np.sqrt((high - low).prod())), least)
    middle = (low + high) / 2
    left, top = np.clip((middle - half) / size, 0, 1).tolist()
    right, bottom = np.clip((middle + half) / size, 0, 1).tolist()
    return None if (right - left) * (bottom - top) > _WHOLE else (left, top, right, bottom)


def closeup(title: str, number: int, face: Rgba, box: Box) -> Plate:
    """A piece of a picture of the whole face, (H, W, 4), for the difference of this number."""
    part = _cut(face, box)
    return _plate(title, number, embed(part, side_px=_SIDE_PX, size=(part.shape[1], part.shape[0])))


def heat_closeup(number: int, heat: Floats, box: Box) -> Plate:
    """A piece of a heat map of the whole face, (h, w)."""
    part = _cut(heat, box)
    return _plate("Heat", number, heat_picture(part, size=(part.shape[1], part.shape[0])))


def _plate(title: str, number: int, picture: Picture) -> Plate:
    return Plate(title, f"difference {number} from close by: {title.lower()}", picture)


def _cut(face: NDArray[_T], box: Box) -> NDArray[_T]:
    """The box of a picture of the whole face, one pixel at the least."""
    height, width = face.shape[:2]
    x0, y0 = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    x1, y1 = max(round(box[2] * width), x0 + 1), max(round(box[3] * height), y0 + 1)
    return face[y0:y1, x0:x1]
