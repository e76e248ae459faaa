"""How far each place of a face is from what noise explains: a map for eyes, in the unit of the decision."""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Floats, Mask
from samegoods.vision.comparison.evidence import Residual, Scan, scan
from samegoods.vision.comparison.regions import strong

_SMOOTH = 0.012  # of the face's side: what is smaller is a stroke of a letter
_NEAR = 0.35  # of the face's side: as far as the longest windows reach
_OWN = 4.0


def heat(residual: Residual, need: float) -> Floats:
    """How far a face is off, place by place.

    Windows reach over what differs: the score of the strongest window around a place counts there as far as the
    place itself is off, measured by what is off most within reach (fully from a quarter of that energy on).

    Args:
        need: the score that a difference has to reach, in standard deviations.

    Returns:
        (h, w), in shares of that score: 0 is what noise leaves on average, 1 the limit from which on a difference is
        called. NaN where too little of the face is known. What reaches 1 need not be called: what is small and faint
        needs more.
    """
    strongest = np.full(residual.known.shape, -np.inf, np.float32)
    for one in scan(residual):
        strongest = np.maximum(strongest, _score(one, residual))
    told = np.isfinite(strongest)
    score = np.where(told, np.maximum(strongest, 0), 0) / need
    smooth = _smoothed(np.asarray(score * _own(residual), np.float32), told)
    return np.where(told, smooth, np.nan).astype(np.float32)


def _score(one: Scan, residual: Residual) -> Floats:
    """The stronger of a window's two signs; a mean too small to be called counts as none."""
    colour = np.where(strong(one, residual), one.colour, np.minimum(one.colour, 0))
    return np.asarray(np.maximum(colour, one.structure), np.float32)


def _own(residual: Residual) -> Floats:
    """How much of what is off within reach is off at the place itself, 0..1."""
    side = float(np.sqrt(residual.known.size))
    energy = (np.square(residual.off) / residual.variance).mean(axis=2)  # (h, w), 1 for noise
    excess = np.maximum(_smoothed(np.asarray(energy, np.float32), residual.known) - 1, 0)
    reach = 2 * round(_NEAR * side / 2) + 1
    most = cv2.dilate(excess, np.ones((reach, reach), np.uint8))
    return np.asarray(np.minimum(1, _OWN * excess / np.maximum(most, 1e-6)), np.float32)


def _smoothed(values: Floats, told: Mask) -> Floats:
    """Smoothed over what is told alone."""
    sigma = max(0.5, _SMOOTH * float(np.sqrt(values.size)))
    held = told.astype(np.float32)
    weight = cv2.GaussianBlur(held, (0, 0), sigma)
    return np.asarray(cv2.GaussianBlur(values * held, (0, 0), sigma) / np.maximum(weight, 1e-6), np.float32)
