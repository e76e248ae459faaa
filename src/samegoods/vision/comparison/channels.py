"""The register of the colour channels: how far red and blue lie off green, beyond the reference's."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Mask

_PARTS = 4


def shifts(pixels: NDArray[Any], predicted: NDArray[Any], known: Mask) -> tuple[Floats, float]:
    """The shift of each channel of ``pixels`` against green, beyond that of ``predicted``.

    Args:
        pixels, predicted: (h, w, 3) RGB, 0..255, registered, of like blur and light; ``known`` (h, w).

    Returns:
        (3, 2) px along x and y, green's is 0; and their standard error, from the scatter over 4 x 4 parts of
        the face (jackknife: B. Efron & C. Stein 1981). The error is infinite where too few parts have edges.
    """
    inner = cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)
    sums = np.stack([_sums(pixels, predicted, inner, c) for c in range(3)])  # (3, parts, 5)
    if (np.trace(_matrix(sums.sum(axis=1))[1]) < 1e3) or (sums[1, :, 0] > 0).sum() < 6:
        return np.zeros((3, 2), np.float32), float("inf")
    whole = _against_green(sums.sum(axis=1))
    left = np.stack([_against_green(sums.sum(axis=1) - sums[:, i]) for i in range(sums.shape[1])])
    n = len(left)
    error = np.sqrt((n - 1) / n * np.square(left - left.mean(axis=0)).sum(axis=0))
    return np.asarray(whole, np.float32), float(error[[0, 2]].max())


def _sums(pixels: NDArray[Any], predicted: NDArray[Any], inner: NDArray[Any], channel: int) -> NDArray[Any]:
    """Per part: robust sums of gx gx, gx gy, gy gy, gx e, gy e."""
    p, s = (np.asarray(x[..., channel], np.float32) for x in (predicted, pixels))
    mean = (p + s) / 2
    gx = cv2.Sobel(mean, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(mean, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    error = p - s
    error = error - cv2.blur(error, (15, 15))
    slope = gx * gx + gy * gy
    # An error far beyond a two-pixel shift of this edge is no shift.
    weight = inner / (1 + np.square(error) / (4 * slope + 60)) ** 2
    planes = [weight * t for t in (gx * gx, gx * gy, gy * gy, gx * error, gy * error)]
    rows = np.array_split(np.arange(len(p)), _PARTS)
    columns = np.array_split(np.arange(len(p[0])), _PARTS)
    parts = [[plane[r[0] : r[-1] + 1, c[0] : c[-1] + 1].sum() for plane in planes] for r in rows for c in columns]
    return np.asarray(parts, np.float64)


def _matrix(total: NDArray[Any]) -> NDArray[Any]:
    return np.stack([np.stack([total[:, 0], total[:, 1]], -1), np.stack([total[:, 1], total[:, 2]], -1)], -2)


def _against_green(total: NDArray[Any]) -> NDArray[Any]:
    solved = np.linalg.solve(_matrix(total) + np.eye(2) * 10.0, total[:, 3:, None])[..., 0]
    return np.asarray(solved - solved[1])
