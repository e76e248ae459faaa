"""What a form sends: its fields and photos, in memory alone, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from samegoods.edges.ground.words import _
from samegoods.results.ground import GROUND_REMARK_LETTERS, MOST_PHOTOS, SentPart
from samegoods.results.parts import CampaignPart

PHOTO_BYTES = 8_000_000
"""A phone's photo as it is; by script it comes smaller."""
BODY_BYTES = MOST_PHOTOS * PHOTO_BYTES + 64 * 1024
OLDEST_DAYS = 366
FIELDS = ("product", "version", "site", "day", "amount", "currency", "remark", "code")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ ,.\u00a0]\d{3})+")
_DECIMAL = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?")


class Wrong(Exception):
    """A form that cannot be used; the message is one of the catalogue, for its sender."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form as they were typed, and its photos."""

    fields: dict[str, str]
    photos: tuple[bytes, ...]


class _InMemory(MultiPartParser):
    """The framework's reader would write what is larger than a megabyte to the disk: a photo lives in memory alone."""

    spool_max_size = BODY_BYTES + 1


async def posted(request: Request) -> Posted:
    """Read a form.

    Raises:
        Wrong: it is none, too long, or has more photos than are looked at.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "multipart/form-data":
        raise Wrong(_("This form cannot be read."))
    parser = _InMemory(request.headers, request.stream(), max_files=MOST_PHOTOS, max_fields=len(FIELDS) + 1)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Wrong(_("This form cannot be read, or has too many photos.")) from None
    try:
        photos = [await _photo(one) for one in form.getlist("photos") if isinstance(one, UploadFile)]
        told = {name: value for name in FIELDS if isinstance(value := form.get(name, ""), str)}
    finally:
        await form.close()
    fields = {name: value.strip() for name, value in told.items()}
    return Posted(fields, tuple(one for one in photos if one))  # a field without a file comes as an empty one


async def _photo(upload: UploadFile) -> bytes:
    content = await upload.read(PHOTO_BYTES + 1)
    if len(content) > PHOTO_BYTES:
        raise Wrong(_("A photo is too large."))
    return content


def sent_of(fields: dict[str, str], campaign: CampaignPart) -> SentPart:
    """The report that fields tell.

    Raises:
        Wrong: they tell none that fits the campaign; the message says what to change.
    """
    product = next((one for one in campaign.products if one.id == fields.get("product")), None)
    if product is None:
        raise Wrong(_("Choose a product."))
    site = next((one for one in campaign.sites if one.id == fields.get("site")), None)
    if site is None:
        raise Wrong(_("Choose where you saw it."))
    version = fields.get("version") or None
    if version is not None and version not in product.versions:
        raise Wrong(_("This product has no such version."))
    remark = fields.get("remark", "").replace("\r\n", "\n")
    if len(remark) > GROUND_REMARK_LETTERS:
        raise Wrong(_("The remark is too long."))
    amount = amount_of(fields.get("amount", ""))
    currency = fields.get("currency", "").upper() or None
    if amount is not None and currency is None:
        raise Wrong(_("Say the currency of the price, such as EUR."))
    day = _day(fields.get("day", ""), ZoneInfo(site.timezone))
    try:
        return SentPart(
            product=product.id,
            version=version,
            site=site.id,
            day=day,
            amount=amount,
            currency=None if amount is None else currency,
            remark=remark,
        )
    except ValidationError:
        raise Wrong(_("Say the currency of the price, such as EUR.")) from None


def amount_of(typed: str) -> str | None:
    """A price as it is typed, as a decimal text: ``12,50`` and ``12.50``, ``12,500`` and ``12 500``; None for none.

    Raises:
        Wrong: it is no price.
    """
    if not typed:
        return None
    if _THOUSANDS.fullmatch(typed):
        return re.sub(r"\D", "", typed)
    found = _DECIMAL.fullmatch(typed)
    if not typed.isascii() or found is None:
        raise Wrong(_("Write the price in figures, such as 12.50."))
    return found[1] if found[2] is None else f"{found[1]}.{found[2]}"


def _day(typed: str, zone: ZoneInfo) -> date:
    today = datetime.now(UTC).astimezone(zone).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise Wrong(_("Say on which day you saw it.")) from None
    if not today - timedelta(days=OLDEST_DAYS) <= day <= today:
        raise Wrong(_("That day is to come, or more than a year ago."))
    return day
