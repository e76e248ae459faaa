"""What was read off an item: as a part of the findings, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from pydantic import Field

from samegoods.records import (
    CodeFormat,
    CodeRead,
    Label,
    Language,
    LineOutcome,
    LineRead,
    Offer,
    Price,
    ReaderName,
    Tax,
    Withheld,
)
from samegoods.results.base import Count, CurrencyCode, DecimalText, Part, Point, Share, points


class LineReadPart(Part):
    """A line of the label: what the reference prints (``due``), what the views say, and what came of it."""

    reference: str
    face: str
    due: str
    text: str
    region: tuple[Point, ...]
    """Its corners, px of the reference."""
    score: Share
    views: Count
    """How many views say so, out of the ``asked`` in which it is large enough to be read."""
    asked: Count
    language: Language
    declared: bool
    """Whether it states a weight, contents, ingredients or nutrition."""
    outcome: LineOutcome


class CodeReadPart(Part):
    reference: str
    face: str
    format: CodeFormat
    text: str
    due: str | None
    """What the reference's code at that place says; null where it shows none."""
    region: tuple[Point, ...]


class WithheldPart(Part):
    """Where a line may tell who somebody is: its text is not kept, and its pixels are filled."""

    reference: str
    face: str
    region: tuple[Point, ...]


class LabelPart(Part):
    lines: tuple[LineReadPart, ...] = ()
    codes: tuple[CodeReadPart, ...] = ()
    lacking: tuple[ReaderName, ...] = Field(default=())
    withheld: tuple[WithheldPart, ...] = Field(default=())
    """Readers that were not installed: what they would have read is not known."""


class OfferPart(Part):
    """What a pack is offered at, as most looks at the tag below it say: ``views`` out of the ``asked``."""

    amount: DecimalText
    currency: CurrencyCode | None
    unit_price: DecimalText | None
    unit: str | None
    tax: Tax | None
    views: Count
    asked: Count
    quad: tuple[Point, ...]
    """Where the price stands in the frame, px."""


def offer_part(offer: Offer) -> OfferPart:
    price = offer.price
    return OfferPart(
        amount=price.amount,
        currency=price.currency,
        unit_price=price.unit_price,
        unit=price.unit,
        tax=price.tax,
        views=offer.views,
        asked=offer.asked,
        quad=points(price.quad),
    )


def offer_record(part: OfferPart) -> Offer:
    price = Price(part.amount, part.currency, part.unit_price, _quad(part.quad), part.unit, part.tax)
    return Offer(price, part.views, part.asked)


def label_part(label: Label) -> LabelPart:
    lines = (_values(one) | {"score": round(one.score, 3)} for one in label.lines)
    return LabelPart(
        lines=tuple(LineReadPart(**one) for one in lines),
        codes=tuple(CodeReadPart(**_values(one)) for one in label.codes),
        lacking=label.lacking,
        withheld=tuple(WithheldPart(**_values(one)) for one in label.withheld),
    )


def _values(read: LineRead | CodeRead | Withheld) -> dict[str, Any]:
    """The fields of a record, its region as points."""
    return {one.name: getattr(read, one.name) for one in fields(read)} | {"region": points(read.region)}


def label_record(part: LabelPart) -> Label:
    """The record that a part was made from, to the digits that the part holds."""
    lines = (LineRead(**one.model_dump() | {"region": _quad(one.region)}) for one in part.lines)
    codes = (CodeRead(**one.model_dump() | {"region": _quad(one.region)}) for one in part.codes)
    withheld = (Withheld(one.reference, one.face, _quad(one.region)) for one in part.withheld)
    return Label(tuple(lines), tuple(codes), part.lacking, tuple(withheld))


def _quad(corners: tuple[Point, ...]) -> np.ndarray:
    return np.array(corners, np.float32)
