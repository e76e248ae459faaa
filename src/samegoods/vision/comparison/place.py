"""Where on a face something is, in words that a reader can point at."""

from __future__ import annotations

import numpy as np

from samegoods.records import Mask

_LONG = 0.6
"""The share of a side from which on something runs along it."""
_DOWN, _ACROSS = ("upper", "middle", "lower"), ("left", "middle", "right")


def place_of(mask: Mask) -> str:
    """Where a mask (h, w) lies: ``upper right``, ``lower middle``, ``middle``, ``across the upper part``, ``down the
    left side``, ``all over``; of the face as its reference shows it. Empty where the mask is."""
    if not mask.any():
        return ""
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    down, across = (min(2, int(3 * float(at.mean() + 0.5) / side)) for at, side in ((ys, height), (xs, width)))
    wide, tall = np.ptp(xs) + 1 >= _LONG * width, np.ptp(ys) + 1 >= _LONG * height
    if wide and tall:
        return "all over"
    if wide:
        return f"across the {_DOWN[down]}" + ("" if down == 1 else " part")
    if tall:
        return "down the middle" if across == 1 else f"down the {_ACROSS[across]} side"
    if down == 1:
        return _ACROSS[across]
    return f"{_DOWN[down]} {_ACROSS[across]}"
