"""Oppose: two cases side by side, each product at each site that both have, with clusters and many tests in mind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from samegoods.records import AxisName, Opposed, OtherPicture, Parted, Ranged, Sides, SideShare
from samegoods.results.parts import FindingPart, FindingsPart, ItemPart
from samegoods.results.statistics import CorrectedPart, TallyPart
from samegoods.statistics.change import contrast, holm
from samegoods.statistics.clusters import Visits
from samegoods.statistics.correction import JUDGED
from samegoods.statistics.counting import AXES, visit_of
from samegoods.statistics.intervals import difference

SAME_VISIT = "both cases hold footage of the same visit, so they are no two samples"
NOT_SEEN = "no pack that the order covers was seen in {}"
NOT_JUDGED = "no pack could be judged in {}"
FIRST, SECOND = "A", "B"
"""What the two cases are called wherever they are told of."""


class _Case:
    """A case, looked up by product and site."""

    def __init__(self, document: FindingsPart) -> None:
        self.document = document
        self.products = {one.id: one for one in document.campaign.products}
        self.sites = {one.id: one for one in document.campaign.sites}
        self.findings = {(one.product, one.site): one for one in document.findings}
        zones = {ident: ZoneInfo(site.timezone) for ident, site in self.sites.items()}
        self.visits = {one.id: visit_of(one, zones[one.site]) for one in document.sources if one.site in zones}
        self.items: dict[tuple[str, str], list[ItemPart]] = defaultdict(list)
        for item in document.items:
            if item.in_scope:
                self.items[item.product, item.site].append(item)

    def counted(self, place: tuple[str, str], axis: AxisName) -> Visits:
        """The packs of a product at a site that could be judged on an axis, by visit."""
        called = ((self.visits[one.source], getattr(one, axis).call) for one in self.items[place])
        return Visits.of((visit, call == "different") for visit, call in called if call in JUDGED)

    def days(self, place: tuple[str, str]) -> set[str]:
        return {self.visits[one.source] for one in self.items[place]}


def oppose(first: FindingsPart, second: FindingsPart) -> Sides:
    """Hold the findings of two cases against each other: products and sites of the same id.

    Packs count as the findings count them: those that the order of their case reaches, by the program's calls. Visits
    are the samples; where both cases hold packs of one visit nothing is reckoned. Method: Newcombe's limits, p by
    shuffling visits (:func:`samegoods.statistics.change.contrast`), adjusted for all comparisons by Holm.
    """
    one, other = _Case(first), _Case(second)
    unlike = tuple(site for site in one.sites if site in other.sites and _is_other(one, other, site))
    told = tuple(_opposed(one, other, place, axis) for place, axis in _places(one, other, unlike))
    chances = iter(holm([row.p for row in told if row.p is not None]))
    hashes = {source.sha256 for source in first.sources}
    return Sides(
        opposed=tuple(row if row.p is None else replace(row, p_adjusted=next(chances)) for row in told),
        products=_parted(one.products, other.products),
        sites=_parted(one.sites, other.sites),
        unlike=unlike,
        pictures=tuple(_other_pictures(one, other)),
        versions=tuple(
            ident
            for ident in one.products
            if ident in other.products and set(one.products[ident].versions) != set(other.products[ident].versions)
        ),
        shared=sum(source.sha256 in hashes for source in second.sources),
    )


def _is_other(one: _Case, other: _Case, site: str) -> bool:
    return any(getattr(one.sites[site], name) != getattr(other.sites[site], name) for name in ("name", "timezone"))


def _places(one: _Case, other: _Case, unlike: Sequence[str]) -> Iterator[tuple[tuple[str, str], AxisName]]:
    """Each product and site that both have findings of, and each axis that either order requires."""
    required = {*one.document.campaign.requires, *other.document.campaign.requires}
    for place in one.findings:
        if place in other.findings and place[1] not in unlike and (one.items[place] or other.items[place]):
            yield from ((place, axis) for axis in AXES if axis in required)


def _opposed(one: _Case, other: _Case, place: tuple[str, str], axis: AxisName) -> Opposed:
    first, second = (_share(case, place, axis) for case in (one, other))
    why = _why_not((first, second), same_visit=bool(one.days(place) & other.days(place)))
    row = Opposed(*place, axis, first, second, None, None, None, None, why)
    if why:
        return row
    found = contrast(other.counted(place, axis), one.counted(place, axis))
    fixed = _less(first.corrected, second.corrected)
    return replace(row, difference=(found.value, found.low, found.high), p=found.p, corrected=fixed)


def _why_not(sides: Sequence[SideShare], *, same_visit: bool) -> str:
    if same_visit:
        return SAME_VISIT
    for words, number in ((NOT_SEEN, "packs"), (NOT_JUDGED, "judged")):
        without = [name for name, side in zip((FIRST, SECOND), sides, strict=True) if not getattr(side, number)]
        if without:
            return words.format(" and in ".join(without))
    return ""


def _share(case: _Case, place: tuple[str, str], axis: AxisName) -> SideShare:
    finding, items = case.findings[place], case.items[place]
    tally = _tally(finding, axis)
    judged = tally.same + tally.different if items else 0
    known = judged and tally.share_different is not None and tally.low is not None and tally.high is not None
    return SideShare(
        packs=len(items),
        judged=judged,
        different=tally.different if items else 0,
        visits=len(case.days(place)),
        share=(tally.share_different, tally.low, tally.high) if known else None,  # type: ignore[arg-type]  # known
        reviewed=sum(bool(one.reviews) for one in items),
        corrected=_ranged(tally.corrected),
    )


def _tally(finding: FindingPart, axis: AxisName) -> TallyPart:
    tally: TallyPart = getattr(finding.axes, axis)
    return tally


def _ranged(part: CorrectedPart | None) -> Ranged | None:
    return None if part is None else (part.share, part.low, part.high)


def _less(first: Ranged | None, second: Ranged | None) -> Ranged | None:
    """One share less another, with Newcombe's limits."""
    if first is None or second is None:
        return None
    return first[0] - second[0], *difference(second[0], second[1:], first[0], first[1:])


def _parted(first: Iterable[str], second: Iterable[str]) -> Parted:
    one, other = tuple(first), tuple(second)
    return Parted(tuple(x for x in one if x not in other), tuple(x for x in other if x not in one))


def _other_pictures(one: _Case, other: _Case) -> Iterator[OtherPicture]:
    """Of products that both have; pictures are named by their SHA-256."""
    pictures = [_pictures(case) for case in (one, other)]
    for face in sorted(pictures[0].keys() | pictures[1].keys()):
        there = [some.get(face) for some in pictures]
        if there[0] != there[1] and face[0] in one.products and face[0] in other.products:
            yield OtherPicture(*face, *there)


def _pictures(case: _Case) -> Mapping[tuple[str, str, str], str]:
    return {(ref.product, ref.version, ref.face): ref.picture for ref in case.document.references}
