"""How far a small grey picture shows what an earlier one did not: change that is neither light, noise nor tremble."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Floats, Image

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


def exposed(luma: Image) -> Floats:
    """A grey picture (h, w) smoothed, and offset so that exposure may be levelled by a gain."""
    blurred = cv2.GaussianBlur(luma.astype(np.float32), (5, 5), _SMOOTH)
    return np.asarray(blurred, np.float32) + np.float32(_DARK)


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """A picture seen before, as far as telling another one apart from it needs it; (h, w) each, as of :func:`exposed`.

    ``low`` and ``high`` are the darkest and lightest values within a pixel, so that a hand's tremble and the
    codec's ringing at edges are no news.
    """

    grey: Floats
    low: Floats
    high: Floats

    @staticmethod
    def of(luma: Image) -> Remembered:
        return Remembered.of_smooth(exposed(luma))

    @staticmethod
    def of_smooth(grey: Floats) -> Remembered:
        around = np.ones((3, 3), np.uint8)
        low, high = cv2.erode(grey, around), cv2.dilate(grey, around)
        return Remembered(grey, np.asarray(low, np.float32), np.asarray(high, np.float32))

    def moved(self, x: Floats, y: Floats) -> Remembered:
        """The same with each place taken from ``x``, ``y`` (h, w)."""
        grey, low, high = (
            np.asarray(cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
            for one in (self.grey, self.low, self.high)
        )
        return Remembered(grey, low, high)

    def beyond(self, now: Floats) -> Floats:
        """How far each pixel of another picture of the same size lies beyond this one, at its exposure; (h, w)."""
        ratios = now[::_EVERY, ::_EVERY] / self.grey[::_EVERY, ::_EVERY]
        # The median: whatever is new may fill nearly half of the picture without passing for exposure.
        gain = np.float32(np.clip(np.median(ratios), 1 / _LARGEST_GAIN, _LARGEST_GAIN))
        return np.asarray(np.maximum(np.maximum(now - gain * self.high, gain * self.low - now), 0), np.float32)

    def novelty_of(self, luma: Image) -> float:
        """The largest change of a patch of ``luma`` against this, in its grey levels."""
        if luma.shape != self.grey.shape:
            return float("inf")
        beyond = self.beyond(exposed(luma))
        return float(cv2.blur(beyond, (PATCH, PATCH), borderType=cv2.BORDER_REFLECT_101).max())
