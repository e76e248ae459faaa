"""What stands against a call on a face: how badly it lies, how little of it is seen, and what would have sufficed."""

from __future__ import annotations

from collections.abc import Sequence

from samegoods.records import Needed
from samegoods.vision.comparison.face import Face
from samegoods.vision.comparison.need import Goal, lack, needed
from samegoods.vision.comparison.sameness import LEAST_SEEN

PATCH_DELTA_E = 12.0
"""`same` is said only if a patch of 1 % of the face that is off by this (CIEDE2000) would have been found."""
_PRINT = 0.5
_RESOLVED_PX = 85.0
_FIT = 0.3
TO_TELL = Goal(_RESOLVED_PX, LEAST_SEEN, patch_delta_e=PATCH_DELTA_E, print_shows=_PRINT)
"""What a face has to reach for its packaging to be told."""


def astray(face: Face) -> bool:
    """Whether the face lies so badly on its reference that what is off says nothing."""
    off = sum(region.size for region in face.regions)
    return face.view.fit < _FIT or (off > 0.6 and face.view.fit < 0.5) or face.view.slack_px > 0.8


def doubt_of(face: Face) -> str:
    """What is missing before `same` may be said of a face; nothing where it may."""
    could, view = face.power, face.view
    if astray(face):
        return "does not lie well enough on its reference (bent, blurred or partly another print)"
    if could.resolved_px < _RESOLVED_PX:
        worth = f"worth {could.resolved_px:.0f} px across, {_RESOLVED_PX:.0f} are needed"
        return f"too small or too blurred ({worth})"
    if could.seen < LEAST_SEEN:
        return f"{1 - could.seen:.0%} covered, in glare or outside the picture"
    if could.patch_delta_e > PATCH_DELTA_E:
        how = "only one view" if view.views == 1 else "the views"
        oblique = ", and at a grazing angle" if view.squeeze > 2.2 else ""
        least = f"only colour differences over {could.patch_delta_e:.0f} would show"
        return f"{how} too noisy or unevenly lit{oblique}: {least}"
    if could.print_shows < _PRINT:
        return f"too blurred for fine print: the loss of {1 - could.print_shows:.0%} of it would not show"
    return ""


def easiest(faces: Sequence[Face], goal: Goal) -> Needed | None:
    """What the face that lacks least would have needed; nothing where it lacks flatness, which has no measure."""
    small = (face for face in faces if not astray(face) or face.power.resolved_px < goal.resolved_px)
    known = [need for need in (needed(face, goal) for face in small) if need is not None]
    return min(known, key=lack, default=None)
