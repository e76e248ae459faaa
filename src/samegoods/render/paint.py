"""A canvas to draw pack artwork on: antialiased shapes, gradients, fitted text."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw

from samegoods.records import Image
from samegoods.render.fonts import fitted, font

Rgb = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the finished picture."""
Point = tuple[float, float]

_FINE = 2  # drawn at twice the size and brought down by area: Pillow's own shapes have jagged edges


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """The colour ``share`` of the way from ``a`` to ``b``."""
    r, g, bl = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return r, g, bl


def luma(colour: Rgb) -> float:
    """How light a colour is, 0..255 (Rec. 601 weights)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def inset(box: Box, share: float) -> Box:
    """A box made smaller by ``share`` of its shorter side, all around."""
    x, y, w, h = box
    d = share * min(w, h)
    return x + d, y + d, w - 2 * d, h - 2 * d


class Canvas:
    """A picture being drawn. All positions are pixels of the finished picture; ``picture()`` finishes it."""

    def __init__(self, width: int, height: int, ground: Rgb) -> None:
        self.width, self.height = width, height
        self._image = Pictures.new("RGB", (width * _FINE, height * _FINE), ground)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def picture(self) -> Image:
        """The finished picture, (height, width, 3) uint8."""
        fine = np.asarray(self._image)
        small = cv2.resize(fine, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)

    def gradient(self, box: Box, start: Rgb, end: Rgb, *, angle: float = 90.0, radial: bool = False) -> None:
        """Fill a box with a blend, along ``angle`` degrees (90: downwards) or from the middle outwards."""
        x, y, w, h = (round(v * _FINE) for v in box)
        if w < 1 or h < 1:
            return
        v, u = np.mgrid[-0.5 : 0.5 : max(2, h // 8) * 1j, -0.5 : 0.5 : max(2, w // 8) * 1j]
        if radial:
            t = np.clip(np.hypot(u, v) * 1.6, 0, 1)
        else:
            a = np.deg2rad(angle)
            t = np.clip(u * np.cos(a) + v * np.sin(a) + 0.5, 0, 1)
        coarse = np.asarray(start, np.float32) + t[..., None].astype(np.float32) * np.subtract(end, start)
        fill = cv2.resize(coarse.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
        self._image.paste(Pictures.fromarray(cv2.convertScaleAbs(fill)), (x, y))

    def rect(
        self, box: Box, fill: Rgb | None, *, radius: float = 0, line: Rgb | None = None, width: float = 1
    ) -> None:
        """A rectangle with round corners, filled, outlined or both."""
        x, y, w, h = (v * _FINE for v in box)
        if w < 1 or h < 1:
            return
        pen = max(1, round(width * _FINE)) if line else 0
        self._draw.rounded_rectangle((x, y, x + w, y + h), radius * _FINE, fill, line, pen)

    def ellipse(
        self, box: Box, fill: Rgb | None, *, line: Rgb | None = None, width: float = 1, alpha: int = 255
    ) -> None:
        """An ellipse in a box."""
        x, y, w, h = (v * _FINE for v in box)
        inside = None if fill is None else (*fill, alpha)
        pen = max(1, round(width * _FINE)) if line else 0
        self._draw.ellipse((x, y, x + w, y + h), inside, line, pen)

    def polygon(self, points: Sequence[Point] | NDArray[np.floating], fill: Rgb, *, alpha: int = 255) -> None:
        """A filled polygon."""
        self._draw.polygon([(float(x) * _FINE, float(y) * _FINE) for x, y in points], (*fill, alpha))

    def stroke(
        self, points: Sequence[Point] | NDArray[np.floating], colour: Rgb, *, width: float, alpha: int = 255
    ) -> None:
        """An open line through points."""
        path = [(float(x) * _FINE, float(y) * _FINE) for x, y in points]
        self._draw.line(path, (*colour, alpha), max(1, round(width * _FINE)), joint="curve")

    def stamp(self, box: Box, picture: Image) -> None:
        """Another picture, stretched over a box; hard edges stay hard."""
        x, y, w, h = (round(v * _FINE) for v in box)
        self._image.paste(Pictures.fromarray(picture).resize((w, h), Pictures.Resampling.NEAREST), (x, y))

    def text(self, box: Box, words: str, family: str, colour: Rgb, *, align: str = "centre") -> None:
        """One line of words, as large as the box allows."""
        x, y, w, h = (v * _FINE for v in box)
        face, ink = fitted(words, family, width=w, height=h)
        room = w - (ink[2] - ink[0])
        left = x + {"left": 0.0, "centre": room / 2, "right": room}[align] - ink[0]
        top = y + (h - (ink[3] - ink[1])) / 2 - ink[1]
        self._draw.text((left, top), words, fill=colour, font=face)

    def small_print(self, place: Point, words: str, family: str, size: float, colour: Rgb) -> None:
        """A line of words at a fixed size, from its top left corner."""
        face = font(family, round(size * _FINE))
        self._draw.text((place[0] * _FINE, place[1] * _FINE), words, fill=colour, font=face)

    def ring_text(self, centre: Point, radius: float, words: str, family: str, colour: Rgb) -> None:
        """Words set around a circle, clockwise from the top, as on a seal."""
        size = max(6, round(radius * 0.3 * _FINE))
        face = font(family, size)
        for i, letter in enumerate(words):
            turn = 360.0 * i / len(words)
            tile = Pictures.new("L", (size * 2, size * 2), 0)
            ImageDraw.Draw(tile).text((size, size), letter, fill=255, font=face, anchor="mm")
            tile = tile.rotate(-turn, Pictures.Resampling.BICUBIC)
            a = np.deg2rad(turn)
            x = (centre[0] + radius * np.sin(a)) * _FINE - size
            y = (centre[1] - radius * np.cos(a)) * _FINE - size
            self._image.paste(colour, (round(x), round(y)), tile)
