"""How different two pictures of one face look, for the ground truth of planted differences."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Image


def to_lab(picture: Image) -> Floats:
    """CIE L*a*b* (D65) of an sRGB picture; (H, W, 3) float32."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


def from_lab(lab: NDArray[np.floating]) -> Image:
    """The sRGB picture of CIE L*a*b* values; what lies outside sRGB is clipped."""
    rgb = cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB)
    return np.asarray(np.clip(rgb * 255 + 0.5, 0, 255), np.uint8)


def ciede2000(first: Floats, second: Floats) -> Floats:
    """CIEDE2000 of two arrays of L*a*b*, (..., 3) to (...).

    Method: Sharma, Wu & Dalal 2005, Color Research and Application 30(1), equations 2 to 22.
    """
    l1, a1, b1 = np.moveaxis(first.astype(np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(second.astype(np.float64), -1, 0)
    c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(c7 / (c7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1), np.arctan2(b2, a2)
    turn = (h2 - h1 + np.pi) % (2 * np.pi) - np.pi
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    h_mean = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)
    return _weighted(l2 - l1, c2 - c1, dh, (l1 + l2) / 2, (c1 + c2) / 2, h_mean)


_Array = NDArray[np.float64]


def _weighted(dl: _Array, dc: _Array, dh: _Array, light: _Array, chroma: _Array, hue: _Array) -> Floats:
    t = 1 - 0.17 * np.cos(hue - np.pi / 6) + 0.24 * np.cos(2 * hue)
    t += 0.32 * np.cos(3 * hue + np.pi / 30) - 0.20 * np.cos(4 * hue - np.deg2rad(63))
    middle = (light - 50) ** 2
    sl = 1 + 0.015 * middle / np.sqrt(20 + middle)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    degrees = np.rad2deg(hue) % 360
    theta = np.deg2rad(30 * np.exp(-(((degrees - 275) / 25) ** 2)))
    rc = 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    x, y, z = dl / sl, dc / sc, dh / sh
    return np.sqrt(np.maximum(x**2 + y**2 + z**2 - np.sin(2 * theta) * rc * y * z, 0)).astype(np.float32)
