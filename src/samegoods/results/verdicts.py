"""What is said of an item or of two pictures on one axis, as parts of the result documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from samegoods.records import CallName, DifferenceKind, FeatureName
from samegoods.results.base import Count, Part, Point, Share


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
    """The print that is due is still there under it, darker: as under a spill or a dent."""
    read: bool = False
    """Whether other words or another code were read there: no damage prints such."""
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
