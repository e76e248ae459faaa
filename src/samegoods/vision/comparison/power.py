"""What a view of a face would have shown: the ground on which `same` may be said.

Not to find a difference means something only where one would have been found. For a patch of colour and for
the loss of fine print, this is computed from the same noise and the same limits by which differences are
found (a power
analysis: J. Cohen 1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Floats, Mask, Matrix
from samegoods.vision.comparison.evidence import DETAIL_RMS, Residual, Scan, fine_print
from samegoods.vision.comparison.regions import LEAST_DELTA_E

PATCH = 0.01
"""The share of the face of the patch that is asked about: 1 %."""


@dataclass(frozen=True, slots=True)
class Power:
    """``seen`` is the share of the face that was seen; ``patch_delta_e`` the difference that a patch of 1 %
    of the face needs to show in nine tenths of what was seen; ``print_shows`` the share of the fine print
    whose loss would show, 1 where there is none; ``resolved_px`` as in :func:`resolved`."""

    seen: float
    patch_delta_e: float
    print_shows: float
    resolved_px: float


def power(
    residual: Residual, scans: Sequence[Scan], need: float, *, spread: Matrix, fine: Floats, mask: Mask
) -> Power:
    """What would have been found in a face.

    Args:
        need: the score that a difference has to reach.
        spread: covariance (2, 2) px squared of the point spread between reference and view.
        fine: (h, w) the contrast (CIELAB L*, rms) of the reference's fine print at each place, from
        :func:`fineness`.
        mask: (h, w) where the reference shows the pack.
    """
    side = float(np.sqrt(residual.known.size))
    patch = min(scans, key=lambda s: abs(np.log(s.shape[0] * s.shape[1] / (PATCH * side**2)))).shape
    compact = next(s for s in scans if s.shape == patch)
    return Power(
        seen=float((residual.known & mask).sum() / max(mask.sum(), 1)),
        patch_delta_e=_patch(residual, compact, need),
        print_shows=_print(residual, scans, need, fine),
        resolved_px=resolved(residual.known, spread),
    )


def resolved(known: Mask, spread: Matrix) -> float:
    """The face's size in pixels that the view resolves: its geometric mean side, less for a point spread."""
    return float(np.sqrt(known.size / (1 + max(np.trace(spread) / 2, 0))))


def fineness(lightness: Floats, size: tuple[int, int]) -> Floats:
    """The contrast of the fine print of a reference at its full size, (h, w) for ``size`` (width, height)."""
    side = float(np.sqrt(lightness.size))
    fine = fine_print(lightness)
    reach = max(3, round(0.06 * side)) | 1
    rms = np.sqrt(cv2.blur(fine * fine, (reach, reach)))
    return np.asarray(cv2.resize(rms, size, interpolation=cv2.INTER_AREA), np.float32)


def _patch(residual: Residual, scan: Scan, need: float) -> float:
    """The distance in CIELAB at which a patch passes, in nine tenths of the windows, or by its least size."""
    level = 1 - 2 / 27 + need * np.sqrt(2 / 27)
    # A difference of no known direction: the channels' squared scores add up.
    per_unit = float(np.sqrt(np.mean(1 / np.square(scan.mean_sd))))
    distance = float(np.sqrt(3 * max(level, 0) ** 3)) / per_unit
    # A patch tips the scale from where the noise already leans.
    return max(LEAST_DELTA_E * residual.steady, float(distance / np.sqrt(3)) + float(scan.mean_sd.min()))


def _print(residual: Residual, scans: Sequence[Scan], need: float, fine: Floats) -> float:
    """The share of the structured places in which the loss of the fine print would pass in some window."""
    known = residual.known.astype(np.float32)
    detail = fine_print(residual.expected)
    lost = (np.square(detail) / residual.variance).sum(axis=2) * known
    best = np.full(known.shape, -np.inf, np.float32)
    for scan in scans:
        share = np.maximum(cv2.blur(known, scan.shape), 1e-6)
        energy = cv2.blur(lost, scan.shape) / (3 * share)
        best = np.maximum(best, (np.cbrt(energy + scan.typical**3) - scan.typical) / scan.scatter)
    structured = (fine > DETAIL_RMS) & residual.known
    if structured.sum() < 0.01 * structured.size:
        return 1.0
    return float((best[structured] >= need).mean())
