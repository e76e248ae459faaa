"""Examining sources on an engine, and how far that is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samegoods.edges.engines import Engine, Failed, at_work, tell
from samegoods.edges.media import LIMITS
from samegoods.records import Examined, Outcome, Source

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.edges.media import Media

_log = logging.getLogger(__name__)

PHOTO_S = 1.0
"""What a photo counts for in the progress, in seconds of video: about what looking at it takes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` of ``total`` seconds of footage (a photo is one), ``what`` moved last."""

    done: float
    total: float
    what: str


class Examiner:
    """What a worker does with one source. It travels without its catalogue, which each worker makes once."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._catalogue: Any = None
        self._printed: Any = None
        self._search: Any = None

    def __getstate__(self) -> dict[str, object]:
        return {"_campaign": self._campaign, "_catalogue": None, "_printed": None, "_search": None}

    def __call__(self, media: Media) -> Examined:
        from samegoods.edges.catalogue import load_catalogue
        from samegoods.edges.finders import search_of, wall_finders
        from samegoods.edges.media import load_picture
        from samegoods.edges.readers import ready
        from samegoods.pipeline import examine
        from samegoods.vision.reading.printed import Printed

        if self._catalogue is None:
            with at_work():  # its pictures were decoded once already, apart: see references_of
                self._catalogue = load_catalogue(self._campaign, load_picture)
            self._printed = Printed(ready())
            self._search = search_of(wall_finders())
        examined = examine(
            media, self._catalogue, self._campaign, search=self._search, printed=self._printed, tell=tell
        )
        if examined.outcome.status == "failed":  # so late, the file is not what was hashed: nothing of it is kept
            return Examined(media.source, examined.outcome)
        return examined


def examine_all(
    media: Sequence[Media],
    work: Callable[[Media], Examined],
    machine: Engine,
    progress: Callable[[Progress], None] | None,
) -> Generator[Examined, None, None]:
    """Every source examined, in the order of completion; one whose worker failed says so in its outcome.

    The longest come first, so that no worker is left alone with a long one at the end.
    """
    bar = _Bar(media, progress)
    longest_first = sorted(media, key=_length_s, reverse=True)
    with closing(machine.map(work, longest_first, news=bar.move, patience_s=LIMITS.patience_s)) as results:
        for result in results:
            if isinstance(result, Failed):
                result = Examined(result.item.source, Outcome("failed", result.reason))
            bar.finish(result.source)
            _log.info("%s", _said(result))
            yield result


def unnamed(examined: Examined) -> Examined:
    """The same, with the source's id in place of its file name and folder, in whatever is kept of it.

    Names of files tell who filmed, and folders whose machine it was.
    """
    source, outcome = examined.source, examined.outcome
    path = Path(source.path)
    reason = outcome.reason
    for name in (source.path, str(path.parent), path.name):
        reason = reason.replace(name, source.id) if reason and len(name) > 1 else reason
    hidden = f"{source.id}{path.suffix.lower()}"
    return replace(examined, source=replace(source, path=hidden), outcome=replace(outcome, reason=reason))


def _said(examined: Examined) -> str:
    """What came of a source, in a line."""
    path, outcome = examined.source.path, examined.outcome
    ending = outcome.status if outcome.reason is None else f"{outcome.status}: {outcome.reason}"
    return f"{path}: {ending}: {len(examined.sightings)} sightings, {len(examined.items)} items"


def _length_s(media: Media) -> float:
    return media.declared_s or PHOTO_S


class _Bar:
    """Adds up how far the sources are."""

    def __init__(self, media: Sequence[Media], progress: Callable[[Progress], None] | None) -> None:
        self._length = {one.source.id: _length_s(one) for one in media}
        self._total = sum(self._length.values())
        self._done = dict.fromkeys(self._length, 0.0)
        self._progress = progress

    def move(self, media: Media, seconds: float) -> None:
        reached = min(seconds, self._length[media.source.id])  # 0 says that the work goes on, and no more
        self._set(media.source, max(reached, self._done[media.source.id]))

    def finish(self, source: Source) -> None:
        self._set(source, self._length[source.id])

    def _set(self, source: Source, seconds: float) -> None:
        self._done[source.id] = seconds
        if self._progress is not None:
            self._progress(Progress(sum(self._done.values()), self._total, Path(source.path).name))
