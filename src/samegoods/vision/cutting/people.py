"""What people cover of a pack's face, by the boxes of finders; where the pack agrees with its reference, it stays.

A finder gives a box around a person, and a pack held in the hand lies within it. So a body's box fills only what does
not agree with the reference and comes in from the face's edge, as whatever stands before a pack must. A face's box is
filled whole, and beyond, unless the reference prints what is seen there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from samegoods.records import Image, Mask, PersonBox

GROWN = 0.3
"""Hair, chin and ears: a face is filled this much beyond its box, in sides of it."""
PRINTED = 0.7
"""The share of a face's box, of what is seen of it, that must agree with the reference to be print."""
_RIM = 0.04  # of the crop's longer side

Search = Callable[[Image], Sequence[PersonBox]]
"""Finds faces and bodies in a picture (H, W, 3)."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in px of a crop, half-open; it may reach beyond."""


def of_people(boxes: Sequence[PersonBox], known: Mask, agrees: Mask) -> Mask:
    """The known pixels of a crop that are filled because of people.

    Args:
        boxes: faces and bodies, in px of the crop; they may reach beyond it.
        known: (h, w) what the crop would show.
        agrees: (h, w) where it agrees with the reference.
    """
    filled = np.zeros_like(known)
    for one in boxes:
        if one.kind == "face":
            if not is_printed(one.box, known, agrees):
                filled |= known & _box(_grown(one.box), known.shape)
        else:
            filled |= _entering(known & ~agrees & _box(one.box, known.shape), known)
    return filled


def is_printed(box: Box, known: Mask, agrees: Mask) -> bool:
    """Whether what a crop shows in a box agrees with the reference so far that the reference prints it."""
    seen = _box(box, known.shape) & known
    return bool(seen.any()) and float((seen & agrees).sum()) >= PRINTED * float(seen.sum())


def _grown(box: Box) -> Box:
    x0, y0, x1, y1 = box
    dx, dy = GROWN * (x1 - x0), GROWN * (y1 - y0)
    return x0 - dx, y0 - dy, x1 + dx, y1 + dy


def _box(box: Box, shape: tuple[int, ...]) -> Mask:
    x0, y0, x1, y1 = (round(v) for v in box)
    mask = np.zeros(shape, bool)
    mask[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
    return mask


def _entering(doubtful: Mask, known: Mask) -> Mask:
    """The connected parts of ``doubtful`` that reach the edge of what is known."""
    if not doubtful.any():
        return doubtful
    depth = max(3, 2 * round(_RIM * max(known.shape) / 2) + 1)
    framed = cv2.copyMakeBorder(known.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    inner = cv2.erode(framed, np.ones((depth, depth), np.uint8))[1:-1, 1:-1] > 0
    _, labels = cv2.connectedComponents(doubtful.astype(np.uint8), connectivity=8)
    reaching = np.unique(labels[doubtful & ~inner])
    return np.asarray(np.isin(labels, reaching[reaching > 0]) & doubtful, bool)
