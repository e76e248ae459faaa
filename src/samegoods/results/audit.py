"""``audit.json``: what a search of all that a case holds found of people."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from samegoods.records import FinderName, PersonKind
from samegoods.results.base import Count, Part, Share

Sheet = Literal["crop", "reference", "embedded"]


class AuditFinderPart(Part):
    name: FinderName
    kind: PersonKind
    available: bool
    detail: str


class AuditFoundPart(Part):
    """Where a finder saw a face or a body; it may be a person unless ``printed``: shown there by the reference."""

    path: str
    sheet: Sheet
    finder: FinderName
    kind: PersonKind
    box: tuple[float, float, float, float]
    score: Share
    printed: bool


class UnsearchedPart(Part):
    path: str
    reason: str


class AuditPart(Part):
    """``rate`` is the share of the searched pictures in which something may be a person, with its interval."""

    schema_: Literal["samegoods/audit/1"] = Field(alias="schema")
    made_at: str
    software: str
    status: Literal["clean", "needs review"]
    content: str
    pictures: Count
    searched: Count
    suspect: Count
    rate: Share | None
    low: Share | None
    high: Share | None
    method: str
    finders: tuple[AuditFinderPart, ...]
    found: tuple[AuditFoundPart, ...]
    unsearched: tuple[UnsearchedPart, ...]
