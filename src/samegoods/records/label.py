"""What is printed on a pack's faces: each line and code as the reference has it and as the views show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samegoods.records.arrays import Quad, check_quad
from samegoods.records.reading import CodeFormat, Language, Price, ReaderName

LineOutcome = Literal["same", "changed", "missing", "added", "unread"]


@dataclass(frozen=True, slots=True, eq=False)
class LineRead:
    """One line of a face.

    ``due`` is what the reference prints, empty where it prints nothing; ``text`` what the views say, empty where none
    of them can be spelled. ``region`` (4, 2) is the line in px of the reference ``reference``. ``score`` is the mean
    score of the ``views`` that say so, out of the ``asked`` in which the line is large enough to be read.
    ``declared``: it states contents, a weight or nutrition.
    """

    reference: str
    face: str
    due: str
    text: str
    region: Quad
    score: float
    views: int
    asked: int
    language: Language
    declared: bool
    outcome: LineOutcome = "unread"

    def __post_init__(self) -> None:
        check_quad(self.region, "a line's region")


@dataclass(frozen=True, slots=True, eq=False)
class CodeRead:
    """One code of a face: its content, and ``due``, what the reference's code at that place says, if any was read."""

    reference: str
    face: str
    format: CodeFormat
    text: str
    due: str | None
    region: Quad

    def __post_init__(self) -> None:
        check_quad(self.region, "a code's region")


@dataclass(frozen=True, slots=True, eq=False)
class Withheld:
    """Where a line that the reference does not print may tell who somebody is: its text is nowhere, and its pixels are
    filled. ``region`` (4, 2) is in px of the reference ``reference``."""

    reference: str
    face: str
    region: Quad

    def __post_init__(self) -> None:
        check_quad(self.region, "a withheld line's region")


@dataclass(frozen=True, slots=True)
class Label:
    """All that was read off one item. ``lacking`` names the readers that were not there to read."""

    lines: tuple[LineRead, ...] = ()
    codes: tuple[CodeRead, ...] = ()
    lacking: tuple[ReaderName, ...] = ()
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What a pack is offered at, by the tag below it: as most of the looks say, ``views`` out of the ``asked``.

    The quad of ``price`` lies in the frame.
    """

    price: Price
    views: int
    asked: int
