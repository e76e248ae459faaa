"""What is left over between a face and its prediction, weighed against what chance and a lens would leave.

A residual in CIELAB is scaled by its own noise: pixel noise, and near edges what a fraction of a pixel of
misregistration makes of them, both learnt from the face itself by robust statistics. It is then scanned by
windows of several sizes and shapes, with three questions to each: is the mean colour off, is there energy that no
shift of the window by a fraction of a pixel explains, and is the fine print there that is due? Each answer is a
normal score, and the limit that a score has to pass grows with the number of windows that a face holds (Bonferroni),
so that a large face gives no more false alarms.

Sources: E. Wilson & M. Hilferty, "The distribution of chi-square", PNAS 17 (1931) for the cube root that
makes the scores normal; K. Worsley et al., "A three-dimensional statistical analysis for CBF activation
studies in human brain", 1992, for searching an image at the level of the whole image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from samegoods.records import Floats, Mask
from samegoods.vision.colour import lab

# Window sides as shares of the face's geometric mean side: compact ones, and lines of lettering both ways.
SHAPES = ((0.05, 0.05), (0.1, 0.1), (0.2, 0.2), (0.2, 0.05), (0.05, 0.2), (0.35, 0.07))
FALSE_ALARMS = 0.01
"""The share of untouched faces that chance alone may lead over the limit."""
_LEAST_PX = 5
_DETAIL = 0.03  # of the face's side: lettering against its ground
DETAIL_RMS = 4.0
"""CIELAB: less fine print than this is paper and print grain, and cannot be missed."""
_PRESENT_SD = 0.1  # of a share: how much of a print's contrast a soft or bent spot may lose
_KNOWN_SHARE = 0.6
_LEAST_SD = np.array([0.7, 0.7, 0.7])  # CIELAB: eight bits, compression
_MEAN_FLOOR = np.array([1.0, 0.8, 1.0])  # CIELAB: what levelling leaves over a window
_SHARED = 0.25  # of what levelling leaves: the camera's own rendering of colours, the same in every view
_CORRELATED_PX = 4.0  # interpolation and compression make about this many neighbours count as one


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """``seen`` and ``expected`` (h, w, 3) in CIELAB, their difference ``off``, its ``variance`` (h, w, 3),
    and the prediction's slopes ``gx``, ``gy`` (h, w, 3) per px. ``edge_px`` is the misregistration that the
    noise speaks of, px; ``steady`` the share that is left in it of what levelling leaves in one view."""

    seen: Floats
    expected: Floats
    off: Floats
    variance: Floats
    gx: Floats
    gy: Floats
    known: Mask
    edge_px: float
    steady: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The scores of one window shape, (h, w), at the windows' centres, in standard deviations.

    ``colour`` for the mean, ``structure`` for the energy or for print that is gone; -inf where too little is known.
    ``mean`` (h, w, 3) is the mean residual, CIELAB, ``mean_sd`` (3,) its scatter over the face; ``typical`` and
    ``scatter`` are those of the cube root of the energy.
    """

    shape: tuple[int, int]
    colour: Floats
    structure: Floats
    mean: Floats
    mean_sd: Floats
    typical: float
    scatter: float


def steadiness(views: int) -> float:
    """How much of what levelling leaves in one view is left in the mean of several, 1 for one.

    Lamps, shade and reflections differ from view to view and average out; the camera stays the same.
    """
    return float(np.sqrt(_SHARED + (1 - _SHARED) / max(views, 1)))


def residual_of(pixels: Floats, predicted: Floats, noise: Floats, known: Mask, *, views: int = 1) -> Residual:
    """The residual of a face and its noise.

    Args:
        pixels, predicted: (h, w, 3) RGB 0..255, registered, of like blur and light; ``noise`` (h, w) the
            standard deviation of a pixel's residual away from edges, grey levels; ``known`` (h, w).
    """
    seen, expected = lab(pixels), lab(predicted)
    off = seen - expected
    gx, gy = gradient(expected)
    slope = gx * gx + gy * gy
    # Subsampled chroma follows the edges of lightness too: a tenth of their slope counts for a* and b*.
    slope[..., 1:] += 0.01 * slope[..., :1]
    slope = cv2.blur(slope, (3, 3))
    relative = np.square(noise / max(1e-3, float(np.median(noise[known])) if known.any() else 1.0))
    variance = np.empty_like(off)
    edge = 0.0
    every = np.arange(known.shape[0])[:, None] % 2 == 0  # neighbours say the same
    sample = known & every
    for channel in range(3):
        floor, rate = _noise_law(off[..., channel][sample], slope[..., channel][sample])
        floor = max(floor, float(_LEAST_SD[channel]) ** 2)
        variance[..., channel] = floor * np.clip(relative, 0.5, 20) + rate * slope[..., channel]
        edge = max(edge, float(np.sqrt(rate))) if channel == 0 else edge
    return Residual(seen, expected, off, variance, gx, gy, known, edge, steadiness(views))


def fine_print(picture: Floats) -> Floats:
    """What is finer than lettering against its ground, of a picture of a whole face (h, w[, 3])."""
    sigma = max(0.8, _DETAIL * float(np.sqrt(picture.shape[0] * picture.shape[1])))
    plain = np.ascontiguousarray(picture)
    return np.asarray(plain - cv2.GaussianBlur(plain, (0, 0), sigma), np.float32)


def gradient(picture: Floats) -> tuple[Floats, Floats]:
    """Slopes along x and y per px, (h, w[, 3]) each, smoothed over three pixels across."""
    gx = cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(picture, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    return np.asarray(gx, np.float32), np.asarray(gy, np.float32)


def _noise_law(off: NDArray[Any], slope: NDArray[Any]) -> tuple[float, float]:
    """Variance = floor + rate * slope, from the median in ten classes of slope; the rate is at most 1."""
    if len(off) < 100:
        return 4.0, 0.25
    order = np.argsort(slope, kind="stable")
    parts = np.array_split(order, 10)
    x = np.array([float(slope[part].mean()) for part in parts])
    y = np.array([(1.4826 * float(np.median(np.abs(off[part])))) ** 2 for part in parts])
    weight = 1 / (y + 0.2)  # a variance is known to a share of itself
    design = np.stack([np.ones_like(x), x], axis=1) * weight[:, None]
    floor, rate = np.linalg.lstsq(design, y * weight, rcond=None)[0]
    if rate < 0.01:
        rate = 0.01
    if floor < y[:3].min() * 0.5:
        floor = y[:3].min() * 0.5
    return float(floor), float(min(rate, 1.0))


def limit(shape: tuple[int, int], scans: int = len(SHAPES)) -> float:
    """The score that one window in a face (height, width) passes by chance in ``FALSE_ALARMS`` of faces."""
    side = float(np.sqrt(shape[0] * shape[1]))
    windows = sum(4 / (a * b) for a, b in SHAPES[:scans] if a * side >= 1)
    return float(-ndtri(FALSE_ALARMS / (3 * max(windows, 1))))


def scan(residual: Residual) -> tuple[Scan, ...]:
    """Every window shape over the face."""
    side = float(np.sqrt(residual.known.shape[0] * residual.known.shape[1]))
    shapes = [(max(_LEAST_PX, round(a * side)) | 1, max(_LEAST_PX, round(b * side)) | 1) for a, b in SHAPES]
    fields, detail = _fields(residual), _detail(residual)
    return tuple(_scan(residual, fields, detail, shape) for shape in dict.fromkeys(shapes))


def strength_of(scans: Sequence[Scan], need: float) -> Floats:
    """The best score of any window at each place, (h, w), in shares of ``need``; 0 where too little is known."""
    best = np.max([np.maximum(one.colour, one.structure) for one in scans], axis=0)
    return np.asarray(np.where(np.isfinite(best), np.maximum(best, 0), 0) / need, np.float32)


def _detail(residual: Residual) -> tuple[Floats, Floats]:
    """The fine print in lightness: its energy in the prediction, (h, w), and how much of it is seen at each of nine
    shifts by a pixel, (9, h, w): print that lies a little off is not gone."""
    known = residual.known.astype(np.float32)
    due, seen = (fine_print(p[..., 0]) * known for p in (residual.expected, residual.seen))
    shifts = [np.roll(seen, (dy, dx), axis=(0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return due * due, np.stack([due * shifted for shifted in shifts])


def _fields(residual: Residual) -> tuple[Floats, ...]:
    """What the windows sum: weights, weighted residual, energy, and the normal equations of a shift."""
    k = residual.known[..., None].astype(np.float32)
    inverse = k / residual.variance
    weighted = residual.off * inverse
    energy = (residual.off * weighted).sum(axis=2)
    normal = np.stack(
        [
            (residual.gx * residual.gx * inverse).sum(axis=2),
            (residual.gx * residual.gy * inverse).sum(axis=2),
            (residual.gy * residual.gy * inverse).sum(axis=2),
        ],
        axis=2,
    )
    right = np.stack([(residual.gx * weighted).sum(axis=2), (residual.gy * weighted).sum(axis=2)], axis=2)
    return inverse, weighted, energy, normal, right, k[..., 0]


def _scan(
    residual: Residual, fields: tuple[Floats, ...], detail: tuple[Floats, Floats], shape: tuple[int, int]
) -> Scan:
    def box(field: Floats) -> Floats:
        return np.asarray(cv2.blur(field, shape, borderType=cv2.BORDER_CONSTANT), np.float32)

    inverse, weighted, energy, normal, right, known = fields
    share = box(known)
    judged = (share > _KNOWN_SHARE) & residual.known
    mean = np.asarray(box(weighted) / np.maximum(box(inverse), 1e-9), np.float32)
    colour, mean_sd = _colour_score(mean, judged, residual.steady)
    count = shape[0] * shape[1]
    forgiven = _shift_energy(box(normal), box(right), count, residual.edge_px)
    left = np.maximum(box(energy) - forgiven, 0) / np.maximum(3 * share, 1e-6)
    structure, typical, scatter = _structure_score(left, judged, count)
    due, shown = box(detail[0]), np.max([box(one) for one in detail[1]], axis=0)
    structure = np.maximum(structure, _absence_score(due, shown, judged, share))
    return Scan(shape, colour, structure, mean, mean_sd, typical, scatter)


def _colour_score(mean: Floats, judged: Mask, steady: float) -> tuple[Floats, Floats]:
    sd = np.ones(3, np.float32)
    if judged.any():
        sample = np.abs(mean[judged][::3])
        sd = np.maximum(1.4826 * np.median(sample, axis=0), steady * _MEAN_FLOOR).astype(np.float32)
    squared = np.square(mean / sd).sum(axis=2)
    score = (np.cbrt(squared / 3) - (1 - 2 / 27)) / np.sqrt(2 / 27)
    return np.where(judged, score, -np.inf).astype(np.float32), sd


def _shift_energy(normal: Floats, right: Floats, count: int, edge_px: float) -> Floats:
    """The energy per pixel that a small common shift of the window explains, its length held by a prior."""
    sigma = float(np.clip(edge_px, 0.2, 0.5))
    prior = 1 / (count / _CORRELATED_PX * sigma**2)
    xx, xy, yy = normal[..., 0] + prior, normal[..., 1], normal[..., 2] + prior
    bx, by = right[..., 0], right[..., 1]
    det = np.maximum(xx * yy - xy * xy, 1e-12)
    return np.asarray((yy * bx * bx - 2 * xy * bx * by + xx * by * by) / det, np.float32)


def _structure_score(left: Floats, judged: Mask, count: int) -> tuple[Floats, float, float]:
    root = np.cbrt(left)
    typical, scatter = 1.0, _chance(count)
    if judged.any():
        sample = root[judged][::3]
        typical = max(0.7, float(np.median(sample)))
        # The upper side decides on false alarms, so its width counts where it is the larger.
        upper = (float(np.quantile(sample, 0.9)) - float(np.median(sample))) / 1.2816
        spread = 1.4826 * float(np.median(np.abs(sample - np.median(sample))))
        scatter = max(scatter * typical, spread, min(upper, 2.5 * spread))
    return np.where(judged, (root - typical) / scatter, -np.inf).astype(np.float32), typical, scatter


def _absence_score(due: Floats, shown: Floats, judged: Mask, share: Floats) -> Floats:
    """How surely the fine print of a window is gone: what is seen regressed on what is due, against the whole face.

    Energy that is left over grows with print of any kind, by bend and blur; print that is there is there in full.
    """
    printed = judged & (due > DETAIL_RMS**2 * share)
    if printed.sum() < 20:
        return np.full(due.shape, -np.inf, np.float32)
    part = shown / np.maximum(due, 1e-6)
    sample = part[printed][::3]
    usual = float(np.median(sample))
    lower = (usual - float(np.quantile(sample, 0.1))) / 1.2816
    scatter = max(_PRESENT_SD * usual, min(lower, 2.5 * 1.4826 * float(np.median(np.abs(sample - usual)))))
    return np.where(printed, (usual - part) / scatter, -np.inf).astype(np.float32)


def _chance(count: int) -> float:
    return float(np.sqrt(2 / (9 * 3 * max(count, 1) / _CORRELATED_PX)))
