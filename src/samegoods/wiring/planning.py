"""Finding the footage, and saying what would be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from samegoods import campaign as campaigns
from samegoods.campaign import Campaign
from samegoods.edges.engines import Engine, Failed, LocalEngine
from samegoods.edges.media import Footage, Media, Unreadable, open_media, resolve, unopened
from samegoods.edges.media.reading import FailedMedia
from samegoods.errors import SamegoodsError
from samegoods.records import Source
from samegoods.wiring.apart import each_apart


@dataclass(frozen=True, slots=True)
class Planned:
    """A source that would be looked at; ``problem`` says why it could not be."""

    source: Source
    duration_s: float | None
    problem: str | None


def plan(
    campaign: Path | str,
    footage: Sequence[str | Path],
    *,
    site: str | None = None,
    captured_at: datetime | None = None,
    references_from: Sequence[Path | str] = (),
) -> tuple[Planned, ...]:
    """What :func:`check` would look at; looks at no frame and writes nothing.

    Raises:
        SamegoodsError: the input cannot be used.
    """
    study = campaigns.load(campaign, references_from=references_from)
    media = opened(study, footage, LocalEngine(), site=site, captured_at=captured_at)
    return tuple(Planned(one.source, one.declared_s, _problem(one)) for one in media)


def _problem(media: Media) -> str | None:
    """Why a source gives nothing, where that is known before a frame is decoded."""
    if not isinstance(media, FailedMedia):
        return None
    list(media.frames())
    return media.outcome.reason


def opened(
    campaign: Campaign,
    footage: Sequence[str | Path],
    machine: Engine,
    *,
    site: str | None,
    captured_at: datetime | None,
) -> list[Media]:
    """The footage, each content once: a copy of a file under another name is the same source.

    It is opened by the workers of ``machine``: a header can crash its reader as well as a frame can.
    """
    zones = {one.id: one.timezone for one in campaign.sites}
    found, missing = resolve([str(one) for one in footage], site=site, captured_at=captured_at, zones=zones)
    by_id: dict[str, Media] = {}
    named: list[Footage | Unreadable] = [*found, *missing]
    for one, result in zip(named, each_apart(partial(open_media, sparing=True), named, machine), strict=True):
        media = unopened(one, _why(result)) if isinstance(result, Failed | SamegoodsError) else result
        by_id.setdefault(media.source.id, media)
    return list(by_id.values())


def _why(result: Failed[Footage | Unreadable] | SamegoodsError) -> str:
    return result.reason if isinstance(result, Failed) else str(result)
