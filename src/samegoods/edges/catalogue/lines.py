"""The lines of text on reference pictures, read once: it takes a second each, and every worker asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from samegoods.edges.catalogue.noted import Noted
from samegoods.edges.catalogue.prepared import key_of
from samegoods.records import Language, ReaderName, Reference, TextLine

_Point = tuple[float, float]


class _Line(NamedTuple):
    """A line as it is noted; ``corners`` are those of its quad."""

    text: str
    corners: tuple[_Point, _Point, _Point, _Point]
    score: float
    language: Language
    reader: ReaderName


class LinesBefore:
    """Reads the lines of references that were not read before.

    Args:
        read: the lines on a reference's picture.
        by: all that these follow from beside the picture: readers, versions, code.
    """

    def __init__(
        self, read: Callable[[Reference], Sequence[TextLine]], by: Iterable[bytes], folder: Path | None = None
    ) -> None:
        self._read = read
        self._noted: Noted[tuple[_Line, ...]] = Noted("lines", by, tuple[_Line, ...], folder)

    def __call__(self, reference: Reference) -> Sequence[TextLine]:
        key = key_of(reference).encode()
        known = self._noted.get(key)
        if known is not None:
            return [TextLine(o.text, np.array(o.corners, np.float32), o.score, o.language, o.reader) for o in known]
        found = self._read(reference)
        self._noted.put(key, tuple(_noted(line) for line in found))
        return found


def _noted(line: TextLine) -> _Line:
    first, second, third, fourth = ((float(x), float(y)) for x, y in line.quad)
    return _Line(line.text, (first, second, third, fourth), line.score, line.language, line.reader)
