"""A stream that drops and returns by a plan, in time that runs fast; and what of the plan was named."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_PIECE_S = 0.05


@dataclass(frozen=True, slots=True)
class FastClock:
    """Seconds since 1970 that run ``speed`` times as fast as those of the wall clock, from ``start`` on."""

    start: float
    speed: float

    def __call__(self) -> float:
        return self.start + (time.time() - self.start) * self.speed


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time, in seconds since 1970."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def overlap(self, other: Stretch) -> float:
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Named:
    """How the gaps that were named stand to the drops: ``covered_s`` of ``dropped_s`` lie in a gap; ``beside_s`` were
    named where nothing was dropped: it takes time to connect again."""

    drops: int
    named: int
    dropped_s: float
    covered_s: float
    beside_s: float


def score(drops: Sequence[Stretch], gaps: Sequence[Stretch]) -> Named:
    """Hold gaps, which do not overlap, against drops, which do not either."""
    each = [sum(drop.overlap(gap) for gap in gaps) for drop in drops]
    dropped, covered = sum(one.seconds for one in drops), sum(each)
    whole = sum(share > 0.9 * one.seconds for share, one in zip(each, drops, strict=True))
    return Named(len(drops), whole, dropped, covered, sum(gap.seconds for gap in gaps) - covered)


@contextmanager
def dropping(content: bytes, film_s: float, drops: Sequence[Stretch], now: FastClock) -> Iterator[str]:
    """Serves a transport stream over and over, in its own time by ``now``; nothing while a drop lasts."""
    pace = len(content) / film_s * now.speed * _PIECE_S

    def is_out() -> bool:
        return any(one.start <= now() < one.end for one in drops)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if is_out():
                return
            self.send_response(200)
            self.send_header("content-type", "video/mp2t")
            self.end_headers()
            at = 0
            try:
                while not is_out():
                    self.wfile.write((content + content)[at : at + int(pace)])
                    at = (at + int(pace)) % len(content)
                    time.sleep(_PIECE_S)
            except OSError:  # nobody listens any more
                return

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/live"
        finally:
            server.shutdown()
            thread.join()
