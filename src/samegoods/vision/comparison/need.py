"""What would have sufficed to tell a face: how large it would have to be seen, how often, and how much of it.

The powers that decide whether a face can be told (:mod:`samegoods.vision.comparison.power`) are carried on to
what they would be, had the same camera seen the same face larger or more often:

* Lens and hand soften by the same number of pixels, so what is resolved grows with the height of the face, up to
  what the picture is compared at; beyond, only the softness shrinks.
* The share of the fine print whose loss would show is a logistic function of the logarithm of the height, of
  slope ``_PRINT_SLOPE``. Drawn packs gave 8 to 10 where smallness or blur was what lacked and 3 to 4 where noise
  was (12 packs, heights of 60 to 340 px); the slope taken is a careful one. A share of none says only that there
  is far to go, and counts as ``_FAINTEST``.
* The noise of a patch falls with the height and with the square root of the number of views, as that of a mean
  does; the shift of the inks is known the better, the higher the face.

What the face lacked in light, flatness or steadiness is taken as given: all of these ask for less when better. A
blur wider than is measured (about 2.6 px at the size of the comparison) is taken for that, and then too little is
asked: such a picture needs another that is not as soft.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samegoods.records import Mask, Needed, Showing
from samegoods.vision.comparison.face import Face
from samegoods.vision.comparison.look import LONGEST_PX, MOST_VIEWS

_PRINT_SLOPE = 4.0
_FAINTEST = 0.02
_MARGIN = 1.08  # a corner of the pack is known to a pixel or two, and its pose is not asked for
_ROUND_PX = 10


@dataclass(frozen=True, slots=True)
class Goal:
    """What a face has to reach to be told; the fields are those of a power and of a view. None: not asked for."""

    resolved_px: float
    seen: float
    patch_delta_e: float | None = None
    print_shows: float | None = None
    register_sd_px: float | None = None


def needed(face: Face, goal: Goal, *, score: float = 1.0) -> Needed | None:
    """How large and how often a face would have to be seen.

    Args:
        score: how many times over its limit a difference has to stand out more than it does, where one is in
            doubt; it stands out the more, the less noise is left, so with the square root of the views.

    Returns:
        None where no height would do (the face is too narrow at the size of the comparison, or its reference too
        small), and where nothing lacks that this can reckon with.
    """
    growth = _growth(face, goal)
    if growth is None:
        return None
    had = _had(face)
    noise = 1.0 if goal.patch_delta_e is None else face.power.patch_delta_e / growth / goal.patch_delta_e
    views, growth = _views(had.views, max(1.0, noise, score), growth)
    rounded = max(_ROUND_PX * int(np.ceil(growth * _MARGIN * had.height_px / _ROUND_PX)), had.height_px)
    height = rounded if growth > 1 else had.height_px
    per_mm = None if had.px_per_mm is None else round(had.px_per_mm * height / max(had.height_px, 1), 2)
    seen = round(max(goal.seen, had.seen), 2)
    if (height, views, seen) == (had.height_px, had.views, had.seen):
        return None
    return Needed(face.reference.face, height, per_mm, views, seen, had)


def lack(need: Needed) -> float:
    """How many times more than was had is needed, in all; to choose the easiest of some faces."""
    height = need.height_px / max(need.had.height_px, 1)
    return height * float(np.sqrt(need.views / max(need.had.views, 1))) * need.seen / max(need.had.seen, 0.01)


def _views(had: int, quieter: float, growth: float) -> tuple[int, float]:
    """The views that make a face so many times quieter, and the growth, which does what more views cannot."""
    asked, most = had * quieter**2, max(had, MOST_VIEWS)
    if asked <= most:
        return int(np.ceil(asked)), growth
    return most, growth * float(np.sqrt(asked / most))


def _had(face: Face) -> Showing:
    (width, height), scale = _extent(face.reference.mask), face.view.photo_scale
    across = face.reference.width_mm
    return Showing(
        height_px=round(height * scale),
        px_per_mm=None if across is None else round(width * scale / across, 2),
        views=face.view.views,
        seen=round(face.power.seen, 2),
    )


def _extent(mask: Mask) -> tuple[int, int]:
    """Width and height of the pack in its reference, whose picture may be larger."""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return mask.shape[1], mask.shape[0]
    return int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1


def _growth(face: Face, goal: Goal) -> float | None:
    """How many times higher the face would have to be, 1 or more; None where no height would do."""
    size = _size_growth(face, goal.resolved_px)
    if size is None:
        return None
    growths = [1.0, size]
    if goal.print_shows is not None:
        growths.append(_print_growth(face.power.print_shows, goal.print_shows))
    if goal.register_sd_px is not None and np.isfinite(face.view.register_sd_px):  # infinite: too little was seen
        growths.append(face.view.register_sd_px / goal.register_sd_px)
    return float(max(growths))


def _size_growth(face: Face, resolved_px: float) -> float | None:
    """Solved for the height: 1 / resolved**2 = 1 / pixels compared + blur, the blur as a share of the face."""
    width, height = face.reference.size
    most = width * height * min(1.0, LONGEST_PX / max(width, height)) ** 2
    pixels, asked = float(face.view.known.size), resolved_px**2
    softness = 1 / max(face.power.resolved_px, 1.0) ** 2 - 1 / pixels  # of the face's area
    free = float(np.sqrt(asked * (1 / pixels + max(softness, 0.0))))
    if pixels * free**2 <= most:
        return free
    if asked >= 0.98 * most:
        return None
    return float(max(np.sqrt(max(softness, 0.0) / (1 / asked - 1 / most)), np.sqrt(most / pixels)))


def _print_growth(shows: float, asked: float) -> float:
    if shows >= asked:
        return 1.0
    shows = max(shows, _FAINTEST)
    steps = np.log(asked / (1 - asked)) - np.log(shows / (1 - shows))
    return float(np.exp(steps / _PRINT_SLOPE))
