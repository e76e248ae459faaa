"""The chapter on how sure the numbers are: shares by group, changes, sites, trends, prices and hours, in plain
words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from samegoods.edges.report import prose
from samegoods.edges.report.chart import Bar
from samegoods.edges.report.labels import money
from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import interval, packs, percent, visits
from samegoods.records import GroupedBy
from samegoods.results.statistics import (
    BY_CHANCE,
    ContrastPart,
    GroupSharePart,
    PriceGapPart,
    SiteHoursPart,
    StatisticsPart,
    TrendPart,
)

_HEADS: dict[GroupedBy, str] = {
    "all": "All together",
    "product": "By product",
    "category": "By kind of goods",
    "site": "By site",
    "period": "By month",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One group, for a table."""

    name: str
    judged: int
    differ: int
    visits: int
    share: str
    between: str
    left_open: str
    corrected: str


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Prices of one product, packs that are the same against those that differ."""

    product: str
    same: str
    different: str
    said: str
    share: str


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of the day in which a site was filmed: a cell for each, and the same in words."""

    site: str
    cells: tuple[bool, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """All of the chapter."""

    said: str
    reviews: str
    correction: str
    bars: tuple[Bar, ...]
    tables: tuple[Table, ...]
    changes: tuple[str, ...]
    sites: tuple[str, ...]
    trends: tuple[str, ...]
    gaps: tuple[Gap, ...]
    hours: tuple[Hours, ...]


def numbers(case: Case) -> Numbers | None:
    """The chapter of a case; None where it holds no statistics, or the order reaches no pack."""
    found = case.document.statistics
    if found is None or not found.shares:
        return None
    return Numbers(
        said=prose.visited(found.visits),
        reviews=prose.reviewed(found.reviewed),
        correction=found.correction,
        bars=tuple(_bars(case, found)),
        tables=tuple(_tables(case, found)),
        changes=tuple(_change(case, one) for one in found.changes),
        sites=_sites(case, found.sites),
        trends=tuple(_trend(case, one) for one in found.trends),
        gaps=tuple(_gap(case, one) for one in found.prices),
        hours=tuple(_hours(case, one) for one in found.not_seen.hours),
    )


def _name(case: Case, one: GroupSharePart) -> str:
    if one.by == "product":
        return case.products[one.key].name
    if one.by == "site":
        return case.sites[one.key].name if one.key in case.sites else one.key
    if one.by == "period":
        month = f"{date.fromisoformat(f'{one.key}-01'):%B %Y}"
        return month if one.judged else f"{month}, before the order (not judged)"
    return one.key.capitalize() or "all packs that the order covers"


def _bars(case: Case, found: StatisticsPart) -> list[Bar]:
    return [Bar(_labelled(case, one), one.tally) for one in found.drawn(case.document.campaign.requires)]


def _labelled(case: Case, one: GroupSharePart) -> str:
    axis = f": {one.counted}" if one.counted != "order" else ""
    return f"{_name(case, one)}{axis}"


def _tables(case: Case, found: StatisticsPart) -> list[Table]:
    tables = []
    for by, title in _HEADS.items():
        rows = tuple(_row(case, one) for one in found.told(case.document.campaign.requires, by))
        if rows:
            tables.append(Table(title, rows))
    return tables


def _row(case: Case, one: GroupSharePart) -> Row:
    tally = one.tally
    open_to = ""
    if tally.cannot_tell and tally.share_if_all_same is not None and tally.share_if_all_different is not None:
        open_to = f"{percent(tally.share_if_all_same)} to {percent(tally.share_if_all_different)}"
    fixed = ""
    if tally.corrected is not None:
        fixed = _range(tally.corrected.share, tally.corrected.low, tally.corrected.high)
    return Row(
        name=_labelled(case, one),
        judged=tally.same + tally.different,
        differ=tally.different,
        visits=tally.visits,
        share="" if tally.share_different is None else percent(tally.share_different),
        between=interval(tally),
        left_open=open_to,
        corrected=fixed,
    )


def _range(share: float, low: float, high: float) -> str:
    return f"{percent(share)} ({percent(low)} to {percent(high)})"


def _chance(p_adjusted: float) -> str:
    if p_adjusted < BY_CHANCE:
        return "That is more than chance explains."
    return "That may be chance."


def _change(case: Case, one: ContrastPart) -> str:
    first, second = one.first, one.second
    return (
        f"{case.products[one.product].name}, {one.counted}: {first.different} of {packs(first.judged)} differed "
        f"{first.name} ({visits(first.visits)}), {second.different} of {packs(second.judged)} {second.name} "
        f"({visits(second.visits)}). {_chance(one.p_adjusted)}"
    )


def _sites(case: Case, contrasts: Sequence[ContrastPart]) -> tuple[str, ...]:
    """The sites that stand out, and how many were compared: of many comparisons, some differ by chance."""
    lines = []
    for one in contrasts:
        if one.p_adjusted < BY_CHANCE:
            here, rest = one.second, one.first
            site = case.sites[here.name].name if here.name in case.sites else here.name
            lines.append(
                f"{case.products[one.product].name} at {site}: {here.different} of {packs(here.judged)} differ "
                f"({visits(here.visits)}), elsewhere {rest.different} of {rest.judged} ({visits(rest.visits)}). "
                "That is more than chance explains."
            )
    left = len(contrasts) - len(lines)
    if left:
        what = "comparison of a site with the others" if left == 1 else "comparisons of a site with the others"
        lines.append(f"{left} {'more ' if lines else ''}{what}: nothing that chance would not explain.")
    return tuple(lines)


def _trend(case: Case, one: TrendPart) -> str:
    site = case.sites[one.site].name if one.site in case.sites else one.site
    way = "up" if one.per_30_days > 0 else "down"
    return (
        f"{case.products[one.product].name} at {site}, {one.first_day} to {one.last_day} ({visits(one.visits)}): "
        f"{way} by {_points(abs(one.per_30_days))} in 30 days (between {_signed(one.low)} and {_signed(one.high)}). "
        f"{_chance(one.p_adjusted)}"
    )


def _points(share: float) -> str:
    return f"{100 * share:.0f} percentage points"


def _signed(share: float) -> str:
    return f"{100 * share:+.0f}"


def _gap(case: Case, one: PriceGapPart) -> Gap:
    measure = f" for {one.unit}" if one.unit else ""
    cheaper = 1 - one.ratio
    said = (
        "the same" if round(abs(cheaper), 2) == 0 else f"{percent(abs(cheaper))} {'less' if cheaper > 0 else 'more'}"
    )
    if one.low is not None and one.high is not None:
        said += f" (between {_signed(one.low - 1)} % and {_signed(one.high - 1)} %)"
    else:
        said += " (too few visits for a range)"
    return Gap(
        product=case.products[one.product].name,
        same=f"{money(f'{one.price_same:.2f}', one.currency)}{measure}, {packs(one.same)}",
        different=f"{money(f'{one.price_different:.2f}', one.currency)}{measure}, {packs(one.different)}",
        said=said,
        share="not known" if one.share_different is None else percent(one.share_different),
    )


def _hours(case: Case, one: SiteHoursPart) -> Hours:
    days = "on 1 day" if len(one.days) == 1 else f"on {len(one.days)} days"
    filmed = [f"between {first}:00 and {last + 1}:00" for first, last in _runs(one.hours)]
    said = f"{days}, {', '.join(filmed)}" if filmed else "at unknown times"
    if filmed and one.undated:
        said += f"; {one.undated} recordings of unknown time"
    return Hours(case.sites[one.site].name, tuple(hour in one.hours for hour in range(24)), said)


def _runs(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Hours in a row: (first, last) of each."""
    runs: list[tuple[int, int]] = []
    for hour in hours:
        if runs and hour == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], hour)
        else:
            runs.append((hour, hour))
    return runs
