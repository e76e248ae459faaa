"""Drawn labels: codes and lines of text on white, with the truth about where they lie."""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.render.barcode import modules
from samegoods.render.fonts import font


def sheet(width: int = 640, height: int = 480, grey: int = 255) -> np.ndarray:
    return np.full((height, width, 3), grey, np.uint8)


def bars(digits: str, *, step: int = 3, height: int = 90) -> np.ndarray:
    """The bars of an EAN-13 (h, w, 3), without white around them."""
    row = np.array([0 if bit == "1" else 255 for bit in modules(digits)], np.uint8).repeat(step)
    return np.repeat(np.tile(row, (height, 1))[..., None], 3, axis=2)


def put(picture: np.ndarray, part: np.ndarray, x: int, y: int) -> np.ndarray:
    """Lay a part into a picture; the quad of the part."""
    h, w = part.shape[:2]
    picture[y : y + h, x : x + w] = part
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32) - 0.5


def write(picture: np.ndarray, words: str, x: int, y: int, size: int = 32, family: str = "sans") -> None:
    from PIL import Image, ImageDraw

    canvas = Image.fromarray(picture)
    ImageDraw.Draw(canvas).text((x, y), words, (15, 15, 15), font(family, size))
    picture[:] = np.asarray(canvas)


def filmed(picture: np.ndarray, *, blur: float = 0.8, noise: float = 3.0, seed: int = 0) -> np.ndarray:
    """As a camera sees it: soft and grainy."""
    soft = cv2.GaussianBlur(picture, (0, 0), blur).astype(np.float32)
    grain = np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def label(digits: str = "4006209700068") -> tuple[np.ndarray, np.ndarray]:
    """A label with bars, and where these lie."""
    picture = sheet()
    quad = put(picture, bars(digits), 180, 180)
    return filmed(picture), quad
