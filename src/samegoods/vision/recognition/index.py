"""One index over the descriptors of all references.

Method: inverted lists over k-means cells (Sivic & Zisserman 2003, doi:10.1109/ICCV.2003.1238663) as faiss has them
(Johnson et al. 2017, arXiv:1702.08734). Small catalogues are searched exactly.
"""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats

EXACT_BELOW = 4_000
CELLS_PER_ROOT = 4
PROBES = 12


class DescriptorIndex:
    """Nearest neighbours among (n, d) float32 descriptors; the same answers on every run."""

    def __init__(self, descriptors: Floats) -> None:
        if descriptors.ndim != 2 or descriptors.dtype != np.float32:
            raise ValueError(f"expected (n, d) float32, found {descriptors.shape} {descriptors.dtype}")
        self._size, dimension = descriptors.shape
        self._index: Any = faiss.IndexFlatL2(dimension)
        if self._size >= EXACT_BELOW:
            cells = int(2 ** np.round(np.log2(CELLS_PER_ROOT * np.sqrt(self._size))))
            self._index = faiss.index_factory(dimension, f"IVF{cells},Flat")
            self._index.nprobe = PROBES
            # Cells need not be fine, only even: a few rounds on a sample of the descriptors do.
            self._index.cp.niter = 5
            self._index.cp.max_points_per_centroid = 40
            self._index.cp.min_points_per_centroid = 1  # else faiss warns of what is meant so
            self._index.train(descriptors)
        self._index.add(descriptors)

    def __len__(self) -> int:
        return int(self._size)

    def search(self, queries: Floats, neighbours: int) -> tuple[Floats, NDArray[np.int64]]:
        """Squared distances and row numbers (q, neighbours), nearest first; number -1 where there are fewer."""
        if not len(queries) or not self._size:
            shape = (len(queries), neighbours)
            return np.full(shape, np.inf, np.float32), np.full(shape, -1, np.int64)
        distances, rows = self._index.search(np.ascontiguousarray(queries), neighbours)
        return distances, rows
