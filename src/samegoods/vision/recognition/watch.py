"""What of a picture is still to be looked at: what is new in it once everything is moved as the picture moves.

A camera that walks past a stall shows the same goods again and again, a little displaced. Dense optical flow
(Kroeger et al. 2016, "Fast optical flow using dense inverse search", arXiv:1603.03590) undoes the displacement on the
small grey picture; what then still differs is new, as is what came in over the border. It is owed a look, and moves
along with the picture until it gets one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import resizing
from samegoods.records import Floats, Image, Mask, Matrix
from samegoods.vision.recognition.drift import Drift
from samegoods.vision.recognition.novelty import NOVELTY, PATCH, Remembered, exposed

SPOT_PX = 3
"""Thinner spots of change are edges a little out of place: a patch on its own spreads over ``PATCH`` px."""
BAND_PX = 7
"""What is owed is looked at where it is this wide: narrower bands come and go along the border as a hand shakes."""
FAR_PX = 6.0
"""Motion of the whole picture from which it is undone before the flow is searched."""
KEPT_LOOKS = 3
"""Pictures that were looked at last, to which what comes in over the border is held."""
WORTH_RECALLING = 0.1
"""The share of what is owed that one of them has to show for that."""
WORTH_A_CUT = 0.75
"""Boxes are cut in two where both halves, and what they overlap by, come to no more than this share of the whole."""
GRID_PX = 8
"""Steps of the grid of points from which the camera's motion is fitted."""
MIN_SLOPE = 4.0
"""Grey levels a pixel: a place with less says nothing of how it moved."""
MIN_POINTS, MIN_SHARE = 40, 0.3
"""So many points of the grid, and so large a share of them, must follow one homography to be called the scene."""
STRAY_PX = 0.75
"""How far from that homography, px of the small picture: a seventh of the narrowest pack that can be told."""

DEEP = 0.02
"""And by how much of the way that the camera went: what is nearer moves further."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """From the picture before to this one, both small and grey, (h, w).

    ``flow`` (h, w, 2) px leads from each place of this picture to where it was before, ``new`` is True for what was
    not there; ``textured`` where there is something to tell the motion by. Without a picture before, all is new.
    """

    flow: Floats | None
    new: Mask
    textured: Mask

    def motion(self, size: tuple[int, int]) -> Matrix | None:
        """The homography (3, 3) that most of the picture follows, from the one before to this one; None at a cut.

        It is in pixels of the pictures at ``size`` (width, height).
        """
        there = self._motion_of(~self.new & self.textured)
        if there is None:  # before a plain ground the little that is textured may be what moves
            there = self._motion_of(~self.new)
        small = self.new.shape[1], self.new.shape[0]
        return None if there is None else resizing(small, size) @ there @ resizing(size, small)

    def _motion_of(self, firm: Mask) -> Matrix | None:
        if self.flow is None:
            return None
        every = (slice(None, None, GRID_PX), slice(None, None, GRID_PX))
        y, x = (grid[every][firm[every]] for grid in _grid(firm.shape[1], firm.shape[0]))
        if len(x) < MIN_POINTS:
            return None
        now = np.stack([x, y], axis=-1)
        before = now + self.flow[every][firm[every]]
        far_px = float(np.median(np.linalg.norm(now - before, axis=1)))
        stray_px = STRAY_PX + DEEP * far_px
        matrix, good = cv2.findHomography(before, now, cv2.USAC_MAGSAC, stray_px, maxIters=300, confidence=0.999)
        if matrix is None or good.sum() < max(MIN_POINTS, MIN_SHARE * len(now)):
            return None
        return np.asarray(matrix, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """A small grey picture (h, w) that was looked at, where what it shows is known, and where the picture had come to,
    (2,) px."""

    luma: Image
    seen: Remembered
    known: Mask
    at: Floats


class Watch:
    """What one source has shown so far, in one small grey picture, and what of it is owed a look."""

    def __init__(self) -> None:
        self._engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._before: Image | None = None
        self._seen: Remembered | None = None
        self._owed_s: Floats = np.zeros((0, 0), np.float32)  # for how long each place has been owed; negative: is not
        self._drift, self._at = Drift(), np.zeros(2, np.float32)
        self._looked: deque[_Looked] = deque(maxlen=KEPT_LOOKS)

    def step(self, luma: Image, elapsed_s: float, drift: tuple[float, float] | None = None) -> Step:
        """Take in the next picture (h, w), ``elapsed_s`` after the one before.

        Args:
            drift: where the picture as a whole has come to, px of it, from anywhere; None to measure it from the
                picture before (see :mod:`samegoods.vision.recognition.drift`).
        """
        before, self._before = self._before, luma
        came, self._at = self._at, np.array(self._drift.at(luma) if drift is None else drift, np.float32)
        if before is None or self._seen is None or before.shape != luma.shape:
            self._seen = Remembered.of(luma)
            self._owed_s = np.zeros(luma.shape, np.float32)
            self._looked.clear()
            everything = np.ones(luma.shape, np.bool_)
            return Step(None, everything, everything)
        flow = self._flow(luma, before, came - self._at)
        h, w = luma.shape
        x, y = _before_at(flow)
        inside = (x > -1) & (x < w) & (y > -1) & (y < h)
        smooth = exposed(luma)
        new = ~inside | _spots(self._seen.moved(x, y).beyond(smooth))
        self._seen = Remembered.of_smooth(smooth)
        owed = cv2.remap(self._owed_s, x, y, cv2.INTER_NEAREST, borderValue=(-1.0,))
        self._owed_s = np.where(owed >= 0, owed + np.float32(elapsed_s), np.where(new, 0.0, -1.0)).astype(np.float32)
        return Step(flow, new, _textured(smooth))

    def _flow(self, now: Image, before: Image, shift: Floats) -> Floats:
        """(h, w, 2) px: where each place of a picture was in the one before, moved by about ``shift`` (2,)."""
        shift = np.rint(shift)
        if np.abs(shift).max() <= FAR_PX:
            shift = np.zeros(2, np.float32)
        else:  # it is brought near first, or the search settles on another shelf's edge
            back = np.hstack([np.eye(2), -shift[:, None]])
            before = np.asarray(cv2.warpAffine(before, back, now.shape[::-1]), np.uint8)
        nothing: Any = None  # no flow to begin with, which the stubs do not allow
        return np.asarray(self._engine.calc(now, before, nothing) + shift, np.float32)

    def recall(self) -> None:
        """What was looked at, went out of view as a hand swayed, and is back, is owed no other look."""
        now, seen = self._before, self._seen
        for look in self._looked:
            owed = self.owed
            if now is None or seen is None or not owed.any():
                return
            shift = look.at - self._at
            if _share_within(owed, shift) < WORTH_RECALLING:
                continue
            flow = self._flow(now, look.luma, shift)
            h, w = now.shape
            x, y = _before_at(flow)
            inside = (x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1)
            there = cv2.remap(look.known.astype(np.uint8), x, y, cv2.INTER_NEAREST, borderValue=(0.0,)) > 0
            self._owed_s[inside & there & ~_spots(look.seen.moved(x, y).beyond(seen.grey))] = -1.0

    @property
    def owed(self) -> Mask:
        opened = cv2.morphologyEx((self._owed_s >= 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((BAND_PX, BAND_PX)))
        return np.asarray(opened > 0, np.bool_)

    @property
    def longest_owed_s(self) -> float:
        """For how long what is owed longest has been; negative where nothing is."""
        return float(self._owed_s[self.owed].max(initial=-1.0))

    def owe(self, mask: Mask) -> None:
        self._owed_s[mask] = np.maximum(self._owed_s[mask], 0)

    def looked(self, followed: Mask | None = None) -> None:
        """All that was owed was looked at; what is ``followed`` (h, w) is looked at again if it comes back."""
        self._owed_s[:] = -1.0
        if self._before is not None and self._seen is not None:
            known = np.ones(self._before.shape, np.bool_) if followed is None else ~followed
            self._looked.appendleft(_Looked(self._before, self._seen, known, self._at))


def _share_within(mask: Mask, shift: Floats) -> float:
    """The share of a mask (h, w) that lies within the picture when it is moved."""
    h, w = mask.shape
    y, x = np.nonzero(mask)
    x, y = x + shift[0], y + shift[1]
    return float(np.mean((x >= 0) & (x < w) & (y >= 0) & (y < h)))


def widened(mask: Mask, margin: int) -> Mask:
    """A mask that reaches ``margin`` further in every direction."""
    reach = 2 * margin + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0)


def boxes_of(mask: Mask, margin: int) -> list[Box]:
    """Boxes (x0, y0, x1, y1) around the parts of a mask, each ``margin`` wider; two are one if that is no larger.

    A part that leaves most of its box empty, such as a band along two borders, is cut in two where that saves most.
    """
    grown = widened(mask, margin)
    boxes: list[Box] = []
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown.astype(np.uint8), connectivity=8)
    for number, (x, y, wide, high, _) in enumerate(stats[1:count].tolist(), 1):
        whole = x, y, x + wide, y + high
        for box in _cut(labels == number, whole, margin):
            while near := next((b for b in boxes if _area(_around(b, box)) <= _area(b) + _area(box)), None):
                boxes.remove(near)
                box = _around(near, box)
            boxes.append(box)
    return boxes


def _cut(mask: Mask, box: Box, margin: int) -> list[Box]:
    """A box around what there is of a mask in it, or several: each reaches ``margin`` over where it was cut."""
    x0, y0, x1, y1 = box
    here = mask[y0:y1, x0:x1]
    across, left, right = _best_cut(here)
    down, above, below = _best_cut(here.T)
    if min(across, down) + margin * (y1 - y0 if across <= down else x1 - x0) > WORTH_A_CUT * _area(box):
        return [box]
    if across <= down:
        halves = (x0, y0, x0 + left, y1), (x0 + right, y0, x1, y1)
    else:
        halves = (x0, y0, x1, y0 + above), (x0, y0 + below, x1, y1)
    parts = (part for half in halves for part in _cut(mask, _around_some(mask, half), margin))
    return [_wider(part, box, margin) for part in parts]


def _best_cut(mask: Mask) -> tuple[float, int, int]:
    """How to cut a mask (h, w) between two columns: the area of the boxes around both parts, the columns at which the
    first ends and the second begins."""
    h = len(mask)
    there = mask.any(axis=0)
    top = np.where(there, mask.argmax(axis=0), h)
    bottom = np.where(there, h - mask[::-1].argmax(axis=0), 0)
    columns = np.flatnonzero(there)
    if len(columns) < 2:
        return np.inf, 0, 0
    top, bottom = top[columns], bottom[columns]
    low, high = np.minimum.accumulate(top), np.maximum.accumulate(bottom)
    low_after, high_after = np.minimum.accumulate(top[::-1])[::-1], np.maximum.accumulate(bottom[::-1])[::-1]
    before = (columns[:-1] + 1 - columns[0]) * (high - low)[:-1]
    after = (columns[-1] + 1 - columns[1:]) * (high_after - low_after)[1:]
    best = int(np.argmin(before + after))
    return float(before[best] + after[best]), int(columns[best]) + 1, int(columns[best + 1])


def _around_some(mask: Mask, box: Box) -> Box:
    """The box around what there is of a mask in a box, where there is something."""
    x0, y0, x1, y1 = box
    x, y, wide, high = cv2.boundingRect(mask[y0:y1, x0:x1].astype(np.uint8))
    return x0 + x, y0 + y, x0 + x + wide, y0 + y + high


def _wider(box: Box, limits: Box, margin: int) -> Box:
    return (
        max(box[0] - margin, limits[0]),
        max(box[1] - margin, limits[1]),
        min(box[2] + margin, limits[2]),
        min(box[3] + margin, limits[3]),
    )


def _around(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _textured(smooth: Floats) -> Mask:
    slope = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    return np.asarray(slope > 8 * MIN_SLOPE)  # Sobel's kernel adds up to eight


def _spots(beyond: Floats) -> Mask:
    change = cv2.blur(beyond, (PATCH, PATCH), borderType=cv2.BORDER_REFLECT_101) >= NOVELTY
    return np.asarray(cv2.morphologyEx(change.astype(np.uint8), cv2.MORPH_OPEN, np.ones((SPOT_PX, SPOT_PX))) > 0)


def _before_at(flow: Floats) -> tuple[Floats, Floats]:
    """Columns and rows (h, w) of where each place was, by a flow (h, w, 2) px."""
    y, x = _grid(flow.shape[1], flow.shape[0])
    return x + flow[..., 0], y + flow[..., 1]


@lru_cache(maxsize=4)
def _grid(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rows and columns of a picture, (h, w) each."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return y, x
