"""How the camera moved between two looks, from what stands still.

Mutual nearest neighbours among the strongest features (Lowe 2004), and the homography that most of them follow by
MAGSAC++ (Barath et al. 2020). Nothing of a picture but this one matrix is kept.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Matrix
from samegoods.vision.recognition.features import Features

STRONGEST = 800
MIN_INLIERS = 20
MIN_SHARE = 0.25
MAX_RATIO = 0.85


def camera_motion(before: Features, after: Features) -> Matrix | None:
    """The homography (3, 3) from the first picture's points to the second's; None where too little agrees."""
    one, two = _strongest(before), _strongest(after)
    if len(one) < MIN_INLIERS or len(two) < MIN_INLIERS:
        return None
    likeness = one.descriptors @ two.descriptors.T  # (n, m), unit vectors
    there = likeness.argmax(axis=1)
    back = likeness.argmax(axis=0)
    rows = np.flatnonzero(back[there] == np.arange(len(one)))
    rows = rows[_clear(likeness[rows])]
    if len(rows) < MIN_INLIERS:
        return None
    matrix, good = cv2.findHomography(
        one.points[rows], two.points[there[rows]], cv2.USAC_MAGSAC, 3.0, maxIters=2_000, confidence=0.999
    )
    if matrix is None or good.sum() < max(MIN_INLIERS, MIN_SHARE * len(rows)):
        return None
    return np.asarray(matrix, np.float64)


def _strongest(features: Features) -> Features:
    return features.take(np.argsort(-features.strength, kind="stable")[:STRONGEST])


def _clear(likeness: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Rows whose best match is clearly better than their second (distances, not likeness)."""
    top = -np.partition(-likeness, 1, axis=1)[:, :2]
    distance = np.sqrt(np.maximum(2 - 2 * top, 0))
    return np.asarray(distance[:, 0] < MAX_RATIO * distance[:, 1])
