"""Sample: which frames are worth a look. Of every short window the sharpest, if it shows something new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2

from samegoods.records import Frame, Image, Moment
from samegoods.vision.recognition.drift import Drift
from samegoods.vision.recognition.novelty import NOVELTY, Remembered

_Seen = tuple[Remembered, Moment, float]
"""The frame looked at last, as far as telling the next one apart needs it, and how long the next may wait, s."""
SETTLED_S = 1.0
"""After a frame that showed something new another follows so soon, though all stands still: recognition lets what is
new wait so long for its fine look, and looks at no picture that does not come."""


@dataclass(frozen=True, slots=True)
class SampleCount:
    """What sampling cost and what it left out, in frames; ``frames = looked + unchanged + softer``.

    ``unchanged`` showed nothing new; ``softer`` stood beside a sharper frame.
    """

    frames: int
    looked: int
    unchanged: int

    @property
    def softer(self) -> int:
        return self.frames - self.looked - self.unchanged


class Sample(Iterator[Frame]):
    """The frames to look at; ``count`` says what they cost so far, and all of it once they have ended."""

    def __init__(self, frames: Iterable[Frame], *, window_s: float, refresh_s: float, novelty: float) -> None:
        if not 0 < 2 * window_s <= refresh_s:
            raise ValueError(f"expected 0 < 2 window_s <= refresh_s, found {window_s} and {refresh_s}")
        self._window = Fraction(window_s).limit_denominator(10_000)
        # Candidates of unbroken footage lie two windows apart at most: the next might come too late.
        self._patience_s = refresh_s - 2 * window_s
        self._novelty = novelty
        self._frames = self._looked = self._unchanged = 0
        self._worthwhile = self._filtered(frames)

    def __next__(self) -> Frame:
        return next(self._worthwhile)

    @property
    def count(self) -> SampleCount:
        return SampleCount(self._frames, self._looked, self._unchanged)

    def _filtered(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        seen: _Seen | None = None
        for frame in _candidates(self._counted(frames), self._window):
            new = seen is not None and self._is_new(frame, seen)  # the first of all is looked at whole
            if seen is not None and not new and not self._is_due(frame, seen):
                self._unchanged += 1
                continue
            seen = self._remembered(frame, new=new)
            self._looked += 1
            yield frame

    def _is_new(self, frame: Frame, seen: _Seen) -> bool:
        return frame.moment is not None and seen[0].novelty_of(frame.luma) >= self._novelty

    def _is_due(self, frame: Frame, seen: _Seen) -> bool:
        _, then, patience_s = seen
        return frame.moment is None or not 0 <= frame.moment.seconds - then.seconds < patience_s

    def _remembered(self, frame: Frame, *, new: bool) -> _Seen | None:
        if frame.moment is None:
            return None
        return Remembered.of(frame.luma), frame.moment, min(SETTLED_S, self._patience_s) if new else self._patience_s

    def _counted(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        drift = Drift()
        for frame in frames:
            self._frames += 1
            if frame.moment is not None:
                frame.drift = drift.at(frame.luma)
            yield frame


def sample(
    frames: Iterable[Frame], *, window_s: float = 0.25, refresh_s: float = 2.0, novelty: float = NOVELTY
) -> Sample:
    """Choose the frames that are worth the cost of recognition.

    Time is cut into windows of ``window_s`` by exact presentation time. The sharpest frame of each is looked
    at if it differs from the frame looked at before, and at the latest ``refresh_s`` after it (in footage
    without gaps), or :data:`SETTLED_S` after one that differed itself. A frame that stays on show through a whole
    window, as in slow or variable footage, counts for that window too. Photos always pass.

    Guarantee, for ``window_s`` up to a quarter of a second: whatever is on show for half a second is in at
    least one frame that is looked at, if it differs visibly from what was there: by ``novelty`` grey levels
    on average over a square of 8 by 8 px of ``luma``, once exposure is levelled and a pixel's shift allowed.
    For half a second holds a whole window; each frame of it shows the thing, so its sharpest does; and that
    one is passed over only if it looks like the frame looked at before, which then shows the thing as well.

    Cost: at most ``1 / window_s`` looks a second. It holds two frames beside the one in hand.

    Args:
        novelty: grey levels, 0..255.

    Raises:
        ValueError: ``refresh_s`` is not at least twice ``window_s``.

    Method: sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000, "Diatom autofocusing in
    brightfield microscopy", ICPR; compared with 35 others in Pertuz, Puig & Garcia 2013).
    """
    return Sample(frames, window_s=window_s, refresh_s=refresh_s, novelty=novelty)


def sharpness(luma: Image) -> float:
    """Variance of the Laplacian of a grey picture (h, w); comparable between frames of one scene only."""
    return float(cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_16S))[1][0, 0]) ** 2


def _candidates(frames: Iterable[Frame], window: Fraction) -> Iterator[Frame]:
    """The sharpest frame of every window, and the last one too where it stays on show through the next."""
    best: Frame | None = None
    last: Frame | None = None
    index, sharpest = 0, 0.0
    for frame in frames:
        now = _window_of(frame.moment, window)
        if best is not None and now != index:
            yield best
            if now != index + 1 and last is not None and last is not best:
                yield last
            best = last = None
        if now is None:
            yield frame
            continue
        score = sharpness(frame.luma)
        if best is None or score > sharpest:
            best, sharpest, index = frame, score, now
        last = frame
    if best is not None:
        yield best
    if last is not None and last is not best:
        yield last


def _window_of(moment: Moment | None, window: Fraction) -> int | None:
    return None if moment is None else moment.pts * moment.time_base // window
