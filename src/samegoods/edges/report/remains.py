"""What the answer leaves open: not seen, not judged, could not be told, could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import listing, moment, packs

SOURCES_AT_MOST = 500
"""Recordings and photos that are listed; 500 fill about 20 pages."""
REASONS_AT_MOST = 30
_READ: Mapping[str, str] = {"ok": "whole", "partial": "in part", "failed": "no"}


@dataclass(frozen=True, slots=True)
class Recording:
    """One source, for a table."""

    path: str
    site: str
    taken: str
    read: str
    sha256: str


def sources(case: Case) -> list[Recording]:
    """The footage, read or not."""
    made = []
    for one in case.document.sources[:SOURCES_AT_MOST]:
        site = case.sites.get(one.site)
        taken = "not known" if one.captured_at is None or site is None else moment(one.captured_at, site.timezone)
        made.append(Recording(one.path, one.site if site is None else site.name, taken, _READ[one.status], one.sha256))
    return made


def not_seen(case: Case) -> list[str]:
    """Products that were not seen where they were looked for, and sites where nobody looked."""
    lines = []
    filmed = {case.sites[site].name for site in case.filmed}
    for product in case.products.values():
        missing = [case.sites[one.site].name for one in case.findings(product.id) if not one.items]
        missing = [name for name in missing if name in filmed]
        if missing and len(missing) == len(filmed):
            lines.append(f"{product.name}: at no site with footage.")
        elif missing:
            lines.append(f"{product.name}: not at {listing(missing)}.")
    unfilmed = [site.name for ident, site in case.sites.items() if ident not in case.filmed]
    if unfilmed:
        lines.append(f"No footage that could be read: {listing(unfilmed)}.")
    return lines


def reasons(case: Case) -> tuple[list[tuple[str, str, int]], int]:
    """Why packs that the order reaches could not be told, the most frequent first: axis, reason, packs; and how many
    packs there are of rarer reasons."""
    counted = case.packs.reasons.most_common()
    told: list[tuple[str, str, int]] = [(axis, reason, number) for (axis, reason), number in counted[:REASONS_AT_MOST]]
    return told, sum(number for _, number in counted[REASONS_AT_MOST:])


def not_judged(case: Case) -> list[tuple[str, str]]:
    """Packs that the order does not reach, by rule; those of earlier footage with what they show."""
    lines = []
    for finding in case.document.findings:
        for one in finding.not_judged:
            calls = case.packs.described.get((finding.product, finding.site, one.rule), Counter())
            differ = calls["different"]
            described = f"; the packaging of {differ} differs" if differ else ""
            lines.append((f"{packs(one.items)} of {case.place(finding)}{described}", one.rule))
    return lines


def left_out(number: int) -> int:
    """How many of so many recordings are not listed."""
    return max(0, number - SOURCES_AT_MOST)


def unread(case: Case) -> list[tuple[str, str, str]]:
    """Footage that failed or ended early: path, status, reason."""
    return [
        (
            source.path,
            "could not be read" if source.status == "failed" else "read in part",
            source.reason or "",
        )
        for source in case.document.sources
        if source.status != "ok"
    ]


def stale(case: Case) -> list[str]:
    """Footage examined under an earlier form of the campaign."""
    return [source.path for source in case.document.sources if source.stale]


def period(case: Case) -> str:
    """From when to when the footage was taken, by the clocks of the sites."""
    known = sorted(
        (source.captured_at, case.sites[source.site].timezone)
        for source in case.document.sources
        if source.captured_at is not None
    )
    if not known:
        return "at an unknown time"
    first, last = (moment(*one).rsplit(",", 1)[0] for one in (known[0], known[-1]))
    return f"on {first}" if first == last else f"from {first} to {last}"
