"""What is read off a picture: codes, prices and lines of text, and which readers were there to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samegoods.records.arrays import Quad, check_quad

CodeFormat = Literal[
    "ean_13",
    "ean_8",
    "upc_a",
    "upc_e",
    "code_128",
    "itf_14",
    "databar",
    "databar_expanded",
    "databar_limited",
    "qr_code",
    "micro_qr_code",
    "rmqr_code",
    "data_matrix",
    "aztec",
    "pdf417",
]
"""Kinds of code, called as in the Shape Detection API of the W3C wherever it has a name for them."""

Language = Literal["latin", "cyrillic", "greek", "han", "japanese", "korean", "thai", "arabic", "other", "none"]
"""The script of a line; ``none`` for digits and signs alone."""

ReaderName = Literal["zxing", "opencv", "rapidocr", "tesseract"]
Tax = Literal["included", "excluded"]


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """One code. ``text`` is its content; for EAN and UPC all digits with the check digit, which is right."""

    format: CodeFormat
    text: str
    quad: Quad

    def __post_init__(self) -> None:
        check_quad(self.quad, "a code's quad")


@dataclass(frozen=True, slots=True, eq=False)
class Price:
    """One price as it is printed.

    ``amount`` is a decimal string with a point, such as ``"12.90"``, with as many places as are printed;
    ``currency`` is ISO 4217, None where nothing near says which. ``unit_price`` is the amount for a measure,
    ``unit``, such as ``"kg"`` or ``"100 g"``; None where none is printed. ``tax`` says what the words beside it say.
    """

    amount: str
    currency: str | None
    unit_price: str | None
    quad: Quad
    unit: str | None = None
    tax: Tax | None = None

    def __post_init__(self) -> None:
        check_quad(self.quad, "a price's quad")


@dataclass(frozen=True, slots=True, eq=False)
class TextLine:
    """One line of text. ``score`` is what its reader gives, 0..1, on the reader's own scale.

    ``text`` is empty where a line was found that no installed reader can spell.
    """

    text: str
    quad: Quad
    score: float
    language: Language
    reader: ReaderName

    def __post_init__(self) -> None:
        check_quad(self.quad, "a line's quad")


@dataclass(frozen=True, slots=True)
class ReaderState:
    """Whether a reader was there; ``detail`` is its version and languages, or what to install."""

    name: ReaderName
    available: bool
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All that was read off one picture. ``problem`` says why where the picture could not be read, or not wholly."""

    path: str
    codes: tuple[Code, ...]
    prices: tuple[Price, ...]
    text: tuple[TextLine, ...]
    readers: tuple[ReaderState, ...]
    problem: str | None = None
