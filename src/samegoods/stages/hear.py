"""Hear: what people on the spot report, by product and site, and where it disagrees with the footage.

Whoever wants to reports, so reports are no sample of anything: they are counted, no share of them has limits, and they
are never pooled with the footage.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import median_low

from samegoods.records import Judgement
from samegoods.results.ground import (
    DisagreementName,
    GroundFootagePart,
    GroundGroupPart,
    GroundPricePart,
    GroundReportPart,
    GroundSaysPart,
)
from samegoods.statistics.clusters import Visits, interval
from samegoods.statistics.intervals import exact

STANDARD = "export"
"""The version that the others are held against."""


def hear(
    reports: Iterable[GroundReportPart],
    items: Iterable[Judgement],
    *,
    products: Sequence[str],
    sites: Sequence[str],
    visits: Mapping[str, str],
) -> tuple[GroundGroupPart, ...]:
    """A group for each product and site that reports are on, in the campaign's order.

    Args:
        reports: those that were taken in.
        items: the judged items of the footage; they are what reports are held against, and nothing else.
        visits: the visit of each source; a source that is not named is a visit of its own.
    """
    places: dict[tuple[str, str], list[GroundReportPart]] = defaultdict(list)
    for report in reports:
        places[report.product, report.site].append(report)
    seen: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    for item in items:
        seen[item.product, item.site].append(item)
    order = [(product, site) for product in products for site in sites]
    known = [place for place in order if place in places] + sorted(places.keys() - set(order))
    return tuple(group(*place, places[place], filmed(seen[place], visits)) for place in known)


def filmed(items: Sequence[Judgement], visits: Mapping[str, str]) -> GroundFootagePart:
    """How many packs of the footage are another version than the export one, of those whose version could be told."""
    told = [one for one in items if one.version is not None]
    other = sum(one.version != STANDARD for one in told)
    if not told:
        return GroundFootagePart(packs=len(items), told=0, other=0)
    seen = Visits.of((visits.get(one.source, one.source), one.version != STANDARD) for one in told)
    (low, high), worth = interval(seen)
    return GroundFootagePart(
        packs=len(items),
        told=len(told),
        other=other,
        share=round(other / len(told), 4),
        low=round(low, 4),
        high=round(high, 4),
        method=worth.method,
    )


def group(product: str, site: str, reports: Sequence[GroundReportPart], footage: GroundFootagePart) -> GroundGroupPart:
    """The reports on one product at one site, counted, and held against the footage."""
    says = Counter(one.version for one in reports)
    calls = Counter(item.packaging for one in reports for item in one.items if item.product == product)
    contradicted = sum(_is_contradicted(one) for one in reports)
    return GroundGroupPart(
        product=product,
        site=site,
        reports=tuple(sorted(reports, key=lambda one: one.n)),
        says=tuple(GroundSaysPart(version=name, reports=says[name]) for name in sorted(says, key=_last_unknown)),
        photos_same=calls["same"],
        photos_different=calls["different"],
        photos_cannot_tell=calls["cannot_tell"],
        contradicted=contradicted,
        prices=_prices(reports),
        footage=footage,
        disagrees=tuple(_disagreements(says, footage, contradicted)),
    )


def _last_unknown(version: str | None) -> tuple[bool, str]:
    return version is None, version or ""


def _is_contradicted(report: GroundReportPart) -> bool:
    """Whether the photos show packs of this product whose versions could be told, and none is the one named."""
    shown = {item.version for item in report.items if item.product == report.product and item.version is not None}
    return report.version is not None and bool(shown) and report.version not in shown


def _disagreements(
    says: Mapping[str | None, int], footage: GroundFootagePart, contradicted: int
) -> list[DisagreementName]:
    """Where reports say other than the footage.

    The share of reports that name another version than the export one is held against the footage's limits: they
    disagree where the two 95 % intervals do not meet, that of the reports reckoned as if they were a sample (Clopper
    & Pearson). They are none, so this is a yardstick for when to say so, and no test.
    """
    found: list[DisagreementName] = []
    told = sum(number for version, number in says.items() if version is not None)
    if told and footage.low is not None and footage.high is not None:
        low, high = exact((told - says.get(STANDARD, 0)) / told, told)
        found += ["more"] if low > footage.high else ["less"] if high < footage.low else []
    if not footage.packs:
        found.append("not_filmed")
    return [*found, "photos"] if contradicted else found


def _prices(reports: Iterable[GroundReportPart]) -> tuple[GroundPricePart, ...]:
    seen: dict[tuple[str | None, str | None], list[Decimal]] = defaultdict(list)
    for one in reports:
        if one.amount is not None:
            seen[one.version, one.currency].append(Decimal(one.amount))
    return tuple(
        GroundPricePart(
            version=version,
            currency=currency,
            reports=len(some),
            lowest=str(min(some)),
            median=str(median_low(some)),
            highest=str(max(some)),
        )
        for (version, currency), some in sorted(seen.items(), key=lambda one: (str(one[0][0]), str(one[0][1])))
    )
