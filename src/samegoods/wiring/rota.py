"""What is to be done next while sources are watched: stretches of streams by the clock, files as they come."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from samegoods.campaign import Campaign
from samegoods.edges.engines import LATER, Failed, Later, tell
from samegoods.edges.media import Camera, Inbox, Incoming, LiveMedia, Media, Window
from samegoods.errors import FootageError
from samegoods.records import Examined, Health, Outcome
from samegoods.stages.sample import sample
from samegoods.wiring.running import Examiner, Plan
from samegoods.wiring.steps import Came, Look, Prove, Step, Weigh

_log = logging.getLogger(__name__)

AHEAD = 2
"""Stretches of one stream that are under way: one in work, and one that waits in its worker for its time to come, so
that nothing is missed at the cut, whatever this process is busy with."""
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """What came of a stretch of a stream, and how the receiving of it went."""

    camera: Camera
    examined: Examined
    health: Health


class Watcher:
    """What a worker does while sources are watched: as for a check, and it tells how a stream was received."""

    def __init__(self, campaign: Campaign) -> None:
        self._examine = Examiner(campaign)

    def __call__(self, work: Media | Step) -> Examined | Came | Received:
        done = self._examine(work)
        if isinstance(work, LiveMedia) and isinstance(done, Examined):
            return Received(work.camera, done, work.health)
        return done


def windows(start: float, length_s: float, until: float = math.inf) -> Iterator[tuple[float, float]]:
    """Stretches of time from ``start`` on, without a break. They end at whole multiples of ``length_s`` since 1970,
    and so at full minutes of UTC where it is some."""
    while start < until:
        end = min((math.floor(start / length_s) + 1) * length_s, until)
        yield start, end
        start = end


class Rota:
    """Hands out work to an engine without end, or until a time; takes in what came of it.

    Args:
        opened: opens files of a folder; those that an earlier run had done are left out.
        begun: makes the plan of a file.
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        inboxes: Sequence[Inbox],
        *,
        start: float,
        until: float,
        length_s: float,
        every_s: float,
        opened: Callable[[Inbox, list[str]], list[Media]],
        planned: Callable[[Media], Plan],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now, self._until, self._every_s = now, until, every_s
        self._opened, self._planned = opened, planned
        self._cuts = {camera: windows(start, length_s, until) for camera in cameras}
        self._inboxes = [(inbox, Incoming(inbox.path)) for inbox in inboxes]
        self._looked_at = -math.inf
        self._live: dict[str, LiveMedia] = {}
        self._files: dict[str, tuple[Plan, Iterator[Media | Step | Later]]] = {}
        self._places: dict[str, str] = {}
        self._under_way = 0

    def items(self) -> Iterator[Media | Step | Later]:
        while True:
            work = self._next()
            if work is not None:
                self._under_way += 1
                yield work
            elif self._under_way:
                yield LATER
            elif self._is_over():
                return
            else:
                time.sleep(_PAUSE_S)

    def take(self, result: Examined | Came | Received | Failed[Media | Step]) -> Received | Examined | None:
        """Take in a result; returns what a source came to by it, if it is done."""
        self._under_way -= 1
        if isinstance(result, Received):
            self._live.pop(result.examined.source.id, None)
            return result
        if isinstance(result, Failed) and isinstance(result.item, LiveMedia):
            return self._lost(result.item, result.reason)
        plan, _ = self._files[_source_of(result)]
        return plan.take(result)

    def place_of(self, done: Received | Examined) -> str:
        """What a source is counted under: an address, or a folder."""
        return done.camera.shown if isinstance(done, Received) else self._places[done.source.id]

    def saved(self, done: Received | Examined) -> None:
        """What a source came to is kept."""
        if isinstance(done, Examined):
            plan, _ = self._files.pop(done.source.id)
            del self._places[done.source.id]
            plan.saved(done.source)

    def left(self) -> list[Received]:
        """The stretches that are in work, as watching ends before they do."""
        begun = [one for one in self._live.values() if one.window.start < self._now()]
        return [self._lost(one, "watching was ended while this was in work") for one in begun]

    def _lost(self, media: LiveMedia, reason: str) -> Received:
        self._live.pop(media.source.id, None)
        seconds = min(media.window.seconds, max(0.0, self._now() - media.window.start))
        return Received(media.camera, Examined(media.source, Outcome("failed", reason, seconds)), Health())

    def _next(self) -> Media | Step | None:
        return self._next_of_streams() or self._next_of_files() or self._look()

    def _next_of_streams(self) -> LiveMedia | None:
        for camera, cuts in self._cuts.items():
            if sum(one.camera == camera for one in self._live.values()) < AHEAD and (cut := next(cuts, None)):
                window = Window(*cut, now=self._now)
                media = LiveMedia(camera, window, choose=sample, alive=partial(tell, 0.0))
                self._live[media.source.id] = media
                return media
        return None

    def _next_of_files(self) -> Media | Step | None:
        for _, steps in self._files.values():
            step = next(steps, None)
            if step is not None and not isinstance(step, Later):
                return step
        return None

    def _look(self) -> Media | Step | None:
        """Look into the folders, if it is time; a last time at the end."""
        if not self._inboxes or self._now() - self._looked_at < self._every_s or self._looked_at >= self._until:
            return None
        self._looked_at = self._now()
        for inbox, incoming in self._inboxes:
            paths = incoming.ready()
            try:
                found = self._opened(inbox, paths) if paths else []
            except FootageError as error:  # it is gone again
                _log.warning("%s", error)
                continue
            for media in found:
                if media.source.id not in self._files:
                    plan = self._planned(media)
                    self._files[media.source.id] = plan, plan.steps()
                    self._places[media.source.id] = inbox.path
        return self._next_of_files()

    def _is_over(self) -> bool:
        return self._now() >= self._until and (not self._inboxes or self._looked_at >= self._until)


def _source_of(result: Examined | Came | Failed[Media | Step]) -> str:
    if isinstance(result, Examined):
        return result.source.id
    if not isinstance(result, Failed):
        return result.source
    item = result.item
    return item.media.source.id if isinstance(item, Look | Weigh | Prove) else item.source.id
