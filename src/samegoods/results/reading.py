"""What ``read --json`` prints for one picture, as types and as a document."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from samegoods.records import CodeFormat, Language, Price, ReaderName, Reading, Tax
from samegoods.results.base import Corners, CurrencyCode, DecimalText, Part, points
from samegoods.results.making import plain


class CodePart(Part):
    format: CodeFormat
    text: str
    quad: Corners


class PricePart(Part):
    amount: DecimalText
    currency: CurrencyCode | None
    unit_price: DecimalText | None
    """The amount for ``unit``."""
    quad: Corners
    unit: str | None
    """A measure, such as ``kg`` or ``100 g``."""
    tax: Tax | None


class TextPart(Part):
    text: str
    quad: Corners
    score: DecimalText
    language: Language
    """The script of the line."""
    reader: ReaderName


class ReaderPart(Part):
    name: ReaderName
    available: bool
    detail: str


class ReadingPart(Part):
    path: str
    codes: tuple[CodePart, ...]
    prices: tuple[PricePart, ...]
    text: tuple[TextPart, ...]
    readers: tuple[ReaderPart, ...]
    problem: str | None
    """Why the picture could not be read, or not wholly; null where nothing is wrong."""


def reading_document(reading: Reading) -> dict[str, Any]:
    """One line of ``read --json``."""
    part = ReadingPart(
        path=reading.path,
        codes=tuple(CodePart(format=c.format, text=c.text, quad=_corners(c.quad)) for c in reading.codes),
        prices=tuple(map(_price_part, reading.prices)),
        text=tuple(
            TextPart(
                text=line.text,
                quad=_corners(line.quad),
                score=str(Decimal(line.score).quantize(Decimal("0.001"))),
                language=line.language,
                reader=line.reader,
            )
            for line in reading.text
        ),
        readers=tuple(ReaderPart(name=r.name, available=r.available, detail=r.detail) for r in reading.readers),
        problem=reading.problem,
    )
    return plain(part)


def _price_part(price: Price) -> PricePart:
    return PricePart(
        amount=price.amount,
        currency=price.currency,
        unit_price=price.unit_price,
        quad=_corners(price.quad),
        unit=price.unit,
        tax=price.tax,
    )


def _corners(quad: Any) -> Corners:
    top_left, top_right, bottom_right, bottom_left = points(quad)
    return top_left, top_right, bottom_right, bottom_left
