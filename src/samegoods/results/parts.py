"""The parts of the result documents, as types.

They are the one definition: the published JSON Schemas are made from them, and what reads a result back reads
it through them. New fields may come at any time; a change of meaning raises the schema number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from samegoods.records import Appearance, AxisName, CallName, DifferenceKind, FeatureName, SourceKind, Status, TimeFrom
from samegoods.results.base import Corners, Count, Part, Point, Share
from samegoods.results.label import LabelPart, OfferPart


class OthersPart(Part):
    """The other packs of the product: how many show a difference too, and how many of the same version do not,
    though it would have shown there."""

    showing: Count
    without: Count


class DifferencePart(Part):
    kind: DifferenceKind
    region: tuple[Point, ...]
    """A polygon, px of the reference."""
    size: Share
    """The share of the face that it covers."""
    confidence: Share
    reference: str
    face: str
    delta_e: float
    """CIEDE2000 between what was expected and what was seen."""
    detail: str
    place: str = ""
    """Where on the face, in words."""
    letters: Annotated[int, Field(ge=1)] | None = None
    """About how many letters a difference in text spans."""
    score: Annotated[float, Field(ge=0)] = 0.0
    """How many times it passes the limit that chance stays under; 0 where that was not measured."""
    shows_through: bool = False
    read: bool = False
    """Whether other words or another code were read there: no damage prints such."""
    """The print that is due is still there under it, darker: as under a spill or a dent."""
    others: OthersPart | None = None
    """What the other packs show in its place; null where that was not asked."""


class ShowingPart(Part):
    height_px: Count
    """The height of the face in the largest picture, were it frontal."""
    px_per_mm: float | None
    """Pixels of that picture to a millimetre of the pack; null where the size of the pack is not known."""
    views: Count
    seen: Share
    """The share of the face that is seen."""


class NeededPart(ShowingPart):
    """What would most likely have sufficed to tell, all of it together; ``had`` is what there was."""

    face: str
    had: ShowingPart


class InspectedPart(Part):
    """How well a face was seen; no views: not at all."""

    face: str
    seen: Share
    """The share of the face that is in sight."""
    views: Count
    patch_delta_e: float
    """The CIEDE2000 by which a patch of 1 % of the face must be off to be found."""
    doubt: str
    """What is missing before `same` may be said of it; empty where nothing is."""


class VerdictPart(Part):
    call: CallName
    reason: str
    differences: tuple[DifferencePart, ...]
    needed: NeededPart | None = None
    """With ``cannot_tell``: what would have sufficed; null where that is not known."""
    faces: tuple[InspectedPart, ...] = ()
    """With the packaging: the faces that the call rests on, and those that were not seen."""


class FeaturePart(Part):
    """One feature of a pack's appearance."""

    name: FeatureName
    call: CallName
    share: Share
    """The share of a face that differs in it."""
    delta_e: float
    plain: bool
    """Whether that is so much that an average consumer takes it for another pack."""


class ComparisonPart(Part):
    schema_: Literal["samegoods/comparison/1"] = Field(alias="schema")
    call: CallName
    version: str | None
    packaging: VerdictPart
    quality: VerdictPart


class ExemptPart(Part):
    category: str
    reason: str


class SitePart(Part):
    id: str
    name: str
    timezone: str
    notice: str


class ProductPart(Part):
    id: str
    name: str
    category: str
    versions: tuple[str, ...]


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


class TallyPart(Part):
    same: Count
    different: Count
    cannot_tell: Count
    share_different: Share | None
    low: Share | None
    high: Share | None
    method: str
    share_if_all_same: Share | None
    share_if_all_different: Share | None


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


class FindingPart(TallyPart):
    product: str
    site: str
    in_scope: bool
    rule: str
    items: Count
    axes: AxesPart
    not_judged: tuple[PassedOverPart, ...]
    grid: GridPart = GridPart()


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
