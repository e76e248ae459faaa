"""One index over the spots of all references, in parts that are searched together.

Method: inverted lists over quantised descriptors (Sivic & Zisserman 2003, doi:10.1109/ICCV.2003.1238663; Jégou et al.
2011, doi:10.1109/TPAMI.2010.57), searched by faiss (Johnson et al. 2017, arXiv:1702.08734). Cells are the same in
every part, so how the spots are spread over parts changes no answer. Lists are read where they lie: a part whose
arrays are mapped from a file is in memory once for all processes. Small catalogues are searched exactly.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats
from samegoods.vision.recognition.cells import UNIT, coded, level_for, probes, probes_for
from samegoods.vision.recognition.spots import Spots

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Spots of references, a row each: ``owner`` (n,) position, ``points`` (n, 2) px, ``frames`` (n, 2, 2)."""

    owner: NDArray[np.intp]
    points: Floats
    frames: Floats


class Part:
    """Spots, and for each number in their ``owners`` the reference that it is (an (m,) array)."""

    def __init__(self, spots: Spots, whose: NDArray[np.intp]) -> None:
        self.spots, self.whose = spots, whose


class SpotIndex:
    """Nearest neighbours among the spots of some parts; the same answers however the parts are cut."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._ends = np.cumsum([len(part.spots) for part in parts])
        self.level = level_for(len(self))
        self._lists = [_Lists(part.spots, self.level) for part in parts]

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def search(self, descriptors: Floats, neighbours: int) -> tuple[Floats, Rows]:
        """Squared distances and row numbers (q, neighbours), nearest first; number -1 where there are fewer.

        ``descriptors`` (q, 128) are float32 of unit length. Which of several as near as the last are told is chance;
        and so is the order of equals, but for those of one reference.
        """
        shape = (len(descriptors), neighbours)
        if not len(descriptors) or not len(self):
            return np.full(shape, np.inf, np.float32), np.full(shape, -1, np.int64)
        codes = coded(descriptors)
        cells = np.ascontiguousarray(probes(codes, self.level, probes_for(len(self))))
        found = [one.search(codes.astype(np.float32), cells, neighbours) for one in self._lists]
        distances = np.concatenate([distance for distance, _ in found], axis=1)
        begins = self._ends - [len(part.spots) for part in self._parts]
        rows = np.concatenate([np.where(r < 0, -1, r + b) for (_, r), b in zip(found, begins, strict=True)], axis=1)
        if len(found) > 1:
            order = np.argsort(distances, axis=1, kind="stable")[:, :neighbours]
            distances, rows = np.take_along_axis(distances, order, 1), np.take_along_axis(rows, order, 1)
        return np.asarray(distances / np.float32(UNIT**2), np.float32), rows

    def at(self, rows: Rows) -> Found:
        """What lies at some row numbers; anything where a number is -1."""
        owner = np.zeros(len(rows), np.intp)
        points, frames = np.zeros((len(rows), 2), np.float32), np.zeros((len(rows), 2, 2), np.float32)
        part_of = np.searchsorted(self._ends, rows, side="right")
        for number, part in enumerate(self._parts):
            here = np.flatnonzero((part_of == number) & (rows >= 0))
            local = rows[here] - (self._ends[number] - len(part.spots))
            owner[here] = part.whose[part.spots.owners[local]]
            points[here], frames[here] = part.spots.points(local), part.spots.frames[local]
        return Found(owner, points, frames)


class _Lists:
    """The inverted lists of one part, without a copy of it."""

    def __init__(self, spots: Spots, level: int) -> None:
        self._spots = spots
        self._starts = spots.starts(level)
        count = len(self._starts) - 1
        lists: Any = faiss.OnDiskInvertedLists(count, spots.codes.shape[1], "")
        # A list is its size, its room and where it begins, in bytes from ``ptr``. Numbers of rows, which faiss would
        # keep behind each, are not there: it is asked for positions in lists instead, and never reads them.
        table = np.zeros((count, 3), np.uint64)
        table[:, 0] = table[:, 1] = np.diff(self._starts)
        table[:, 2] = self._starts[:-1] * spots.codes.shape[1]
        faiss.memcpy(lists.lists.data(), faiss.swig_ptr(table), table.nbytes)
        lists.ptr, lists.read_only = faiss.swig_ptr(spots.codes), True
        # faiss would unmap, when it is done, what was never its own.
        lists.this.disown()
        weakref.finalize(self, _let_go, lists)
        index: Any = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatL2(spots.codes.shape[1]),
            spots.codes.shape[1],
            count,
            faiss.ScalarQuantizer.QT_8bit_direct,
            faiss.METRIC_L2,
            False,
        )
        index.is_trained = True
        index.replace_invlists(lists, False)
        self._index = index

    def search(self, codes: Floats, cells: Rows, neighbours: int) -> tuple[Floats, Rows]:
        """Squared distances in steps of a byte, and rows, (q, neighbours) each; -1 where there are fewer."""
        distances = np.empty((len(codes), neighbours), np.float32)
        found = np.empty((len(codes), neighbours), np.int64)
        far = np.zeros(cells.shape, np.float32)  # how far each cell is: nothing that is searched so asks for it
        self._index.nprobe = cells.shape[1]
        self._index.search_preassigned_c(
            len(codes),
            faiss.swig_ptr(codes),
            neighbours,
            faiss.swig_ptr(cells),
            faiss.swig_ptr(far),
            faiss.swig_ptr(distances),
            faiss.swig_ptr(found),
            True,
        )
        rows = self._starts[found >> 32] + (found & 0xFFFFFFFF)
        return distances, np.where(found < 0, -1, rows)


def _let_go(lists: Any) -> None:
    lists.ptr = None
    lists.this.own(True)
