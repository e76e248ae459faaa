"""The way from every finding to its items, their evidence and the hash of their source, in findings.json itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Set
from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from samegoods.custody.log import Problem
from samegoods.custody.replay import FINDINGS, Told
from samegoods.errors import CustodyError
from samegoods.results.base import Part
from samegoods.results.ground import GroundGroupPart
from samegoods.results.parts import (
    CampaignPart,
    FindingPart,
    FindingsPart,
    ItemPart,
    ReferencePart,
    SightingPart,
    SourcePart,
)
from samegoods.results.rows import entries

Files = Container[str]
__all__ = ["FINDINGS", "parts_of", "read_findings", "walk"]

_PARTS: dict[str, type[Part]] = {
    "campaign": CampaignPart,
    "sources": SourcePart,
    "references": ReferencePart,
    "sightings": SightingPart,
    "items": ItemPart,
    "findings": FindingPart,
    "ground": GroundGroupPart,
}
Place = tuple[str, str]


def read_findings(raw: bytes) -> FindingsPart:
    """The findings document.

    Raises:
        CustodyError: it is none; the message names the first wrong field.
    """
    try:
        return FindingsPart.model_validate_json(raw)
    except ValidationError as error:
        raise CustodyError(f"not the findings of a case: {_first(error)}") from None


def parts_of(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The entries of a findings document from its lines, each checked by itself, so that none but one is held.

    Raises:
        CustodyError: it is none, or not in the form in which it is published; the message names the first wrong field.
    """
    rest: dict[str, Any] = {}
    try:
        for name, value in entries(lines):
            if name not in _PARTS:
                rest[name] = value
            elif value != []:
                yield name, _PARTS[name].model_validate(value)
                rest[name] = value if name == "campaign" else ()
            else:
                rest[name] = ()
        FindingsPart.model_validate(rest)  # nothing is missing, and what stands beside the lists is right
    except ValidationError as error:
        raise CustodyError(f"not the findings of a case: {_first(error)}") from None
    except (ValueError, RecursionError) as error:
        raise CustodyError(f"not the findings of a case: {error}") from None


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or '(file)'}: {first['msg']}"


def walk(parts: Iterable[tuple[str, Any]], told: Told, files: Files) -> Iterator[Problem]:
    """Every link that is broken, in the order of the document.

    Args:
        parts: of the findings, in the order in which they are published: see :func:`parts_of`.
        told: what the log says the case holds.
        files: the SHA-256 of every file there is, by its path.

    Raises:
        CustodyError: as ``parts`` does.
    """
    known = _Known(told, files)
    for name, part in parts:
        yield from known.take(name, part)
    yield from known.rest()


class _Known:
    """What of a document is needed to check what follows: its sources, the items that it is to list, their calls."""

    def __init__(self, told: Told, files: Files) -> None:
        self._told, self._files = told, files
        self._sources: dict[str, str] = {}
        self._sighted: dict[bytes, tuple[str, str]] = {}
        """The items that sightings lead to, each with a sighting that does; they are listed after these."""
        self._counts: dict[Place, Counter[str]] = defaultdict(Counter)
        self._accepted = told.ground.accepted(before=told.findings_at)

    def take(self, name: str, part: Any) -> Iterator[Problem]:
        if isinstance(part, CampaignPart) and part.digest != self._told.digest:
            yield Problem(FINDINGS, f"is of the campaign {part.digest[:12]}, the log of {self._told.digest[:12]}")
        elif isinstance(part, SourcePart):
            self._sources[part.id] = part.sha256
            yield from _source(part, self._told)
        elif isinstance(part, ReferencePart):
            yield from _reference(part, self._told)
        elif isinstance(part, SightingPart):
            yield from self._sighting(part)
        elif isinstance(part, ItemPart):
            yield from self._item(part)
        elif isinstance(part, FindingPart):
            yield from _finding(part, self._counts.pop((part.product, part.site), Counter()))
        elif isinstance(part, GroundGroupPart):
            yield from _ground(part, self._accepted, self._told, self._files)

    def rest(self) -> Iterator[Problem]:
        """What is wrong with the whole."""
        for (product, site), counts in self._counts.items():
            yield Problem(FINDINGS, f"{counts['listed']} items of {product} at {site} are in no finding")
        for known in self._told.ledger.sources():
            if known.body.id not in self._sources:
                yield Problem(FINDINGS, f"leaves out source {known.body.id}, of which entry {known.entry} tells")
        for sighting, item in self._sighted.values():
            yield Problem(FINDINGS, f"sighting {sighting} leads to item {item}, which it does not list")

    def _sighting(self, part: SightingPart) -> Iterator[Problem]:
        if part.source not in self._sources:
            yield Problem(FINDINGS, f"sighting {part.id} leads to source {part.source}, which it does not list")
        elif part.item is not None:
            self._sighted.setdefault(_key(part.source, part.item), (part.id, part.item))

    def _item(self, part: ItemPart) -> Iterator[Problem]:
        self._sighted.pop(_key(part.source, part.id), None)
        counts = self._counts[part.product, part.site]
        counts["listed"] += 1
        counts["reached"] += part.in_scope
        if part.in_scope and part.call is not None:
            counts[part.call] += 1
        yield from _item(part, self._sources, self._told, self._files)


def _key(source: str, item: str) -> bytes:
    """16 bytes for an item, where the names take a hundred and more."""
    return blake2b(f"{source}\n{item}".encode(), digest_size=16).digest()


def _finding(finding: FindingPart, listed: Counter[str]) -> Iterator[Problem]:
    where = f"the finding on {finding.product} at {finding.site}"
    number = listed["reached"] or listed["listed"]
    if finding.items != number:
        yield Problem(FINDINGS, f"{where} counts {finding.items} items, and {number} are listed")
    for call in ("same", "different", "cannot_tell"):
        if getattr(finding, call) != listed[call]:
            yield Problem(FINDINGS, f"{where} counts {getattr(finding, call)} {call}, and {listed[call]} are listed")


def _item(item: ItemPart, sources: Mapping[str, str], told: Told, files: Files) -> Iterator[Problem]:
    where, sha256 = f"item {item.id}", sources.get(item.source)
    known = told.ledger.get(item.source)
    if sha256 is None or known is None:
        yield Problem(FINDINGS, f"{where} leads to source {item.source}, which is not in {_place(sha256 is None)}")
        return
    if sha256 != known.body.sha256:
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


def _ground(group: GroundGroupPart, accepted: Set[int], told: Told, files: Files) -> Iterator[Problem]:
    """The reports that are told had been taken in, and lead to pictures of theirs."""
    for report in group.reports:
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


def _source(source: SourcePart, told: Told) -> Iterator[Problem]:
    known = told.ledger.get(source.id)
    if known is None:
        yield Problem(FINDINGS, f"lists source {source.id}, of which the log does not tell")
    elif source.sha256 != known.body.sha256 or source.path != known.body.path:
        yield Problem(FINDINGS, f"lists source {source.id} otherwise than entry {known.entry} tells of it")


def _reference(one: ReferencePart, told: Told) -> Iterator[Problem]:
    known = told.references.get(one.id)
    if known is None or known[1].picture != one.picture:
        yield Problem(FINDINGS, f"lists reference {one.id} otherwise than the log tells of it")
