"""Survey: what the counts of a whole case amount to, beyond each product at each site.

Shares by product, category, site and month; before against after the order's date; sites against each other; trends;
prices against calls; and what the footage cannot speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from samegoods.campaign import Order, Product
from samegoods.records import (
    Contrast,
    Counted,
    GroupedBy,
    GroupShare,
    Judgement,
    NotSeen,
    Outcome,
    PriceGap,
    Side,
    SiteHours,
    Source,
    Survey,
    Trend,
)
from samegoods.statistics.change import contrast, holm, trend
from samegoods.statistics.clusters import Visits
from samegoods.statistics.correction import JUDGED, NO_REVIEWS
from samegoods.statistics.counting import AXES, COUNTED, UNREVIEWED, Basis, Reviews, local_day, visit_of
from samegoods.statistics.prices import Priced, gap

_T = TypeVar("_T", Contrast, Trend)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """The judged items of a case with their footage: ``reached`` by the order; ``early``, from before it, of goods
    that it would reach; ``days`` of each source with a time."""

    reached: tuple[Judgement, ...]
    early: tuple[Judgement, ...]
    category: Mapping[str, str]
    days: Mapping[str, str]
    basis: Basis

    def visits(self, judged: Iterable[Judgement], counted: Counted) -> Visits:
        """The packs that could be judged, by visit."""
        calls = self.basis.calls(judged, counted)
        return Visits.of((one.visit, one.machine == "different") for one in calls if one.machine in JUDGED)


def survey(
    judgements: Iterable[Judgement],
    *,
    order: Order,
    products: Sequence[Product],
    zones: Mapping[str, ZoneInfo],
    sources: Sequence[tuple[Source, Outcome]],
    reviews: Reviews = UNREVIEWED,
) -> Survey:
    """All statistics of a case beyond its findings.

    Args:
        judgements: the judged items, settled, in any order.
        products: the campaign's products.
        zones: the time zone of each of the campaign's sites, in its order.
        sources: the footage, with how its reading ended.
        reviews: what people say of some of the items; the calls are the program's own.
    """
    judged = sorted(judgements, key=lambda one: (one.source, one.item))
    visits = visits_of([source for source, _ in sources], zones)
    days = {source.id: local_day(source.captured_at, zones[source.site]) for source, _ in sources}
    named = {product.id: product for product in products}
    case = _Case(
        reached=tuple(one for one in judged if one.in_scope),
        early=tuple(
            one
            for one in judged
            if not one.in_scope and days.get(one.source) and not order.passes_over(named[one.product].category)
        ),
        category={ident: product.category for ident, product in named.items()},
        days={source: day for source, day in days.items() if day},
        basis=Basis.of(judged, requires=order.requires, visits=visits, reviews=reviews),
    )
    shares = tuple(_shares(case))
    return Survey(
        visits=len({visits[one.source] for one in case.reached}),
        reviewed=sum((one.source, one.item) in reviews for one in case.reached),
        correction="" if any(one.tally.corrected for one in shares) else NO_REVIEWS,
        shares=shares,
        changes=_adjusted(_changes(case, order)),
        sites=_adjusted(_site_contrasts(case)),
        trends=_adjusted(_trends(case)),
        prices=tuple(_price_gaps(case)),
        not_seen=_not_seen(judged, products, zones, sources),
    )


def visits_of(sources: Iterable[Source], zones: Mapping[str, ZoneInfo]) -> dict[str, str]:
    """The visit that each source belongs to."""
    return {source.id: visit_of(source, zones[source.site]) for source in sources}


def _shares(case: _Case) -> Iterator[GroupShare]:
    keys: dict[GroupedBy, dict[str, list[Judgement]]] = {
        "all": {"": list(case.reached)} if case.reached else {},
        "product": _by(case.reached, lambda one: one.product),
        "category": _by(case.reached, lambda one: case.category[one.product]),
        "site": _by(case.reached, lambda one: one.site),
        "period": _by(case.reached, lambda one: case.days[one.source][:7]),
    }
    for by, groups in keys.items():
        for key, judged in groups.items():
            for counted in COUNTED:
                yield GroupShare(by, key, counted, True, case.basis.tally(judged, counted))
    for month, judged in _by(case.early, lambda one: case.days[one.source][:7]).items():
        for axis in AXES:
            yield GroupShare("period", month, axis, False, case.basis.tally(judged, axis))


def _by(judged: Iterable[Judgement], key: Callable[[Judgement], str]) -> dict[str, list[Judgement]]:
    groups: dict[str, list[Judgement]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def _changes(case: _Case, order: Order) -> Iterator[Contrast]:
    """Each product before against after the order's date, at the sites that were filmed on both sides alone: else
    a change of sites would pass for one of goods."""
    early, late = (_by(some, lambda one: one.product) for some in (case.early, case.reached))
    for product in sorted(early.keys() & late.keys()):
        for axis in order.requires:
            before, after = early[product], late[product]
            both = {one.site for one in _told(case, before, axis)} & {one.site for one in _told(case, after, axis)}
            first, second = ([one for one in side if one.site in both] for side in (before, after))
            if both:
                names = "before the order", "since the order"
                yield _contrast(case, product, axis, names, (first, second))


def _told(case: _Case, judged: Iterable[Judgement], counted: Counted) -> list[Judgement]:
    return [one for one in judged if any(call.machine in JUDGED for call in case.basis.calls([one], counted))]


def _site_contrasts(case: _Case) -> Iterator[Contrast]:
    """Each product at each site against the same product at all others; of two sites, the second against the first."""
    for product, judged in _by(_told(case, case.reached, "order"), lambda one: one.product).items():
        sites = _by(judged, lambda one: one.site)
        for site, here in list(sites.items())[1 if len(sites) < 3 else 0 :]:
            elsewhere = [one for one in judged if one.site != site]
            yield _contrast(case, product, "order", ("other sites", site), (elsewhere, here))


def _contrast(
    case: _Case,
    product: str,
    counted: Counted,
    names: tuple[str, str],
    sides: tuple[Sequence[Judgement], Sequence[Judgement]],
) -> Contrast:
    first, second = (case.visits(side, counted) for side in sides)
    found = contrast(first, second)
    return Contrast(
        product=product,
        counted=counted,
        first=_side(names[0], first),
        second=_side(names[1], second),
        difference=found.value,
        low=found.low,
        high=found.high,
        p=found.p,
        p_adjusted=found.p,
        method="Newcombe's limits, 95 %; p by shuffling visits, adjusted by Holm",
    )


def _side(name: str, visits: Visits) -> Side:
    return Side(name, len(visits.sizes), visits.packs, int(visits.hits.sum()))


def _trends(case: _Case) -> Iterator[Trend]:
    """Each product at each site: pooled over sites, the order in which sites were filmed would pass for a trend."""
    for product, judged in _by(_told(case, case.reached, "order"), lambda one: one.product).items():
        for site, here in _by(judged, lambda one: one.site).items():
            days = sorted({case.days[one.source] for one in here})
            visits = case.visits(here, "order")  # one a day, and named by it, so in the same order
            found = trend([date.fromisoformat(day).toordinal() for day in days], visits)
            if found is not None:
                yield Trend(
                    product=product,
                    site=site,
                    counted="order",
                    visits=len(days),
                    first_day=days[0],
                    last_day=days[-1],
                    per_30_days=found.value,
                    low=found.low,
                    high=found.high,
                    p=found.p,
                    p_adjusted=found.p,
                    method="slope over visits, jackknife limits, 95 %; p by shuffling days, adjusted by Holm",
                )


def _adjusted(found: Iterable[_T]) -> tuple[_T, ...]:
    """With p adjusted for there being so many of the kind."""
    some = tuple(found)
    return tuple(replace(one, p_adjusted=p) for one, p in zip(some, holm([one.p for one in some]), strict=True))


def _price_gaps(case: _Case) -> Iterator[PriceGap]:
    for product, judged in _by(case.reached, lambda one: one.product).items():
        visits = case.visits(judged, "order")
        by_unit: dict[tuple[str | None, str | None], list[Priced]] = defaultdict(list)
        for one in judged:
            if one.offer is not None and one.call in JUDGED:
                price = one.offer.price
                unit = price.unit if price.unit_price is not None else None
                amount = float(price.amount if price.unit_price is None else price.unit_price)
                if amount > 0:
                    visit = case.basis.visits[one.source]
                    by_unit[price.currency, unit].append(Priced(visit, one.call == "different", amount))
        for (currency, unit), packs in sorted(by_unit.items(), key=lambda pair: tuple(map(str, pair[0]))):
            found = gap(packs)
            if found is not None:
                differing = sum(one.differs for one in packs)
                limits = "jackknife limits over visits, 95 %" if found.low is not None else "no limits: too few visits"
                yield PriceGap(
                    product=product,
                    currency=currency,
                    unit=unit,
                    same=len(packs) - differing,
                    different=differing,
                    price_same=found.same,
                    price_different=found.different,
                    ratio=found.ratio,
                    low=found.low,
                    high=found.high,
                    share_different=visits.share if visits.packs else None,
                    method=f"ratio of geometric means over {found.visits} visits, {limits}",
                )


def _not_seen(
    judged: Sequence[Judgement],
    products: Sequence[Product],
    zones: Mapping[str, ZoneInfo],
    sources: Sequence[tuple[Source, Outcome]],
) -> NotSeen:
    read = [(source, outcome) for source, outcome in sources if outcome.status != "failed"]
    filmed = [site for site in zones if any(source.site == site for source, _ in read)]
    seen = {(one.product, one.site) for one in judged}
    anywhere = {product for product, _ in seen}
    return NotSeen(
        sites=tuple(site for site in zones if site not in filmed),
        products=tuple(one.id for one in products if one.id not in anywhere),
        absent=tuple(
            (one.id, site) for one in products for site in filmed if one.id in anywhere and (one.id, site) not in seen
        ),
        hours=tuple(_hours(site, zones[site], [pair for pair in read if pair[0].site == site]) for site in filmed),
    )


def _hours(site: str, zone: ZoneInfo, footage: Sequence[tuple[Source, Outcome]]) -> SiteHours:
    days, hours = set(), set()
    for source, outcome in footage:
        if source.captured_at is not None:
            end = source.captured_at + timedelta(seconds=outcome.duration_s or 0.0)
            time = source.captured_at
            while time <= end:
                days.add(time.astimezone(zone).date().isoformat())
                hours.add(time.astimezone(zone).hour)
                time = min(time + timedelta(minutes=15), end) if time < end else end + timedelta(seconds=1)
    undated = sum(source.captured_at is None for source, _ in footage)
    return SiteHours(site, tuple(sorted(days)), tuple(sorted(hours)), undated)
