"""One view of a face against its reference: warped, registered, brought to like blur, levelled.

This is judging by synthesis: the reference is brought *down* to what the view can show, the view is brought
to the reference's light, and what is left over is the residual that a difference must stand out of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import area, corners, homography_between
from samegoods.records import Floats, Image, Mask, Matrix, Quad
from samegoods.vision import colour
from samegoods.vision.colour import luma
from samegoods.vision.comparison import align, blur, light

LONGEST_PX = 320
"""The longer side at which faces are compared."""
MOST_VIEWS = 12
"""Of more views of a face the best are fused; more are not asked for."""
_CLIPPED = 252.0
_FULL = 246.0  # a camera bends its curve before it clips
_GLARE_OVER = 8.0
_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
_VEIL_PX = 180
_VEIL = 0.07  # a share of white that no levelling leaves behind
_DETAIL = 4.0  # grey levels, rms: below, whether the print shines through cannot be seen
_STEEP = 0.6  # of a sharp step's slope: print has 0.85 and more, a reflection over a sixth of a face 0.5 at most


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """A reference at a working scale: ``pixels`` (h, w, 3) float32, RGB 0..255; ``mask`` (h, w)."""

    pixels: Floats
    mask: Mask
    scale: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def quad(self) -> Quad:
        """Where the reference's corners lie in the plate, px."""
        width, height = (side / scale for side, scale in zip(self.size, self.scale, strict=True))
        s = np.array(self.scale, np.float32)
        return np.asarray((corners(width, height) + np.float32(0.5)) * s - np.float32(0.5), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One view in the frame of a plate.

    ``pixels`` (h, w, 3) are levelled to the plate's light, ``predicted`` is the plate as this view would show it;
    ``known`` (h, w); ``noise`` the standard deviation of a pixel, grey levels, from the view's own flat
    parts; ``spread`` (2, 2) the point spread between plate and view; ``fit`` and ``slack_px`` as in a
    placement, ``saturation`` as in a light; ``cast`` is what a
    light grey looks like in it, a* and b*.
    """

    pixels: Floats
    predicted: Floats
    known: Mask
    noise: float
    spread: Matrix
    fit: float
    slack_px: float
    saturation: float
    cast: tuple[float, float]


def plate(pixels: Image, mask: Mask, scale: float) -> Plate:
    """A reference (H, W, 3) brought down to ``scale`` <= 1, averaged over areas."""
    height, width = pixels.shape[:2]
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    held = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    return Plate(small, held, (size[0] / width, size[1] / height))


def view_scale(quad: Quad, size: tuple[int, int]) -> float:
    """Pixels of a picture per pixel of a reference of this width and height, its corners at ``quad``."""
    return float(np.sqrt(abs(area(quad)) / (size[0] * size[1])))


def look(pixels: Image, known: Mask, quad: Quad, goal: Plate) -> Seen | None:
    """See a view as the plate would show it.

    Args:
        pixels: (H, W, 3); ``known`` (H, W) is False where they do not show the face; ``quad`` the corners of
            the reference in it.

    Returns:
        None where too little of the face is known to level its light.
    """
    picture, held, corners_px = _shrunk(pixels, known, quad, goal)
    begin = align.start(homography_between(goal.quad, corners_px), goal.size)
    grey, template = luma(picture), luma(goal.pixels)
    placed = align.register(grey, held, template, goal.mask, begin, steps=5)
    seen = np.asarray(align.sample(picture, placed), np.float32)
    both = _shrink_mask(align.sample_mask(held, placed) & goal.mask)
    spread = blur.fit_spread(luma(seen), template, both)
    more, less = blur.split(spread)
    predicted = blur.soften(goal.pixels, more)
    soft = blur.soften(seen, less)
    lit = light.fit_light(soft, predicted, both)
    if lit is None:
        return None
    both &= ~_burnt(seen, light.shown(predicted, lit) * lit.gain + lit.offset, lit)
    veil = veiled(light.level(soft, lit), light.shown(predicted, lit), both)
    if veil.any():
        both &= ~veil
        lit = light.fit_light(soft, predicted, both) or lit
        both &= ~veiled(light.level(soft, lit), light.shown(predicted, lit), both)
    expected = light.shown(predicted, lit)
    levelled = _open_ended(light.level(soft, lit), expected, seen, predicted)
    noise = _noise(levelled - expected, both)
    cast = light.cast_of(lit, both)
    return Seen(levelled, expected, both, noise, spread, placed.fit, placed.slack_px, lit.saturation, cast)


def _shrunk(pixels: Image, known: Mask, quad: Quad, goal: Plate) -> tuple[Image, Mask, Quad]:
    """The view averaged down to about the plate's resolution, for sampling would alias."""
    finer = float(np.sqrt(abs(area(quad)) / max(abs(area(goal.quad)), 1.0)))
    if finer < 1.25:
        return pixels, known, quad
    height, width = pixels.shape[:2]
    size = max(8, round(width / finer)), max(8, round(height / finer))
    s = np.array([size[0] / width, size[1] / height], np.float32)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    held = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    moved = (quad + np.float32(0.5)) * s - np.float32(0.5)
    return np.asarray(small, np.uint8), held, np.asarray(moved, np.float32)


def _shrink_mask(known: Mask) -> Mask:
    """Known, and not beside what is unknown: edges there mix the face with what covers it."""
    shape = known.shape
    reach = 1 + round(0.008 * min(shape))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return cv2.erode(known.astype(np.uint8), kernel, borderValue=0).astype(bool)


def _burnt(seen: Floats, model: Floats, lit: light.Light) -> Mask:
    """Where the view is brighter than white paper in this light, or clipped where it should not be."""
    paper = lit.gain * np.float32(255) + lit.offset
    over = colour.least(seen - paper) > _GLARE_OVER
    clipped = (colour.least(seen) > _CLIPPED) & (colour.least(model) < _CLIPPED - 25)
    spot = (over | clipped).astype(np.uint8)
    opened = cv2.morphologyEx(spot, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return cv2.dilate(opened, np.ones((7, 7), np.uint8)).astype(bool)


def _open_ended(levelled: Floats, expected: Floats, seen: Floats, predicted: Floats) -> Floats:
    """A channel at its upper end says "this or more": no residual where more would fit.

    So in the view, and likewise in the reference when it was photographed: else a bright blue sky turns yellow as
    blue clips first. Censored observations: J. Tobin, Econometrica 26 (1958).
    """
    more = (seen >= _FULL) & (expected > levelled)
    less = (predicted >= _FULL) & (expected < levelled)
    return np.where(more | less, expected, levelled)


def veiled(levelled: Floats, predicted: Floats, known: Mask) -> Mask:
    """Where a soft reflection lies over the print of the view, or of the reference when it was photographed."""
    height, width = known.shape
    less = min(1.0, _VEIL_PX / max(height, width))  # what is soft shows at a low resolution as well
    size = max(8, round(width * less)), max(8, round(height * less))
    one, other = (cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (levelled, predicted))
    held = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    soft = _veil(np.asarray(one), np.asarray(other), held) | _veil(np.asarray(other), np.asarray(one), held)
    full = cv2.resize(soft.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(full > 0) & known


def _veil(levelled: Floats, predicted: Floats, known: Mask) -> Mask:
    """Where a soft reflection lies over the print: mixed with white, through which the print still shows.

    A reflection off a varnished or wrapped face has no sharp edge of its own; a print that has become paler
    has. So a veil is a smooth share of white that explains what is off, and whose outline is no step.
    """
    side = float(np.sqrt(known.shape[0] * known.shape[1]))
    white = np.float32(255) - predicted
    held = known.astype(np.float32)
    off = levelled - predicted
    toward, most = (off * white).sum(axis=2) * held, (white * white).sum(axis=2) * held + 300.0

    def share(sigma: float) -> Floats:
        return np.asarray(cv2.GaussianBlur(toward, (0, 0), sigma) / cv2.GaussianBlur(most, (0, 0), sigma), np.float32)

    narrow = max(1.2, 0.012 * side)
    broad, fine = share(0.045 * side), share(narrow)
    step = 0.4 / float(np.hypot(narrow, 1.0))  # the slope per px of a unit step, through a lens and this window
    veil = np.zeros_like(known)
    count, labels = cv2.connectedComponents((broad > _VEIL).astype(np.uint8))
    for label in range(1, count):
        spot = (labels == label) & known
        large = spot.sum() > 0.004 * known.size
        if (
            large
            and _is_veil(off, white, broad, fine, step, spot)
            and _shines_through(levelled, predicted, broad, spot)
        ):
            veil |= labels == label
    reach = 2 * round(0.08 * side) + 1
    around = cv2.dilate(veil.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(bool)
    core = cv2.dilate(veil.astype(np.uint8), np.ones((reach // 2, reach // 2), np.uint8)).astype(bool)
    return core | (around & (broad > _VEIL / 4))


def _is_veil(off: Floats, white: Floats, broad: Floats, fine: Floats, step: float, spot: Mask) -> bool:
    """Whether a smooth share of white explains a spot, and its outline is no step."""
    left = np.square(off[spot] - broad[spot][:, None] * white[spot]).sum()
    explained = 1 - float(left) / max(float(np.square(off[spot]).sum()), 1e-6)
    firm = spot & (np.square(white).sum(axis=2) > 3 * 50.0**2)  # on white, a share of white says nothing
    if explained < 0.9 or not firm.any():
        return False
    gx, gy = cv2.Sobel(fine, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(fine, cv2.CV_32F, 0, 1, scale=0.125)
    slope = float(np.quantile(np.hypot(gx, gy)[firm], 0.9))
    return slope < _STEEP * step * float(np.quantile(fine[spot], 0.95))


def _shines_through(levelled: Floats, predicted: Floats, share: Floats, spot: Mask) -> bool:
    """Whether a spot still shows the detail that a veil of this share leaves of the print; True if there is none.

    Where print is missing the ground is as smooth as a veil, but the bars and letters are gone with it.
    """
    sigma = 0.03 * float(np.sqrt(spot.size))
    held = spot.astype(np.float32)
    within = cv2.GaussianBlur(held, (0, 0), sigma) + np.float32(1e-6)

    def detail(picture: Floats) -> Floats:
        grey = colour.mean(picture)
        return np.asarray((grey - cv2.GaussianBlur(grey * held, (0, 0), sigma) / within)[spot], np.float32)

    due, seen = detail(predicted), detail(levelled)
    most = float(due @ due)
    if most < _DETAIL**2 * due.size:
        return True
    return float(due @ seen) / most > 0.5 * (1 - float(share[spot].mean()))


def _noise(residual: NDArray[Any], known: Mask) -> float:
    """The standard deviation of pixel noise, from neighbours' differences, robustly; at least rounding's.

    Source: J. Immerkaer, "Fast noise variance estimation", CVIU 64 (1996): a kernel blind to smooth
    structure.
    """
    if not known.any():
        return 2.0
    rough = np.abs(cv2.filter2D(colour.mean(residual), -1, _IMMERKAER)[known])
    return max(0.6, 1.4826 * float(np.median(rough)))
