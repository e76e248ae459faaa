"""What people on the spot report: beside the footage, sent by whoever wants to, and never pooled with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from samegoods.records import CallName
from samegoods.results.base import Corners, Count, CurrencyCode, DecimalText, Part, Share

GROUND_REMARK_LETTERS = 500
REASON_LETTERS = 500
MOST_PHOTOS = 3

PhotoOutcome = Literal["kept", "no_goods", "unreadable", "no_wall"]
"""What became of a photo: crops of it are kept; no product of the campaign was found in it; it is no picture; or the
finders of people are missing, and without them nothing is looked at."""
ModerationName = Literal["accept", "reject"]


class SentPart(Part):
    """A report as it is sent, photos apart. ``version`` null: the sender cannot tell."""

    product: str
    version: str | None
    site: str
    day: date
    """When it was seen, by the site's calendar."""
    amount: DecimalText | None = None
    currency: CurrencyCode | None = None
    remark: Annotated[str, Field(max_length=GROUND_REMARK_LETTERS)] = ""


class GroundCropPart(Part):
    path: str
    face: str
    reference: str
    quad: Corners


class GroundItemPart(Part):
    """A pack on a photo, and what the machine calls it beside the export version."""

    product: str
    version: str | None
    packaging: CallName
    quality: CallName
    crops: tuple[GroundCropPart, ...]


class GroundPhotoPart(Part):
    outcome: PhotoOutcome
    items: tuple[GroundItemPart, ...] = ()


class GroundReportPart(SentPart):
    """A report as the case keeps it. ``withheld``: a telephone number or an address was taken out of the remark."""

    n: int
    at: datetime
    withheld: bool = False
    photos: tuple[GroundPhotoPart, ...] = ()

    @property
    def items(self) -> tuple[GroundItemPart, ...]:
        """The packs on all photos."""
        return tuple(item for photo in self.photos for item in photo.items)

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(sorted({crop.path for item in self.items for crop in item.crops}))


class GroundModerationPart(Part):
    """What a reviewer decided on a report: whether it is shown and counted."""

    n: int
    at: datetime
    by: str
    report: int
    decision: ModerationName
    reason: Annotated[str, Field(max_length=REASON_LETTERS)] = ""


class GroundSaysPart(Part):
    """Reports that name one version; null: the sender could not tell."""

    version: str | None
    reports: Count


class GroundPricePart(Part):
    version: str | None
    currency: str | None
    reports: Count
    lowest: DecimalText
    median: DecimalText
    highest: DecimalText


class GroundFootagePart(Part):
    """The footage on the same question, of the packs whose version could be told: how many are another than the
    export version, with the limits of that share; null where none could be told."""

    packs: Count
    told: Count
    other: Count
    share: Share | None = None
    low: Share | None = None
    high: Share | None = None
    method: str = ""


DisagreementName = Literal["more", "less", "not_filmed", "photos"]
"""``more``, ``less``: another version than the export one is reported more, or less often than the footage's limits
allow; ``not_filmed``: the footage shows no pack there; ``photos``: the senders' own photos show another version."""


class GroundGroupPart(Part):
    """The accepted reports on one product at one site. Volunteers are no sample, so no share of them has limits."""

    product: str
    site: str
    reports: tuple[GroundReportPart, ...]
    says: tuple[GroundSaysPart, ...]
    photos_same: Count
    photos_different: Count
    photos_cannot_tell: Count
    """Packs on the photos, by the machine's call on their packaging."""
    contradicted: Count
    """Reports whose photos show another version than they name."""
    prices: tuple[GroundPricePart, ...]
    footage: GroundFootagePart
    disagrees: tuple[DisagreementName, ...]
