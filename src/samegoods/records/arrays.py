"""The arrays that records hold, and the checks that they pass where a record is made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Quad = NDArray[np.float32]
Matrix = NDArray[np.float64]


def check_image(pixels: NDArray[Any], what: str) -> None:
    """Raise ``ValueError`` unless ``pixels`` is an RGB picture; the message says what was expected and found."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"{what}: expected (H, W, 3) uint8, found {pixels.shape} {pixels.dtype}")


def check_quad(quad: NDArray[Any], what: str) -> None:
    """Raise ``ValueError`` unless ``quad`` holds four finite points."""
    if quad.shape != (4, 2) or not np.isfinite(quad).all():
        raise ValueError(f"{what}: expected four finite points (4, 2), found {quad.shape}: {quad.tolist()}")
