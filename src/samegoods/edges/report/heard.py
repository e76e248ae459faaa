"""The chapter on reports from the ground, beside the footage and apart from it."""

from __future__ import annotations

from dataclasses import dataclass

from samegoods.edges.report.labels import money
from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import listing, packs, percent
from samegoods.results.ground import GroundGroupPart, GroundPricePart
from samegoods.results.words import DISAGREES, VERSIONS

MOST_REMARKS = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """What reports say of one product at one site."""

    place: str
    says: str
    photos: str
    prices: tuple[str, ...]
    footage: str
    disagrees: tuple[str, ...]
    remarks: tuple[str, ...]
    more: int


def heard(case: Case) -> list[Heard]:
    """The reports that were taken in, by product and site."""
    return [_heard(case, one) for one in case.document.ground]


def _heard(case: Case, one: GroundGroupPart) -> Heard:
    product = case.products[one.product].name if one.product in case.products else one.product
    site = case.sites[one.site].name if one.site in case.sites else one.site
    remarks = [f"{report.day}: {report.remark}" for report in one.reports if report.remark]
    return Heard(
        place=f"{product} at {site}",
        says="; ".join(f"{_reports(said.reports)}: {_version(said.version)}" for said in one.says),
        photos=_photos(one),
        prices=tuple(_price(price) for price in one.prices),
        footage=_footage(one),
        disagrees=tuple(DISAGREES[name] for name in one.disagrees),
        remarks=tuple(remarks[:MOST_REMARKS]),
        more=max(0, len(remarks) - MOST_REMARKS),
    )


def _version(version: str | None) -> str:
    return VERSIONS.get(version, version or "")


def _reports(number: int) -> str:
    return "1 report" if number == 1 else f"{number} reports"


def _photos(one: GroundGroupPart) -> str:
    counts = {"same": one.photos_same, "different": one.photos_different, "cannot tell": one.photos_cannot_tell}
    told = [f"{number} {call}" for call, number in counts.items() if number]
    if not told:
        return ""
    return f"Packs on the photos, as the program calls their packaging: {listing(told)}."


def _price(one: GroundPricePart) -> str:
    span = one.lowest if one.lowest == one.highest else f"{one.lowest} to {one.highest}"
    return f"{_version(one.version)}: {money(span, one.currency)} ({_reports(one.reports)})"


def _footage(one: GroundGroupPart) -> str:
    seen = one.footage
    if seen.share is None or seen.low is None or seen.high is None:
        return "no pack" if not seen.packs else f"{packs(seen.packs)}, of no version that could be told"
    return (
        f"{seen.other} of {packs(seen.told)} another version than the export one: {percent(seen.share)}, "
        f"between {percent(seen.low)} and {percent(seen.high)}"
    )
