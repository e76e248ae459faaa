"""The point spread between a reference and a picture: how soft the one is against the other.

It is an anisotropic Gaussian, which is enough for defocus, sampling and short motion blur. Gaussians compose
by adding their covariances, so the fit is a Gauss-Newton descent on the covariance, along the heat equation:
a little more of it changes the picture by half its second derivatives (J. Koenderink, "The structure of
images", 1984).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Mask, Matrix

_MOST_PX = 4.0
_XX = np.array([[0.5, -1, 0.5]], np.float32)
_XY = np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]], np.float32) / 4


def spread_kernel(covariance: Matrix) -> Floats:
    """The kernel (k, k) of a Gaussian point spread of this covariance (2, 2) px squared, sum 1."""
    # A pixel is itself a box of variance 1/12: without it a narrow Gaussian would be sampled to nothing.
    values, vectors = np.linalg.eigh(covariance)
    values = np.clip(values, 1e-3, _MOST_PX**2)
    reach = max(1, int(np.ceil(3 * np.sqrt(values[1]))))
    fine = 5
    axis = (np.arange((2 * reach + 1) * fine) + 0.5) / fine - reach - 0.5
    x, y = np.meshgrid(axis, axis)
    u = (x * vectors[0, 0] + y * vectors[1, 0]) ** 2 / max(values[0], 0.02)
    v = (x * vectors[0, 1] + y * vectors[1, 1]) ** 2 / max(values[1], 0.02)
    dense = np.exp(-(u + v) / 2)
    kernel = dense.reshape(2 * reach + 1, fine, 2 * reach + 1, fine).sum(axis=(1, 3))
    return np.asarray(kernel / kernel.sum(), np.float32)


def soften(image: NDArray[Any], covariance: Matrix) -> Floats:
    """The picture (h, w[, 3]) through a point spread of this covariance; a negligible one leaves it alone."""
    picture = np.asarray(image, np.float32)
    if float(np.linalg.eigvalsh(covariance)[1]) < 0.03:
        return picture
    return np.asarray(cv2.filter2D(picture, -1, spread_kernel(covariance), borderType=cv2.BORDER_REFLECT), np.float32)


def split(covariance: Matrix) -> tuple[Matrix, Matrix]:
    """The parts by which the reference, and by which the picture, is to be softened for both to match."""
    values, vectors = np.linalg.eigh(covariance)
    more = vectors @ np.diag(np.maximum(values, 0)) @ vectors.T
    less = vectors @ np.diag(np.maximum(-values, 0)) @ vectors.T
    return more, less


def fit_spread(seen: Floats, sharp: Floats, known: Mask, *, steps: int = 5) -> Matrix:
    """The covariance (2, 2), px squared, by which ``sharp`` is to be softened to look like ``seen``.

    Args:
        seen, sharp: (h, w) float32 grey values, registered, of any light: a local gain and offset are taken
        out.
        known: (h, w).

    Returns:
        A symmetric matrix; a negative eigenvalue says that ``seen`` is the sharper along that direction.
    """
    covariance = np.eye(2) * 0.3
    inner = cv2.erode(known.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0).astype(bool)
    if inner.sum() < 200:
        return covariance
    for _ in range(steps):
        more, less = split(covariance)
        change = _step(soften(seen, less), soften(sharp, more), inner)
        covariance = covariance + change
        values, vectors = np.linalg.eigh(covariance)
        covariance = vectors @ np.diag(np.clip(values, -2.0, _MOST_PX**2)) @ vectors.T
        if float(np.abs(change).max()) < 0.01:
            break
    return np.asarray(covariance)


def _step(seen: Floats, soft: Floats, inner: Mask) -> Matrix:
    """One Gauss-Newton step on the covariance, with the local mean taken out and one gain for all."""
    reach = max(9, min(soft.shape) // 8) | 1
    s, p = seen - cv2.blur(seen, (reach, reach)), soft - cv2.blur(soft, (reach, reach))
    xx = cv2.filter2D(soft, -1, _XX)
    yy = cv2.filter2D(soft, -1, _XX.T)
    xy = cv2.filter2D(soft, -1, _XY)
    wide = cv2.blur(p, (3, 3))  # the gain rides on coarse structure, which softness hardly touches
    columns = np.stack([band[inner] for band in (wide, xx, xy, yy)], axis=1).astype(np.float64)
    goal, base = s[inner].astype(np.float64), p[inner].astype(np.float64)
    residual = goal - _gain(goal, base) * base
    scale = 1.4826 * float(np.median(np.abs(residual))) + 0.3
    weight = 1 / (1 + (residual / (2.5 * scale)) ** 2) ** 2
    weighted = columns * weight[:, None]
    normal = weighted.T @ columns + np.diag([1e-6, 1, 1, 1]) * 0.002 * (weighted * columns).sum() / 4
    _, a, b, c = np.linalg.solve(normal, weighted.T @ residual) / max(_gain(goal, base), 0.05)
    limit = min(1.0, 1.5 / max(abs(a), abs(b), abs(c), 1e-9))
    return np.asarray(np.array([[a, b], [b, c]]) * limit)


def _gain(goal: NDArray[np.float64], base: NDArray[np.float64]) -> float:
    energy = float((base * base).sum())
    return float((goal * base).sum()) / energy if energy > 0 else 1.0
