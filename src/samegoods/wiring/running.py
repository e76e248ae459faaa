"""Examining sources on an engine, and how far that is."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samegoods.edges.engines import LATER, Engine, Failed, Later, at_work, tell
from samegoods.edges.media import LIMITS, Media, is_long, proven, stretch_of
from samegoods.records import Examined, Outcome, Source
from samegoods.wiring.steps import Came, Look, Looked, Prove, Proven, Step, Weigh, Weighed

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.pipeline import Means
    from samegoods.wiring.stretching import Course

_log = logging.getLogger(__name__)

PHOTO_S = 1.0
"""What a photo counts for in the progress, in seconds of video: about what looking at it takes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` of ``total`` seconds of footage (a photo is one), or of whatever else is worked on
    (None: nobody knows of how many); ``what`` moved last."""

    done: float
    total: float | None
    what: str


class Examiner:
    """What a worker does. It travels without its catalogue, which each worker makes once."""

    def __init__(self, campaign: Campaign) -> None:
        self._campaign = campaign
        self._means: Any = None

    def __getstate__(self) -> dict[str, object]:
        return {"_campaign": self._campaign, "_means": None}

    def __call__(self, work: Media | Step) -> Examined | Came:
        if isinstance(work, Prove):
            with at_work():  # a file of hours takes a minute to read
                return Proven(work.media.source.id, proven(work.media))
        from samegoods.pipeline import examine, look_through, weigh

        means = self._there()
        if isinstance(work, Look):
            shown = stretch_of(work.media, work.span)
            part = look_through(shown, work.span, means, tell=tell)
            return Looked(shown.source.id, work.span.number, part, shown.read)
        if isinstance(work, Weigh):
            return Weighed(work.media.source.id, work.name, weigh(work.items, means, tell=tell))
        examined = examine(
            work, means.catalogue, means.campaign, search=means.search, printed=means.printed, tell=tell
        )
        if examined.outcome.status == "failed":  # so late, the file is not what was hashed: nothing of it is kept
            return Examined(work.source, examined.outcome)
        return examined

    def _there(self) -> Means:
        from samegoods.edges.catalogue import load_catalogue
        from samegoods.edges.finders import search_of, wall_finders
        from samegoods.edges.media import load_picture
        from samegoods.pipeline import Means
        from samegoods.wiring.printing import printed

        if self._means is None:
            with at_work():  # its pictures were decoded once already, apart: see references_of
                catalogue = load_catalogue(self._campaign, load_picture)
            self._means = Means(catalogue, self._campaign, search_of(wall_finders()), printed())
        there: Means = self._means
        return there


def examine_all(
    media: Sequence[Media],
    work: Callable[[Media | Step], Examined | Came],
    machine: Engine,
    progress: Callable[[Progress], None] | None,
    *,
    begun: Callable[[Media], Course] | None = None,
) -> Generator[Examined, None, None]:
    """Every source examined, in the order of completion; one whose worker failed says so in its outcome.

    The longest come first, so that no worker is left alone with a long one at the end.

    Args:
        begun: begins the course of a long source; None to look through each source at once.
    """
    bar = _Bar(media, progress)
    plan = Plan(sorted(media, key=_length_s, reverse=True), begun)
    came: Generator[Examined | Came | Failed[Media | Step], None, None]
    came = machine.map(work, plan.steps(), news=bar.move, patience_s=LIMITS.patience_s)
    with closing(came) as results:
        for result in results:
            examined = plan.take(result)
            if examined is None:
                continue
            bar.finish(examined.source)
            _log.info("%s", _said(examined))
            yield examined
            plan.saved(examined.source)


class Plan:
    """What is to be done, as far as it is known: short sources at once, long ones step by step."""

    def __init__(self, media: Sequence[Media], begun: Callable[[Media], Course] | None) -> None:
        self._media = media
        self._begun = begun
        self._courses: dict[str, Course] = {}
        self._ready: deque[Step] = deque()

    def steps(self) -> Iterator[Media | Step | Later]:
        firsts = (step for media in self._media for step in self._begin(media))
        while True:
            if self._ready:
                yield self._ready.popleft()
            elif (step := next(firsts, None)) is not None:
                yield step
            elif self._courses:
                yield LATER
            else:
                return

    def take(self, result: Examined | Came | Failed[Media | Step]) -> Examined | None:
        """Take in a result; returns the source that is done by it, if any."""
        if isinstance(result, Examined):
            return result
        if not isinstance(result, Failed):
            return self._on(result.source, result)
        if isinstance(result.item, Look | Weigh | Prove):
            return self._on(result.item.media.source.id, Failed(result.item, result.reason))
        return Examined(result.item.source, Outcome("failed", result.reason))

    def _on(self, source: str, result: Came | Failed[Step]) -> Examined | None:
        course = self._courses[source]
        self._ready += course.take(result)
        return course.examined() if course.is_over else None

    def saved(self, source: Source) -> None:
        """What a source came to is kept."""
        course = self._courses.pop(source.id, None)
        if course is not None:
            course.clear()

    def _begin(self, media: Media) -> Iterator[Media | Step]:
        if self._begun is None or not is_long(media):
            yield media
            return
        course = self._courses[media.source.id] = self._begun(media)
        yield from course.begin()


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
        self._done: dict[str, dict[int, float]] = {name: {} for name in self._length}
        self._progress = progress

    def move(self, work: Media | Step, seconds: float) -> None:
        """Hear how far work on a source is; 0 says that it goes on, and no more."""
        if isinstance(work, Look):
            self._reach(work.media.source, work.span.number, seconds - work.span.start_s)
        elif not isinstance(work, Weigh | Prove):
            self._reach(work.source, 0, seconds)

    def finish(self, source: Source) -> None:
        self._done[source.id] = {0: self._length[source.id]}
        self._tell(source)

    def _reach(self, source: Source, stretch: int, seconds: float) -> None:
        there = self._done[source.id]
        there[stretch] = max(there.get(stretch, 0.0), seconds)
        self._tell(source)

    def _tell(self, source: Source) -> None:
        if self._progress is not None:
            done = sum(min(sum(some.values()), self._length[name]) for name, some in self._done.items())
            self._progress(Progress(done, self._total, Path(source.path).name))
