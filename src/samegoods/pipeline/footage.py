"""The whole way, top to bottom: from footage to judged items.

A short source goes through it at once: :func:`examine`. A long one is looked through in stretches, in as many
processes as there are, and its packs are joined where these meet: :func:`look_through`, ``stages.join``,
:func:`weigh`, :func:`conclude`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

from samegoods.campaign import Campaign
from samegoods.pipeline.items import compared
from samegoods.records import (
    UNLISTED,
    Comparison,
    Examined,
    Frame,
    Item,
    Judgement,
    Kept,
    Moment,
    Offer,
    Outcome,
    Sighting,
    Source,
    Span,
)
from samegoods.stages.anchor import anchored
from samegoods.stages.code import Coded, code, coded
from samegoods.stages.join import reaches
from samegoods.stages.judge import judge
from samegoods.stages.keep import keep
from samegoods.stages.recognise import recognise
from samegoods.stages.sample import sample
from samegoods.stages.tag import Tags, tag
from samegoods.stages.track import GAP_S, track
from samegoods.vision.cutting.people import Search
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers
from samegoods.vision.recognition.catalogue import Catalogue


class Shown(Protocol):
    """What looking needs of an opened source, or of a stretch of one."""

    def frames(self) -> Iterator[Frame]: ...


class Footage(Shown, Protocol):
    """What the pipeline needs of an opened source."""

    @property
    def source(self) -> Source: ...

    @property
    def outcome(self) -> Outcome: ...


LEAD_S = ceil(GAP_S)
"""A stretch begins to look so long before its start: as long as a pack may be out of sight and be the same."""
_BLOCK = 1_000_000
"""Sightings and items of each stretch are numbered from a million on: it has fewer, at four looks a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one stretch of a source shows, or all of it where it is looked through at once.

    ``compared`` are packs that were seen in this stretch alone; ``crossing`` those that may be in view in the one
    before or after it, which have to be joined first. ``unkept`` sightings belong to no item; ``codes`` were read
    where no face was recognised.
    """

    compared: tuple[tuple[Item, Comparison], ...]
    crossing: tuple[Item, ...]
    unkept: tuple[Sighting, ...]
    codes: tuple[Coded, ...]
    tags: Tags


NOTHING = Part((), (), (), (), Tags())
"""What a stretch shows of which nothing came back."""


@dataclass(frozen=True, slots=True)
class Means:
    """What looking and comparing take beside the footage.

    ``search`` is the privacy wall's second net, which finds faces and bodies; ``printed`` the readers, and what they
    have read off the references.
    """

    catalogue: Catalogue
    campaign: Campaign
    search: Search
    printed: Printed


WHOLE = Span(0, 0, 0, None)


def examine(
    media: Footage,
    catalogue: Catalogue,
    campaign: Campaign,
    *,
    search: Search,
    printed: Printed | None = None,
    tell: Callable[[float], None] = lambda _: None,
) -> Examined:
    """Everything that one source shows of a campaign's goods, looked through at once.

    Args:
        search: the privacy wall's second net, which finds faces and bodies.
        printed: the readers, and what they have read off the references; None to read nothing.
        tell: hears the time reached, in seconds; 0 where there is no such time, and the work goes on.
    """
    means = Means(catalogue, campaign, search, printed or Printed(Readers()))
    part = look_through(media, WHOLE, means, tell=tell)
    return conclude(media.source, media.outcome, [part], part.compared, campaign)


def look_through(media: Shown, span: Span, means: Means, *, tell: Callable[[float], None] = lambda _: None) -> Part:
    """Everything that one stretch of a source shows; packs that lie within it are compared.

    Args:
        media: the frames of the span, and those of its lead.
        tell: as in :func:`examine`.
    """
    references, after = means.catalogue.by_id, _BLOCK * span.number
    tags = Tags()
    looked_at = sample(told(media.frames(), tell))
    codes: list[Coded] = []
    readers = means.printed.readers
    looks = code(recognise(looked_at, means.catalogue, after=after), readers, _numbers(means.campaign), codes)
    unkept: list[Sighting] = []
    kept = noted(tag(keep(looks, references, means.search), readers, tags), unkept)
    within: list[tuple[Item, Comparison]] = []
    crossing: list[Item] = []
    for item in numbered(alive(track(kept, references), tell), after):
        if _is_within(item, span):
            within.append(compared(item, means.catalogue.by_id, means.printed, means.campaign))
        else:
            crossing.append(item)
    return Part(
        compared=tuple(within),
        crossing=tuple(crossing),
        unkept=tuple(one for one in unkept if _owns(span, one.moment)),
        codes=tuple(one for one in codes if _owns(span, one.moment)),
        tags=tags,
    )


def weigh(
    items: Iterable[Item], means: Means, *, tell: Callable[[float], None] = lambda _: None
) -> tuple[tuple[Item, Comparison], ...]:
    """Compare packs that were joined over stretches; each comes back as it may be kept."""
    return tuple(compared(item, means.catalogue.by_id, means.printed, means.campaign) for item in alive(items, tell))


def conclude(
    source: Source,
    outcome: Outcome,
    parts: Iterable[Part],
    packs: Sequence[tuple[Item, Comparison]],
    campaign: Campaign,
) -> Examined:
    """What a source comes to, once all of its packs are compared: its light, its lone codes, the order.

    Args:
        parts: its stretches, in order.
        packs: all its packs, compared, those of the parts among them.
    """
    tags = Tags()
    unkept: list[Sighting] = []
    codes: list[Coded] = []
    for part in parts:
        tags.add(part.tags)
        unkept += part.unkept
        codes += part.codes
    there = anchored(packs)
    there += coded(codes, source.id, [item for item, _ in there], unkept)
    judged = [
        (item, _judged(item, comparison, source, campaign, tags.offer(item.sightings))) for item, comparison in there
    ]
    return Examined(
        source=source,
        outcome=outcome,
        sightings=_in_order(
            [*unkept, *(_settled(one, judgement) for item, judgement in judged for one in item.sightings)]
        ),
        items=tuple((judgement, item.crops) for item, judgement in judged),
    )


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


def numbered(items: Iterable[Item], after: int) -> Iterator[Item]:
    """The same items, numbered from ``after`` on."""
    for item in items:
        name, _, number = item.id.rpartition("-i")
        yield replace(item, id=f"{name}-i{after + int(number)}")


def _is_within(item: Item, span: Span) -> bool:
    """Whether a pack was seen in this span alone: neither in its lead nor in that of the next."""
    before = span.number > 0 and not _owns(span, item.sightings[0].moment)
    return not before and (span.end_s is None or not reaches(item, span.end_s - LEAD_S))


def _owns(span: Span, moment: Moment | None) -> bool:
    return moment is None or span.owns(moment)


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
