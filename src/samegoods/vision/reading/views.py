"""The ways in which one picture is shown to the readers of codes: sizes, turns and sharpenings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from samegoods.geometry import project, resizing
from samegoods.records import Image, Matrix, Quad

Finish = Literal["plain", "sharp", "sharper", "level", "level sharp"]

SIDES_PX = (500, 800, 1200, 1600)
"""Long sides that a whole picture is brought to. A bar of one pixel and less is lost, and so is one of ten and
more among the noise of the print; the sizes between lie at ratios of 1.3 to 1.6."""
TURNS_DEG = (0, 15, 30, 45, 60, 75)
"""zxing-cpp scans along rows and columns; a symbol twice as long as tall is crossed whole up to about 25 degrees."""
MOST_GROWN = 2.0
SMALL_GROWN = 4.0
"""Of pictures whose long side stays under :data:`SMALL_PX` all the same: where each bar is a pixel or two."""
SMALL_PX = 800
LARGEST_PX = 4096
"""Long side of the largest picture shown as it is."""

FINE_SIDES_PX = (800, 1200)
FINE_TURNS_DEG = (-8, 0, 8)
FINE_GROWN = 4.0
CLOSE_PX = (400, 800)
"""Lengths that a symbol is brought to when its place is looked at closely: four and eight px to a module."""
FINISHES: tuple[Finish, ...] = ("sharp", "sharper", "level", "level sharp")
_LEAST_RANGE = 20.0
"""Grey levels between ink and paper below which levelling would only raise noise."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One way to show a picture: ``matrix`` takes its pixels to the view's, ``size`` is (width, height)."""

    matrix: Matrix
    size: tuple[int, int]
    scale: float
    finish: Finish = "plain"

    def back(self, quad: Quad) -> Quad:
        """A quad of the view in the picture."""
        return project(np.asarray(np.linalg.inv(self.matrix), np.float64), quad)


def coarse_views(width: int, height: int) -> Iterator[View]:
    """The whole picture as it is, and in several sizes and turns."""
    long = max(width, height)
    if long <= LARGEST_PX:
        yield turned(width, height, scale=1.0, degrees=0)
    for side in SIDES_PX:
        scale = side / long
        if scale <= (SMALL_GROWN if side <= SMALL_PX else MOST_GROWN):
            yield from (turned(width, height, scale=scale, degrees=degrees) for degrees in TURNS_DEG)


def fine_views(width: int, height: int) -> Iterator[View]:
    """The whole picture large and sharpened: for blurred, faint and shaded bars."""
    long = max(width, height)
    for side in FINE_SIDES_PX:
        scale = min(side / long, FINE_GROWN)
        for degrees in FINE_TURNS_DEG:
            yield from (turned(width, height, scale=scale, degrees=degrees, finish=one) for one in FINISHES)
        if scale == FINE_GROWN:
            return


def close_views(quad: Quad) -> Iterator[View]:
    """The surroundings of a quad, its longer sides level, at several sizes and finishes.

    Readers want white around a symbol, so twice its length and thrice its height are shown.
    """
    sized = np.asarray(quad, np.float64)
    across, down = sized[1] - sized[0], sized[2] - sized[1]
    if np.linalg.norm(down) > np.linalg.norm(across):
        across, down = down, -across
    length, tall = max(8.0, float(np.linalg.norm(across))), max(8.0, float(np.linalg.norm(down)))
    level = float(np.rad2deg(np.arctan2(across[1], across[0])))
    for long in CLOSE_PX:
        scale = min(long / length, FINE_GROWN)
        size = round(2 * length * scale), round((2 * length if tall < 0.2 * length else 3 * tall) * scale)
        for off in FINE_TURNS_DEG:
            matrix = _about(sized.mean(axis=0), size, scale=scale, degrees=level + off)
            yield from (View(matrix, size, scale, finish) for finish in ("plain", *FINISHES))


def turned(width: int, height: int, *, scale: float, degrees: float, finish: Finish = "plain") -> View:
    """The picture resized, then turned counter-clockwise about its centre, with room for its corners."""
    angle = np.deg2rad(degrees)
    cos, sin = abs(float(np.cos(angle))), abs(float(np.sin(angle)))
    wide, high = width * scale, height * scale
    size = max(1, round(wide * cos + high * sin)), max(1, round(wide * sin + high * cos))
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return View(_about(centre, size, scale=scale, degrees=degrees), size, scale, finish)


def _about(centre: np.ndarray, size: tuple[int, int], *, scale: float, degrees: float) -> Matrix:
    """The similarity that brings ``centre`` to the middle of a view, turned counter-clockwise."""
    angle = np.deg2rad(degrees)
    cos, sin = scale * float(np.cos(angle)), scale * float(np.sin(angle))
    there = np.array([[1, 0, (size[0] - 1) / 2], [0, 1, (size[1] - 1) / 2], [0, 0, 1]])
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    here = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    return np.asarray(there @ turn @ here, np.float64)


def rendered(grey: Image, view: View) -> Image:
    """The picture (H, W) grey as the view shows it; beyond its edges it is white."""
    plain = _warped(grey, view)
    return plain if view.finish == "plain" else _finished(plain, view)


def _warped(grey: Image, view: View) -> Image:
    """Shrinks by areas first, since a warp alone would skip pixels between."""
    height, width = grey.shape
    matrix = view.matrix
    if view.size == (width, height) and np.allclose(matrix, np.eye(3)):
        return grey
    if view.scale < 1:
        size = max(1, round(width * view.scale)), max(1, round(height * view.scale))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        matrix = matrix @ np.linalg.inv(resizing((width, height), size))
    flat = cv2.warpAffine(grey, matrix[:2], view.size, flags=cv2.INTER_CUBIC, borderValue=255.0)
    return np.asarray(flat, np.uint8)


def _finished(plain: Image, view: View) -> Image:
    """Sharpened by an unsharp mask, levelled to the darkest and lightest around, or both.

    Widths are in pixels of the picture itself, where the camera's blur lives, so they grow with the view.
    """
    level = plain.astype(np.float32)
    if view.finish in ("level", "level sharp"):
        level = _levelled(plain, window=15 * view.scale)
    if view.finish == "level":
        return np.asarray(np.clip(level, 0, 255), np.uint8)
    spread, gain = {"sharp": (1.5, 2.0), "sharper": (2.5, 4.0), "level sharp": (2.0, 2.0)}[view.finish]
    soft = cv2.GaussianBlur(level, (0, 0), max(0.8, spread * view.scale))
    return np.asarray(np.clip(level + gain * (level - soft), 0, 255), np.uint8)


def _levelled(plain: Image, *, window: float) -> np.ndarray:
    """Each pixel between the darkest and the lightest of its surroundings, as float32 0..255."""
    side = max(3, round(window)) | 1
    box = np.ones((side, side), np.uint8)
    dark = cv2.blur(cv2.erode(plain, box), (side, side)).astype(np.float32)
    light = cv2.blur(cv2.dilate(plain, box), (side, side)).astype(np.float32)
    return np.asarray((plain - dark) / np.maximum(light - dark, _LEAST_RANGE) * 255, np.float32)
