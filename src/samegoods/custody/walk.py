"""The way from every finding to its items, their evidence and the hash of their source, in findings.json itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from samegoods.custody.log import Problem
from samegoods.custody.replay import FINDINGS, Told
from samegoods.errors import CustodyError
from samegoods.results.parts import FindingPart, FindingsPart, ItemPart, SourcePart

__all__ = ["FINDINGS", "read_findings", "walk"]


def read_findings(raw: bytes) -> FindingsPart:
    """The findings document.

    Raises:
        CustodyError: it is none; the message names the first wrong field.
    """
    try:
        return FindingsPart.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "(file)"
        raise CustodyError(f"not the findings of a case: {place}: {first['msg']}") from None


def walk(document: FindingsPart, told: Told, files: Mapping[str, str]) -> Iterator[Problem]:
    """Every link that is broken, in the order of the findings.

    Args:
        told: what the log says the case holds.
        files: the SHA-256 of every file there is, by its path.
    """
    sources = {one.id: one for one in document.sources}
    places = defaultdict(list)
    for item in document.items:
        places[item.product, item.site].append(item)
    if document.campaign.digest != told.digest:
        yield Problem(FINDINGS, f"is of the campaign {document.campaign.digest[:12]}, the log of {told.digest[:12]}")
    seen = set()
    for finding in document.findings:
        here = places[finding.product, finding.site]
        seen |= {(one.source, one.id) for one in here}
        yield from _finding(finding, here)
        for item in here:
            yield from _item(item, sources, told, files)
    for item in document.items:
        if (item.source, item.id) not in seen:
            yield Problem(FINDINGS, f"item {item.id} is in no finding")
    yield from _ground(document, told, files)
    yield from _sources(document, told)
    yield from _the_rest(document, told)


def _finding(finding: FindingPart, items: list[ItemPart]) -> Iterator[Problem]:
    where = f"the finding on {finding.product} at {finding.site}"
    counted = [item for item in items if item.in_scope] or items
    if finding.items != len(counted):
        yield Problem(FINDINGS, f"{where} counts {finding.items} items, and {len(counted)} are listed")
    for call in ("same", "different", "cannot_tell"):
        number = sum(item.call == call for item in counted if item.in_scope)
        if getattr(finding, call) != number:
            yield Problem(FINDINGS, f"{where} counts {getattr(finding, call)} {call}, and {number} are listed")


def _item(
    item: ItemPart, sources: Mapping[str, SourcePart], told: Told, files: Mapping[str, str]
) -> Iterator[Problem]:
    where, source = f"item {item.id}", sources.get(item.source)
    known = told.ledger.get(item.source)
    if source is None or known is None:
        yield Problem(FINDINGS, f"{where} leads to source {item.source}, which is not in {_place(source is None)}")
        return
    if source.sha256 != known.body.sha256:
        yield Problem(
            FINDINGS, f"{where} leads to source {item.source} with another SHA-256 than entry {known.entry} tells"
        )
    if item.id not in known.decisions:
        yield Problem(FINDINGS, f"{where} is not among the decisions of source {item.source} in the log")
    if not item.evidence:
        yield Problem(FINDINGS, f"{where} has no evidence")
    logged = set(known.pictures.get(item.id, ()))
    for path in sorted({*item.evidence, *(crop.path for crop in item.crops)}):
        if path not in logged:
            yield Problem(FINDINGS, f"{where} leads to {path}, which the log does not name as its evidence")
        elif path not in files:
            yield Problem(FINDINGS, f"{where} leads to {path}, which is missing")
    yield from _reviews(item, told, where)


def _reviews(item: ItemPart, told: Told, where: str) -> Iterator[Problem]:
    """The decisions that are told are those that stood when the findings were published."""
    stood = told.standing(item.source, item.id, before=told.findings_at)
    names = ("n", "by", "decision", "axis", "call", "kind", "blind", "judged")
    listed = [[getattr(one, name) for name in names] for one in item.reviews]
    if listed != [[getattr(one, name) for name in names] for one in stood]:
        yield Problem(FINDINGS, f"{where} has other decisions of reviewers than the log tells")
    if item.review != (item.reviews[-1] if item.reviews else None):
        yield Problem(FINDINGS, f"{where} names another decision than the last that stands")


def _ground(document: FindingsPart, told: Told, files: Mapping[str, str]) -> Iterator[Problem]:
    """The reports that are told had been taken in, and lead to pictures of theirs."""
    accepted = told.ground.accepted(before=told.findings_at)
    for report in (one for group in document.ground for one in group.reports):
        where = f"report {report.n}"
        if report.n not in accepted:
            yield Problem(FINDINGS, f"lists {where}, which the log does not tell as taken in")
            continue
        logged = told.ground.reports[report.n].body.pictures
        for path in report.pictures:
            if path not in logged:
                yield Problem(FINDINGS, f"{where} leads to {path}, which the log does not name as its evidence")
            elif path not in files:
                yield Problem(FINDINGS, f"{where} leads to {path}, which is missing")


def _place(findings: bool) -> str:
    return "its list of sources" if findings else "the log"


def _sources(document: FindingsPart, told: Told) -> Iterator[Problem]:
    for source in document.sources:
        known = told.ledger.get(source.id)
        if known is None:
            yield Problem(FINDINGS, f"lists source {source.id}, of which the log does not tell")
        elif source.sha256 != known.body.sha256 or source.path != known.body.path:
            yield Problem(FINDINGS, f"lists source {source.id} otherwise than entry {known.entry} tells of it")
    listed = {source.id for source in document.sources}
    for known in told.ledger.sources():
        if known.body.id not in listed:
            yield Problem(FINDINGS, f"leaves out source {known.body.id}, of which entry {known.entry} tells")


def _the_rest(document: FindingsPart, told: Told) -> Iterator[Problem]:
    """References and sightings: what items were compared with, and where they were seen."""
    for one in document.references:
        known = told.references.get(one.id)
        if known is None or known[1].picture != one.picture:
            yield Problem(FINDINGS, f"lists reference {one.id} otherwise than the log tells of it")
    sources, items = {one.id for one in document.sources}, {(one.source, one.id) for one in document.items}
    for sighting in document.sightings:
        if sighting.source not in sources:
            yield Problem(
                FINDINGS, f"sighting {sighting.id} leads to source {sighting.source}, which it does not list"
            )
        elif sighting.item is not None and (sighting.source, sighting.item) not in items:
            yield Problem(FINDINGS, f"sighting {sighting.id} leads to item {sighting.item}, which it does not list")
