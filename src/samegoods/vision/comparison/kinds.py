"""The kind of a difference, from what should be in its region and what is: a first, plain decision."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import DifferenceKind, Floats, Mask
from samegoods.vision.comparison.evidence import Residual
from samegoods.vision.comparison.regions import Region

_STROKE = 0.014  # of the face's side: lettering is thinner
_BARS = 0.8


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a region holds: rms contrast in L*, the median stroke as a share of the face's side, how many
    separate strokes, and how much of its gradient runs one way (0 none, 1 all)."""

    contrast: float
    stroke: float
    parts: int
    one_way: float


def kind_of(residual: Residual, region: Region, sharp: Floats) -> tuple[DifferenceKind, str]:
    """The kind of a region's difference, and what happened in plain words.

    ``sharp`` (H, W) is the lightness (CIELAB L*) of the reference at its own size, where strokes can be told better
    than in the view.
    """
    before, after = (_drawing(p[..., 0], region.mask) for p in (residual.expected, residual.seen))
    if _same_drawing(residual, region.mask):
        return "colour", f"the drawing is the same, its colour is not{_shift(residual, region.mask)}"
    what = _happened(before, after)
    fuller = after
    if before.contrast >= 0.5 * after.contrast:
        size = sharp.shape[1], sharp.shape[0]
        wide = cv2.resize(region.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        fuller = _drawing(sharp, wide.astype(bool))
    width, height = _extent(region.mask)
    long = max(width, height) / max(1.0, min(width, height))
    if fuller.one_way > _BARS and fuller.parts >= 6 and long < 5:
        return "mark", f"a bar code {what}"
    if fuller.stroke < _STROKE and fuller.parts >= 3 and long > 2:
        return "text", f"lettering {what}"
    if long < 2.2 and region.size < 0.055:
        return "mark", f"a logo, seal or badge {what}"
    return "graphic", f"the drawing {what}"


def _same_drawing(residual: Residual, mask: Mask) -> bool:
    """Whether one gain and one offset in lightness, and one shift of colour, explain a region."""
    expected, seen = residual.expected[mask], residual.seen[mask]
    off = seen - expected
    mean = off.mean(axis=0)
    total = float(np.square(off).sum())
    left = off - mean
    slope = _slope(expected[:, 0], off[:, 0])
    left[:, 0] -= slope * (expected[:, 0] - expected[:, 0].mean())
    explained = 1 - float(np.square(left).sum()) / max(total, 1e-6)
    contrast = float(expected[:, 0].std())
    keeps = contrast < 6 or slope > -0.5  # a drawing that is gone has a slope of -1
    new = float(seen[:, 0].std()) > 6 + 1.7 * contrast
    return explained > 0.7 and keeps and not new


def _slope(x: Floats, y: Floats) -> float:
    centred = x - x.mean()
    return float((centred * (y - y.mean())).sum() / max(float((centred * centred).sum()), 1e-6))


def _shift(residual: Residual, mask: Mask) -> str:
    lightness, red, yellow = (float(v) for v in (residual.seen - residual.expected)[mask].mean(axis=0))
    words = [
        ("lighter" if lightness > 0 else "darker", abs(lightness)),
        ("redder" if red > 0 else "greener", abs(red)),
        ("yellower" if yellow > 0 else "bluer", abs(yellow)),
    ]
    most = max(size for _, size in words)
    return ": " + " and ".join(word for word, size in words if size > 0.5 * most)


def _happened(before: Drawing, after: Drawing) -> str:
    if after.contrast < 0.5 * before.contrast:
        return "is missing"
    if before.contrast < 0.5 * after.contrast:
        return "was added"
    return "is not the same"


def _extent(mask: Mask) -> tuple[float, float]:
    """Sides of the smallest rectangle around a region."""
    points = np.argwhere(mask)[:, ::-1].astype(np.float32)
    _, (width, height), _ = cv2.minAreaRect(points)
    return width + 1, height + 1


def _drawing(lightness: Floats, mask: Mask) -> Drawing:
    ys, xs = np.nonzero(mask)
    part = lightness[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    side = float(np.sqrt(lightness.size))
    contrast = float(lightness[mask].std())
    grey = np.clip(part * 2.55, 0, 255).astype(np.uint8)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if ink.mean() > 0.5:  # ink is the lesser part
        ink = 1 - ink
    ink = np.asarray(ink, np.uint8)
    parts = cv2.connectedComponents(ink)[0] - 1
    # Area over half the outline's length: the width of a stroke, also of one pixel.
    edge = float(np.abs(np.diff(ink.astype(int), axis=0)).sum() + np.abs(np.diff(ink.astype(int), axis=1)).sum())
    stroke = 2 * float(ink.sum()) / max(edge, 1.0) / side
    return Drawing(contrast, stroke, parts, _one_way(part))


def _one_way(part: Floats) -> float:
    gx, gy = cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1)
    xx, xy, yy = float((gx * gx).sum()), float((gx * gy).sum()), float((gy * gy).sum())
    return float(np.hypot(xx - yy, 2 * xy) / max(xx + yy, 1e-6))
