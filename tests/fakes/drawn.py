"""Drawn packs as references, and photos of several at once, with the truth about where each lies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from samegoods.records import Frame, Moment, Reference
from samegoods.render.photo import Photo, Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.vision.recognition.catalogue import Catalogue, build

PACK = (400, 520)
"""Width and height of a drawn face, px."""
PHOTO = (640, 480)
STRANGERS = 9_000
"""Seeds from here on are drawn for no catalogue."""


def reference(pixels: np.ndarray, product: str, version: str = "export", face: str = "front") -> Reference:
    mask = np.ones(pixels.shape[:2], bool)
    return Reference(f"{product}/{version}/{face}", product, version, face, pixels, mask)


@lru_cache(maxsize=64)
def pack(seed: int) -> np.ndarray:
    pixels = random_pack(seed, size=PACK)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=16)
def shelf(*seeds: int) -> Catalogue:
    """A catalogue of drawn packs, one reference each, whose products are called by their seeds."""
    return build([reference(pack(seed), f"p{seed}") for seed in seeds])


def photo_of(pixels: np.ndarray, pose: Pose, *, seed: int = 1, size: tuple[int, int] = PHOTO, **conditions) -> Photo:
    return photograph(pixels, pose=pose, seed=seed, size=size, **conditions)


def group(packs: Sequence[tuple[np.ndarray, Pose]], *, seed: int = 1, size: tuple[int, int] = PHOTO):
    """One photo of several packs, and their quads; a later pack covers an earlier one."""
    quads, canvas = [], None
    for pixels, pose in packs:
        still = {"blur_px": 0.0, "noise": 0.0, "jpeg_quality": None, "background": canvas}
        photo = photo_of(pixels, pose, seed=seed, size=size, **still)
        canvas = photo.pixels
        quads.append(photo.quad)
    grain = np.random.default_rng(seed).normal(0, 2, canvas.shape)
    seen = np.clip(cv2.GaussianBlur(canvas, (0, 0), 0.7) + grain, 0, 255).astype(np.uint8)
    return seen, quads


def frame(pixels: np.ndarray, source: str = "s", moment: Moment | None = None) -> Frame:
    luma = cv2.resize(pixels, None, fx=1 / 4, fy=1 / 4, interpolation=cv2.INTER_AREA)[..., 1].copy()
    return Frame(source=source, moment=moment, luma=luma, render=lambda: pixels)


def worst_corner(quad: np.ndarray, truth: np.ndarray) -> float:
    """The largest distance between corners, px."""
    return float(np.linalg.norm(quad - truth, axis=1).max())
