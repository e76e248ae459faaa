"""From scores to regions: where a face differs, and where it would have shown if it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Floats, Mask
from samegoods.vision.colour import ciede2000
from samegoods.vision.comparison.evidence import Residual, Scan

LEAST_SIZE = 0.002
"""The share of the face below which nothing is called a region."""
LEAST_DELTA_E = 4.0
"""CIEDE2000 below which a region of one view is left to light and camera; of several views, less."""
FULL_SIZE, FULL_DELTA_E = 0.01, 10.0
"""Smaller or fainter regions need a higher score: what lenses and lamps leave is small and faint."""
_LEAST_MEAN = 3.5  # CIELAB: the mean of a window that levelling may have left
_RIM = 0.025  # of the face's side: quads and covers end here, not print


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of a face that differs: ``mask`` (h, w), the ``score`` over the limit it had to pass (1 and
    more), the mean CIEDE2000 over the mask, its share of the face ``size``, and whether ``colour`` was the
    stronger sign."""

    mask: Mask
    score: float
    delta_e: float
    size: float
    colour: bool


def find_regions(residual: Residual, scans: Sequence[Scan], need: float) -> tuple[Region, ...]:
    """The regions whose windows score ``need`` and more, strongest first."""
    colour, structure, cover = _peaks(residual, scans, need)
    count, labels = cv2.connectedComponents(cover.astype(np.uint8))
    found = []
    for label in range(1, count):
        part = labels == label
        for mask in _sharpened(residual, part):
            region = _region(residual, mask, part, colour / need, structure / need)
            if region is not None:
                found.append(region)
    return tuple(sorted(found, key=lambda region: -region.score))


def strong(scan: Scan, residual: Residual) -> Mask:
    """Where the mean of a window is more than levelling may have left, (h, w)."""
    return np.asarray(np.sqrt(np.square(scan.mean).sum(axis=2)) >= _LEAST_MEAN * residual.steady)


def _peaks(residual: Residual, scans: Sequence[Scan], need: float) -> tuple[Floats, Floats, Mask]:
    """The best scores at the windows' centres, and the windows that pass."""
    shape = residual.known.shape
    colour, structure = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    cover = np.zeros(shape, np.uint8)
    for scan in scans:
        first = np.where(strong(scan, residual), scan.colour, 0)
        hits = ((first >= need) | (scan.structure >= need)).astype(np.uint8)
        cover |= cv2.dilate(hits, np.ones((scan.shape[1], scan.shape[0]), np.uint8)).astype(np.uint8)
        colour, structure = np.maximum(colour, first), np.maximum(structure, scan.structure)
    return colour, structure, cover.astype(bool) & residual.known


def _sharpened(residual: Residual, part: Mask) -> list[Mask]:
    """Windows spill over what differs: the pieces of a part where the residual itself is large."""
    energy = np.square(residual.off).sum(axis=2)
    local = np.sqrt(cv2.blur(energy, (5, 5)))
    quiet = np.sqrt(cv2.blur(residual.variance.sum(axis=2), (5, 5)))
    loud = part & (local > np.maximum(1.8 * quiet, 0.35 * float(np.quantile(local[part], 0.95))))
    reach = 2 * max(1, round(0.015 * np.sqrt(part.size))) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(loud.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    least = LEAST_SIZE * part.size
    return [labels == label for label in range(1, count) if stats[label, cv2.CC_STAT_AREA] >= least]


def _region(residual: Residual, mask: Mask, part: Mask, colour: Floats, structure: Floats) -> Region | None:
    rim = max(1, round(_RIM * float(np.sqrt(mask.size))))
    inner = mask[rim:-rim, rim:-rim]
    if inner.sum() < 0.3 * mask.sum():
        return None
    near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & part
    first, second = float(colour[near].max(initial=0)), float(structure[near].max(initial=0))
    delta, strokes = _delta_e(residual, mask)
    clear = strokes if second > first else delta  # lettering leaves its ground as it was: its strokes count
    large = min(1.0, float(mask.mean()) / FULL_SIZE) ** (1 / 3)
    doubt = large * min(1.0, clear / (FULL_DELTA_E * residual.steady)) ** 0.5
    score = max(first, second) * doubt
    if score < 1 or clear < LEAST_DELTA_E * residual.steady:
        return None
    return Region(mask, score, delta, float(mask.mean()), first >= second)


def _delta_e(residual: Residual, mask: Mask) -> tuple[float, float]:
    """The mean CIEDE2000 over a mask and its root mean square, pixel noise averaged away over 3 x 3 first."""
    seen, expected = (cv2.blur(picture, (3, 3))[mask] for picture in (residual.seen, residual.expected))
    delta = ciede2000(expected, seen)
    return float(delta.mean()), float(np.sqrt(np.square(delta).mean()))


def outline(mask: Mask, scale: tuple[float, float]) -> Floats:
    """The outline (n, 2) of a mask as a polygon in pixels of the reference; its convex hull, simplified."""
    ys, xs = np.nonzero(mask)
    points = np.concatenate([np.stack([xs + dx, ys + dy], axis=1) for dx in (-0.5, 0.5) for dy in (-0.5, 0.5)])
    hull = cv2.convexHull(points.astype(np.float32))
    simple = cv2.approxPolyDP(hull, 0.6, True)[:, 0]  # (n, 2)
    s = np.array(scale, np.float32)
    return np.asarray((simple + np.float32(0.5)) / s - np.float32(0.5), np.float32)


def mask_of(polygon: Floats, shape: tuple[int, ...], scale: tuple[float, float]) -> Mask:
    """A convex polygon (n, 2) in px of the reference as a mask of ``shape`` (h, w); ``scale`` px here per px there."""
    filled = np.zeros(shape[:2], np.uint8)
    points = (polygon + np.float32(0.5)) * np.array(scale, np.float32) - np.float32(0.5)
    cv2.fillConvexPoly(filled, np.round(points).astype(np.int32), (1,))
    return filled.astype(bool)
