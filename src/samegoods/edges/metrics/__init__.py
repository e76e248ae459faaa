"""Figures on sources that are watched, for Prometheus, on this machine alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from samegoods.errors import MissingPart, WatchError
from samegoods.records import Finding, Health, Outcome

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge

__all__ = ["Metrics"]

_LOOPBACK = "127.0.0.1"


class Metrics:
    """What is counted. The names are told in ``docs/live.md``.

    Raises:
        MissingPart: what serves them is not installed.
    """

    def __init__(self) -> None:
        try:
            from prometheus_client import CollectorRegistry
        except ImportError as missing:
            raise MissingPart(f"metrics need {missing.name}: pip install 'samegoods[watch]'") from None
        self.registry = CollectorRegistry()
        self._stretches = _counter(self.registry, "stretches", "Stretches of streams that are done", "status")
        self._files = _counter(self.registry, "files", "Files that are done", "status")
        self._frames = _counter(self.registry, "frames", "Frames received")
        self._passed = _counter(self.registry, "frames_passed_over", "Frames worth a look that were passed over")
        self._bytes = _counter(self.registry, "received_bytes", "Bytes of video received")
        self._gaps = _counter(self.registry, "gaps", "Times in which no picture came")
        self._missing = _counter(self.registry, "gap_seconds", "Seconds in which no picture came")
        self._black = _counter(self.registry, "black_seconds", "Seconds in which the picture was black")
        self._frozen = _counter(self.registry, "frozen_seconds", "Seconds in which the picture was frozen")
        self._turned = _counter(self.registry, "turned", "Times that a camera was turned")
        self._done_at = _gauge(self.registry, "done_timestamp_seconds", "When the last source was done", "source")
        self._packs = _gauge(self.registry, "packs", "Packs by call, as published", "product", "site", "call")

    def received(self, source: str, outcome: Outcome, health: Health, *, turned: int) -> None:
        """Count a stretch of a stream."""
        self._stretches.labels(source, outcome.status).inc()
        counts = (
            (self._frames, health.frames),
            (self._passed, health.passed_over),
            (self._bytes, health.received_bytes),
            (self._gaps, len(health.gaps)),
            (self._missing, sum(gap.seconds for gap in health.gaps)),
            (self._black, health.black_s),
            (self._frozen, health.frozen_s),
            (self._turned, turned),
        )
        for counter, count in counts:
            counter.labels(source).inc(count)
        self._done_at.labels(source).set_to_current_time()

    def examined(self, source: str, outcome: Outcome) -> None:
        """Count a file, by the folder that it came in."""
        self._files.labels(source, outcome.status).inc()
        self._done_at.labels(source).set_to_current_time()

    def published(self, findings: Sequence[Finding]) -> None:
        for one in findings:
            counts = {"same": one.same, "different": one.different, "cannot_tell": one.cannot_tell}
            for call, count in counts.items():
                self._packs.labels(one.product, one.site, call).set(count)

    @contextmanager
    def served(self, port: int) -> Iterator[int]:
        """Serve the figures on this machine; gives the port, which is any free one for 0.

        Raises:
            WatchError: the port is in use.
        """
        from prometheus_client import start_http_server

        try:
            server, thread = start_http_server(port, addr=_LOOPBACK, registry=self.registry)
        except OSError as error:
            raise WatchError(f"--metrics {port}: cannot be served on: {error.strerror}: give another port") from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _counter(registry: CollectorRegistry, name: str, told: str, *labels: str) -> Counter:
    from prometheus_client import Counter

    return Counter(f"samegoods_{name}", told, ["source", *labels], registry=registry)


def _gauge(registry: CollectorRegistry, name: str, told: str, *labels: str) -> Gauge:
    from prometheus_client import Gauge

    return Gauge(f"samegoods_{name}", told, labels, registry=registry)
