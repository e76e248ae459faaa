"""The whole way, top to bottom: from footage to judged items. One source goes through it in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from samegoods.campaign import Campaign
from samegoods.records import (
    UNLISTED,
    Comparison,
    Examined,
    Floats,
    Frame,
    Image,
    Item,
    Judgement,
    Kept,
    Label,
    Offer,
    Outcome,
    Reference,
    Sighting,
    Source,
    View,
)
from samegoods.stages.anchor import anchored
from samegoods.stages.code import Coded, code, coded
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse
from samegoods.stages.judge import judge
from samegoods.stages.keep import keep
from samegoods.stages.label import label
from samegoods.stages.recognise import recognise
from samegoods.stages.sample import sample
from samegoods.stages.tag import Tags, tag
from samegoods.stages.track import track
from samegoods.stages.withhold import withhold
from samegoods.vision.comparison.face import face_against
from samegoods.vision.comparison.heat import heat
from samegoods.vision.cutting.people import Search
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers
from samegoods.vision.recognition.catalogue import Catalogue, build


class Footage(Protocol):
    """What the pipeline needs of an opened source."""

    @property
    def source(self) -> Source: ...

    @property
    def outcome(self) -> Outcome: ...

    def frames(self) -> Iterator[Frame]: ...


def examine(
    media: Footage,
    catalogue: Catalogue,
    campaign: Campaign,
    *,
    search: Search,
    printed: Printed | None = None,
    tell: Callable[[float], None] = lambda _: None,
) -> Examined:
    """Everything that one source shows of a campaign's goods.

    Args:
        search: the privacy wall's second net, which finds faces and bodies.
        printed: the readers, and what they have read off the references; None to read nothing.
        tell: hears the time reached, in seconds; 0 where there is no such time, and the work goes on.
    """
    references = catalogue.by_id
    labels = printed or Printed(Readers())
    tags = Tags()
    frames = told(media.frames(), tell)
    looked_at = sample(frames)
    codes: list[Coded] = []
    looks = code(recognise(looked_at, catalogue), labels.readers, _numbers(campaign), codes)
    unkept: list[Sighting] = []
    kept = noted(tag(keep(looks, references, search), labels.readers, tags), unkept)
    items = alive(track(kept, references), tell)
    compared = anchored([_compared(item, references, labels, campaign) for item in items])
    compared += coded(codes, media.source.id, [item for item, _ in compared], unkept)
    judged = [
        (item, _judged(item, comparison, media.source, campaign, tags.offer(item.sightings)))
        for item, comparison in compared
    ]
    return Examined(
        source=media.source,
        outcome=media.outcome,
        sightings=_in_order(
            [*unkept, *(_settled(one, judgement) for item, judgement in judged for one in item.sightings)]
        ),
        items=tuple((judgement, item.crops) for item, judgement in judged),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two pictures compared: the outcome, and the views and references (by id) that it was reached on."""

    comparison: Comparison
    views: tuple[View, ...]
    references: Mapping[str, Reference]

    @property
    def heats(self) -> tuple[Floats, ...]:
        """How far each view, (h, w), is off at each place; made when asked for: only pages show it.

        See :mod:`samegoods.vision.comparison.heat`.
        """
        faces = (face_against(view, self.references[view.reference]) for view in self.views)
        return tuple(heat(face.residual, face.need) for face in faces)


def compare_pictures(
    reference: Reference, photo: Image, *, search: Search, printed: Printed | None = None
) -> Compared:
    """The same way for two pictures: one reference, one photo that shows its face somewhere.

    Of several copies in the photo the surest is compared. Where the reference is not found, nothing can be told.
    ``search`` finds faces and bodies for the privacy wall; ``printed`` are the readers, None to read nothing.
    """
    catalogue = build([reference])
    references = catalogue.by_id
    items = _surest_first(photo, catalogue, search)
    if not items:
        return Compared(compare((), references), (), references)
    best = items[0]
    item, views, read = _read(best, references, printed or Printed(Readers()))
    ((_, comparison),) = anchored([(item, compare(views, references, label=read))])
    return Compared(comparison, views, references)


def look_over(
    photo: Image, catalogue: Catalogue, *, search: Search, printed: Printed | None = None, most: int
) -> tuple[tuple[Item, Comparison], ...]:
    """The same way for one photo of no footage: the packs on it, the surest first, ``most`` at most, each compared.

    Empty where no product of the catalogue is proven to be there; then nothing of the photo may be kept. ``search``
    finds faces and bodies for the privacy wall; ``printed`` are the readers, None to read nothing.
    """
    references, labels = catalogue.by_id, printed or Printed(Readers())
    compared = []
    for found in _surest_first(photo, catalogue, search)[:most]:
        item, views, read = _read(found, references, labels)
        compared.append((item, compare(views, references, label=read)))
    return tuple(anchored(compared))


def _surest_first(photo: Image, catalogue: Catalogue, search: Search) -> list[Item]:
    """The packs on a photo that the wall lets through."""
    frame = Frame(source="photo", moment=None, luma=np.zeros((1, 1), np.uint8), render=lambda: photo)
    items = track(keep(recognise([frame], catalogue), catalogue.by_id, search), catalogue.by_id)
    return sorted(items, key=lambda item: -max(sighting.score for sighting in item.sightings))


def told(frames: Iterable[Frame], tell: Callable[[float], None]) -> Iterator[Frame]:
    """The same frames; ``tell`` hears the time of each."""
    for frame in frames:
        tell(frame.time_s or 0.0)
        yield frame


def alive(items: Iterable[Item], tell: Callable[[float], None]) -> Iterator[Item]:
    """The same items; ``tell`` hears of each that the work goes on: a source may show hundreds."""
    for item in items:
        tell(0.0)
        yield item


def noted(kept: Iterable[Kept], unkept: list[Sighting]) -> Iterator[Kept]:
    """The same; what was seen without a picture being kept is added to ``unkept``: it is told, and is no item."""
    for one in kept:
        unkept.extend(one.unkept)
        yield one


def _compared(
    item: Item, references: Mapping[str, Reference], printed: Printed, campaign: Campaign
) -> tuple[Item, Comparison]:
    item, views, read = _read(item, references, printed)
    return item, compare(views, references, label=read, gtins=campaign.product(item.product).gtins)


def _read(item: Item, references: Mapping[str, Reference], printed: Printed) -> tuple[Item, tuple[View, ...], Label]:
    """The item's fused faces and its label, and the item as it may be kept."""
    views = fuse(item, references)
    read = label(item, views, references, printed)
    if not read.withheld:
        return item, views, read
    item = withhold(item, read.withheld, references)
    return item, fuse(item, references), read


def _numbers(campaign: Campaign) -> dict[str, str]:
    """The product that each GTIN of the campaign is printed on."""
    return {number: product.id for product in campaign.products for number in product.gtins}


def _judged(item: Item, comparison: Comparison, source: Source, campaign: Campaign, offer: Offer | None) -> Judgement:
    site = campaign.site(source.site)
    return judge(
        item,
        comparison,
        product=campaign.product(item.product),
        order=campaign.order,
        site=site.id,
        captured_at=source.captured_at,
        timezone=site.timezone,
        offer=offer,
    )


def _settled(sighting: Sighting, judgement: Judgement) -> Sighting:
    """The sighting, of no listed version where its item turned out to be so: one look alone cannot tell that."""
    return replace(sighting, version=UNLISTED) if judgement.version == UNLISTED else sighting


def _in_order(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    return tuple(sorted(sightings, key=lambda s: int(s.id.rpartition("-s")[2])))
