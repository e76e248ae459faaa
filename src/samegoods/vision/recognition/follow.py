"""Where a face that was recognised lies in the next picture: predicted by the flow, held against the reference itself.

To recognise is dear, to follow is cheap. It does not drift, for every picture is aligned with the reference and not
with the picture before; and what no longer looks like the reference there is not followed.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between, inside, is_plausible, project, resizing, share_in_picture
from samegoods.records import Floats, Image, Matrix, Quad, Reference
from samegoods.vision.recognition import verify
from samegoods.vision.recognition.pose import LEAST_IN_PICTURE

ALIGNED_PX = 192
"""Long side at which a face is aligned with its reference."""
LIKE_BEFORE = 0.75
"""The share of the likeness that it had when it was recognised which it must have left."""
LEAST_LIKENESS = 0.2
_POINTS, _SHARE = 24, 0.5
_EVERY, _STRAY_PX = 3, 1.0
_FEW = 6


def predicted(quad: Quad, flow: Floats, new: np.ndarray[Any, Any], scale: tuple[float, float]) -> Quad:
    """Where the flow takes a quad of the picture before.

    Args:
        flow: (h, w, 2) px of a small picture, from each place to where it was before; ``new`` (h, w) where it says
            nothing.
        scale: pixels of the picture for each of the small one, across and down.
    """
    small = shrunk(quad, scale)
    h, w = new.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    before = np.stack([x, y], axis=-1) + flow
    column, row = (np.clip(np.rint(before[..., i]), 0, n - 1).astype(np.intp) for i, n in enumerate((w, h)))
    there = inside(small, w, h)[row, column] & ~new
    if there.sum() < _FEW:
        return quad
    onto, _ = cv2.estimateAffinePartial2D(before[there], np.stack([x, y], axis=-1)[there], method=cv2.LMEDS)
    if onto is None:
        return quad
    moved = small @ onto[:, :2].T + onto[:, 2]
    return np.asarray((moved + 0.5) * np.array(scale) - 0.5, np.float32)


def shrunk(quad: Quad, scale: tuple[float, float]) -> Quad:
    """A quad of a picture in a small one, of which a pixel covers ``scale`` of the picture's, across and down."""
    s = np.array(scale, np.float32)
    return np.asarray((quad + np.float32(0.5)) / s - np.float32(0.5), np.float32)


def aligned(pixels: Image, quad: Quad, reference: Reference) -> Quad | None:
    """The quad (4, 2) of a reference in a picture (H, W, 3), from one that is a little off; None where it is lost.

    Method: dense flow from the reference, drawn at the size seen, to what is seen (Kroeger et al. 2016), and the
    homography that it follows by MAGSAC++ (Barath et al. 2020).
    """
    if not is_plausible(quad, reference.size[0] / reference.size[1]):
        return None
    size = verify.working_size(quad, reference, ALIGNED_PX)
    patch = verify.cut_patch(pixels, quad, reference, size)
    found = _onto(patch, verify.render(reference, size))
    if found is None:
        return None
    to_picture = homography_between(corners(*reference.size), quad) @ resizing(size, reference.size)
    outline = project(resizing(reference.size, size), corners(*reference.size))
    moved = project(to_picture @ found, outline)
    plausible = is_plausible(moved, reference.size[0] / reference.size[1])
    within = plausible and share_in_picture(moved, pixels.shape[1], pixels.shape[0]) >= LEAST_IN_PICTURE
    return moved if within else None


def likeness(pixels: Image, quad: Quad, reference: Reference) -> float:
    """How alike what a quad shows and the reference are, 0..1: see :func:`verify.likeness`."""
    return verify.likeness(pixels, quad, reference, longest_px=ALIGNED_PX)


def _onto(patch: verify.Patch, looks: Floats) -> Matrix | None:
    """The homography (3, 3) from the reference drawn at a patch's size to where the patch shows it."""
    if patch.known.sum() < verify.LEAST_KNOWN_PX:
        return None
    raw, goal = verify.flow_between(patch, looks)
    told = patch.known & (verify.slope(goal) > verify.MIN_TEXTURE * 8)
    y, x = (place[:: max(1, len(place) // 600)] for place in np.nonzero(told))
    if len(x) < _POINTS:
        return None
    here = np.stack([x, y], axis=-1).astype(np.float32)
    there = here + raw[y, x]
    matrix, good = cv2.findHomography(here, there, cv2.USAC_MAGSAC, _STRAY_PX, maxIters=300, confidence=0.999)
    return None if matrix is None or good.sum() < _SHARE * len(here) else np.asarray(matrix, np.float64)
