"""What was read: the words of a pack's label, the price below it, and prices against what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import listing, packs
from samegoods.records import CallName, LineOutcome
from samegoods.results.label import LineReadPart
from samegoods.results.parts import FindingPart, ItemPart, PriceRowPart

_CAME_OF: Mapping[LineOutcome, str] = {"changed": "other words", "missing": "missing", "added": "added"}
_CALLS: Mapping[CallName, str] = {"different": "differ", "same": "are the same", "cannot_tell": "cannot be told"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not as it is due."""

    due: str
    text: str
    what: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """What was read off a pack: the lines that differ, and in a sentence how much was read."""

    lines: tuple[Line, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Offered:
    """Prices of one finding: what the versions are listed at, and what packs of each call are offered at."""

    place: str
    listed: str
    seen: tuple[str, ...]


def labelled(item: ItemPart) -> Labelled:
    """What a pack's card tells of its label and its price tag."""
    lines = tuple(_line(one) for one in item.label.lines if one.outcome in _CAME_OF)
    return Labelled(lines, " ".join(filter(None, [_read(item), _codes(item), _withheld(item), _price(item)])))


def _line(one: LineReadPart) -> Line:
    return Line(one.due, one.text if one.outcome != "missing" else "", _CAME_OF[one.outcome], one.declared)


def _read(item: ItemPart) -> str:
    due = [line for line in item.label.lines if line.due]
    if not due:
        return ""
    same = sum(line.outcome == "same" for line in due)
    left_out = sum(not line.asked for line in due)
    left = f"; {left_out} were not read, being small, covered, or where nothing differs" if left_out else ""
    return f"Lines of the reference: {len(due)}; {same} were read here and say the same{left}."


def _codes(item: ItemPart) -> str:
    return f"Code read: {listing([code.text for code in item.label.codes])}." if item.label.codes else ""


def _withheld(item: ItemPart) -> str:
    if not item.label.withheld:
        return ""
    return "Something was added that may tell how to reach a person: it is filled in the pictures and not told."


def _price(item: ItemPart) -> str:
    if item.offer is None:
        return ""
    unit = f", {item.offer.unit_price} for {item.offer.unit}" if item.offer.unit_price else ""
    return f"Price tag below it: {money(item.offer.amount, item.offer.currency)}{unit}."


def money(amount: str, currency: str | None) -> str:
    return f"{amount} {currency}" if currency else f"{amount} (currency not printed)"


def offers(case: Case) -> list[Offered]:
    """Prices against what was found, for each finding with a price tag."""
    return [_offered(case, one) for one in case.document.findings if one.prices]


def _offered(case: Case, finding: FindingPart) -> Offered:
    prices = case.products[finding.product].prices
    listed = [f"{version} {money(one.amount, one.currency)}" for version, one in prices.items()]
    return Offered(case.place(finding), ", ".join(listed), tuple(map(_seen, finding.prices)))


def _seen(row: PriceRowPart) -> str:
    across = money(row.lowest, row.currency)
    if Decimal(row.lowest) != Decimal(row.highest):
        across = f"{row.lowest} to {money(row.highest, row.currency)}, in the middle {row.median}"
    return f"{packs(row.items)} that {_CALLS[row.call]}: {across}"


def lacking(case: Case) -> list[str]:
    """Readers that were not installed when packs were looked at."""
    return sorted(case.packs.lacking)
