"""Passers-by: drawn figures from behind, unmistakably drawn, who walk between the camera and the stall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from samegoods.records import Image
from samegoods.render.camera import World
from samegoods.render.paint import Rgb, mix
from samegoods.render.raster import Texture, texture
from samegoods.render.surfaces import cloth, plaster, smooth_noise

_SIZE = (420, 760)  # width and height of a figure's picture, from the head to the knees
_TALL_M = 1.25  # what the picture's height stands for


@dataclass(frozen=True, slots=True)
class Passer:
    """Someone who walks by.

    They pass ``x_m`` at ``time_s``, at ``speed`` (metres a second, negative: leftwards), ``z_m`` from the
    stall's front edge (negative: towards the camera), with the crown at ``top_m`` (negative: above the
    table).
    """

    seed: int
    time_s: float
    x_m: float = 0.0
    speed: float = 1.1
    z_m: float = -0.22
    top_m: float = -0.72

    def corners_at(self, time_s: float) -> World:
        """Where the figure's picture stands at a time, (4, 3) metres."""
        bob = 0.012 * np.sin(2 * np.pi * 1.9 * time_s)
        x = self.x_m + self.speed * (time_s - self.time_s)
        wide = _TALL_M * _SIZE[0] / _SIZE[1]
        left, right = x - wide / 2, x + wide / 2
        top, low, z = self.top_m + bob, self.top_m + bob + _TALL_M, self.z_m
        return np.array([[left, top, z], [right, top, z], [right, low, z], [left, low, z]])


@lru_cache(maxsize=16)
def figure(seed: int) -> Texture:
    """A figure's picture with its cover."""
    rng = np.random.default_rng([seed, 83])
    width, height = _SIZE
    picture = np.zeros((height, width, 3), np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    coat: Rgb = (int(rng.integers(40, 190)), int(rng.integers(40, 170)), int(rng.integers(50, 190)))
    skin = mix((236, 196, 160), (112, 74, 50), float(rng.uniform()))
    hair: Rgb = mix((28, 22, 20), (150, 110, 70), float(rng.uniform()))
    make = cloth if rng.random() < 0.5 else plaster
    weave = make(width, height, coat, seed)
    dark = np.asarray(weave * 0.8, np.uint8)
    sleeves, torso, neck, head = _outlines(rng)
    for outline in sleeves:
        _lay(picture, alpha, outline, dark)
    _lay(picture, alpha, neck, _plain(skin))
    _lay(picture, alpha, torso, weave)
    _lay(picture, alpha, head, _plain(hair))
    return texture(_rounded(picture, alpha), alpha)


def _outlines(rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    stout = rng.uniform(0.85, 1.1)
    t = np.linspace(0, 2 * np.pi, 60)
    head = np.column_stack([210 + 62 * np.cos(t), 92 + 82 * np.sin(t) + 6 * np.cos(3 * t)])
    neck = np.array([[180, 140], [240, 140], [250, 215], [170, 215]], float)
    half = np.array([[34, 185], [110, 206], [146, 250], [140, 420], [126, 560], [140, 760]], float)
    half[:, 0] *= stout
    torso = np.vstack([half * (1, 1) + (210, 0), (half * (-1, 1) + (210, 0))[::-1]])
    swing = rng.uniform(-12, 12)
    arms = []
    for side in (-1, 1):
        arm = np.array([[100, 225], [150, 245], [180 + swing, 420], [172 + swing, 640], [128, 640], [120, 420]])
        arms.append(arm * (side * stout, 1) + (210, 0))
    return arms, torso, neck, head


def _plain(tone: Rgb) -> Image:
    return np.full((_SIZE[1], _SIZE[0], 3), tone, np.uint8)


def _lay(picture: Image, alpha: Image, outline: np.ndarray, paint: Image) -> None:
    mask = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None].astype(np.float32) / 255
    picture[:] = (picture * (1 - soft) + paint * soft).astype(np.uint8)
    np.maximum(alpha, (soft[..., 0] * 255).astype(np.uint8), out=alpha)


def _rounded(picture: Image, alpha: Image) -> Image:
    """Light from one side and darker limbs towards the outline, so that the figure has a body."""
    depth = cv2.distanceTransform((alpha > 127).astype(np.uint8), cv2.DIST_L2, 5)
    body = np.clip(depth / 70, 0, 1) ** 0.5
    across = np.linspace(1.12, 0.82, _SIZE[0], dtype=np.float32)[None]
    folds = 1 + 0.05 * smooth_noise(alpha.shape, (60, 24), np.random.default_rng(84))
    shade = (0.5 + 0.55 * body) * across * folds
    return np.asarray(np.clip(picture * shade[..., None], 0, 255), np.uint8)
