"""Near twins of references, found once: it takes a tenth of a second each, and every worker asks for the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from samegoods.edges.catalogue.noted import Noted
from samegoods.records import Matrix, Reference
from samegoods.vision.recognition.catalogue import FindKin, Sibling

_Row = tuple[float, float, float]
_Kin = tuple[tuple[int, tuple[_Row, _Row, _Row]], ...]


class TwinsBefore:
    """Finds the twins of references whose twins are not known yet.

    Args:
        by: all that they follow from: the references in their order, versions, code.
    """

    def __init__(self, by: Iterable[bytes], folder: Path | None = None) -> None:
        self._noted: Noted[_Kin] = Noted("twins", by, _Kin, folder)

    def __call__(self, i: int, find: FindKin) -> tuple[Sibling, ...]:
        known = self._noted.get(str(i).encode())
        if known is not None:
            return tuple(Sibling(owner, np.array(onto, np.float64)) for owner, onto in known)
        found = find(i)
        self._noted.put(str(i).encode(), tuple((one.owner, _rows(one.onto)) for one in found))
        return found


def named_so(keys: Sequence[str], references: Sequence[Reference]) -> Iterator[bytes]:
    """References in their order, by their keys, and which of them are of one product."""
    for key, one in zip(keys, references, strict=True):
        yield f"{key} {one.product}".encode()


def _rows(matrix: Matrix) -> tuple[_Row, _Row, _Row]:
    first, second, third = ((float(a), float(b), float(c)) for a, b, c in matrix)
    return first, second, third
