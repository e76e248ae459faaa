"""The parts of the result documents, as types.

They are the one definition: the published JSON Schemas are made from them, and what reads a result back reads
it through them. New fields may come at any time; a change of meaning raises the schema number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from samegoods.records import Appearance, AxisName, CallName, SourceKind, Status, TimeFrom
from samegoods.results.base import Corners, Count, CurrencyCode, DecimalText, Part, Share
from samegoods.results.ground import GroundGroupPart
from samegoods.results.label import LabelPart, OfferPart
from samegoods.results.review import ReviewPart
from samegoods.results.statistics import StatisticsPart, TallyPart
from samegoods.results.verdicts import (
    FeaturePart,
    VerdictPart,
)


class ComparisonPart(Part):
    schema_: Literal["samegoods/comparison/1"] = Field(alias="schema")
    call: CallName
    version: str | None
    packaging: VerdictPart
    quality: VerdictPart
    contents: CallName = "cannot_tell"
    label: LabelPart = LabelPart()


class ExemptPart(Part):
    category: str
    reason: str


class SitePart(Part):
    id: str
    name: str
    timezone: str
    notice: str


class ListedPart(Part):
    """What a version is listed at in the campaign."""

    amount: DecimalText
    currency: CurrencyCode


class ProductPart(Part):
    id: str
    name: str
    category: str
    versions: tuple[str, ...]
    prices: dict[str, ListedPart] = Field(default_factory=dict)


class CampaignPart(Part):
    """What the results need to know of the campaign, so that a case folder can be read on its own."""

    id: str
    title: str
    in_force: str
    requires: tuple[AxisName, ...]
    categories: tuple[str, ...] | None
    exempt: tuple[ExemptPart, ...]
    sites: tuple[SitePart, ...]
    products: tuple[ProductPart, ...]
    digest: str
    retention_days: int | None = None


class SoftwarePart(Part):
    name: Literal["samegoods"]
    version: str


class SourcePart(Part):
    id: str
    path: str
    sha256: str
    kind: SourceKind
    site: str
    captured_at: datetime | None
    captured_from: TimeFrom | None
    status: Status
    reason: str | None
    duration_s: float | None
    stale: bool
    """Examined under an earlier form of the campaign: nothing of it is counted until it is checked again."""
    software: str


class ReferencePart(Part):
    id: str
    product: str
    version: str
    face: str
    picture: str
    width: Count
    height: Count
    width_mm: float | None


class CandidatePart(Part):
    product: str
    version: str | None
    score: Share


class SightingPart(Part):
    id: str
    source: str
    time_s: float | None
    product: str
    version: str | None
    score: Share
    margin: Share
    quad: Corners
    candidates: Annotated[tuple[CandidatePart, ...], Field(max_length=5)]
    item: str | None
    reference: str
    face: str


class CropPart(Part):
    path: str
    sighting: str
    face: str
    quad: Corners
    """The corners of the sighting's reference in the picture at ``path``, px."""


class ItemPart(Part):
    id: str
    source: str
    site: str
    product: str
    version: str | None
    views: Count
    evidence: tuple[str, ...]
    packaging: VerdictPart
    quality: VerdictPart
    contents: CallName = "cannot_tell"
    """The call on what the label declares: net weight, ingredients, nutrition; a part of the quality."""
    label: LabelPart = LabelPart()
    offer: OfferPart | None = None
    """What it is offered at; null where no tag was read."""
    appearance: Appearance = "cannot_tell"
    """How the packaging looks to an average consumer, beside the export version."""
    features: tuple[FeaturePart, ...] = ()
    call: CallName | None
    in_scope: bool
    rule: str
    first_s: float | None
    last_s: float | None
    crops: tuple[CropPart, ...]
    review: ReviewPart | None = None
    """The last decision of a reviewer that stood when this was published."""
    reviews: tuple[ReviewPart, ...] = ()
    """The decisions that stood: of each reviewer one on the whole, or the last corrections of each axis."""


class AxesPart(Part):
    packaging: TallyPart
    quality: TallyPart


class PassedOverPart(Part):
    rule: str
    items: Count


class ContentsPart(Part):
    """Items by the call on what their labels declare."""

    same: Count = 0
    different: Count = 0
    cannot_tell: Count = 0


class GridPart(Part):
    """Items by appearance (rows) against contents (columns)."""

    identical: ContentsPart = ContentsPart()
    similar: ContentsPart = ContentsPart()
    different: ContentsPart = ContentsPart()
    cannot_tell: ContentsPart = ContentsPart()


class PriceRowPart(Part):
    """What items with one call are offered at, in one currency; ``median`` is a price that was seen."""

    call: CallName
    currency: str | None
    items: Count
    lowest: DecimalText
    median: DecimalText
    highest: DecimalText


class FindingPart(TallyPart):
    product: str
    site: str
    in_scope: bool
    rule: str
    items: Count
    axes: AxesPart
    not_judged: tuple[PassedOverPart, ...]
    grid: GridPart = GridPart()
    prices: tuple[PriceRowPart, ...] = ()


class FindingsPart(Part):
    schema_: Literal["samegoods/findings/1"] = Field(alias="schema")
    campaign: CampaignPart
    made_at: datetime
    software: SoftwarePart
    sources: tuple[SourcePart, ...]
    references: tuple[ReferencePart, ...]
    sightings: tuple[SightingPart, ...]
    items: tuple[ItemPart, ...]
    findings: tuple[FindingPart, ...]
    statistics: StatisticsPart | None = None
    ground: tuple[GroundGroupPart, ...] = ()
    """What people on the spot report: sent by volunteers, counted apart from the footage and never pooled with it."""
