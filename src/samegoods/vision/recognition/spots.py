"""The spots of many references as they are kept for searching: 145 bytes each, in the order of their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats
from samegoods.vision.recognition.cells import FINEST, Codes, assign, coded
from samegoods.vision.recognition.features import Features

A_PIXEL = 32.0
"""Steps of a kept place for a pixel: references have at most 1600 px, and 65,536 / 32 are 2048."""
ROWS: dict[str, tuple[tuple[int, ...], Any]] = {
    "codes": ((128,), np.uint8),
    "cells": ((), np.uint32),
    "places": ((2,), np.uint16),
    "frames": ((2, 2), np.float16),
    "owners": ((), np.uint16),
}
"""What a row of each array of :class:`Spots` is."""
MOST_OWNERS = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Described spots, a row each, by their finest cell.

    ``codes`` (n, 128) are descriptors in bytes, ``cells`` (n,) their cells, ascending; ``places`` (n, 2) steps of
    1/32 px, ``frames`` (n, 2, 2) as in :class:`Features`; ``owners`` (n,) numbers of the references they are of.
    """

    codes: Codes
    cells: NDArray[np.uint32]
    places: NDArray[np.uint16]
    frames: NDArray[np.float16]
    owners: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Spots:
        return Spots(*(getattr(self, part.name)[rows] for part in fields(self)))

    def starts(self, level: int) -> NDArray[np.int64]:
        """Where each cell of a level begins, and the end: (2 ** level + 1,)."""
        first = np.arange(2**level + 1, dtype=np.int64) << (FINEST - level)
        return np.searchsorted(self.cells, first).astype(np.int64)

    def points(self, rows: NDArray[np.intp]) -> Floats:
        """Places in the reference, (n, 2) px."""
        return np.asarray(self.places[rows] / A_PIXEL - 1.0, np.float32)


def spots_of(described: Sequence[Features]) -> Spots:
    """What is kept of references; each one's number is its position."""
    owners = np.concatenate([np.full(len(one), i, np.uint16) for i, one in enumerate(described)])
    codes = np.concatenate([coded(one.descriptors) for one in described])
    points = np.concatenate([one.points for one in described])
    places = np.clip(np.rint((points + 1.0) * A_PIXEL), 0, MOST_OWNERS - 1)  # spots lie up to half a pixel outside
    frames = np.concatenate([one.frames for one in described]).astype(np.float16)
    cells = assign(codes)
    return Spots(codes, cells, places.astype(np.uint16), frames, owners).take(np.argsort(cells, kind="stable"))
