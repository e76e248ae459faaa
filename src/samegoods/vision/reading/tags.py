"""Prices among the lines of a picture: what stands in one line, and what a tag spreads over several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from samegoods.geometry import holds, sides
from samegoods.records import Code, Image, Price, Quad, TextLine
from samegoods.vision.reading.prices import Amount, amounts, currency_in, normal, tax_in

_BARE_SCORE = 0.95
"""Least score of a line that is a number and nothing else; marked ones are held by their grammar."""
_ALIKE = 1.35
"""How far the heights of the numbers on one shelf's tags differ, as a ratio."""
_ROW = 3
"""As many bare numbers of one height on plain light tags make a shelf; one or two may be anything on a pack."""
_LIGHT = 0.6
"""The paper of a tag against the lightest of the picture, at least."""
_COLOUR = 40.0
"""The paper of a tag is white or nearly so: chroma in CIELAB, at most."""
_PLAIN = 0.6
"""The share of the surroundings that is paper, at least: print around it and its barcode take the rest."""

_TAG_REACH = 4.0
"""How far from a price its price for a measure stands, in heights of the price."""


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """A line with its size in its own direction: ``right`` and ``down`` are unit vectors."""

    line: TextLine
    centre: np.ndarray
    right: np.ndarray
    down: np.ndarray
    width: float
    height: float

    def place_of(self, other: _Spot) -> tuple[float, float]:
        """Where another line's centre lies, from this one's, in heights of this one: right and down."""
        off = (other.centre - self.centre) / self.height
        return float(off @ self.right), float(off @ self.down)

    @property
    def half_width(self) -> float:
        """In heights."""
        return 0.5 * self.width / self.height


def prices_of(pixels: Image, lines: Sequence[TextLine], codes: Sequence[Code] = ()) -> tuple[Price, ...]:
    """The prices among the lines of a picture, in the order of the lines.

    A number is a price where its own line or a line beside it says that it is money; or where several bare numbers of
    one size stand on plain light paper, as on the tags of a shelf. Digits over a code's bars are the code's.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        lines: with quads in that picture.
        codes: with quads in that picture.
    """
    spots = [_spot(line) for line in lines if line.text and not _within(line.quad, codes)]
    found: list[tuple[_Spot, Amount]] = []
    cents = {id(other) for spot in spots for other in spots if _has_cents(spot, other)}
    for spot in (spot for spot in spots if id(spot) not in cents):
        for amount in amounts(spot.line.text):
            whole = _joined(spot, amount, spots)
            if whole.marked or _stands_alone(spot, amount):
                found.append((spot, whole))
    bare = [spot for spot, amount in found if not amount.marked and _on_paper(pixels, spot.line.quad)]
    shelf = {id(spot) for spot in bare if sum(_alike(spot, other) for other in bare) >= _ROW}
    return _with_unit_prices([(spot, one) for spot, one in found if one.marked or id(spot) in shelf])


def _spot(line: TextLine) -> _Spot:
    quad = np.asarray(line.quad, np.float64)
    across = quad[1] + quad[2] - quad[0] - quad[3]
    right = across / max(float(np.linalg.norm(across)), 1e-9)
    top, side, bottom, other = sides(line.quad)
    width, height = float(top + bottom) / 2, max(1.0, float(side + other) / 2)
    return _Spot(line, quad.mean(axis=0), right, np.array([-right[1], right[0]]), width, height)


def _within(quad: Quad, codes: Sequence[Code]) -> bool:
    """Whether the centre of a line lies on a code."""
    return any(holds(code.quad, quad.mean(axis=0)) for code in codes)


def _stands_alone(spot: _Spot, amount: Amount) -> bool:
    """Whether the line is this number and nothing else, surely read and no longer than prices are."""
    text = normal(spot.line.text)
    whole = amount.start == 0 and amount.end >= len(text)
    return whole and spot.line.score >= _BARE_SCORE and 2 <= len(amount.amount.replace(".", "")) <= 6


def _joined(spot: _Spot, amount: Amount, spots: Sequence[_Spot]) -> Amount:
    """The amount with what its tag prints beside it: raised cents, the sign of money, the word on tax."""
    text = normal(spot.line.text)
    if amount.start > 0 or amount.end < len(text):
        return amount
    for other in spots:
        if other is spot:
            continue
        if _has_cents(spot, other) and "." not in amount.amount:
            cents = normal(other.line.text)[:2]
            amount = replace(amount, amount=f"{amount.amount}.{cents}", marked=True)
            amount = _signed(amount, normal(other.line.text)[2:])
        elif _is_beside(spot, other):
            amount = _signed(amount, other.line.text)
        elif amount.tax is None and _is_above(spot, other):
            tax = tax_in(other.line.text)
            amount = replace(amount, tax=tax, marked=amount.marked or tax is not None)
    return amount


def _signed(amount: Amount, text: str) -> Amount:
    """With the currency of a text that is a sign of money, perhaps with a word on tax."""
    signed, currency = currency_in(text)
    if not signed or any(letter.isdigit() for letter in text) or len(normal(text)) > 8:
        return amount
    return replace(amount, currency=amount.currency or currency, tax=amount.tax or tax_in(text), marked=True)


def _has_cents(spot: _Spot, other: _Spot) -> bool:
    """Whether the other line is two smaller digits at the upper right of a number, as European tags print them."""
    text = normal(other.line.text)
    if not normal(spot.line.text).isdigit() or not re.fullmatch(r"\d\d(?!\d).{0,4}", text):
        return False
    right, down = spot.place_of(other)
    gap = right - spot.half_width - 0.5 * other.width / spot.height
    return 0.25 < other.height / spot.height < 0.8 and -0.3 < gap < 0.5 and -0.6 < down < 0.1


def _is_beside(spot: _Spot, other: _Spot) -> bool:
    """In the same row, nearer than one height of the number."""
    right, down = spot.place_of(other)
    gap = abs(right) - spot.half_width - 0.5 * other.width / spot.height
    return -0.3 < gap < 1.0 and abs(down) < 0.75 and other.height < 1.2 * spot.height


def _is_above(spot: _Spot, other: _Spot) -> bool:
    """Small print over the number or at its upper left."""
    right, down = spot.place_of(other)
    return -1.6 < down < -0.4 and abs(right) < spot.half_width + 2.0 and other.height < 0.8 * spot.height


def _alike(one: _Spot, other: _Spot) -> bool:
    low, high = sorted((one.height, other.height))
    return high <= _ALIKE * low


def _on_paper(pixels: Image, quad: Quad) -> bool:
    """Whether a number stands on plain light paper: a band around it is mostly of one light, pale colour."""
    height, width = pixels.shape[:2]
    x0, y0 = np.floor(quad.min(axis=0)).astype(int)
    x1, y1 = np.ceil(quad.max(axis=0)).astype(int)
    room = max(2, round(0.25 * (y1 - y0)))
    box = pixels[max(0, y0 - room) : min(height, y1 + room), max(0, x0 - room) : min(width, x1 + room)]
    if box.size == 0:
        return False
    lab = cv2.cvtColor(np.ascontiguousarray(box, np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    paper = np.percentile(lab[:, 0], 80)
    light = lab[:, 0] > paper - 15
    chroma = np.hypot(lab[light, 1], lab[light, 2])
    lightest = float(np.percentile(cv2.cvtColor(pixels[::4, ::4], cv2.COLOR_RGB2GRAY), 98)) / 2.55
    bright = paper > _LIGHT * lightest
    return bool(bright and light.mean() >= _PLAIN and np.median(chroma) < _COLOUR)


def _with_unit_prices(found: Sequence[tuple[_Spot, Amount]]) -> tuple[Price, ...]:
    """Prices for a measure beside the price of the thing; one that stands alone is a price of its own."""
    measures: dict[int, Amount] = {}
    taken: set[int] = set()
    for place, (spot, one) in enumerate(found):
        if one.unit is not None:
            near = _nearest([k for k, (_, other) in enumerate(found) if other.unit is None], found, spot)
            if near is not None and near not in measures:
                measures[near] = one
                taken.add(place)
    kept = ((k, spot, one) for k, (spot, one) in enumerate(found) if k not in taken)
    return tuple(_price(spot, one, measures.get(k, one if one.unit else None)) for k, spot, one in kept)


def _nearest(places: Sequence[int], found: Sequence[tuple[_Spot, Amount]], spot: _Spot) -> int | None:
    """The nearest of some prices whose tag a line may stand on; its tag reaches a few heights around it."""
    apart = {k: float(np.hypot(*found[k][0].place_of(spot))) - found[k][0].half_width for k in places}
    near = min(apart, key=lambda k: apart[k], default=None)
    return near if near is not None and apart[near] < _TAG_REACH else None


def _price(spot: _Spot, amount: Amount, measure: Amount | None) -> Price:
    unit_price, unit = (None, None) if measure is None else (measure.amount, measure.unit)
    return Price(amount.amount, amount.currency, unit_price, spot.line.quad, unit, amount.tax)
