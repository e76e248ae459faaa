"""Decoding no more frames than sampling can choose among."""

from __future__ import annotations

from fractions import Fraction

from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from samegoods.records import Moment

NEAR_S = Fraction(1, 8)
WINDOW_S = Fraction(1, 4)
_OFTEN = 4


class Sparing:
    """Leaves frames out that no other refers to, where enough of the rest are there: half of them, at a third of the
    cost, in the usual H.264 and H.265 of editors and of the web. Cameras and phones write none of these.

    Frames are looked at four times a second, the sharpest of each quarter. What others surely refer to (all but
    B-frames) has to lie no further apart than that at first; and where what is left then lies further apart than half
    of it, every frame is decoded from there on.
    """

    def __init__(self, track: VideoStream, *, wanted: bool) -> None:
        self._codec = track.codec_context
        self._wanted = wanted
        self._spares = False
        self._last: Moment | None = None
        self._last_firm: Moment | None = None
        self._firm = 0

    def note(self, moment: Moment, frame: VideoFrame) -> None:
        """A frame was decoded."""
        if self._wanted:
            self._firm_at(moment, frame)
            if self._spares and self._last is not None and moment.seconds - self._last.seconds > NEAR_S:
                self._stop()
            self._last = moment

    def _firm_at(self, moment: Moment, frame: VideoFrame) -> None:
        if self._spares or frame.pict_type == PictureType.B:
            return
        if self._last_firm is not None and moment.seconds - self._last_firm.seconds > WINDOW_S:
            self._stop()
            return
        self._last_firm, self._firm = moment, self._firm + 1
        if self._firm >= _OFTEN:
            self._spares = True
            self._codec.skip_frame = "NONREF"

    def _stop(self) -> None:
        self._wanted = self._spares = False
        self._codec.skip_frame = "DEFAULT"
