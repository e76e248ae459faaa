"""Videos and animations as media: frames with exact times, the right way up, colour only when asked."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
from av.buffer import Buffer
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorTrc, VideoReformatter

from samegoods.edges.media.decoding import (
    DECODE_FAULTS,
    Tally,
    clock_of,
    decoded,
    go_to,
    is_cut_off,
    open_video,
    prepare,
    stated_durations,
    usual_step,
    video_track,
)
from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.reading import LUMA_SIDE, Reading
from samegoods.edges.media.sparing import Sparing
from samegoods.edges.media.turn import UPRIGHT, Turn, of_display_matrix
from samegoods.edges.media.unchanged import Changed, Unchanged
from samegoods.errors import MediaError
from samegoods.records import Frame, Image, Outcome, Source, Span

_HIGH_DYNAMIC_RANGE = {int(ColorTrc.SMPTE2084), int(ColorTrc.ARIB_STD_B67)}


class VideoMedia(Reading):
    """A video in any container and codec that libav reads. Audio is never decoded.

    Colour follows the file's own tags for matrix and range; untagged files are taken for BT.601 of limited
    range, as libav writes them. High dynamic range (PQ, HLG) is brought to BT.709 with its reference
    white at white.
    """

    def __init__(
        self,
        source: Source,
        path: Path,
        *,
        declared_s: float | None = None,
        indexed: bool = False,
        threads: int = 1,
        sparing: bool = False,
        limits: MediaLimits = LIMITS,
    ) -> None:
        super().__init__(source)
        self._path = path
        self._declared_s = declared_s
        self.indexed = indexed
        self._threads = threads
        self._sparing = sparing
        self._limits = limits

    @property
    def declared_s(self) -> float | None:
        return self._declared_s

    def frames(self) -> Iterator[Frame]:
        self._outcome: Outcome | None = None
        tally = Tally()
        stated: tuple[Fraction | None, Fraction | None] = (None, None)
        step = Fraction(0)
        try:
            with self.open() as file, open_video(file.stream) as container:
                track = video_track(container)
                stated, step = stated_durations(container, track), usual_step(track)
                yield from self.decode(container, tally)
                if is_cut_off(file.stream, container):
                    tally.stopped = "the file is truncated"
                file.check()
        except MediaError as error:
            tally.stopped = str(error)
        except Changed as error:
            self._outcome = Outcome("failed", str(error))
            return
        self._outcome = tally.outcome(stated, step)

    def open(self) -> Unchanged:
        """The file, held open and looked at again at the end.

        Raises:
            MediaError: it cannot be opened.
        """
        return Unchanged(self._path, self.source.sha256)

    def decode(self, container: InputContainer, tally: Tally, span: Span | None = None) -> Iterator[Frame]:
        """The frames of a span, those of its lead among them, or of all; ``tally`` counts those that the span owns."""
        track = video_track(container)
        prepare(track, threads=self._threads, limits=self._limits)
        if span is not None and span.lead_s > 0:
            go_to(container, track, span.lead_s)
        # Made here and not before: opened media travel to the worker that reads them, converters cannot.
        colour, small = VideoReformatter(), VideoReformatter()
        clock, sparing = clock_of(track, tally), Sparing(track, wanted=self._sparing)
        turns: dict[int, Turn] = {}
        shapes: set[tuple[str, int, int]] = set()
        for decoded_frame in decoded(container, track, tally):
            moment = clock.moment(decoded_frame)
            sparing.note(moment, decoded_frame)
            if span is not None and not span.owns(moment):
                if span.is_over(moment):
                    return
                tally.forget()
                if moment.pts * moment.time_base < span.lead_s:
                    continue
            shape = (decoded_frame.format.name, decoded_frame.width, decoded_frame.height)
            try:
                turn = turn_of(decoded_frame, turns)
                frame = Frame(
                    source=self.source.id,
                    moment=moment,
                    luma=grey(decoded_frame, turn, small),
                    render=partial(render, decoded_frame, turn, colour),
                )
                if shape not in shapes:
                    _ = frame.pixels  # a format that cannot be shown is found here, and not in a later stage
                    shapes.add(shape)
            except (MediaError, *DECODE_FAULTS):
                tally.corrupt_frames += 1
                continue
            tally.frames += span is None or span.owns(moment)
            yield frame
            tally.stopped = self._limit_reached(tally)
            if tally.stopped:
                return

    def _limit_reached(self, tally: Tally) -> str | None:
        if tally.frames >= self._limits.frames:
            return f"the limit of {self._limits.frames} frames is reached; the rest is not read"
        if tally.end > self._limits.seconds:
            return f"the limit of {self._limits.seconds / 3600:g} hours is reached; the rest is not read"
        return None


def turn_of(frame: VideoFrame, known: dict[int, Turn]) -> Turn:
    """The turn of a frame, read once for each rotation: side data tie a frame into a cycle, which only the
    garbage collector frees, and hundreds of frames would wait for it."""
    if frame.rotation not in known:
        matrix = frame.side_data.get("DISPLAYMATRIX")
        known[frame.rotation] = UPRIGHT
        if isinstance(matrix, Buffer):
            known[frame.rotation] = of_display_matrix(np.frombuffer(bytes(matrix), np.int32).tolist())
    return known[frame.rotation]


def grey(frame: VideoFrame, turn: Turn, reformatter: VideoReformatter) -> Image:
    """The small grey picture (h, w) of a frame."""
    scale = min(1.0, LUMA_SIDE / max(frame.width, frame.height))
    small = reformatter.reformat(
        frame,
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        format="gray",
        interpolation="AREA",
        threads=1,
    )
    return turn.apply(np.asarray(small.to_ndarray(), np.uint8))


def render(frame: VideoFrame, turn: Turn, reformatter: VideoReformatter) -> Image:
    """The frame in colour (h, w, 3).

    Raises:
        MediaError: its format cannot be shown.
    """
    high_range = int(frame.color_trc) in _HIGH_DYNAMIC_RANGE
    try:
        shown = reformatter.reformat(
            frame,
            format="rgb24",
            dst_color_trc=ColorTrc.BT709 if high_range else None,
            dst_color_primaries=ColorPrimaries.BT709 if high_range else None,
            threads=1,
        )
        return turn.apply(np.asarray(shown.to_ndarray(), np.uint8))
    except DECODE_FAULTS as error:
        raise MediaError(f"a {frame.format.name} frame cannot be shown in colour") from error
