"""What the references print: each is read once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Code, Quad, ReaderName, Reference, TextLine
from samegoods.vision.reading.codes import read_codes
from samegoods.vision.reading.seen import Readers
from samegoods.vision.reading.text import read_text
from samegoods.vision.reading.words import declared, folded

_SURE = 0.8
"""Least score of a line of a reference that is taken for what it prints: a sharp picture gives 0.9 and more."""
_LEAST_LETTERS = 2
_CODE_DIGITS = 6
"""A line of so many digits and nothing else stands below bars, and the bars are read better."""


@dataclass(frozen=True, slots=True, eq=False)
class PrintedLine:
    """A line that a reference prints: where, in px of it, and by which reader it was spelled."""

    text: str
    region: Quad
    reader: ReaderName
    declared: bool


class Printed:
    """The readers, and what they read off references.

    Args:
        read: reads the lines of a reference, for a second each; None to have the readers read its picture.
    """

    def __init__(self, readers: Readers, *, read: Callable[[Reference], Sequence[TextLine]] | None = None) -> None:
        self.readers = readers
        self._read = read or (lambda reference: read_text(reference.pixels, readers))
        self._lines: dict[str, tuple[PrintedLine, ...]] = {}
        self._places: dict[str, tuple[Quad, ...]] = {}
        self._codes: dict[str, tuple[Code, ...]] = {}

    def lines(self, reference: Reference) -> tuple[PrintedLine, ...]:
        """From top to bottom; none where no reader of text is there."""
        if reference.id not in self._lines:
            self._lines[reference.id] = self._read_lines(reference)
        return self._lines[reference.id]

    def places(self, reference: Reference) -> tuple[Quad, ...]:
        """Where the reference shows lettering of any sort, also such as cannot be spelled for sure."""
        self.lines(reference)
        return self._places[reference.id]

    def codes(self, reference: Reference) -> tuple[Code, ...]:
        if reference.id not in self._codes:
            grey = np.asarray(cv2.cvtColor(reference.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
            self._codes[reference.id] = read_codes(grey, self.readers.of_codes)
        return self._codes[reference.id]

    def _read_lines(self, reference: Reference) -> tuple[PrintedLine, ...]:
        seen = self._read(reference)
        self._places[reference.id] = tuple(line.quad for line in seen)
        found = [line for line in seen if _is_text(line.text, line.score)]
        states = declared(found)
        pairs = zip(found, states, strict=True)
        return tuple(PrintedLine(line.text, line.quad, line.reader, says) for line, says in pairs)


def _is_text(text: str, score: float) -> bool:
    plain = folded(text)
    digits = sum(letter.isdigit() for letter in plain)
    return score >= _SURE and len(plain) >= _LEAST_LETTERS and not (digits == len(plain) and digits >= _CODE_DIGITS)
