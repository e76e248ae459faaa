"""Which crops of a face are worth keeping: large, sharp, facing the camera, well in view, spread in time."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from samegoods.geometry import area, sides
from samegoods.records import Crop, Item, Quad, Sighting

INDEPENDENT_S = 0.6
"""Views this far apart in time differ in light, angle and noise; closer ones repeat each other."""


def facing(quad: Quad, aspect: float) -> float:
    """How squarely a face of this aspect (width by height) is seen, 0..1; about the cosine of its tilt."""
    top, right, bottom, left = (max(float(s), 1e-6) for s in sides(quad))
    seen = (top + bottom) / (left + right) / aspect
    even = min(top, bottom) / max(top, bottom) * min(left, right) / max(left, right)
    return min(seen, 1 / seen) * even


def worth(crop: Crop, size: tuple[int, int]) -> float:
    """How much a crop tells of its face: the detail that it resolves, times how well the face is in view.

    ``size`` is the width and height of the face's reference.
    """
    width, height = size
    core = cv2.erode(crop.known.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not core.any():
        return 0.0
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_RGB2GRAY)
    # The fill's outline is no detail: only pixels whose neighbours are all known count.
    detail = float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)[core]).mean()) / (float(grey[core].std()) + 5.0)
    seen = abs(area(crop.quad))
    known = float(crop.known.sum()) / max(seen, 1.0)
    return float(np.sqrt(seen)) * (0.05 + detail) * facing(crop.quad, width / height) * min(known, 1.0)


def weakest(worths: list[float], times: list[float]) -> int:
    """Which of some crops of one face tells the least that the others do not."""
    at = np.asarray(times, np.float64)
    apart = np.abs(at[:, None] - at[None]) + np.where(np.eye(len(at), dtype=bool), np.inf, 0)
    fresh = np.clip(apart.min(axis=1) / INDEPENDENT_S, 0.3, 1.0)
    return int(np.argmin(np.asarray(worths) * fresh))


def thin(kept: list[tuple[float, Crop]], best: int) -> None:
    """Leave the ``best`` of some crops of one face, each with its worth, that tell the most together."""
    while len(kept) > best:
        del kept[weakest([w for w, _ in kept], [crop.sighting.time_s or 0.0 for _, crop in kept])]


def item_of(
    name: str, source: str, product: str, sightings: Iterable[Sighting], kept: Iterable[tuple[float, Crop]]
) -> Item:
    """An item: its sightings in the order of time, its crops, each given with its worth, best first."""
    order = sorted(sightings, key=lambda s: (s.time_s or 0.0, s.face, *s.quad.ravel().tolist()))
    ranked = sorted(kept, key=lambda e: (-e[0], e[1].sighting.time_s or 0.0, e[1].sighting.face))
    return Item(name, source, product, tuple(order), tuple(crop for _, crop in ranked))
