"""When `same` may be said of a packaging, and the words for it: from how well each of its faces was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samegoods.records import CallName, Difference, Inspected

CLEAR = 1.3
"""How many times the limit a difference has to pass to be called: below, neither call is safe."""
LEAST_SEEN = 0.75
"""The share of a face that must be in sight before `same` is said of it."""


def sameness(faces: Sequence[Inspected]) -> tuple[CallName, str]:
    """What is said of faces on which nothing differs, and why: ``same`` or ``cannot_tell``."""
    doubtful = "; ".join(f"{face.face}: {face.doubt}" for face in faces if face.views and face.doubt)
    proven = [face for face in faces if not face.doubt]
    if not proven:
        return "cannot_tell", doubtful + unseen(faces)
    seen = "; ".join(_power_words(face) for face in proven)
    left = f"; not judged: {doubtful}" if doubtful else ""
    return "same", f"nothing differs beyond noise; {seen}{left}{unseen(faces)}"


def unseen(faces: Sequence[Inspected]) -> str:
    """The end of a reason: which faces were not seen at all."""
    left = [face.face for face in faces if not face.views]
    return f"; not seen: {', '.join(left)}" if left else ""


def hidden(face: Inspected, share: float) -> Inspected:
    """The face with a share of it hidden: what lies under damage is not seen."""
    seen = max(0.0, face.seen - share)
    doubt = f"{1 - seen:.0%} damaged or not in sight" if not face.doubt and seen < LEAST_SEEN else face.doubt
    return replace(face, seen=seen, doubt=doubt)


def named(found: Sequence[Difference]) -> str:
    """The first three differences in words, and how many more there are."""
    names = ", ".join(f"{d.detail} ({d.face})" for d in found[:3])
    return f"{names} and {len(found) - 3} more" if len(found) > 3 else names


def _power_words(face: Inspected) -> str:
    views = "1 view" if face.views == 1 else f"{face.views} views"
    return (
        f"{face.face}: {face.seen:.0%} seen in {views}, 1 % of it off by a "
        f"colour difference of {face.patch_delta_e:.0f} would have shown"
    )
