"""Videos, packet by packet: open one, walk past what is damaged, keep the tally of what was lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO, NoReturn

import av
import av.logging
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from samegoods.edges.media.limits import MediaLimits
from samegoods.errors import MediaError
from samegoods.records import Moment, Outcome

DECODE_FAULTS = (av.error.FFmpegError, ValueError, OSError, OverflowError)
"""What PyAV raises on damaged data: libav's errors, and its own checks on what libav reports."""

_GIVE_UP_AFTER = 100
"""Read errors in a row after which the rest of a file is given up; a demuxer can return one for ever."""

NOT_FOOTAGE = {"tty", "hls", "dash", "concat", "ffmetadata", "webvtt", "srt", "ass"}
"""Demuxers that turn text into pictures, or lists into other files."""

_INDEXED = {"mov", "mp4", "matroska", "webm"}
"""Containers that say where each time is to be found, with times that rise; others are read from their beginning."""

_STATES_DURATION = {"mov", "mp4", "matroska", "webm", "avi", "flv", "asf"}
"""Containers whose header says how long they are; for others libav guesses from the size, so says nothing."""

_REORDERED_S = Fraction(2)
"""16 frames at 8 a second; cameras write 15 and more."""

_SLACK_S = Fraction(1, 2)
"""How far a whole file may end before its stated end: containers round, and count the longest track."""


@dataclass(slots=True)
class Tally:
    """What became of a video so far: frames given, and what was lost on the way. Times in seconds."""

    frames: int = 0
    bad_packets: int = 0
    corrupt_frames: int = 0
    skipped_stretches: int = 0
    untimed_frames: int = 0
    end: Fraction = Fraction(0)
    any_end: Fraction = Fraction(0)
    stopped: str | None = None

    def forget(self) -> None:
        """What was lost so far is told elsewhere: of the stretch before this one."""
        self.bad_packets = self.corrupt_frames = self.skipped_stretches = self.untimed_frames = 0

    def add(self, other: Tally) -> None:
        """Take in what became of another stretch of the same video."""
        self.frames += other.frames
        self.bad_packets += other.bad_packets
        self.corrupt_frames += other.corrupt_frames
        self.skipped_stretches += other.skipped_stretches
        self.untimed_frames += other.untimed_frames
        self.end, self.any_end = max(self.end, other.end), max(self.any_end, other.any_end)
        self.stopped = self.stopped or other.stopped

    def outcome(self, stated: tuple[Fraction | None, Fraction | None], step: Fraction) -> Outcome:
        """``stated``: durations of the video track and of the whole file; ``step``: a frame's usual time."""
        losses = self._losses(stated, step)
        if self.frames == 0:
            return Outcome("failed", "; ".join(losses) or "there is no picture in it")
        if losses:
            return Outcome("partial", "; ".join(losses), float(self.end))
        estimated = f"frames with estimated times, for their stamps are missing or wrong: {self.untimed_frames}"
        return Outcome("ok", estimated if self.untimed_frames else None, float(self.end))

    def _losses(self, stated: tuple[Fraction | None, Fraction | None], step: Fraction) -> list[str]:
        losses = [self.stopped] if self.stopped else []
        for reached, declared in zip((self.end, self.any_end), stated, strict=True):
            if declared is not None and declared - reached > max(_SLACK_S, 2 * step):
                losses.append(f"ends after {float(reached):.1f} s of {float(declared):.1f} s")
                break
        counts = (
            (self.bad_packets, "packets that cannot be decoded"),
            (self.corrupt_frames, "damaged frames left out"),
            (self.skipped_stretches, "damaged stretches skipped"),
        )
        return losses + [f"{what}: {count}" for count, what in counts if count]


@dataclass(slots=True)
class Clock:
    """Exact times of frames, counted from the start of the track and always rising.

    Frames come out of a decoder in the order of showing. A stamp that is missing or does not rise, as some
    writers' do not, is taken for one step after the frame before; the tally counts these.
    """

    start: int
    time_base: Fraction
    step: int
    tally: Tally
    last: int | None = field(default=None)

    def moment(self, frame: VideoFrame) -> Moment:
        base = frame.time_base or self.time_base
        pts = None if frame.pts is None else frame.pts - self.start
        if pts is None or (self.last is not None and pts <= self.last):
            self.tally.untimed_frames += 1
            pts = 0 if self.last is None else self.last + self.step
        self.last = pts
        self.tally.end = max(self.tally.end, (pts + (frame.duration or self.step)) * base)
        return Moment(pts, base)


def open_video(file: BinaryIO) -> InputContainer:
    """Open a container for reading.

    Args:
        file: the bytes, which libav gets from here alone. It opens nothing by a name: neither an address such as
            ``concat:x``, nor another file that this one leads to, nor what stands in its place meanwhile.

    Raises:
        MediaError: no container that holds footage; the message does not repeat the path.
    """
    try:
        container = av.open(
            file, options={"protocol_whitelist": ""}, metadata_errors="replace", io_open=_refused, mode="r"
        )
    except DECODE_FAULTS as error:
        raise MediaError(f"cannot be opened as a video: {words_of(error)}") from error
    if NOT_FOOTAGE & set(container.format.name.split(",")):
        container.close()
        raise MediaError("this is neither a video nor a photo")
    return container


def _refused(*_: object) -> NoReturn:
    raise PermissionError("a video may not lead to another file")


def video_track(container: InputContainer) -> VideoStream:
    """The video track of a container, passing over cover pictures.

    Raises:
        MediaError: there is none, or nothing here can decode it.
    """
    tracks = [t for t in container.streams.video if not t.disposition & Disposition.attached_pic]
    if not tracks:
        raise MediaError("there is no video in it")
    track = tracks[0]
    if track.codec_context is None:
        raise MediaError("its video codec is not known")
    return track


def prepare(track: VideoStream, *, threads: int, limits: MediaLimits) -> None:
    """Set a track's decoder up: slice threads only, for frame threads hide where a truncated file ends.

    Raises:
        MediaError: its pictures are larger than the limit.
    """
    if track.width * track.height > limits.frame_pixels:
        raise MediaError(
            f"its pictures of {track.width} x {track.height} px are larger than the limit of {limits.frame_pixels} px"
        )
    track.thread_type = "SLICE"
    track.thread_count = threads
    track.codec_context.options = {"max_pixels": str(limits.frame_pixels)}  # sizes change on the way


def usual_step(track: VideoStream) -> Fraction:
    """The usual time between two frames in seconds; 1/25 where the file does not say."""
    rate = track.average_rate or track.guessed_rate
    return 1 / Fraction(rate) if rate else Fraction(1, 25)


def clock_of(track: VideoStream, tally: Tally) -> Clock:
    base = Fraction(track.time_base) if track.time_base else Fraction(1, 1000)
    step = max(1, round(usual_step(track) / base))
    return Clock(start=track.start_time or 0, time_base=base, step=step, tally=tally)


def stated_durations(container: InputContainer, track: VideoStream) -> tuple[Fraction | None, Fraction | None]:
    """How long the video track and the whole file say that they are, in seconds; None where they do not."""
    if not _STATES_DURATION & set(container.format.name.split(",")):
        return None, None
    whole = Fraction(container.duration, av.time_base) if container.duration else None
    if track.duration and track.time_base:
        return track.duration * Fraction(track.time_base), None
    return None, whole


def is_indexed(container: InputContainer) -> bool:
    """Whether reading can begin anywhere in it."""
    return bool(_INDEXED & set(container.format.name.split(",")))


def go_to(container: InputContainer, track: VideoStream, second: int) -> None:
    """Go to a key frame from which every frame from ``second`` on (counted from the first frame) can be decoded.

    An index counts in the order of decoding, so a key frame may be shown later than it says: by 16 frames at most
    (H.264, A.4.2), which :data:`_REORDERED_S` covers. Where a file cannot be entered, reading begins at its beginning.
    """
    base = Fraction(track.time_base) if track.time_base else Fraction(1, 1000)
    before = max(Fraction(0), second - _REORDERED_S)
    with suppress(*DECODE_FAULTS):
        container.seek(int(before / base) + (track.start_time or 0), stream=track, backward=True)


def is_cut_off(file: BinaryIO, container: InputContainer) -> bool:
    """Whether a GIF lacks its last byte, the trailer 0x3B; it states no duration that would tell."""
    if container.format.name != "gif":
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b";"


def decoded(container: InputContainer, track: VideoStream, tally: Tally) -> Iterator[VideoFrame]:
    """Every whole frame of a track; what is damaged is passed over and counted."""
    for packet in _packets(container, tally):
        _note_end(packet, container, tally)
        if packet.stream.index != track.index:  # a flushing packet's own index is unset
            continue
        tally.bad_packets += packet.is_corrupt
        try:
            frames = track.codec_context.decode(packet)
        except DECODE_FAULTS:
            tally.bad_packets += 1
            continue
        yield from _whole(frames, tally)
    with suppress(*DECODE_FAULTS):  # a decoder that was flushed already says so
        yield from _whole(track.codec_context.decode(None), tally)


def _whole(frames: list[VideoFrame], tally: Tally) -> Iterator[VideoFrame]:
    for frame in frames:
        if frame.is_corrupt:
            tally.corrupt_frames += 1
        else:
            yield frame


def _packets(container: InputContainer, tally: Tally) -> Iterator[Packet[Stream]]:
    """Packets of all tracks. libav resumes after damage; what it logs then is the only trace of the gap."""
    if av.logging.get_level() is None:
        av.logging.set_level(av.logging.PANIC)  # counts errors, prints none
    packets, failures = container.demux(), 0
    while failures < _GIVE_UP_AFTER:
        complaints = av.logging.get_last_error()[0]
        try:
            packet = next(packets, None)
        except DECODE_FAULTS:
            failures += 1
            tally.bad_packets += 1
            packets = container.demux()
            continue
        if packet is None:
            return
        failures = 0
        tally.skipped_stretches += av.logging.get_last_error()[0] > complaints
        yield packet
    tally.stopped = "the rest of the file cannot be read"


def _note_end(packet: Packet[Stream], container: InputContainer, tally: Tally) -> None:
    if packet.pts is not None and packet.time_base:
        start = Fraction(container.start_time or 0, av.time_base)
        end = (packet.pts + (packet.duration or 0)) * Fraction(packet.time_base) - start
        tally.any_end = max(tally.any_end, end)


def words_of(error: Exception) -> str:
    """libav's own words for an error, without the path that it repeats."""
    return str(getattr(error, "strerror", None) or type(error).__name__)
