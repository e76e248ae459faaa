"""The writer of a watch: what comes of sources goes into the case, is published at cuts, and told to who listens."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from samegoods.edges.alerts import Alerts
from samegoods.edges.media import Camera
from samegoods.edges.media.reading import source_of
from samegoods.edges.metrics import Metrics
from samegoods.records import Examined, Finding, Outcome
from samegoods.vision.health import Aim
from samegoods.wiring.custody import Seal
from samegoods.wiring.publishing import publish
from samegoods.wiring.rota import Received
from samegoods.wiring.running import unnamed
from samegoods.wiring.turning import Standing, Turned, standing, turned

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.edges.case import CaseStore

_log = logging.getLogger(__name__)

BREAK_S = 3600.0
"""A time without watching that is no longer, such as a restart, is told as a source that failed; a longer one was
meant."""


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who hears what comes of a watch: a source that is done, the receiving of a stretch of a stream, a finding that
    turned; whom alerts go to; who counts."""

    source: Callable[[Examined], None] = lambda _: None
    received: Callable[[Received], None] = lambda _: None
    turned: Callable[[Turned], None] = lambda _: None
    alerts: Alerts | None = None
    metrics: Metrics | None = None


NOBODY = Hearers()


@dataclass(slots=True)
class Keeping:
    """The writer of a watch: it alone changes the case."""

    store: CaseStore
    study: Campaign
    seal: Seal
    hearers: Hearers
    anonymous: bool
    known: Standing = field(default_factory=dict)
    aims: dict[Camera, Aim] = field(default_factory=dict)
    is_unpublished: bool = False
    published_at: float = -math.inf

    def begin(self, cameras: Sequence[Camera], start: datetime) -> None:
        """Take up a case where the last run left it: name what was missed since, know what its findings say."""
        for camera in cameras:
            missed = _missed(self.store, camera, start)
            if missed is not None:
                self.keep(missed, camera.shown)
        if self.store.sources():
            self.known = standing(self._published())

    def keep(self, done: Received | Examined, at: str) -> Examined:
        """Save what a source came to; ``at`` is what it is counted under: an address, or a folder."""
        examined = self._aimed(done, at) if isinstance(done, Received) else done
        if not isinstance(done, Received) and self.hearers.metrics is not None:
            self.hearers.metrics.examined(at, examined.outcome)
        self.store.save(unnamed(examined) if self.anonymous else examined)
        self.is_unpublished = True
        _told(examined)
        self.hearers.source(examined)
        return examined

    def _aimed(self, done: Received, at: str) -> Examined:
        """The same, with what is said of a camera that was turned."""
        aim = self.aims.setdefault(done.camera, Aim())
        self.hearers.received(done)
        times = [one.at_s for one in done.health.layouts if aim.take(one)]
        if self.hearers.metrics is not None:
            self.hearers.metrics.received(at, done.examined.outcome, done.health, turned=len(times))
        if not times:
            return done.examined
        outcome = done.examined.outcome
        said = "; ".join(f"the camera was turned before {int(at_s) // 60}:{int(at_s) % 60:02d}" for at_s in times)
        reason = f"{outcome.reason}; {said}" if outcome.reason else said
        return replace(done.examined, outcome=replace(outcome, reason=reason))

    def publish(self, *, at_most_every_s: float = 0.0) -> None:
        """Publish what is new, and say which findings turned."""
        if not self.is_unpublished or time.monotonic() - self.published_at < at_most_every_s:
            return
        before, findings = self.known, self._published()
        self.known = standing(findings)
        for one in turned(before, findings):
            _log.info("%s at %s: %s", *_words(one), extra={"product": one.finding.product, "site": one.finding.site})
            self.hearers.turned(one)
            if self.hearers.alerts is not None:
                self.hearers.alerts.send("finding.turned", _alert(one, self.study.campaign))

    def _published(self) -> Sequence[Finding]:
        order, products = self.study.order, self.study.products
        sites = [one.id for one in self.study.sites]
        findings = publish(self.store, self.seal, order=order, products=products, sites=sites).findings
        self.published_at, self.is_unpublished = time.monotonic(), False
        if self.hearers.metrics is not None:
            self.hearers.metrics.published(findings)
        return findings


def _missed(store: CaseStore, camera: Camera, start: datetime) -> Examined | None:
    """A source that says that a camera was not watched for a while, if that was so since the last run."""
    ends = [
        source.captured_at + timedelta(seconds=outcome.duration_s or 0.0)
        for source, outcome in store.sources()
        if source.kind == "stream" and (source.path, source.site) == (camera.shown, camera.site) and source.captured_at
    ]
    if not ends:
        return None
    since = max(ends)
    seconds = (start - since).total_seconds()
    if not 0 < seconds <= BREAK_S:
        return None
    source = source_of(
        path=camera.shown, sha256="", kind="stream", site=camera.site, captured_at=since, captured_from="clock"
    )
    return Examined(source, Outcome("failed", f"nothing was watched for {seconds:.0f} s: a restart", seconds))


def _told(examined: Examined) -> None:
    source, outcome = examined.source, examined.outcome
    figures = {
        "source": source.path,
        "site": source.site,
        "captured_at": None if source.captured_at is None else source.captured_at.isoformat(),
        "status": outcome.status,
        "reason": outcome.reason,
        "sightings": len(examined.sightings),
        "items": len(examined.items),
    }
    _log.info("%s: %s: %d items", source.path, outcome.status, len(examined.items), extra=figures)


def _words(one: Turned) -> tuple[str, str, str]:
    return one.finding.product, one.finding.site, f"{one.before or 'not seen'}, and now {one.now}"


def _alert(one: Turned, campaign: str) -> dict[str, object]:
    finding = one.finding
    return {
        "campaign": campaign,
        "product": finding.product,
        "site": finding.site,
        "before": one.before,
        "now": one.now,
        "items": finding.items,
        "same": finding.same,
        "different": finding.different,
        "cannot_tell": finding.cannot_tell,
    }
