"""A difference from close by: the same piece of the reference, of what was seen, and of the heat map."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from samegoods.edges.report.pictures import Picture, pixels_picture
from samegoods.edges.report.plates import Plate
from samegoods.edges.report.warmth import heat_picture
from samegoods.records import Floats, Image, Mask, Reference, View
from samegoods.results.parts import DifferencePart

AT_MOST = 12
"""Differences with close pictures of their own; what follows is outlined and told."""
_AROUND = 0.35  # of the region's larger side is shown around it
_LEAST = 0.1  # of the face's sides' mean is shown at the least
_WHOLE = 0.5  # of the face: a region that covers more is seen on the whole face
_SIDE_PX = 220

Box = tuple[float, float, float, float]
_T = TypeVar("_T", bound=np.generic)


def closeup(number: int, one: DifferencePart, reference: Reference, view: View, heat: Floats) -> tuple[Plate, ...]:
    """Three pictures of a difference; none of one that is as large as the face itself."""
    if not one.region or one.size > _WHOLE:
        return ()
    box = _around(one, reference)
    pixels = np.clip(view.pixels, 0, 255).astype(np.uint8)
    warm = _cut(heat, box)
    return (
        _plate("Reference", number, _picture(reference.pixels, reference.mask, box)),
        _plate("Photo", number, _picture(pixels, view.known, box)),
        _plate("Heat", number, heat_picture(warm, size=(warm.shape[1], warm.shape[0]))),
    )


def _plate(title: str, number: int, picture: Picture) -> Plate:
    return Plate(title, f"difference {number} from close by: {title.lower()}", picture)


def _around(one: DifferencePart, reference: Reference) -> Box:
    """The region and its surroundings, in shares of the face's width and height."""
    width, height = reference.size
    points = np.array(one.region)
    low, high = points.min(axis=0), points.max(axis=0)
    least = _LEAST * float(np.sqrt(width * height))
    half = np.maximum((high - low) / 2 + _AROUND * float((high - low).max()), least)
    middle = (low + high) / 2
    first = np.clip((middle - half) / (width, height), 0, 1)
    last = np.clip((middle + half) / (width, height), 0, 1)
    return float(first[0]), float(first[1]), float(last[0]), float(last[1])


def _cut(pixels: NDArray[_T], box: Box) -> NDArray[_T]:
    """The box of a picture of the whole face, (H, W) or (H, W, 3); one pixel at the least."""
    height, width = pixels.shape[:2]
    x0, y0 = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    x1, y1 = max(round(box[2] * width), x0 + 1), max(round(box[3] * height), y0 + 1)
    return pixels[y0:y1, x0:x1]


def _picture(pixels: Image, known: Mask, box: Box) -> Picture:
    part, shown = _cut(pixels, box), _cut(known, box)
    return pixels_picture(part, shown, size=(part.shape[1], part.shape[0]), side_px=_SIDE_PX)
