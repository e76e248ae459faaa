"""Sample: which frames are worth a look. Of every short window the sharpest, if it shows something new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from samegoods.records import Floats, Frame, Image, Moment

NOVELTY = 8.0
"""Grey levels by which a patch must differ, on average over it, to be new: sensor and codec noise stays near
2 there, print that a camera can resolve stands 20 and more off what surrounds it."""

PATCH = 8
"""Side of the square over which change is averaged, px of ``luma``: half of a pack 60 px tall in 720p."""

_SMOOTH = 1.0
_DARK = 8.0
"""Grey levels added on both sides when exposure is levelled, so that black does not divide by nothing."""
_LARGEST_GAIN = 2.0
_EVERY = 4


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
            if seen is not None and not self._is_due(frame, seen):
                self._unchanged += 1
                continue
            seen = None if frame.moment is None else _Seen.of(frame.luma, frame.moment)
            self._looked += 1
            yield frame

    def _is_due(self, frame: Frame, seen: _Seen) -> bool:
        if frame.moment is None:
            return True
        waited_s = frame.moment.seconds - seen.moment.seconds
        return not 0 <= waited_s < self._patience_s or seen.novelty_of(frame.luma) >= self._novelty

    def _counted(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            self._frames += 1
            yield frame


def sample(
    frames: Iterable[Frame], *, window_s: float = 0.25, refresh_s: float = 2.0, novelty: float = NOVELTY
) -> Sample:
    """Choose the frames that are worth the cost of recognition.

    Time is cut into windows of ``window_s`` by exact presentation time. The sharpest frame of each is looked
    at if it differs from the frame looked at before, and at the latest ``refresh_s`` after it (in footage
    without gaps). A frame that stays on show through a whole window, as in slow or variable footage, counts
    for that window too. Photos always pass.

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


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The frame looked at last, as far as telling the next one apart needs it.

    ``low`` and ``high`` are the darkest and lightest values within a pixel, so that a hand's tremble and the
    codec's ringing at edges are no news.
    """

    moment: Moment
    grey: Floats
    low: Floats
    high: Floats

    @staticmethod
    def of(luma: Image, moment: Moment) -> _Seen:
        grey = _smoothed(luma)
        around = np.ones((3, 3), np.uint8)
        low, high = cv2.erode(grey, around), cv2.dilate(grey, around)
        return _Seen(moment, grey, np.asarray(low, np.float32), np.asarray(high, np.float32))

    def novelty_of(self, luma: Image) -> float:
        """The largest change of a patch against this frame, in grey levels at the exposure of ``luma``."""
        if luma.shape != self.grey.shape:
            return float("inf")
        now = _smoothed(luma)  # (h, w), offset by _DARK
        ratios = now[::_EVERY, ::_EVERY] / self.grey[::_EVERY, ::_EVERY]
        # The median: whatever is new may fill nearly half of the picture without passing for exposure.
        gain = float(np.clip(np.median(ratios), 1 / _LARGEST_GAIN, _LARGEST_GAIN))
        beyond = np.maximum(np.maximum(now - gain * self.high, gain * self.low - now), 0)
        patches = cv2.blur(beyond, (PATCH, PATCH), borderType=cv2.BORDER_REFLECT_101)
        return float(patches.max())


def _smoothed(luma: Image) -> Floats:
    blurred = cv2.GaussianBlur(luma.astype(np.float32), (5, 5), _SMOOTH)
    return np.asarray(blurred, np.float32) + np.float32(_DARK)
