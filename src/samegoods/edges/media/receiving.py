"""Receiving a stream for a while: its frames by the wall clock, through drops and returns."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from samegoods.edges.media.decoding import (
    DECODE_FAULTS,
    NOT_FOOTAGE,
    Tally,
    prepare,
    video_track,
    words_of,
)
from samegoods.edges.media.limits import MediaLimits
from samegoods.errors import MediaError
from samegoods.records import Gap

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying

_TIMEOUT = (5.0, 3.0)
"""Seconds to connect, and to wait for more: without them a camera that is gone is waited for for ever."""
_PROTOCOLS = "rtsp,rtp,udp,tcp,tls,http,https,httpproxy"
"""What a stream may come by; a file is not among it."""
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_STEADY_S = 10.0
"""A connection that held so long was a good one: the next one is tried at once."""
_GAP_S = 2.0
"""So long without a picture is a gap. Cameras that save send one a second."""
_LOST_GAP_S = 0.5
"""Where the connection was lost, so little is one."""
_ASTRAY_S = 5.0
"""How far the stamps of a stream may lead away from the clock before they are set by it anew."""
_PIECE_S = 0.5
_STEP_S = 0.001
"""Between frames at least: times rise, and are told in milliseconds."""
_SILENT, _LATE = "no pictures came", "it began late"


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a stream is received, in seconds since 1970 by ``now``.

    It is connected to ``lead_s`` earlier: the first key frame may be seconds away.
    """

    start: float
    end: float
    lead_s: float = 10.0
    now: Callable[[], float] = time.time

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def at_s(self) -> float:
        """The time now, in seconds from the start."""
        return self.now() - self.start


class _Lost(Exception):
    """A connection ended soon after it began, or never did."""


class Receiver:
    """One stream in one window. It is used by one thread; others may read ``signs``."""

    def __init__(self, address: str, window: Window, *, limits: MediaLimits, tally: Tally) -> None:
        self._address, self._window, self._limits, self.tally = address, window, limits, tally
        self._hash = hashlib.sha256()
        self._reached_s = 0.0
        self._why = _LATE
        self.gaps: list[Gap] = []
        self.received_bytes = 0
        self.signs = 0
        """Grows while this is at work, on whatever: one that does not grow is stuck."""
        self.is_ended = False
        """Set from outside, to end it."""

    @property
    def sha256(self) -> str:
        """Of the bytes of the packets of the video that came in this window, in their order; empty if none came."""
        return self._hash.hexdigest() if self.received_bytes else ""

    def frames(self) -> Iterator[tuple[float, VideoFrame]]:
        """Frames with their times in seconds from the start of the window, rising; ends as the window does."""
        self._wait_until(-self._window.lead_s)
        while not self._is_over():
            yield from self._until_steady()
        if not self.is_ended:
            self._note_gap(self._window.seconds)

    def _until_steady(self) -> Iterator[tuple[float, VideoFrame]]:
        """Connections, one after the other with longer and longer waits, until one of them held."""
        from tenacity import RetryError

        try:
            for attempt in self._retrying():
                with attempt:
                    yield from self._connection()
        except RetryError:  # the window is over
            return

    def _retrying(self) -> Retrying:
        from tenacity import Retrying, retry_if_exception_type, wait_random_exponential

        return Retrying(
            retry=retry_if_exception_type(_Lost),
            wait=wait_random_exponential(multiplier=_SHORTEST_WAIT_S, min=_SHORTEST_WAIT_S, max=_LONGEST_WAIT_S),
            stop=self._stops,
            sleep=self._sleep,
        )

    def _stops(self, _: RetryCallState) -> bool:
        return self._is_over()

    def _connection(self) -> Iterator[tuple[float, VideoFrame]]:
        """The frames of one connection.

        Raises:
            _Lost: it did not come to be, or ended soon.
        """
        self.signs += 1
        began = time.monotonic()
        try:
            with closing(_opened(self._address)) as container:
                track = video_track(container)
                prepare(track, threads=1, limits=self._limits)
                yield from self._received(container, track)
                self._why = "the connection ended"
        except MediaError as error:
            self._why = str(error)
        except DECODE_FAULTS as error:
            self._why = words_of(error)
        if not self._is_over() and time.monotonic() - began < _STEADY_S:
            raise _Lost

    def _received(self, container: InputContainer, track: VideoStream) -> Iterator[tuple[float, VideoFrame]]:
        clock = _StreamClock(track)
        for packet in container.demux(track):
            self.signs += 1
            now_s, is_last = self._window.at_s(), self._is_over()
            if now_s >= 0 and not is_last:
                self._count(packet)
            for frame in self._decoded(track, None if is_last else packet):  # at last, what the decoder still holds
                at_s = clock.time_of(frame, now_s)
                if 0 <= at_s < self._window.seconds:
                    yield self._reached(at_s), frame
            if is_last:
                return

    def _count(self, packet: Packet[VideoStream]) -> None:
        content = bytes(packet)
        self._hash.update(content)
        self.received_bytes += len(content)
        self.tally.bad_packets += packet.is_corrupt

    def _decoded(self, track: VideoStream, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            frames = track.codec_context.decode(packet)
        except DECODE_FAULTS:
            self.tally.bad_packets += packet is not None and self._reached_s > 0  # before, it waits for a key frame
            return []
        whole = [frame for frame in frames if not frame.is_corrupt]
        self.tally.corrupt_frames += (len(frames) - len(whole)) if self._reached_s > 0 else 0
        return whole

    def _reached(self, at_s: float) -> float:
        """Note that a picture came; gives its time, which is later than that of the one before."""
        at_s = max(at_s, self._reached_s + _STEP_S)
        self._note_gap(at_s)
        self._why = _SILENT
        self._reached_s = at_s
        return at_s

    def _note_gap(self, until_s: float) -> None:
        shortest = _GAP_S if self._why in (_SILENT, _LATE) else _LOST_GAP_S
        if until_s - self._reached_s > shortest:
            self.gaps.append(Gap(self._reached_s, until_s, self._why))

    def _is_over(self) -> bool:
        return self.is_ended or self._window.at_s() >= self._window.seconds

    def _wait_until(self, at_s: float) -> None:
        while not self.is_ended and (left := at_s - self._window.at_s()) > 0:
            self._sleep(min(left, _PIECE_S))

    def _sleep(self, seconds: float) -> None:
        """Wait in pieces, so that an end is heard."""
        until = time.monotonic() + seconds
        while not self._is_over() and (left := until - time.monotonic()) > 0:
            self.signs += 1
            time.sleep(min(left, _PIECE_S))


class _StreamClock:
    """The times of frames: steps by the stream's stamps, set by the wall clock.

    A frame is dated no later than it came. What comes at once, as after a connection was made, comes late: the times
    are set by the frame that had the shortest way. Stamps that lead astray, or are missing, are not followed.
    """

    def __init__(self, track: VideoStream) -> None:
        self._base = Fraction(track.time_base) if track.time_base else Fraction(1, 1000)
        self._first: tuple[int, float] | None = None

    def time_of(self, frame: VideoFrame, now_s: float) -> float:
        if frame.pts is None:
            return now_s
        if self._first is not None:
            pts, at_s = self._first
            by_stamp_s = at_s + float((frame.pts - pts) * self._base)
            if now_s - _ASTRAY_S <= by_stamp_s <= now_s:
                return by_stamp_s
        self._first = frame.pts, now_s
        return now_s


def _opened(address: str) -> InputContainer:
    """A connection to a stream.

    Raises:
        MediaError: it is none that is read.
        FFmpegError: it did not come to be.
    """
    options = {"protocol_whitelist": _PROTOCOLS, "rtsp_transport": "tcp"}
    container = av.open(address, options=options, timeout=_TIMEOUT, metadata_errors="replace")
    if NOT_FOOTAGE & set(container.format.name.split(",")):
        container.close()
        raise MediaError("this is a list of files, and no stream: name the stream itself")
    return container
