"""A stretch of a stream as media: received in one thread, looked at in another, kept nowhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial
from threading import Condition

from av.video.reformatter import VideoReformatter

from samegoods.edges.media.addresses import Camera
from samegoods.edges.media.decoding import DECODE_FAULTS, Tally
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.reading import Reading, source_of
from samegoods.edges.media.receiving import Receiver, Window
from samegoods.edges.media.turn import Turn
from samegoods.edges.media.video import grey, render, turn_of
from samegoods.errors import MediaError
from samegoods.records import Frame, Gap, Health, Moment, Outcome
from samegoods.vision.health import Meter

_MS = Fraction(1, 1000)
_MOST_WAITING = 16
"""Frames that wait to be looked at, four seconds' worth: 50 MB in 1080p."""
_METER_S = 1.0
_NEWS_S = 1.0
_MOST_GAPS_NAMED = 12
_SHOWN_S = 5.0
"""Black or frozen for less is told in figures alone: a camera that turns to its night view is black for a moment."""


def _unheard() -> None:
    """Nobody listens."""


class LiveMedia(Reading):
    """What a camera shows from one time to another, by the wall clock of this machine.

    Its source is known beforehand by address, site and time; the hash follows once all is received. A picture is dated
    by when it came, which is later than when it was taken, by what camera and network take: mostly under two seconds.

    Where looking is slower than the stream, frames that wait are passed over, the oldest first, and counted.
    """

    def __init__(
        self,
        camera: Camera,
        window: Window,
        *,
        choose: Callable[[Iterable[Frame]], Iterator[Frame]],
        alive: Callable[[], None] = _unheard,
        limits: MediaLimits = LIMITS,
    ) -> None:
        """
        Args:
            choose: which frames are worth a look, such as :func:`samegoods.stages.sample.sample`.
            alive: called about once a second while frames are waited for, as long as the receiving goes on.
        """
        start = datetime.fromtimestamp(window.start, UTC)
        super().__init__(
            source_of(
                path=camera.shown,
                sha256="",
                kind="stream",
                site=camera.site,
                captured_at=start,
                captured_from="clock",
            )
        )
        self.camera, self.window = camera, window
        self._choose, self._alive, self._limits = choose, alive, limits
        self._health = Health()

    @property
    def declared_s(self) -> float:
        return self.window.seconds

    @property
    def health(self) -> Health:
        """How the receiving went; known as the outcome is."""
        return self._health

    def frames(self) -> Iterator[Frame]:
        self._outcome = None
        tally, meter, waiting = Tally(), Meter(), _Waiting()
        receiver = Receiver(self.camera.address, self.window, limits=self._limits, tally=tally)
        with ThreadPoolExecutor(1, thread_name_prefix="stream") as thread:
            receiving = thread.submit(self._receive, receiver, meter, waiting)
            try:
                yield from self._handed_on(receiver, waiting, receiving)
            finally:
                receiver.is_ended = True
            receiving.result()
        self._source = replace(self.source, sha256=receiver.sha256)
        self._health = Health(
            frames=tally.frames,
            looked=waiting.taken,
            passed_over=waiting.passed_over,
            received_bytes=receiver.received_bytes,
            gaps=tuple(receiver.gaps),
            black_s=meter.black_s,
            frozen_s=meter.frozen_s,
            layouts=tuple(meter.layouts),
        )
        self._outcome = replace(_outcome(self._health, tally), duration_s=self.window.seconds)

    def _receive(self, receiver: Receiver, meter: Meter, waiting: _Waiting) -> None:
        for frame in self._choose(self._shown(receiver, meter)):
            waiting.put(frame)

    def _handed_on(self, receiver: Receiver, waiting: _Waiting, receiving: Future[None]) -> Iterator[Frame]:
        signs = -1
        while True:
            is_last = receiving.done()
            frame = waiting.take(0.0 if is_last else _NEWS_S)
            if frame is not None:
                yield frame
            elif is_last:
                return
            elif receiver.signs != signs:
                signs = receiver.signs
                self._alive()

    def _shown(self, receiver: Receiver, meter: Meter) -> Iterator[Frame]:
        """The frames as they can be looked at; the meter sees one a second."""
        colour, trial, small = VideoReformatter(), VideoReformatter(), VideoReformatter()
        tally = receiver.tally
        turns: dict[int, Turn] = {}
        shapes: set[tuple[str, int, int]] = set()
        metered_s = -_METER_S
        for at_s, decoded in receiver.frames():
            try:
                turn = turn_of(decoded, turns)
                frame = Frame(
                    source=self.source.id,
                    moment=Moment(round(at_s * 1000), _MS),
                    luma=grey(decoded, turn, small),
                    render=partial(render, decoded, turn, colour),
                )
                shape = (decoded.format.name, decoded.width, decoded.height)
                if shape not in shapes:
                    render(decoded, turn, trial)  # what cannot be shown is found here
                    shapes.add(shape)
            except (MediaError, *DECODE_FAULTS):
                tally.corrupt_frames += 1
                continue
            tally.frames += 1
            if at_s - metered_s >= _METER_S:
                meter.take(frame.luma, at_s)
                metered_s = at_s
            yield frame


class _Waiting:
    """Frames between the thread that receives and the one that looks; where they are too many, the oldest go."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._news = Condition()
        self.taken = self.passed_over = 0

    def put(self, frame: Frame) -> None:
        with self._news:
            if len(self._frames) == _MOST_WAITING:
                self._frames.popleft()
                self.passed_over += 1
            self._frames.append(frame)
            self._news.notify()

    def take(self, patience_s: float) -> Frame | None:
        with self._news:
            self._news.wait_for(lambda: bool(self._frames), patience_s)
            if not self._frames:
                return None
            self.taken += 1
            return self._frames.popleft()


def _outcome(health: Health, tally: Tally) -> Outcome:
    missing = _gaps_in_words(health.gaps)
    if not health.frames:
        return Outcome("failed", missing or "no picture came")
    rest = tally.outcome((None, None), Fraction(0))
    losses = [missing] if missing else []
    losses += [rest.reason] if rest.status == "partial" and rest.reason else []
    for seconds, what in ((health.black_s, "black"), (health.frozen_s, "frozen")):
        losses += [f"the picture was {what} for {seconds:.0f} s"] if seconds >= _SHOWN_S else []
    told = list(losses)
    if health.passed_over:
        found = health.looked + health.passed_over
        told.append(f"to keep up, {health.passed_over} of {found} frames worth a look were passed over")
    return Outcome("partial" if losses else "ok", "; ".join(told) or None)


def _gaps_in_words(gaps: tuple[Gap, ...]) -> str:
    if not gaps:
        return ""
    named = [f"{_clock(gap.start_s)} to {_clock(gap.end_s)} ({gap.reason})" for gap in gaps[:_MOST_GAPS_NAMED]]
    if len(gaps) > _MOST_GAPS_NAMED:
        named.append(f"and {len(gaps) - _MOST_GAPS_NAMED} more")
    return f"nothing came for {sum(gap.seconds for gap in gaps):.0f} s: {', '.join(named)}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
