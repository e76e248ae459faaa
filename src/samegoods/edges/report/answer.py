"""The answer first: what differs, where, how surely, in sentences and in a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from samegoods.edges.report.chart import Bar
from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import calls, interval, listing, outcome, packs, percent
from samegoods.records import AxisName
from samegoods.results.parts import FindingPart
from samegoods.results.statistics import TallyPart

Tone = Literal["different", "same", "unknown"]
_WORST_FIRST: dict[Tone, int] = {"different": 0, "unknown": 1, "same": 2}
_NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one product at one site."""

    tone: Tone
    calls: str
    place: str
    product: str
    sentences: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The counts of one axis, for a table."""

    axis: AxisName
    tally: TallyPart
    share: str
    between: str


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, for a table."""

    product: str
    site: str
    seen: int
    tone: Tone | None
    cells: tuple[Cell, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Square:
    """One product at one site, at a glance; no tone where nothing was judged."""

    site: str
    tone: Tone | None
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One product at all sites."""

    product: str
    id: str
    squares: tuple[Square, ...]

    @property
    def judged(self) -> bool:
        return any(square.tone for square in self.squares)


MOST_FIRST = 6
"""Statements that stand above the products; more stand with the product that they are about."""
MOST_NAMED = 3
"""Products that the headline names."""


def headline(case: Case) -> str:
    """The answer in one sentence."""
    reached = [finding for finding in case.document.findings if finding.in_scope and finding.items]
    if not reached:
        return "No pack that the order covers was seen in this footage, so nothing can be said of any product."
    differing = [finding for finding in reached if tone(case, finding) == "different"]
    products = {finding.product for finding in reached}
    if differing:
        count = len({finding.product for finding in differing})
        many = len(products) > 1
        which = f"{count} of the {len(products)} products seen" if many else "the one product seen"
        said = f"Packs of {which} differ from the export version"
        # More than a few are read from the cards below the headline.
        return f"{said}: {listing(_by_product(case, differing))}." if count <= MOST_NAMED else f"{said}."
    if all(tone(case, finding) == "unknown" for finding in reached):
        return "The packs seen could not be compared well enough to say whether they are the same."
    return "No difference from the export version was found on the packs that could be judged."


def _by_product(case: Case, findings: list[FindingPart]) -> list[str]:
    """Each product once, with the sites where it differs."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        places.setdefault(finding.product, []).append(case.sites[finding.site].name)
    return [f"{case.products[product].name} ({listing(sites)})" for product, sites in places.items()]


def axes(case: Case, finding: FindingPart) -> list[tuple[AxisName, TallyPart]]:
    """The counts of the axes that the order requires."""
    return [(axis, getattr(finding.axes, axis)) for axis in case.document.campaign.requires]


def tone(case: Case, finding: FindingPart) -> Tone:
    """The one word for a finding that the order reaches: any difference counts before anything else."""
    tallies = [tally for _, tally in axes(case, finding)]
    if any(tally.different for tally in tallies):
        return "different"
    return "same" if any(tally.same for tally in tallies) else "unknown"


def statements(case: Case) -> list[Statement]:
    """What is said of each product at each site where it was seen, differences first."""
    said = [
        Statement(
            tone(case, finding),
            calls(axes(case, finding)),
            case.place(finding),
            finding.product,
            tuple(outcome(axis, tally) for axis, tally in axes(case, finding)),
            _what_differs(case, finding),
        )
        for finding in case.document.findings
        if finding.in_scope and finding.items
    ]
    return sorted(said, key=lambda statement: _WORST_FIRST[statement.tone])


def grid(case: Case) -> list[Line]:
    """Every product at every site that was filmed, as the findings have them: the answer at a glance."""
    lines: dict[str, list[Square]] = {}
    for finding in case.document.findings:
        lines.setdefault(finding.product, []).append(_square(case, finding))
    return [Line(case.products[product].name, product, tuple(squares)) for product, squares in lines.items()]


def _square(case: Case, finding: FindingPart) -> Square:
    site = case.sites[finding.site].name
    if not finding.items:
        return Square(site, None, "not seen")
    if not finding.in_scope:
        return Square(site, None, "not judged")
    said = tone(case, finding)
    different, same = (max(getattr(tally, call) for _, tally in axes(case, finding)) for call in ("different", "same"))
    if said == "different":
        text = "the one pack differs" if finding.items == 1 else f"{different} of {packs(finding.items)} differ"
    elif said == "same":  # packs that could not be told are not among the same
        of = packs(finding.items) if same == finding.items else f"{same} of {packs(finding.items)}"
        text = f"no difference on {of}"
    else:
        text = f"{packs(finding.items)}, cannot tell"
    return Square(site, said, text)


def _what_differs(case: Case, finding: FindingPart) -> tuple[str, ...]:
    """The differences seen most often, with the number of packs that show each."""
    shown = case.packs.details.get((finding.product, finding.site), Counter())
    return tuple(f"{detail} ({packs(number)})" for detail, number in shown.most_common(_NAMED_AT_MOST))


def rows(case: Case) -> list[Row]:
    """One row for each product and site."""
    return [_row(case, finding) for finding in case.document.findings]


def _row(case: Case, finding: FindingPart) -> Row:
    reached = finding.in_scope and finding.items > 0
    cells = tuple(
        Cell(
            axis,
            tally,
            "" if tally.share_different is None else percent(tally.share_different),
            interval(tally),
        )
        for axis, tally in axes(case, finding)
    )
    if not finding.items:
        note = "not seen" if finding.in_scope else f"not seen; {finding.rule}"
    else:
        note = "; ".join(f"{packs(one.items)} not judged: {one.rule}" for one in finding.not_judged)
    return Row(
        product=case.products[finding.product].name,
        site=case.sites[finding.site].name,
        seen=finding.items + (sum(one.items for one in finding.not_judged) if reached else 0),
        tone=tone(case, finding) if reached else None,
        cells=cells if reached else (),
        note=note,
    )


def bars(case: Case) -> list[Bar]:
    """The chart's bars: each axis of each finding on which at least one pack could be judged."""
    return [
        Bar(f"{case.place(finding)}: {axis}", tally)
        for finding in case.document.findings
        if finding.in_scope
        for axis, tally in axes(case, finding)
        if tally.same + tally.different
    ]
