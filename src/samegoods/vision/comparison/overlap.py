"""Which of many convex regions lie in one place: sure answers from a coarse grid, and the polygons where it leaves
a doubt.

To hold every region of a case against every other takes the square of their number, so a pair must cost little. A
region is kept as two sets of cells, those that it fills and those that it touches: the cells that both fill bound what
they share from below, those that both touch from above.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import area, intersection
from samegoods.records import Floats

_CELLS = 32
"""Along each side of the picture; a set is then 16 words of 64 bits."""
_WORDS = _CELLS**2 // 64
_MARGIN = 1e-3
"""Of the limit: by so much OpenCV's areas, in single precision, may be off."""

Words = NDArray[np.uint64]


class Regions:
    """Convex regions (n, 2) of one picture, px."""

    def __init__(self, regions: Sequence[Floats]) -> None:
        self._ends = np.cumsum([0, *(len(one) for one in regions)])
        self._points = np.concatenate([np.zeros((0, 2), np.float32), *regions]).astype(np.float32)
        self.boxes = np.array([box(one) for one in regions], np.float64).reshape(-1, 4)
        self._areas = np.array([size(one) for one in regions], np.float64)
        far = self.boxes[np.isfinite(self.boxes).all(axis=1)]
        low, high = (far[:, :2].min(axis=0), far[:, 2:].max(axis=0)) if len(far) else (np.zeros(2), np.ones(2))
        self._low, self._cell = low, np.maximum(high - low, 1.0) / _CELLS
        cells = [self._cells(one) for one in regions]
        self._filled = np.array([filled for filled, _ in cells], np.uint64).reshape(-1, _WORDS)
        self._touched = np.array([touched for _, touched in cells], np.uint64).reshape(-1, _WORDS)

    def in_place(self, one: Floats, least: float) -> NDArray[np.int64]:
        """The places (k,) in the list of the regions that share with ``one`` this much of the smaller of the two."""
        x0, y0, x1, y1 = box(one)
        b = self.boxes
        near = np.nonzero((b[:, 0] <= x1) & (b[:, 2] >= x0) & (b[:, 1] <= y1) & (b[:, 3] >= y0))[0]
        filled, touched = self._cells(one)
        cell = float(self._cell.prod())
        limit = least * np.minimum(self._areas[near], size(one))
        surely = _shared(self._filled[near], filled) * cell >= limit * (1 + _MARGIN)
        doubtful = ~surely & (_shared(self._touched[near], touched) * cell >= limit * (1 - _MARGIN))
        surely &= limit > 0  # what has no area shares none
        for k in np.nonzero(doubtful & (limit > 0))[0]:
            surely[k] = intersection(self._region(int(near[k])), one) >= limit[k]
        return np.asarray(near[surely], np.int64)

    def _region(self, place: int) -> Floats:
        return self._points[self._ends[place] : self._ends[place + 1]]

    def _cells(self, region: Floats) -> tuple[Words, Words]:
        """The cells that a region fills, and a superset of those that it touches."""
        if len(region) < 3 or size(region) <= 0:
            return _packed(np.zeros((_CELLS, _CELLS), bool)), _packed(np.ones((_CELLS, _CELLS), bool))
        side = np.arange(_CELLS + 1)
        corners = np.stack(np.meshgrid(side, side), axis=-1) * self._cell + self._low  # (33, 33, 2)
        begin = np.asarray(region, np.float64)
        way = np.roll(begin, -1, axis=0) - begin  # (n, 2)
        off = corners[None] - begin[:, None, None]  # (n, 33, 33, 2)
        turn = np.sign(area(region)) * (way[:, None, None, 0] * off[..., 1] - way[:, None, None, 1] * off[..., 0])
        within = turn >= 0  # of each edge, as a half plane: on the side of the region
        of_cell = np.stack([within[:, a : a + _CELLS, b : b + _CELLS] for a in (0, 1) for b in (0, 1)])
        filled, touched = of_cell.all(axis=(0, 1)), of_cell.any(axis=0).all(axis=0)
        return _packed(np.asarray(filled)), _packed(np.asarray(touched))


def box(region: Floats) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a region; of one without points, a box that touches none."""
    if not len(region):
        return np.inf, np.inf, -np.inf, -np.inf
    (x0, y0), (x1, y1) = region.min(axis=0), region.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def size(region: Floats) -> float:
    """The area of a region, px."""
    return abs(area(region)) if len(region) > 2 else 0.0


def _packed(cells: NDArray[np.bool_]) -> Words:
    return np.packbits(cells.ravel()).view(np.uint64)


def _shared(many: Words, one: Words) -> NDArray[np.int64]:
    return np.asarray(np.bitwise_count(many & one).sum(axis=1, dtype=np.int64))
