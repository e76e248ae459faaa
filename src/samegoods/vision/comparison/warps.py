"""Families of small displacements of a face: those of a plane under a camera, and a smooth bend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats

CELLS = 14
"""Rows and columns of cells over which normal equations are gathered."""
_NOT_BENT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """Separable functions of position, at every pixel and at every cell, and how parameters combine them."""

    across: Floats  # (w, K)
    down: Floats  # (h, K)
    at_cells: NDArray[np.float64]  # (cells, K * K)
    combine: NDArray[np.float64]  # (2 K K, parameters)
    stiffness: NDArray[np.float64]  # (parameters, parameters)


def _places(count: int) -> NDArray[np.float64]:
    return np.asarray((np.arange(count) + 0.5) / count * 2 - 1)


@lru_cache(maxsize=32)
def plane(width: int, height: int) -> Warp:
    """Small changes of a homography: six affine terms and two of perspective."""

    def powers(t: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([np.ones_like(t), t, t * t], axis=1)

    combine = np.zeros((18, 8))
    for parameter, (row, column) in enumerate([(0, 0), (0, 1), (1, 0)]):  # 1, x, y as down x across
        combine[row * 3 + column, parameter] = 1
        combine[9 + row * 3 + column, 3 + parameter] = 1
    ratio = height / width  # keeps the perspective terms a homography's in pixels, not in unit squares
    combine[0 * 3 + 2, 6], combine[9 + 1 * 3 + 1, 6] = 1, ratio
    combine[1 * 3 + 1, 7], combine[9 + 2 * 3 + 0, 7] = 1, ratio
    return _warp(width, height, powers, combine, np.eye(8) * _NOT_BENT)


@lru_cache(maxsize=32)
def curve(width: int, height: int) -> Warp:
    """A uniform cubic B-spline of 5 x 5 coefficients per axis, held back by its bending.

    The prior: a bend of about 2 % of the face over the distance of two knots.
    """
    count = 5
    second = np.diff(np.eye(count), 2, axis=0)
    line, one = second.T @ second, np.eye(count)
    bending = np.kron(line, one) + np.kron(one, line)
    sigma = 0.02 * max(width, height) / 2
    stiffness = np.kron(np.eye(2), bending + 0.02 * np.kron(one, one)) / sigma**2 * 40
    return _warp(width, height, _spline, np.eye(2 * count * count), stiffness)


def _spline(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Five cubic B-splines over -1..1; (n, 5)."""
    centres = np.linspace(-2, 2, 5)
    d = np.abs(t[:, None] - centres[None, :])
    near = (4 - 6 * d**2 + 3 * d**3) / 6
    far = (2 - d) ** 3 / 6
    return np.asarray(np.where(d < 1, near, np.where(d < 2, far, 0.0)), np.float64)


def _warp(
    width: int,
    height: int,
    functions: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    combine: NDArray[np.float64],
    stiffness: NDArray[np.float64],
) -> Warp:
    across, down = functions(_places(width)), functions(_places(height))
    cells = functions(_places(CELLS))
    at_cells = np.asarray(np.kron(cells, cells), np.float64)  # rows: cell y then x; columns: down then across
    return Warp(across.astype(np.float32), down.astype(np.float32), at_cells, combine, stiffness)
