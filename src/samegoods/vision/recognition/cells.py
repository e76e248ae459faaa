"""Cells of descriptors: where in an index a spot is kept, and where it is looked for.

A descriptor is rounded to bytes, a cell is the nearest of :data:`COARSE` centres and then, for what is left over, the
nearest of :data:`FINE`: a residual quantiser (Chen, Guan & Wang 2010, doi:10.3390/s101211259). Centres were learnt
once (``benchmarks/cells.py``) and belong to the code, so that no index is ever trained: adding a reference moves no
other, and all machines find the same. They are kept in an order in which neighbours are near each other, so that a
small catalogue takes many cells for one: at level ``l`` there are ``2 ** l``, each a run of finest cells.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats

COARSE, FINE = 1_024, 128
FINEST = 17
"""The level of the finest cells: COARSE * FINE = 2 ** FINEST."""
_COARSEST = 10
CENTRES = Path(__file__).with_name("cells.npz")
UNIT = 512.0
"""What a descriptor's unit length is in bytes: components above 1/2 are cut off, and hardly any is above 1/4."""
EXACT_BELOW = 4_000
A_CELL = 16
"""Descriptors that a cell of the level chosen holds on average."""
PROBES = 48
"""Cells that are searched. Of 3.3 million spots of drawn packs, 48 of the finest hold 0.2 % of all, and the nearest
neighbour of 91 % of those that have a distinctive one."""
LEAST_PROBES, FULL_CELL = 24, 64
"""Where the finest cells hold more than so many on average, fewer are searched, down to 24: those hold the nearest
neighbour of 84 %."""
_NEAR = 12
"""Coarse centres whose cells are weighed for that."""

Codes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


def coded(descriptors: Floats) -> Codes:
    """Descriptors (n, 128) of unit length as bytes."""
    return np.asarray(np.minimum(255, np.rint(UNIT * descriptors)), np.uint8)


def uncoded(codes: Codes) -> Floats:
    """What :func:`coded` rounded, (n, 128) float32."""
    return codes * np.float32(1 / UNIT)


def level_for(size: int) -> int:
    """The level at which so many descriptors are searched; 0: all of them are."""
    return 0 if size < EXACT_BELOW else int(np.clip(np.rint(np.log2(size / A_CELL)), 0, FINEST))


def probes_for(size: int) -> int:
    """How many cells are searched among so many descriptors."""
    there = size / 2**FINEST
    return PROBES if there <= FULL_CELL else max(LEAST_PROBES, round(PROBES * FULL_CELL / there))


def assign(codes: Codes) -> NDArray[np.uint32]:
    """The finest cell of each descriptor, (n,)."""
    coarse, fine = _learnt()
    rows = codes.astype(np.float32)
    near = _search(coarse, rows, 1)[1][:, 0]
    rest = _search(fine, rows - coarse[near], 1)[1][:, 0]
    return np.asarray(near * FINE + rest, np.uint32)


def probes(codes: Codes, level: int, count: int = PROBES) -> Numbers:
    """The cells of a level (n, count or fewer) in which to look for each descriptor's neighbours, nearest first."""
    coarse, fine = _learnt()
    rows = codes.astype(np.float32)
    if level <= _COARSEST:
        centres = _in_runs(coarse, 2**level)
        return _search(centres, rows, min(count, len(centres)))[1]
    parts = _in_runs(fine, 2 ** (level - _COARSEST))
    distance, near = _search(coarse, rows, _NEAR)
    # |q - c - r|^2 by what is known of its parts: no cell's own centre is ever made.
    there = distance[:, :, None] - 2 * (rows @ parts.T)[:, None, :] + _crossed(len(parts))[near]
    cells = near[:, :, None] * len(parts) + np.arange(len(parts))
    return _least(there.reshape(len(rows), -1), cells.reshape(len(rows), -1), count)


def _least(values: Floats, names: Numbers, count: int) -> Numbers:
    """The names of the least values of each row, least first."""
    if values.shape[1] > count:
        few = np.argpartition(values, count - 1, axis=1)[:, :count]
        values, names = np.take_along_axis(values, few, 1), np.take_along_axis(names, few, 1)
    return np.take_along_axis(names, np.argsort(values, axis=1, kind="stable"), 1)


def _in_runs(centres: Floats, count: int) -> Floats:
    """Centres as the means of so many runs of them."""
    return np.asarray(centres.reshape(count, -1, centres.shape[1]).mean(axis=1), np.float32)


@cache
def _crossed(count: int) -> Floats:
    """2 c.r + |r|^2 of every coarse centre and each of so many runs of fine ones, (COARSE, count)."""
    coarse, fine = _learnt()
    parts = _in_runs(fine, count)
    return np.asarray(2 * coarse @ parts.T + (parts * parts).sum(axis=1), np.float32)


@cache
def _learnt() -> tuple[Floats, Floats]:
    with np.load(CENTRES, allow_pickle=False) as file:
        return file["coarse"].astype(np.float32), file["fine"].astype(np.float32)


def _search(centres: Floats, rows: Floats, count: int) -> tuple[Floats, Numbers]:
    index: Any = faiss.IndexFlatL2(centres.shape[1])
    index.add(centres)
    distances, names = index.search(np.ascontiguousarray(rows), count)
    return distances, names
