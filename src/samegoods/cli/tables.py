"""Tables of plain text: columns as wide as what stands in them, so that nothing is cut in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from samegoods.strangers import shown

if TYPE_CHECKING:
    from samegoods.records import Finding
    from samegoods.wiring import Planned
    from samegoods.wiring.designing import Need, Progress, ToReview

_FINDINGS = ("product", "site", "items", "same", "different", "cannot tell", "share different")
_NEEDS = ("packs judged a visit", "packs filmed", "alike by", "visits a site", "packs judged a site")
_PROGRESS = ("product", "site", "visits", "judged", "margin now", "visits needed", "still to come")
_REVIEWS = ("item", "product", "site", "program says", "footage", "at")
_PLAN = ("footage", "kind", "site", "captured at", "known from", "length")


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """What was found, a line to a product and site, and under it what the order does not reach."""
    if not findings:
        yield "none of the campaign's goods were seen"
        return
    yield from aligned([_FINDINGS, *map(_finding_row, findings)])
    for finding in findings:
        for rule, items in finding.not_judged:
            yield shown(f"{finding.product} at {finding.site}: {items} not judged: {rule}")


def _finding_row(finding: Finding) -> tuple[str, ...]:
    counts = (finding.items, finding.same, finding.different, finding.cannot_tell)
    return finding.product, finding.site, *map(str, counts), _share(finding)


def _share(finding: Finding) -> str:
    if not finding.in_scope:
        return f"not judged: {finding.rule}"
    if finding.share_different is None or finding.low is None or finding.high is None:
        return "unknown"
    return f"{finding.share_different:.0%} ({finding.low:.0%} to {finding.high:.0%})"


def plan_lines(planned: Sequence[Planned]) -> Iterator[str]:
    """What would be looked at, a line to a file."""
    yield from aligned([_PLAN, *map(_plan_row, planned)])
    for one in planned:
        if one.problem:
            yield shown(f"{one.source.path}: {one.problem}")


def _plan_row(one: Planned) -> tuple[str, ...]:
    source = one.source
    when = "unknown" if source.captured_at is None else source.captured_at.isoformat(timespec="seconds")
    length = "" if one.duration_s is None else f"{one.duration_s:.1f} s"
    return source.path, source.kind, source.site, when, source.captured_from or "nothing", length


def need_lines(needs: Sequence[Need]) -> Iterator[str]:
    """What a margin takes, by how many packs a visit gives and how alike these are."""
    yield from aligned([_NEEDS, *map(_need_row, needs)])


def _need_row(one: Need) -> tuple[str, ...]:
    alike = "" if one.packs == 1 else f"{one.alike:.1f}"
    if one.visits is None:
        return str(one.packs), str(one.filmed), alike, "too many", "too many"
    return str(one.packs), str(one.filmed), alike, str(one.visits), str(one.visits * one.packs)


def progress_lines(progress: Sequence[Progress]) -> Iterator[str]:
    """How far each product at each site is."""
    yield from aligned([_PROGRESS, *map(_progress_row, progress)])


def _progress_row(one: Progress) -> tuple[str, ...]:
    margin = "unknown" if one.margin is None else f"{one.margin:.0%}"
    needed = "unknown" if one.needed is None else str(one.needed)
    rest = "unknown" if one.needed is None else str(max(0, one.needed - one.visits))
    return one.product, one.site, str(one.visits), str(one.judged), margin, needed, rest


def review_lines(reviews: Sequence[ToReview], *, waiting: int) -> Iterator[str]:
    """The packs to review, first what gains most; of so many that nobody has looked at."""
    if not reviews:
        yield f"review next: none named, of {waiting} that nobody has reviewed"
        return
    yield f"review next, in this order ({len(reviews)} of {waiting} that nobody has reviewed):"
    yield from aligned([_REVIEWS, *map(_review_row, reviews)])


def _review_row(one: ToReview) -> tuple[str, ...]:
    when = "" if one.time_s is None else f"{one.time_s:.1f} s"
    return one.item, one.product, one.site, one.call.replace("_", " "), one.path, when


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    rows = [[shown(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
