"""Colour as the eye weighs it: CIELAB under D65 and the CIEDE2000 difference."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats

_25_TO_7 = 25.0**7
_THIRDS = np.full((1, 3), 1 / 3, np.float32)


def lab(rgb: NDArray[Any]) -> Floats:
    """CIELAB of sRGB pixels.

    Args:
        rgb: (H, W, 3), uint8 or float on the scale 0..255; values beyond are clipped, for Lab has no meaning
        there.

    Returns:
        (H, W, 3) float32: L* 0..100, a*, b*; white point D65 (IEC 61966-2-1).
    """
    unit = np.clip(np.asarray(rgb, np.float32) * np.float32(1 / 255), 0, 1)
    return np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2Lab), np.float32)


def luma(rgb: NDArray[Any]) -> Floats:
    """The luma (H, W) float32, 0..255, of RGB pixels (H, W, 3), by the weights of ITU-R BT.601."""
    return np.asarray(cv2.cvtColor(np.asarray(rgb, np.float32), cv2.COLOR_RGB2GRAY), np.float32)


def mean(rgb: NDArray[Any]) -> Floats:
    """The mean of the channels (H, W) float32 of RGB pixels (H, W, 3); numpy's own is ten times slower there."""
    return np.asarray(cv2.transform(np.asarray(rgb, np.float32), _THIRDS), np.float32)


def least(rgb: Floats) -> Floats:
    """The lowest channel (H, W) of RGB pixels (H, W, 3)."""
    red, green, blue = cv2.split(np.asarray(rgb, np.float32))
    return np.asarray(cv2.min(cv2.min(red, green), blue), np.float32)


def length(difference: NDArray[Any]) -> Floats:
    """The Euclidean length (H, W) float32 of every pixel of a field (H, W, C)."""
    field = np.asarray(difference, np.float32)
    return np.asarray(np.sqrt(np.einsum("...c,...c", field, field)), np.float32)


def ciede2000(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The CIEDE2000 difference of two fields of CIELAB colours.

    Args:
        one, other: (..., 3) L*, a*, b*; they are broadcast against each other.

    Returns:
        (...) float64; 1 is about what an eye can just see, beside each other under good light.

    Method: G. Sharma, W. Wu & E. Dalal, "The CIEDE2000 color-difference formula: implementation notes,
    supplementary test data, and mathematical observations", Color Res. Appl. 30 (2005) 21-30.
    """
    p, q = np.asarray(one, np.float64), np.asarray(other, np.float64)
    l1, l2 = p[..., 0], q[..., 0]
    c1, h1, c2, h2 = _chroma_and_hue(p, q)
    dl, dc = l2 - l1, c2 - c1
    grey = c1 * c2 == 0
    dh = np.where(grey, 0.0, (h2 - h1 + 180.0) % 360.0 - 180.0)
    dh_chord = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh) / 2)
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = _mean_hue(h1, h2, grey)
    s_l, s_c, s_h = _weights(l_mean, c_mean, h_mean)
    lightness, chroma, hue = dl / s_l, dc / s_c, dh_chord / s_h
    squared = lightness**2 + chroma**2 + hue**2 + _rotation(c_mean, h_mean) * chroma * hue
    return np.asarray(np.sqrt(np.maximum(squared, 0)), np.float64)


def _chroma_and_hue(p: NDArray[Any], q: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """C' and h' (degrees) of both colours, with a* stretched for greys."""
    mean = (np.hypot(p[..., 1], p[..., 2]) + np.hypot(q[..., 1], q[..., 2])) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + _25_TO_7)))
    a1, a2 = stretch * p[..., 1], stretch * q[..., 1]
    h1 = np.degrees(np.arctan2(p[..., 2], a1)) % 360.0
    h2 = np.degrees(np.arctan2(q[..., 2], a2)) % 360.0
    return np.hypot(a1, p[..., 2]), h1, np.hypot(a2, q[..., 2]), h2


def _mean_hue(h1: NDArray[Any], h2: NDArray[Any], grey: NDArray[Any]) -> NDArray[Any]:
    """The mean of two hues round the circle; their sum where one colour has no hue."""
    total = h1 + h2
    far = np.abs(h1 - h2) > 180
    mean = np.where(far, np.where(total < 360, total + 360, total - 360), total) / 2
    return np.asarray(np.where(grey, total, mean))


def _weights(
    lightness: NDArray[Any], chroma: NDArray[Any], hue: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """S_L, S_C and S_H."""
    offset = (lightness - 50) ** 2
    h = np.radians(hue)
    t = (
        1
        - 0.17 * np.cos(h - np.radians(30))
        + 0.24 * np.cos(2 * h)
        + 0.32 * np.cos(3 * h + np.radians(6))
        - 0.20 * np.cos(4 * h - np.radians(63))
    )
    return 1 + 0.015 * offset / np.sqrt(20 + offset), 1 + 0.045 * chroma, 1 + 0.015 * chroma * t


def _rotation(chroma: NDArray[Any], hue: NDArray[Any]) -> NDArray[Any]:
    """R_T, the interaction of chroma and hue in the blues."""
    angle = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    rate = 2 * np.sqrt(chroma**7 / (chroma**7 + _25_TO_7))
    return np.asarray(-np.sin(np.radians(2 * angle)) * rate)
