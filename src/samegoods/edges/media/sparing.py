"""Decoding no more frames than sampling can choose among."""

from __future__ import annotations

from fractions import Fraction

from av.video.stream import VideoStream

from samegoods.records import Moment

NEAR_S = Fraction(1, 8)


class Sparing:
    """Leaves frames out that no other refers to, where enough of the rest are there: half of them, at a third of the
    cost, in the usual H.264 and H.265 of editors and of the web. Cameras and phones write none of these.

    Frames are looked at four times a second, the sharpest of each quarter; where what is left would lie further apart
    than half of that, every frame is decoded from there on.
    """

    def __init__(self, track: VideoStream, *, wanted: bool) -> None:
        self._codec = track.codec_context
        self._last: Moment | None = None
        if wanted:
            self._codec.skip_frame = "NONREF"

    def note(self, moment: Moment) -> None:
        """A frame was decoded."""
        if self._last is not None and moment.seconds - self._last.seconds > NEAR_S:
            self._codec.skip_frame = "DEFAULT"
        self._last = moment
