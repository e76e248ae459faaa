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
    """Nearest neighbours among (n, d) float32 descriptors; the same answers on every run.

    ``cells`` (c, d) are the centres of an index of the same descriptors, made before: finding them is most of the
    work. An index that is searched exactly has none, (0, d).
    """

    def __init__(self, descriptors: Floats, cells: Floats | None = None) -> None:
        if descriptors.ndim != 2 or descriptors.dtype != np.float32:
            raise ValueError(f"expected (n, d) float32, found {descriptors.shape} {descriptors.dtype}")
        self._size, dimension = descriptors.shape
        self._index: Any = faiss.IndexFlatL2(dimension)
        self.cells: Floats = np.zeros((0, dimension), np.float32)
        if self._size >= EXACT_BELOW:
            self.cells = _cells(descriptors) if cells is None else cells
            self._index = faiss.IndexIVFFlat(faiss.IndexFlatL2(dimension), dimension, len(self.cells))
            self._index.quantizer.add(self.cells)
            self._index.is_trained = True
            self._index.nprobe = PROBES
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


def count_of_cells(size: int) -> int:
    """How many cells an index over so many descriptors has."""
    return 0 if size < EXACT_BELOW else int(2 ** np.round(np.log2(CELLS_PER_ROOT * np.sqrt(size))))


def _cells(descriptors: Floats) -> Floats:
    """Centres of cells (c, d) that share the descriptors out about evenly."""
    # Cells need not be fine, only even: a few rounds on a sample of the descriptors do.
    found: Any = faiss.Kmeans(
        descriptors.shape[1],
        count_of_cells(len(descriptors)),
        niter=5,
        max_points_per_centroid=40,
        min_points_per_centroid=1,  # else faiss warns of what is meant so
    )
    found.train(descriptors)
    return np.asarray(found.centroids, np.float32)
