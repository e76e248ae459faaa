"""About how many letters a piece of lettering holds: its separate strokes, those above one another as one.

So the dot of an i is no letter of its own. Letters that touch count as one, and the parts of a Hangul syllable that
stand side by side as two: it is a number for orders of magnitude and not a reading. (Drawn lines of 6 to 14 Latin
letters, 14 px high and more, were counted to two at the worst.)
"""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Floats, Mask
from samegoods.vision.comparison.evidence import Residual
from samegoods.vision.comparison.regions import outline

_LEAST_PX = 6
"""Lettering less high cannot be taken apart."""
_SPECK = 0.04  # of the area of a square as high as the line: less is print grain
_NONE = 0.5  # of the contrast that was seen: less is no lettering
_OVERLAP = 0.5  # of the narrower of two strokes: one above the other


def letters_of(residual: Residual, mask: Mask, sharp: Floats) -> int | None:
    """About how many letters a difference in text spans, ``mask`` (h, w) its region in the frame of the residual.

    They are counted on the reference, ``sharp`` (H, W) its lightness at its own size; where it has none there, on
    what was seen.
    """
    before, after = (float(p[..., 0][mask].std()) for p in (residual.expected, residual.seen))
    if before < _NONE * after:
        return letters_in(residual.seen[..., 0], _within(mask, mask.shape))
    return letters_in(sharp, _within(mask, sharp.shape))


def _within(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """What the outline of a mask encloses, for a picture of another size (height, width)."""
    scale = mask.shape[1] / shape[1], mask.shape[0] / shape[0]
    filled = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(filled, [np.round(outline(mask, scale)).astype(np.int32)], (1,))
    return filled.astype(bool)


def letters_in(lightness: Floats, mask: Mask) -> int | None:
    """How many letters there are in a region of a picture, both (H, W); None where they cannot be taken apart."""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return None
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    ink = _ink(lightness[box]) & mask[box]
    total = 0
    for top, bottom in _runs(np.asarray(ink.any(axis=1))):
        if bottom - top >= _LEAST_PX:
            total += _letters(ink[top:bottom])
    return total or None


def _ink(part: Floats) -> Mask:
    """Where a piece of lettering is printed: the lesser of its two tones."""
    grey = np.clip(part * 2.55, 0, 255).astype(np.uint8)
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    ink = np.asarray(dark, bool)
    return ~ink if ink.mean() > 0.5 else ink


def _letters(line: Mask) -> int:
    """The letters of a line (h, w) of ink."""
    height = line.shape[0]
    _, _, stats, _ = cv2.connectedComponentsWithStats(line.astype(np.uint8))
    spans = [
        (int(x), int(x + width)) for x, _, width, _, area in stats[1:] if area >= max(2.0, _SPECK * height * height)
    ]
    letters: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if letters and _above(letters[-1], (first, last)):
            letters[-1] = letters[-1][0], max(letters[-1][1], last)
        else:
            letters.append((first, last))
    return len(letters)


def _above(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two strokes stand above each other."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return common > _OVERLAP * min(one[1] - one[0], other[1] - other[0])


def _runs(flags: Mask) -> list[tuple[int, int]]:
    """The stretches of True, as first and one past the last."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in steps.reshape(-1, 2)]
