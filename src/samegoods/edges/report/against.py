"""Two cases side by side, as a page and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from samegoods.edges.report import prose, remains
from samegoods.edges.report.chart import Bar, chart
from samegoods.edges.report.numbers import numbers
from samegoods.edges.report.page import render, write_page
from samegoods.edges.report.reading import Case
from samegoods.edges.report.sheets import charts, printed
from samegoods.edges.report.words import listing, packs, percent, visits
from samegoods.records import Opposed, OtherPicture, Parted, Ranged, Sides, SideShare
from samegoods.results.parts import ProductPart
from samegoods.results.statistics import BY_CHANCE
from samegoods.results.words import points

BARS_AT_MOST = 12
"""Comparisons that the chart shows, two bars each: those least due to chance."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is told of both cases."""

    name: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Row:
    """A product at a site on one axis."""

    product: str
    site: str
    axis: str
    first: Pair
    second: Pair
    """The share with its range, and the counts that it rests on, or why there is none."""
    difference: str
    between: str
    verdict: str
    beyond: bool
    corrected: str


def write_against(first: Case, second: Case, told: Sides, page: Path) -> tuple[Path, Path]:
    """Write two cases side by side; returns the page and, beside it, the same on paper.

    Raises:
        CaseError: a file cannot be written.
        MissingPart: a typeface is not installed.
    """
    contents = against(first, second, told)
    bars = contents.pop("bars")
    sheets = {name: value for name, value in contents.items() if name != "prose"}
    paper = printed("against.typ", sheets | {"charts": charts(bars), "prose": prose.standing()})
    html = render("against.html.j2", **contents, chart=Markup(chart(bars)))
    return write_page(page, html), write_page(page.with_suffix(".pdf"), paper)


def against(first: Case, second: Case, told: Sides) -> dict[str, Any]:
    """What is said, by the names that the templates use."""
    rows = [_row(first, one) for one in told.opposed]
    return {
        "prose": prose,
        "headline": headline(first, told),
        "title": f"{first.document.campaign.id} against {second.document.campaign.id}",
        "facts": _facts(_told(first), _told(second)),
        "proofs": _facts(_proofs(first), _proofs(second)),
        "rows": rows,
        "bars": list(_bars(first, second, told)),
        "limits": limits(first, second, told),
        "missing": [("A", remains.not_seen(first), _hours(first)), ("B", remains.not_seen(second), _hours(second))],
        "fixed": any(row.corrected for row in rows),
    }


def headline(case: Case, told: Sides) -> str:
    """The answer in one sentence."""
    tested = [one for one in told.opposed if one.p_adjusted is not None]
    if not tested:
        return "The two cases have nothing in common that could be compared."
    beyond = [one for one in tested if _is_beyond(one)]
    of = "the one comparison" if len(tested) == 1 else f"the {len(tested)} comparisons"
    if not beyond:
        return f"A and B do not differ by more than chance explains in any of {of}."
    said = f"A and B differ by more than chance explains in {len(beyond)} of {of}"
    names = [f"{_place(case, one)} ({one.axis})" for one in beyond]
    return f"{said}: {listing(names)}." if len(beyond) <= 3 else f"{said}."


def _is_beyond(one: Opposed) -> bool:
    return one.p_adjusted is not None and one.p_adjusted < BY_CHANCE


def _place(case: Case, one: Opposed) -> str:
    return f"{case.products[one.product].name} at {case.sites[one.site].name}"


def _row(case: Case, one: Opposed) -> Row:
    return Row(
        product=case.products[one.product].name,
        site=case.sites[one.site].name,
        axis=one.axis,
        first=_side(one.first),
        second=_side(one.second),
        difference="" if one.difference is None else _points(one.difference[0]),
        between="" if one.difference is None else _limits(one.difference),
        verdict=one.why or ("more than chance explains" if _is_beyond(one) else "may be chance"),
        beyond=_is_beyond(one),
        corrected="" if one.corrected is None else f"{_points(one.corrected[0])} ({_limits(one.corrected)})",
    )


def _side(one: SideShare) -> Pair:
    if one.share is None:
        return "", "not seen" if not one.packs else f"none of {packs(one.packs)} could be judged"
    share, low, high = one.share
    checked = f", {one.reviewed} checked by people" if one.reviewed else ""
    counts = f"{one.different} of {packs(one.judged)}, {visits(one.visits)}{checked}"
    return f"{percent(share)} ({percent(low)} to {percent(high)})".replace(" %", "\u00a0%"), counts


def _points(share: float) -> str:
    return f"{points(share)} points"


def _limits(value: Ranged) -> str:
    return f"between {points(value[1])} and {points(value[2])}"


def _facts(first: list[Pair], second: list[Pair]) -> list[Fact]:
    """Two lists of facts of the same names as one."""
    return [Fact(name, one, other) for (name, one), (_, other) in zip(first, second, strict=True)]


def _told(case: Case) -> list[Pair]:
    campaign = case.document.campaign
    checked = case.packs.reviewed
    exempt = [f"{one.category} ({one.reason})" for one in campaign.exempt]
    return [
        ("Campaign", campaign.id),
        ("Order", campaign.title),
        ("In force since", campaign.in_force),
        ("Must match", " and ".join(campaign.requires)),
        ("Kinds of goods", "all" if campaign.categories is None else listing(campaign.categories)),
        ("Exempt", listing(exempt) if exempt else "none"),
        ("Filmed", remains.period(case)),
        ("Sites filmed", listing([case.sites[one].name for one in case.filmed]) if case.filmed else "none"),
        ("Recordings and photos", _recordings(case)),
        ("Packs", f"{case.packs.number}, of which people have checked {checked}"),
    ]


def _proofs(case: Case) -> list[Pair]:
    document = case.document
    return [
        ("Made with", f"samegoods {document.software.version}"),
        ("Fingerprint of the campaign", document.campaign.digest),
        ("SHA-256 of findings.json", case.sha256),
    ]


def _recordings(case: Case) -> str:
    sources = case.document.sources
    unread, stale = sum(one.status != "ok" for one in sources), sum(one.stale for one in sources)
    said = f"{len(sources)}, of which {unread} could not be read, or not wholly" if unread else str(len(sources))
    return f"{said}; {stale} of an earlier form of the campaign are not counted" if stale else said


def _bars(first: Case, second: Case, told: Sides) -> list[Bar]:
    shown = sorted((one for one in told.opposed if one.p is not None), key=lambda one: (one.p_adjusted, one.p))
    bars = []
    for one in shown[:BARS_AT_MOST]:
        for name, case in (("A", first), ("B", second)):
            (finding,) = (some for some in case.findings(one.product) if some.site == one.site)
            bars.append(Bar(f"{name} · {_place(case, one)}: {one.axis}", getattr(finding.axes, one.axis)))
    return bars


def limits(first: Case, second: Case, told: Sides) -> list[str]:
    """What keeps the two from being compared, or makes a comparison say less."""
    one, other = first.document.campaign, second.document.campaign
    lines = []
    if one.requires != other.requires or one.title != other.title or one.in_force != other.in_force:
        lines.append(prose.OTHER_ORDERS)
    elif (one.categories, one.exempt) != (other.categories, other.exempt):
        lines.append(prose.OTHER_REACH)
    if told.shared:
        number = "1 recording is" if told.shared == 1 else f"{told.shared} recordings are"
        lines.append(f"{number} in both cases. {prose.SHARED}")
    for words, parted, cases in (
        ("Product", told.products, [{k: v.name for k, v in case.products.items()} for case in (first, second)]),
        ("Site", told.sites, [{k: v.name for k, v in case.sites.items()} for case in (first, second)]),
    ):
        lines += _alone(words, parted, cases)
    for site in told.unlike:
        lines.append(f"{site} is not the same site in both, by its name or time zone, and is not compared.")
    both = [(one, second.products[ident]) for ident, one in first.products.items() if ident in second.products]
    lines += [_renamed(one, other) for one, other in both if (one.name, one.category) != (other.name, other.category)]
    lines += [_versions(one, other) for one, other in both if one.id in told.versions]
    lines += [_picture(first, picture) for picture in told.pictures]
    return lines


def _alone(what: str, parted: Parted, names: list[dict[str, str]]) -> list[str]:
    lines = []
    for case, ids, known in zip("AB", (parted.first, parted.second), names, strict=True):
        if ids:
            plural = what if len(ids) == 1 else f"{what}s"
            lines.append(f"{plural} in the campaign of {case} alone: {listing([known[ident] for ident in ids])}.")
    return lines


def _renamed(one: ProductPart, other: ProductPart) -> str:
    return (
        f"{one.id} is {one.name} ({one.category}) in A and {other.name} ({other.category}) in B: make sure that they "
        "are the same goods."
    )


def _versions(one: ProductPart, other: ProductPart) -> str:
    return f"{one.name} is listed with the versions {listing(one.versions)} in A, and {listing(other.versions)} in B."


def _picture(case: Case, one: OtherPicture) -> str:
    name = f"{case.products[one.product].name}, {one.version} version, {one.face}"
    if one.first is None or one.second is None:
        return f"{name}: only {'B' if one.first is None else 'A'} has a reference picture of it."
    return f"{name}: the reference picture is another in A than in B, so the packs were held against another measure."


def _hours(case: Case) -> list[str]:
    found = numbers(case)
    return [] if found is None else [f"{one.site}: filmed {one.said}." for one in found.hours]
