"""Fuse: all views of an item's faces, each brought to its reference's frame, blur and light, into one per
face.

Views are fused as residuals against what each of them should show, so that a soft view and a sharp one can be
added without inventing edges; what covers the face in some views is outvoted by the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import cv2
import numpy as np

from samegoods.geometry import sides
from samegoods.records import Crop, Floats, Image, Item, Mask, Quad, Reference, View
from samegoods.vision.colour import luma
from samegoods.vision.comparison.channels import shifts
from samegoods.vision.comparison.look import LONGEST_PX, MOST_VIEWS, Plate, Seen, look, plate, view_scale

STANDARD = "export"
_POOR = 0.55  # a view with less than this share of the best one's resolution adds noise, not detail
_LEAST_FIT = 0.2


def fuse(item: Item, references: Mapping[str, Reference]) -> tuple[View, ...]:
    """Fuse the crops of an item into one view for each face seen, in the order of the faces' names.

    A face is seen in the frame of its ``export`` reference where there is one, for the versions of a face
    share their outline; else in the frame of the reference that was recognised most often.

    Args:
        references: by id; those of other products are left aside.

    Returns:
        No view of a face whose crops cannot be brought onto its reference.
    """
    faces = sorted({crop.sighting.face for crop in item.crops})
    fused = (_face([c for c in item.crops if c.sighting.face == face], references) for face in faces)
    return tuple(view for view in fused if view is not None)


class Shot(Protocol):
    """A picture of a face: a crop, or one that was read back from the evidence."""

    @property
    def pixels(self) -> Image: ...

    @property
    def quad(self) -> Quad: ...

    @property
    def known(self) -> Mask: ...


def _face(crops: Sequence[Crop], references: Mapping[str, Reference]) -> View | None:
    reference = _frame_of(crops, references)
    return None if reference is None else fuse_face(crops, reference)


def fuse_face(shots: Sequence[Shot], reference: Reference) -> View | None:
    """Fuse pictures of one face in the frame of a reference; None where none can be brought onto it."""
    best = _best(shots, reference)
    finest = max(view_scale(shot.quad, reference.size) for shot in best)
    goal = plate(reference.pixels, reference.mask, min(1.0, finest, LONGEST_PX / max(reference.size)))
    looks = [look(shot.pixels, shot.known, shot.quad, goal) for shot in best]
    good = [(c, s) for c, s in zip(best, looks, strict=True) if s is not None and s.fit >= _LEAST_FIT]
    if not good:
        return None
    squeezes = [_squeeze(c, reference) for c, _ in good]
    return _fused(reference, goal, finest, [s for _, s in good], squeezes)


def _frame_of(crops: Sequence[Crop], references: Mapping[str, Reference]) -> Reference | None:
    seen = Counter(crop.sighting.reference for crop in crops)
    product, face = crops[0].sighting.product, crops[0].sighting.face
    standard = [r for r in references.values() if r.product == product and r.face == face and r.version == STANDARD]
    known = [references[i] for i in seen if i in references]
    choice = standard or known
    return min(choice, key=lambda r: (-seen[r.id], r.id)) if choice else None


def _best(crops: Sequence[Shot], reference: Reference) -> list[Shot]:
    """The crops worth fusing: those of the best resolution, the sharpest first."""
    scales = [view_scale(crop.quad, reference.size) for crop in crops]
    enough = [(s, c) for s, c in zip(scales, crops, strict=True) if s >= _POOR * max(scales)]
    ranked = sorted(enough, key=lambda pair: -min(pair[0], 1.0) * _crispness(pair[1]))
    return [crop for _, crop in ranked[:MOST_VIEWS]]


def _crispness(crop: Shot) -> float:
    """Gradient energy where the face is known, against its contrast; larger is sharper."""
    grey = luma(crop.pixels)
    inner = cv2.erode(crop.known.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0).astype(bool)
    if not inner.any():
        return 0.0
    rough = cv2.Laplacian(grey, cv2.CV_32F)[inner]
    return float(np.sqrt(rough.std() / (grey[inner].std() + 5.0)))


def _squeeze(crop: Shot, reference: Reference) -> float:
    top, right, bottom, left = sides(crop.quad)
    width, height = reference.size
    ratio = (top + bottom) / (left + right) * height / width
    return float(max(ratio, 1 / ratio))


def _fused(reference: Reference, goal: Plate, finest: float, seen: Sequence[Seen], squeezes: Sequence[float]) -> View:
    quality = np.array([_quality(s, q) for s, q in zip(seen, squeezes, strict=True)], np.float32)
    residuals = np.stack([s.pixels - s.predicted for s in seen])  # (n, h, w, 3)
    known = np.stack([s.known for s in seen])  # (n, h, w)
    weights = _agreed(residuals, known * quality[:, None, None])
    total = weights.sum(axis=0)  # (h, w)
    share = weights / np.maximum(total, 1e-9)
    predicted = np.einsum("nhw,nhwc->hwc", share, np.stack([s.predicted for s in seen]))
    residual = np.einsum("nhw,nhwc->hwc", share, residuals)
    anything: Mask = total > 1e-6
    predicted[~anything] = goal.pixels[~anything]
    lead = int(np.argmax(quality))
    shift, shift_sd = shifts(predicted + residual, predicted, anything)
    return View(
        reference=reference.id,
        pixels=np.asarray(predicted + residual, np.float32),
        predicted=np.asarray(predicted, np.float32),
        noise=_noise(residuals, residual, share, seen),
        known=anything,
        scale=float(np.sqrt(goal.scale[0] * goal.scale[1])),
        views=len(seen),
        spread=np.average([s.spread for s in seen], axis=0, weights=quality),
        fit=seen[lead].fit,
        slack_px=min(s.slack_px for s in seen),
        squeeze=min(squeezes),
        register_px=shift,
        register_sd_px=shift_sd,
        saturation=float(np.median([s.saturation for s in seen])),
        photo_scale=finest,
        cast=_mean_cast(seen, quality),
    )


def _mean_cast(seen: Sequence[Seen], quality: Floats) -> tuple[float, float]:
    a, b = np.average([one.cast for one in seen], axis=0, weights=quality)
    return float(a), float(b)


def _quality(seen: Seen, squeeze: float) -> float:
    """How much a view counts: sharp, frontal, quiet, well registered."""
    soft = 1 + float(np.trace(seen.spread)) / 2
    return float(max(seen.fit, 0.05) ** 2 / (max(soft, 0.3) * seen.noise**2 * squeeze))


def _agreed(residuals: Floats, weights: Floats) -> Floats:
    """Weights (n, h, w) after views that contradict the rest at a pixel are turned down.

    Geman-McClure weights about the weighted mean, the scale annealed from coarse to fine: S. Geman &
    D. McClure, "Statistical methods for tomographic image reconstruction", 1987.
    """
    if len(residuals) == 1:
        return weights
    agreed: Floats = weights
    for scale in (40.0, 20.0, 12.0):
        share = agreed / np.maximum(agreed.sum(axis=0), 1e-9)
        centre = np.einsum("nhw,nhwc->hwc", share, residuals)
        distance = np.square(residuals - centre).mean(axis=3)
        distance = np.stack([cv2.blur(plane, (5, 5)) for plane in distance])
        agreed = np.asarray(weights / np.square(1 + distance / scale**2), np.float32)
    return agreed


def _noise(residuals: Floats, residual: Floats, share: Floats, seen: Sequence[Seen]) -> Floats:
    """The standard deviation of the fused residual: the views' noise, or their spread where that is more."""
    own = np.array([s.noise for s in seen], np.float32)[:, None, None]
    variance = np.square(share * own).sum(axis=0)
    if len(seen) > 2:
        spread = (share * np.square(residuals - residual).mean(axis=3)).sum(axis=0)
        counted = 1 / np.maximum(np.square(share).sum(axis=0), 1e-6)
        between = cv2.blur(spread, (5, 5)) / np.maximum(counted - 1, 1)
        variance = np.maximum(variance, between)
    return np.asarray(np.sqrt(variance + np.float32(0.36)), np.float32)
