"""Whether the print still shows through what differs: a spill or a dent darkens what lies under it, ink replaces it.

Under a spill ``(1 - k) * expected + k * c`` is seen, under a shade ``(1 - k) * expected``: the fine print is there, in
its place and paler. Another drawing, mark or text leaves nothing of it, another colour of the paint all of it. Light
that is reflected has the same look and is brighter, so only what is darker counts.
"""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Floats, Mask
from samegoods.vision.comparison.evidence import Residual

# Tuned on drawn packs (seeds from 90 000), reported on others: docs/decisions/0010.
_LEFT = (0.3, 0.9)
"""How much of the fine print's contrast is left."""
_ALIKE = 0.65
"""How well what is left agrees with what is due, as a correlation."""
_DARKER = 5.0
"""CIELAB L*."""
_PRINTED = 3.0
"""CIELAB L*, rms: with less fine print under it, nothing could show through."""
_FINE = 0.03  # of the face's side: lettering against its ground
_EDGE = 0.01  # of the face's side: the region's own edge is no print
_LEAST_PX = 25


def shows_through(residual: Residual, mask: Mask) -> bool:
    """Whether a region (h, w) of a face is darker, and its fine print still there but paler."""
    side = float(np.sqrt(mask.size))
    reach = 2 * max(1, round(_EDGE * side)) + 1
    inner = cv2.erode(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(bool)
    if inner.sum() < _LEAST_PX:
        inner = mask
    due, seen = (_fine(p[..., 0], mask, _FINE * side)[inner] for p in (residual.expected, residual.seen))
    energy = float((due * due).sum())
    if energy < _PRINTED**2 * due.size:
        return False
    shared = float((due * seen).sum())
    left, alike = shared / energy, shared / max(float(np.sqrt(energy * float((seen * seen).sum()))), 1e-6)
    darker = -float(residual.off[mask][:, 0].mean())
    return _LEFT[0] <= left <= _LEFT[1] and alike >= _ALIKE and darker >= _DARKER


def _fine(lightness: Floats, mask: Mask, sigma: float) -> Floats:
    """What is finer than ``sigma`` px, (h, w), judged by what lies within the mask alone."""
    known = mask.astype(np.float32)
    around = cv2.GaussianBlur(lightness * known, (0, 0), max(0.8, sigma))
    weight = cv2.GaussianBlur(known, (0, 0), max(0.8, sigma))
    return np.asarray(lightness - around / np.maximum(weight, 1e-3), np.float32)
