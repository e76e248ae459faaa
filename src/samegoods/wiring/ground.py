"""Reports from the ground: photos looked at apart, remarks without telephone numbers, all of it kept in the case."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from samegoods.edges.engines import Engine, LocalEngine, at_work
from samegoods.edges.ground import StatePart, TakenPart, hashed, make_app, new_code
from samegoods.edges.media import LIMITS
from samegoods.errors import CaseError, MediaError, MissingPart, SamegoodsError
from samegoods.fetching import Pictures
from samegoods.records import Reference
from samegoods.records.ground import GroundItem, GroundPhoto
from samegoods.results.ground import GroundReportPart, SentPart
from samegoods.results.parts import CampaignPart, ReferencePart
from samegoods.vision.reading.contacts import without_contacts
from samegoods.wiring.apart import apart
from samegoods.wiring.moderating import Moderated

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore

_log = logging.getLogger(__name__)

PHOTO_LIMITS = replace(LIMITS, photo_pixels=50_000_000, photo_bytes=8_000_000)
"""What a stranger's photo may ask for: those of telephones have 12 to 50 megapixels."""
MOST_PACKS = 6
"""Packs of a photo that are compared and kept: a report is on one product, and a shelf is not needed for it."""
SIDE_PX = 240


@dataclass(frozen=True, slots=True)
class LookAt:
    """What a worker does with one photo, which comes to it as bytes and is on no disk."""

    pictures: Pictures
    references: tuple[ReferencePart, ...]

    def __call__(self, photo: bytes) -> GroundPhoto:
        from samegoods.edges.media.picture import decoded_picture
        from samegoods.pipeline import look_over

        try:
            pixels = decoded_picture(photo, limits=PHOTO_LIMITS).pixels
        except MediaError:
            return GroundPhoto("unreadable")
        with at_work():
            try:
                catalogue, search, printed = _means(self)
            except MissingPart:  # where the wall cannot be guaranteed, nothing is looked at
                return GroundPhoto("no_wall")
            found = look_over(pixels, catalogue, search=search, printed=printed, most=MOST_PACKS)
        items = tuple(
            GroundItem(item.product, one.version, one.packaging.call, one.quality.call, tuple(item.crops))
            for item, one in found
            if item.crops
        )
        return GroundPhoto("kept", items) if items else GroundPhoto("no_goods")


@lru_cache(maxsize=1)
def _means(look: LookAt) -> tuple[Any, Any, Any]:
    """What it takes, made once in a worker: the catalogue from the case's own references, the wall, the readers."""
    from samegoods.edges.finders import search_of, wall_finders
    from samegoods.vision.recognition.catalogue import build
    from samegoods.wiring.printing import printed

    search = search_of(wall_finders())
    references = [_reference(look.pictures, one) for one in look.references]
    return build(references), search, printed()


def _reference(pictures: Pictures, part: ReferencePart) -> Reference:
    from samegoods.edges.report.pictures import read

    rgba = read(pictures, part.picture)
    mask = rgba[..., 3] > 0
    return Reference(part.id, part.product, part.version, part.face, rgba[..., :3].copy(), mask, part.width_mm)


class CaseBox:
    """Takes reports into a case that is open for writing."""

    def __init__(self, store: CaseStore, machine: Engine, moderated: Moderated) -> None:
        self._store = store
        self._references = store.references()
        self._machine = machine
        self._moderated = moderated
        self._looking = Lock()
        self._campaign = store.campaign

    @property
    def campaign(self) -> CampaignPart:
        return self._campaign

    def face_of(self, product: str) -> int | None:
        mine = [(one.version != "export", n) for n, one in enumerate(self._references) if one.product == product]
        return min(mine)[1] if mine else None

    @lru_cache(maxsize=512)  # noqa: B019  a box lives as long as the server
    def picture(self, n: int) -> bytes | None:
        from samegoods.edges.report.pictures import read
        from samegoods.edges.web.pictures import webp

        if not 0 <= n < len(self._references):
            return None
        return webp(read(self._store.pictures, self._references[n].picture), SIDE_PX)

    def send(self, sent: SentPart, photos: Sequence[bytes], code: str) -> TakenPart:
        remark = without_contacts(sent.remark)
        kept, withheld = sent.model_copy(update={"remark": remark}), remark != sent.remark
        known = self._known(code)
        if known is not None:
            (before,) = self._store.reports([known])
            if _sent(before) == kept:
                outcomes = tuple(one.outcome for one in before.photos)
                return TakenPart(receipt=code, photos=outcomes, withheld=before.withheld, before=True)
        if self._store.told.ground.of_receipt(hashed(code)) is not None:
            code = new_code()  # another report from a page that was gone back to: it is not lost
        seen = [self._seen(photo) for photo in photos]
        self._store.keep_report(kept, receipt=hashed(code), photos=seen, withheld=withheld)
        return TakenPart(receipt=code, photos=tuple(one.outcome for one in seen), withheld=withheld)

    def _seen(self, photo: bytes) -> GroundPhoto:
        look = LookAt(self._store.pictures, self._references)
        if not self._references:
            return GroundPhoto("no_goods")
        with self._looking:  # one at a time: the worker has the memory for one
            try:
                return apart(look, photo, what="a photo", machine=self._machine)
            except SamegoodsError as error:
                _log.warning("a photo of a report: %s", error)
                return GroundPhoto("unreadable")

    def _known(self, code: str) -> int | None:
        """The report that a code is of, if it is still there."""
        n = self._store.told.ground.of_receipt(hashed(code))
        return n if self._store.told.ground.has(n) else None

    def state(self, code: str) -> StatePart | None:
        ground = self._store.told.ground
        n = ground.of_receipt(hashed(code))
        if n is None:
            return None
        if not ground.has(n):
            return StatePart(state="gone")
        (report,) = self._store.reports([n])
        said = self._store.moderations(n)
        sent = _sent(report)
        kept = sum(one.outcome == "kept" for one in report.photos)
        if not said:
            return StatePart(state="waiting", report=sent, kept=kept)
        return StatePart(state=said[-1].decision, reason=said[-1].reason, report=sent, kept=kept)

    def withdraw(self, code: str) -> None:
        n = self._known(code)
        if n is None:
            raise CaseError("there is no report with this receipt")
        self._store.withdraw_report(n)
        self._moderated.clean_later()


def _sent(report: GroundReportPart) -> SentPart:
    """What a sender said, without what came of it."""
    return SentPart.model_validate(report.model_dump(include=set(SentPart.model_fields)))


@contextmanager
def ground_form(store: CaseStore, moderated: Moderated, *, machine: Engine | None = None) -> Iterator[Any]:
    """The public form of an open case, as an application; a worker that looks at photos is kept warm until it ends.

    Args:
        machine: what looks at photos; by default one process of its own.
    """
    with machine or LocalEngine(workers=1) as engine:
        yield make_app(CaseBox(store, engine, moderated))
