"""From light to pixels: gain over the picture, blur of lens and motion, noise, compression.

Gains act on encoded values: where encoding is a power law, a factor on light is another factor on the code.
Noise of constant size on encoded values stands for shot noise, whose spread grows as the root of the light.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from samegoods.records import Floats, Image

GAMMA = 2.2
_TILE = (1400, 2200)


@lru_cache(maxsize=1)
def _tile() -> Floats:
    """One large field of Gaussian noise, slightly smoothed as by a camera's colour interpolation."""
    rng = np.random.default_rng(81)
    raw = rng.standard_normal((*_TILE, 3), dtype=np.float32)
    soft = cv2.GaussianBlur(raw, (3, 3), 0.5)
    return np.asarray(soft / soft.std(), np.float32)


@lru_cache(maxsize=8)
def _scaled_tile(tenths: int) -> tuple[Image, Image]:
    """What the noise adds and what it takes: two fields of bytes, whose sums saturate fast."""
    levels = np.round(_tile() * (tenths / 10))
    return np.maximum(levels, 0).astype(np.uint8), np.maximum(-levels, 0).astype(np.uint8)


def add_noise(picture: Image, sd: float, rng: np.random.Generator) -> Image:
    """Gaussian noise of ``sd`` grey levels, from a fixed field at a random place; (H, W, 3) uint8.

    Raises:
        ValueError: the picture is larger than the field of noise.
    """
    if sd <= 0:
        return picture
    height, width = picture.shape[:2]
    if height > _TILE[0] or width > _TILE[1]:
        raise ValueError(f"expected at most {_TILE[1]} x {_TILE[0]} pixels, found {width} x {height}")
    y = int(rng.integers(0, _TILE[0] - height + 1))
    x = int(rng.integers(0, _TILE[1] - width + 1))
    more, less = (field[y : y + height, x : x + width] for field in _scaled_tile(round(sd * 10)))
    return np.asarray(cv2.subtract(cv2.add(picture, more), less), np.uint8)


def blur(picture: Image, sd: float) -> Image:
    """The lens's point spread, a Gaussian of ``sd`` pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sd), np.uint8) if sd > 0.15 else picture


def smear(picture: Image, dx: float, dy: float) -> Image:
    """The blur of an even motion over ``dx``, ``dy`` pixels during the exposure."""
    length = float(np.hypot(dx, dy))
    if length < 0.8:
        return picture
    half = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    for t in np.linspace(-0.5, 0.5, max(9, int(4 * length))):
        x, y = half + t * dx, half + t * dy
        i, j = int(x), int(y)
        u, v = x - i, y - j
        kernel[j : j + 2, i : i + 2] += np.outer([1 - v, v], [1 - u, u])
    rows = np.flatnonzero(kernel.sum(axis=1))
    tall = max(half - rows[0], rows[-1] - half)
    kernel = kernel[half - tall : half + tall + 1]
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


@lru_cache(maxsize=4)
def vignette(width: int, height: int, depth: float) -> Image:
    """The fall of light towards the corners, as codes of which 255 is no loss; (H, W, 3) uint8."""
    v, u = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    gain = (1 - depth * (u**2 + v**2) / 2) ** (1 / GAMMA)
    return np.asarray(np.repeat((gain * 255)[..., None], 3, axis=2), np.uint8)


def shaded(picture: Image, gain: Floats) -> Image:
    """A picture under light ``gain``: (h, w, 3) at any resolution, 1 leaves it as it is."""
    height, width = picture.shape[:2]
    codes = np.power(np.maximum(gain, 1e-4), 1 / GAMMA).astype(np.float32)
    full = cv2.resize(codes, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(picture, full, dtype=cv2.CV_8U), np.uint8)


def jpeg(picture: Image, quality: int) -> Image:
    """A picture after JPEG."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    back = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(back, cv2.COLOR_BGR2RGB), np.uint8)
