"""Whether the print still shows through what differs: a spill or a dent darkens what lies under it, ink replaces it.

Under a spill ``(1 - k) * expected + k * c`` is seen, under a shade ``(1 - k) * expected``: what is due is there, in
its place and paler. Another drawing, mark or text leaves nothing of it, another colour of the paint all of it. Light
that is reflected has the same look and is brighter, so only what is darker counts.
"""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Mask
from samegoods.vision.comparison.evidence import Residual

# Tuned on drawn packs (seeds from 90 000); measured on others: docs/decisions/0010.
_LEFT = (0.2, 0.9)
"""How much of the print's contrast is left."""
_ALIKE = 0.65
"""How well what is left agrees with what is due, as a correlation."""
_DARKER = 5.0
"""CIELAB L*."""
_PRINTED = 3.0
"""CIELAB, rms: with less contrast under it, nothing could show through."""
_EDGE = 0.02  # of the face's side: the rim of a spill and the region's own edge are no print
_LEAST_PX, _LEAST_PART = 25, 0.15  # of the region, without its edge: with less, nothing is said


def shows_through(residual: Residual, mask: Mask) -> bool:
    """Whether a region (h, w) of a face is darker, and the print that is due still there but paler."""
    reach = max(1, round(_EDGE * float(np.sqrt(mask.size))))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inner = cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).astype(bool)
    if inner.sum() < max(_LEAST_PX, _LEAST_PART * mask.sum()):
        return False
    due, seen = (p[inner] - p[inner].mean(axis=0) for p in (residual.expected, residual.seen))  # (n, 3)
    energy, shared = float((due * due).sum()), float((due * seen).sum())
    if energy < _PRINTED**2 * len(due):
        return False
    left, alike = shared / energy, shared / max(float(np.sqrt(energy * float((seen * seen).sum()))), 1e-6)
    darker = -float(residual.off[inner][:, 0].mean())
    return _LEFT[0] <= left <= _LEFT[1] and alike >= _ALIKE and darker >= _DARKER
