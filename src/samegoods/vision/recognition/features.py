"""Local features: where a picture has detail worth matching, and how each spot looks.

Method: SIFT (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94) with the Hellinger kernel (RootSIFT, Arandjelovic
& Zisserman 2012, doi:10.1109/CVPR.2012.6248018). References are described as they look straight on, at
several sizes, and tilted by 60 degrees in several directions, as ASIFT does (Morel & Yu 2009,
doi:10.1137/080732730), so that frames need only be described once, as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Image, Mask

TILT = 2.0
"""Squeeze of the simulated views: 1 / cos(60 degrees)."""
TILT_DIRECTIONS_DEG = (0.0, 45.0, 90.0, 135.0)
LEVELS_PX = (400, 200, 100)
"""Long sides at which a reference is described straight on; the first is described tilted as well."""
MAX_ENLARGE = 2.5
CONTRAST = 0.02
"""SIFT's contrast threshold; half of Lowe's, since small printed detail on soft video is faint."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Described spots of one picture.

    ``points`` (n, 2) px; ``frames`` (n, 2, 2) takes the picture's offsets into the spot's own upright, unit
    size frame; ``histograms`` (n, 128) uint8, SIFT's own; ``strength`` (n,) the detector's response.
    """

    points: Floats
    frames: Floats
    histograms: NDArray[np.uint8]
    strength: Floats

    @property
    def descriptors(self) -> Floats:
        """What is matched, (n, 128) float32 of unit length: RootSIFT, made anew each time."""
        return _root(self.histograms)

    def __len__(self) -> int:
        return len(self.points)

    def take(self, keep: NDArray[np.intp]) -> Features:
        return Features(self.points[keep], self.frames[keep], self.histograms[keep], self.strength[keep])


def none() -> Features:
    zero = np.zeros
    return Features(
        zero((0, 2), np.float32), zero((0, 2, 2), np.float32), zero((0, 128), np.uint8), zero(0, np.float32)
    )


def join(parts: list[Features]) -> Features:
    return Features(
        np.concatenate([p.points for p in parts]),
        np.concatenate([p.frames for p in parts]),
        np.concatenate([p.histograms for p in parts]),
        np.concatenate([p.strength for p in parts]),
    )


def describe(grey: Image, *, mask: Mask | None = None, enlarge: float = 1.0, limit: int = 0) -> Features:
    """Find and describe the spots of a grey picture (h, w) uint8.

    Args:
        mask: only spots where it is True.
        enlarge: the picture is brought to this scale first; the result is in the pixels given.
        limit: at most so many spots, the strongest; 0: all.
    """
    if enlarge != 1.0:
        grey = _scaled(grey, enlarge)
    mask_u8 = None
    if mask is not None:
        mask_u8 = cv2.resize(
            mask.astype(np.uint8) * 255, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST
        )
    # The strongest are chosen by OpenCV, in the one pass that builds the scale space.
    # Without the precise upscaling its spots lie a quarter of a pixel off, to the right and down.
    detector = cv2.SIFT.create(nfeatures=limit, contrastThreshold=CONTRAST, enable_precise_upscale=True)
    keypoints, raw = detector.detectAndCompute(grey, mask_u8)
    if not keypoints:
        return none()
    table = np.array([(*k.pt, k.size, np.deg2rad(k.angle), k.response) for k in keypoints], np.float32)
    points = (table[:, :2] + 0.5) / enlarge - 0.5
    return Features(
        # OpenCV hands out the whole numbers 0 to 255 as floats.
        points,
        _frames(table[:, 2] / enlarge, table[:, 3]),
        np.asarray(raw, np.uint8),
        table[:, 4].copy(),
    )


def describe_reference(pixels: Image, mask: Mask) -> Features:
    """Describe a reference as it looks from the front at several sizes, and tilted; in its own pixels."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    longest = max(grey.shape)
    scales = sorted({min(MAX_ENLARGE, side / longest) for side in LEVELS_PX}, reverse=True)
    parts = [describe(grey, mask=mask, enlarge=scale) for scale in scales]
    parts += [_tilted(grey, mask, scales[0], direction) for direction in TILT_DIRECTIONS_DEG]
    return join(parts)


def describe_front(pixels: Image, mask: Mask, *, limit: int) -> Features:
    """The strongest spots of a reference as it looks from the front: enough to lay one reference on another."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return describe(grey, mask=mask, enlarge=min(MAX_ENLARGE, LEVELS_PX[0] / max(grey.shape)), limit=limit)


def _tilted(grey: Image, mask: Mask, scale: float, direction_deg: float) -> Features:
    big = _scaled(grey, scale)
    big_mask = cv2.resize(mask.astype(np.uint8) * 255, (big.shape[1], big.shape[0]))
    a = np.deg2rad(direction_deg)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    box = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (big.shape[1], big.shape[0]) @ turn.T
    low = box.min(axis=0)
    width, height = np.ceil(box.max(axis=0) - low).astype(int)
    move = np.hstack([turn, -low[:, None]])
    turned = cv2.warpAffine(big, move, (int(width), int(height)), borderMode=cv2.BORDER_REPLICATE)
    # What a lens does before it samples: blur along the axis that is squeezed.
    blur = 0.8 * float(np.sqrt(TILT**2 - 1))
    turned = cv2.GaussianBlur(turned, (0, 0), sigmaX=blur, sigmaY=0.01)
    narrow = max(8, round(width / TILT))
    view = cv2.resize(turned, (narrow, int(height)), interpolation=cv2.INTER_LINEAR)
    shown = cv2.resize(cv2.warpAffine(big_mask, move, (int(width), int(height))), (narrow, int(height)))
    found = describe(np.asarray(view, np.uint8), mask=np.asarray(shown > 127))
    squeeze = np.diag([narrow / width, 1.0])
    points = ((found.points + 0.5) / np.diag(squeeze) - 0.5 + low) @ turn  # turn.T undoes turn
    to_view = (squeeze @ turn * scale).astype(np.float32)
    return Features(
        ((points + 0.5) / scale - 0.5).astype(np.float32),
        found.frames @ to_view,
        found.histograms,
        found.strength,
    )


def _scaled(grey: Image, scale: float) -> Image:
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)


def _frames(sizes: Floats, angles: Floats) -> Floats:
    """(n, 2, 2): undo the size and the turn of each spot."""
    cos, sin = np.cos(angles) / sizes, np.sin(angles) / sizes
    return np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2).astype(np.float32)


def _root(histograms: NDArray[np.uint8]) -> Floats:
    raw = histograms.astype(np.float32)
    total = np.maximum(raw.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.sqrt(raw / total), np.float32)
