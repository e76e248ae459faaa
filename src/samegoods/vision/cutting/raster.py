"""How a picture shows a face: it and the reference, in the same light, on one small raster.

The raster reaches a little beyond the face's edge. Levelling is a gain and an offset for each channel with a
gain that may slope over the face, fitted by least trimmed squares (Rousseeuw 1984) from seeds of equal
structure; structure is normalised cross-correlation in windows (Lewis 1995), which neither gain nor offset
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between, project, sides
from samegoods.records import Floats, Image, Mask, Matrix, Quad, Reference

RASTERS = (32, 48, 64, 96, 128)
"""Lengths that the longer side of a face may have on the raster; few, so that rasters are reused."""
MARGIN = 0.12
"""How far the raster reaches beyond the face, as a share of its longer side."""
AGREE = 0.4
"""The correlation from which on a window shows the structure of the reference."""
FLAT = 5.0
"""Windows of the reference with a smaller standard deviation, in grey levels, have no structure."""
TOLERANCE = 22.0
"""Grey levels by which a place may leave the range of the levelled reference: noise, coding, curved packs."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A reference on a small raster with a margin.

    ``mean`` (h, w, 3) float32 and the range ``low`` to ``high`` around each place; ``luma`` and its local
    ``average`` and ``variance`` (h, w) over the ``face``'s part of a ``window``; ``face`` True where the pack
    is, ``weight`` its share of the window; ``to_reference`` (3, 3) from raster to reference pixels.
    """

    mean: Floats
    low: Floats
    high: Floats
    luma: Floats
    average: Floats
    variance: Floats
    face: Mask
    weight: Floats
    window: int
    to_reference: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A face as a picture shows it, on the raster of its reference.

    ``seen`` (h, w, 3) float32; ``shown`` (h, w) the places of the face that lie in the picture, ``valid`` all
    that do; ``excess`` (h, w) grey levels by which a place leaves what the levelled reference allows;
    ``alike`` True where structure agrees, ``textured`` where there is structure to compare; ``to_frame``
    (3, 3) from raster to picture.
    """

    raster: Raster
    seen: Floats
    valid: Mask
    shown: Mask
    excess: Floats
    alike: Mask
    textured: Mask
    to_frame: Matrix

    def confirmed(self) -> Mask:
        """The places of the face that agree with the reference in colour and, if it has any, in structure."""
        agrees = (self.excess <= TOLERANCE) & (self.alike | ~self.textured)
        return np.asarray(agrees & self.shown, bool)

    def support(self) -> float:
        """The share of the shown face that is confirmed, 0..1; of its structure where that is less."""
        shown, structure = int(self.shown.sum()), self.textured & self.shown
        if shown == 0 or not structure.any():
            return 0.0
        return min(float(self.confirmed().sum()) / shown, float(self.alike[structure].mean()))


def window_mean(picture: Floats, window: int) -> Floats:
    """The mean of a picture in square windows; what lies beyond its border counts as nothing."""
    box = cv2.boxFilter(picture, cv2.CV_32F, (window, window), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(box, np.float32)


def _luma(picture: Floats) -> Floats:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


@lru_cache(maxsize=128)
def raster_of(reference: Reference, long: int) -> Raster:
    """``reference`` on a raster whose longer side measures ``long`` places, margins apart."""
    ys, xs = np.nonzero(reference.mask)
    x0, y0, x1, y1 = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
    scale = max(x1 - x0, y1 - y0) / long  # reference pixels a place
    w, h, m = max(8, round((x1 - x0) / scale)), max(8, round((y1 - y0) / scale)), round(MARGIN * long)
    part = reference.mask[y0:y1, x0:x1].astype(np.uint8) * 255
    face = cv2.resize(part, (w, h), interpolation=cv2.INTER_AREA)
    small = cv2.resize(reference.pixels[y0:y1, x0:x1], (w, h), interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, m, m, m, m, cv2.BORDER_REPLICATE).astype(np.float32)
    mean = cv2.GaussianBlur(small, (0, 0), 1.0)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    inside = cv2.copyMakeBorder(face, m, m, m, m, cv2.BORDER_CONSTANT, value=(0,)) > 250
    window, on = max(7, (long // 10) | 1), inside.astype(np.float32)
    luma = _luma(np.asarray(mean, np.float32))
    weight = np.maximum(window_mean(on, window), 1e-3)
    average = window_mean(luma * on, window) / weight
    variance = np.asarray(np.maximum(window_mean(luma * luma * on, window) / weight - average**2, 0), np.float32)
    sx, sy = (x1 - x0) / w, (y1 - y0) / h
    matrix = np.array([[sx, 0, x0 + (0.5 - m) * sx - 0.5], [0, sy, y0 + (0.5 - m) * sy - 0.5], [0, 0, 1]])
    low, high = (np.asarray(f(mean, reach), np.float32) for f in (cv2.erode, cv2.dilate))
    return Raster(
        np.asarray(mean, np.float32),
        low,
        high,
        luma,
        np.asarray(average, np.float32),
        variance,
        inside,
        weight,
        window,
        matrix,
    )


def _seen(pixels: Image, to_frame: Matrix, shape: tuple[int, ...]) -> tuple[Floats, Mask]:
    """The picture on the raster, averaged down where the picture is finer; and where the picture reaches."""
    h, w = shape
    height, width = pixels.shape[:2]
    outline = project(to_frame, corners(w, h))
    x0, y0 = (int(v) for v in np.maximum(np.floor(outline.min(axis=0)) - 1, 0))
    x1, y1 = (int(v) for v in np.minimum(np.ceil(outline.max(axis=0)) + 2, (width, height)))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return np.zeros((h, w, 3), np.float32), np.zeros((h, w), bool)
    ratio = max(1.0, float(sides(outline).sum()) / (2 * (w + h)))  # picture pixels a place
    size = max(4, round((x1 - x0) / ratio)), max(4, round((y1 - y0) / ratio))
    region = cv2.resize(pixels[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
    fx, fy = size[0] / (x1 - x0), size[1] / (y1 - y0)
    shrink = np.array([[fx, 0, (0.5 - x0) * fx - 0.5], [0, fy, (0.5 - y0) * fy - 0.5], [0, 0, 1]]) @ to_frame
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(region, shrink, (w, h), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    whole = np.full((size[1], size[0]), 255, np.uint8)
    valid = cv2.warpPerspective(whole, shrink, (w, h), flags=flags, borderValue=(0,)) > 250
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.7), np.float32), np.asarray(valid, bool)


def _correlation(raster: Raster, seen: Floats) -> Floats:
    """Normalised cross-correlation of luma in windows, over the face's part of each; (h, w), -1..1."""
    on = raster.face.astype(np.float32)
    b = _luma(seen) * on
    mean = window_mean(b, raster.window) / raster.weight
    variance = np.maximum(window_mean(b * b, raster.window) / raster.weight - mean**2, 0)
    shared = window_mean(raster.luma * b, raster.window) / raster.weight - raster.average * mean
    # A deviation of two grey levels is added so that noise on a plain surface correlates with nothing.
    return np.asarray(shared / np.sqrt((raster.variance + 1) * (variance + 4)), np.float32)


def _lit(e: Floats, uv: Floats, fit: Floats) -> Floats:
    """Expected colours ``e`` (..., 3) at ``uv`` (..., 2) under the light ``fit`` (4, 3)."""
    gain = np.maximum(fit[0] + uv[..., :1] * fit[2] + uv[..., 1:] * fit[3], 0.02)
    return np.asarray(e * gain + 40.0 * fit[1], np.float32)


def _solve(e: Floats, uv: Floats, s: Floats) -> Floats:
    """The light (4, 3) from ``e`` to ``s``, (n, 3) each: gain, offset, slopes of gain across and down."""
    fit = np.empty((4, 3), np.float32)
    # Ridge on the slopes: a face with little agreement must not bend the light to fit what covers it.
    ridge = np.diag([0.001, 0.001, 0.02, 0.02]) * len(e) * 1600.0
    for c in range(3):
        a = np.column_stack([e[:, c], np.full(len(e), 40.0, np.float32), e[:, c] * uv[:, 0], e[:, c] * uv[:, 1]])
        fit[:, c] = np.linalg.solve(a.T @ a + ridge, a.T @ s[:, c] + ridge[:, 0])
    return fit


def _level(raster: Raster, seen: Floats, seeds: Mask, shown: Mask, uv: Floats) -> Floats | None:
    """The light (4, 3) of what agrees best; None where nothing does, or where no lamp could do it."""
    at = np.flatnonzero(shown)
    at = at[:: max(1, len(at) // 1500)]
    seed = seeds.ravel()[at]
    if seed.sum() < 30:
        return None
    e, s, where = raster.mean.reshape(-1, 3)[at], seen.reshape(-1, 3)[at], uv.reshape(-1, 2)[at]
    fit, chosen = np.zeros((4, 3), np.float32), seed
    for turn in range(4):
        fit = _solve(e[chosen], where[chosen], s[chosen])
        off = np.abs(s - _lit(e, where, fit)).max(axis=1)
        # First the best of what agrees in structure, then of everything: colour alone cannot seed itself.
        pool = seed if turn < 2 else np.ones_like(seed)
        chosen = pool & (off <= max(12.0, float(np.quantile(off[pool], 0.6))))
    return fit if float(fit[0].min()) > 0.12 and float(fit[0].max()) < 4.0 else None


def read_face(pixels: Image, quad: Quad, reference: Reference) -> Reading | None:
    """How ``pixels`` (H, W, 3) show the face that ``quad`` places in them; None where nothing is proven."""
    ys, xs = np.nonzero(reference.mask)
    if len(ys) == 0:
        return None
    share = max(np.ptp(xs) / reference.size[0], np.ptp(ys) / reference.size[1])
    longest = float(sides(quad).max()) * float(share)
    raster = raster_of(reference, max((n for n in RASTERS if n <= longest), default=RASTERS[0]))
    to_frame = homography_between(corners(*reference.size), quad) @ raster.to_reference
    h, w = raster.face.shape
    seen, valid = _seen(pixels, to_frame, (h, w))
    shown = raster.face & valid
    textured = raster.variance > FLAT**2
    alike = _correlation(raster, seen) > AGREE
    v, u = np.mgrid[0:h, 0:w].astype(np.float32)
    uv = np.stack([u / w - 0.5, v / h - 0.5], axis=-1)
    fit = _level(raster, seen, alike & textured & shown, shown, uv)
    if fit is None:
        return None
    over, under = seen - _lit(raster.high, uv, fit), _lit(raster.low, uv, fit) - seen
    under[seen >= 250] = 0  # what is clipped cannot be brighter, whatever the gain says
    excess = np.maximum(np.maximum(over, under), 0).max(axis=2)
    return Reading(raster, seen, valid, shown, excess, alike, textured, to_frame)


def in_picture(mask: Mask, matrix: Matrix, shape: tuple[int, ...]) -> Image:
    """A mask through a homography, (height, width) uint8: 255 where it holds, less where its edge passes."""
    size, picture = (shape[1], shape[0]), mask.astype(np.uint8) * 255
    return np.asarray(cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(0,)), np.uint8)
