"""Does this part of a picture show that reference, and rather it than another one?

Votes of local features say where a face may be; here the pixels decide, after alignment, in colour.

* :func:`fit`: does the structure fit, and where it fits, is the colour right? Local normalised correlation and the
  chromatic residual under it, after a smooth flow has undone what a plane cannot explain (Kroeger et al. 2016,
  "Fast optical flow using dense inverse search", arXiv:1603.03590). Colour is asked only where the structure fits:
  a finger or a neighbour in front is then no evidence about the print.
* :func:`lean`: of two references, to which do the pixels lean where the two differ? The matched filter for two
  known signals in noise (Kay 1998, Fundamentals of Statistical Signal Processing II, ch. 4), clipped per pixel so
  that a highlight counts as undecided and not as the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import corners, homography_between, resizing, sides
from samegoods.records import Floats, Image, Mask, Matrix, Quad, Reference
from samegoods.vision.colour import length, mean

SMOOTH_PX = 1.0
"""Blur that both sides get before they are compared: evens out small errors of pose, sampling and codec."""
MAX_SCALE = 1.5
"""References smaller than what is seen are enlarged by no more than this."""
WINDOW_PX = 4.0
"""Standard deviation of the window of the local correlation."""
MIN_TEXTURE = 4.0
"""Grey levels (standard deviation) that a reference must have at a spot for its structure to say something."""
MAX_BEND_PX = 6.0
BEND_SMOOTH_PX = 6.0
RENDERED = 128
"""References that are held as rendered: 0.3 MB each at the size at which faces are compared."""
MIN_CONTRAST = 14.0
"""Colour distance, RGB levels, from which two references count as different at a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """The part of a picture that a quad covers, upright, (h, w, 3) float32, RGB 0..255, smoothed.

    ``known`` is False outside the picture and off the pack.
    """

    pixels: Floats
    known: Mask


def working_size(quad: Quad, reference: Reference, longest_px: int) -> tuple[int, int]:
    """Width and height at which a quad is worth comparing: what is seen, at most ``longest_px``."""
    width, height = reference.size
    top, right, bottom, left = sides(quad)
    seen = max((top + bottom) / 2 / width, (left + right) / 2 / height)
    scale = min(seen, longest_px / max(width, height), MAX_SCALE)
    return max(8, round(width * scale)), max(8, round(height * scale))


def cut_patch(pixels: Image, quad: Quad, reference: Reference, size: tuple[int, int]) -> Patch:
    """Cut a quad out of a picture, upright, at ``size`` (width, height), averaging where it shrinks."""
    width, height = size
    longest = sides(quad)
    shrink = min((longest[0] + longest[2]) / 2 / width, (longest[1] + longest[3]) / 2 / height)
    over = int(np.clip(np.ceil(shrink - 0.2), 1, 4))  # sampled finer, then averaged: no aliasing
    onto = homography_between(corners(*reference.size), quad)
    matrix = onto @ resizing((width * over, height * over), reference.size)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(pixels, matrix, (width * over, height * over), flags=flags)
    if over > 1:
        warped = cv2.resize(warped, size, interpolation=cv2.INTER_AREA)
    # The picture's own outline must not be projected into the patch: seen at a slant, it crosses the horizon.
    everything = np.ones(pixels.shape[:2], np.uint8)
    upright = onto @ resizing(size, reference.size)
    shown = cv2.warpPerspective(everything, upright, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    known = _mask_at(reference, size) & (shown > 0)
    return Patch(_smooth(np.asarray(warped, np.uint8)), known)


@lru_cache(maxsize=RENDERED)
def render(reference: Reference, size: tuple[int, int]) -> Floats:
    """The reference at ``size`` (width, height), smoothed like a patch; (h, w, 3) float32, not to be written to.

    Most of what is compared is seen larger than needed, so that a few sizes come again and again.
    """
    rendered = _smooth(_sized(reference, size))
    rendered.flags.writeable = False
    return rendered


def render_through(other: Reference, onto: Matrix, reference: Reference, size: tuple[int, int]) -> Floats:
    """Another reference as it would look in ``reference``'s place at ``size``; ``onto`` maps its pixels there.

    It is brought to size as :func:`render` does it and only then moved: filtered in another way, the two would differ
    at every edge of the print that they share.
    """
    through = resizing(reference.size, size) @ onto
    scale = np.linalg.norm(through[:2, :2], axis=0)
    near = max(8, round(other.size[0] * float(scale[0]))), max(8, round(other.size[1] * float(scale[1])))
    moved = through @ resizing(near, other.size)
    picture = _sized(other, near)
    if near != size or not np.allclose(moved / moved[2, 2], np.eye(3), atol=1e-6):
        picture = np.asarray(cv2.warpPerspective(picture, moved, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    return _smooth(picture)


def _sized(reference: Reference, size: tuple[int, int]) -> Image:
    how = cv2.INTER_AREA if reference.size[0] > size[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(reference.pixels, size, interpolation=how), np.uint8)


def level(seen: Floats, expected: Floats, weight: Floats) -> Floats:
    """Bring ``seen`` (h, w, 3) to the light of ``expected``: a gain and an offset per channel, robustly.

    ``weight`` (h, w) says where the two should agree. Light multiplies, so an offset (haze, black level) is held
    small; where the weighted pixels are flat and cannot tell a gain from an offset, it is a gain.
    """
    step = max(1, round(np.sqrt(weight.size / ENOUGH_PX)))  # a gain and an offset need no more pixels than that
    x = seen[::step, ::step].reshape(-1, 3).astype(np.float64)
    y = expected[::step, ::step].reshape(-1, 3).astype(np.float64)
    plain = weight[::step, ::step].ravel().astype(np.float64)
    moments = np.hstack([x, y, x * x, x * y])  # (n, 12)
    w = plain
    for _ in range(4):
        mean_x, mean_y, xx, xy = (w @ moments / (w.sum() + 1e-9)).reshape(4, 3)
        # Normal equations of sum w (g x + o - y)^2 + OFFSET_PENALTY o^2, per channel.
        held = 1 + OFFSET_PENALTY
        gain = (held * xy - mean_x * mean_y) / np.maximum(held * xx - mean_x**2, 1e-6)
        gain = np.clip(gain, 0.3, 4.0)
        offset = (mean_y - gain * mean_x) / held
        residual = x * gain + offset - y
        w = plain / (1 + np.einsum("nc,nc->n", residual, residual) / 30.0**2) ** 2
    return np.asarray(seen * gain.astype(np.float32) + offset.astype(np.float32), np.float32)


OFFSET_PENALTY = 0.05
ENOUGH_PX = 6_000


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a patch fits a reference.

    ``structure`` is the local correlation, -1..1, averaged over the face with the reference's contrast as weight;
    ``chroma`` the median chromatic residual, RGB levels, where the structure fits (``UNFIT_CHROMA`` where it fits
    nowhere); ``share`` the share of the known face whose structure fits, ``misfit`` the share where both have
    structure and it does not fit.
    """

    structure: float
    chroma: float
    share: float
    misfit: float


UNFIT_CHROMA = 99.0
LEAST_KNOWN_PX = 64
"""Fewer known pixels than this say nothing."""


def fit(patch: Patch, expected: Floats) -> Fit:
    """Compare a patch with the reference rendered at its size, (h, w, 3); see :class:`Fit`."""
    if patch.known.sum() < LEAST_KNOWN_PX:
        return Fit(0.0, UNFIT_CHROMA, 0.0, 0.0)
    bent, known = unbend(patch, expected)
    levelled = level(bent, expected, known.astype(np.float32))
    correlation, seen_sd, expected_sd = _local_correlation(mean(levelled), mean(expected))
    tells = known & (expected_sd > MIN_TEXTURE)
    fits = tells & (correlation > 0.5)
    off = length(_chroma(levelled - expected))
    total = max(int(known.sum()), 1)
    misfit = tells & (correlation < 0.2) & (seen_sd > 2 * MIN_TEXTURE)
    return Fit(
        structure=_weighed(correlation, expected_sd * known),
        chroma=float(np.median(off[fits])) if fits.sum() > 20 else UNFIT_CHROMA,
        share=float(fits.sum() / total),
        misfit=float(misfit.sum() / total),
    )


def likeness(pixels: Image, quad: Quad, reference: Reference, *, longest_px: int) -> float:
    """How far what a quad shows in a picture has the structure of a reference, as it lies, 0..1.

    The local correlation, with the contrast of the reference as weight.
    """
    size = working_size(quad, reference, longest_px)
    patch = cut_patch(pixels, quad, reference, size)
    correlation, _, expected_sd = _local_correlation(mean(patch.pixels), mean(render(reference, size)))
    return _weighed(correlation, expected_sd * patch.known)


def _weighed(correlation: Floats, weight: Floats) -> float:
    return float((np.clip(correlation, 0, 1) * weight).sum() / (weight.sum() + 1e-6))


def unbend(patch: Patch, expected: Floats) -> tuple[Floats, Mask]:
    """Move the pixels of a patch onto the reference by a smooth flow of at most ``MAX_BEND_PX``."""
    if patch.known.sum() < LEAST_KNOWN_PX:
        return patch.pixels, patch.known
    raw, goal = flow_between(patch, expected)
    trust = patch.known * (slope(goal) + 4.0).astype(np.float32) + np.float32(1e-3)
    spread = cv2.GaussianBlur(trust, (0, 0), BEND_SMOOTH_PX)[..., None]
    flow = cv2.GaussianBlur(raw * trust[..., None], (0, 0), BEND_SMOOTH_PX) / spread
    flow = flow * np.minimum(1, MAX_BEND_PX / np.maximum(length(flow), 1e-6))[..., None]
    h, w = patch.known.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    at = (x + flow[..., 0]).astype(np.float32), (y + flow[..., 1]).astype(np.float32)
    moved = cv2.remap(patch.pixels, *at, cv2.INTER_LINEAR)
    shown = cv2.remap(patch.known.astype(np.float32), *at, cv2.INTER_LINEAR) > 0.9
    return np.asarray(moved, np.float32), np.asarray(shown & patch.known)


def flow_between(patch: Patch, expected: Floats) -> tuple[Floats, Image]:
    """How a patch is bent: (h, w, 2) px, ``expected(x)`` looks like ``patch(x + flow)``; and ``expected`` in grey."""
    goal, have = _to_grey(expected, patch.known), _to_grey(patch.pixels, patch.known)
    engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    nothing: Any = None  # no flow to begin with, which the stubs do not allow
    return np.asarray(engine.calc(goal, have, nothing), np.float32), goal


def _to_grey(pixels: Floats, known: Mask) -> Image:
    grey = mean(pixels)
    middle, spread = float(grey[known].mean()), float(grey[known].std()) + 5
    return np.asarray(np.clip((grey - middle) / spread * 45 + 128, 0, 255), np.uint8)


def slope(grey: Image) -> NDArray[np.float32]:
    return np.asarray(cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))


def _local_correlation(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Correlation in a Gaussian window at every pixel, and the standard deviations of both; (h, w) each."""

    def blur(x: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(x, (0, 0), WINDOW_PX), np.float32)

    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = np.maximum(blur(a * a) - mean_a**2, 0), np.maximum(blur(b * b) - mean_b**2, 0)
    # The floor under the variances keeps a flat, noisy spot from passing as structure.
    correlation = (blur(a * b) - mean_a * mean_b) / np.sqrt(np.maximum(var_a, 4) * np.maximum(var_b, 4))
    return correlation, np.sqrt(var_a), np.sqrt(var_b)


def _chroma(pixels: Floats) -> Floats:
    """Two colour-opponent planes, red against green and yellow against blue; (h, w, 2)."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return np.stack([red - green, (red + green) / 2 - blue], axis=-1)


def lean(seen: Floats, one: Floats, other: Floats, known: Mask) -> tuple[float, float]:
    """To which of two references a patch leans, and how much there is to tell them apart by.

    Args:
        seen, one, other: (h, w, 3) float32 in one frame, the references smoothed like the patch.

    Returns:
        (lean, evidence): lean is +1 for surely ``one``, -1 for surely ``other``, 0 for undecided or equal;
        evidence is the share of the known pixels in which the references differ.
    """
    gap = one - other  # (h, w, 3)
    size = length(gap)
    differ = (size > MIN_CONTRAST) & known
    evidence = float(differ.sum() / max(known.sum(), 1))
    if differ.sum() < 6:
        return 0.0, evidence
    common = np.where(known, 1 / (1 + (size / MIN_CONTRAST) ** 4), 0).astype(np.float32)
    middle = (one + other) / 2
    levelled = level(seen, np.asarray(middle, np.float32), np.asarray(common + 0.02 * known, np.float32))
    side = np.einsum("hwc,hwc->hw", levelled - middle, gap) / np.maximum(size, 1e-6) ** 2  # +0.5 one, -0.5 other
    nearest = np.minimum(length(levelled - one), length(levelled - other))
    # What looks like neither (a finger, a sticker, a highlight) says nothing, whichever it happens to be nearer to.
    trust = 1 / (1 + (nearest / np.maximum(size / 2, 1e-6)) ** 2)
    side = np.clip(2 * side, -1, 1) * trust
    weight = np.where(differ, np.minimum(size, 80.0), 0)
    return float((side * weight).sum() / weight.sum()), evidence


@lru_cache(maxsize=RENDERED)
def _mask_at(reference: Reference, size: tuple[int, int]) -> Mask:
    small = cv2.resize(reference.mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    shows = np.asarray(small > 200)
    shows.flags.writeable = False
    return shows


def _smooth(pixels: Image) -> Floats:
    return np.asarray(cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), SMOOTH_PX), np.float32)
