"""The quality of the print as a whole: inks in register, and as dense as the reference's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samegoods.records import Difference, Verdict
from samegoods.vision.comparison.confidence import print_confidence
from samegoods.vision.comparison.doubt import astray, easiest
from samegoods.vision.comparison.face import Face
from samegoods.vision.comparison.need import Goal
from samegoods.vision.comparison.place import place_of
from samegoods.vision.comparison.regions import outline
from samegoods.vision.comparison.sameness import LEAST_SEEN

_REGISTER_PX = 0.45
_REGISTER_SD_PX = 0.1
_SATURATION = 0.78
_QUALITY_PX = 105.0
TO_TELL_PRINT = Goal(_QUALITY_PX, LEAST_SEEN, register_sd_px=_REGISTER_SD_PX)
"""What a face has to reach for its print to be told."""


def print_quality(faces: Sequence[Face], unseen: str) -> Verdict:
    """The call on the print of some faces; ``unseen`` ends its reason."""
    testable = [face for face in faces if not astray(face) and print_testable(face)]
    found = [d for face in testable for d in (_out_of_register(face), _thin(face)) if d is not None]
    if found:
        return Verdict("different", "; ".join(f"{d.detail} ({d.face})" for d in found) + unseen, tuple(found))
    if not testable:
        small = max((face.power.resolved_px for face in faces), default=0.0)
        return Verdict(
            "cannot_tell",
            f"too small, blurred or covered for the print ({small:.0f} px across resolved){unseen}",
            needed=easiest(faces, TO_TELL_PRINT),
        )
    names = ", ".join(face.reference.face for face in testable)
    return Verdict("same", f"inks in register and as dense as the reference's on {names}{unseen}")


def print_testable(face: Face) -> bool:
    enough = face.power.resolved_px >= _QUALITY_PX and face.power.seen >= LEAST_SEEN
    return enough and face.view.register_sd_px <= _REGISTER_SD_PX


def register_score(face: Face) -> float:
    """How far colour channels are displaced against each other, over what a lens or chroma subsampling may do."""
    shift = float(np.linalg.norm(face.view.register_px, axis=1).max())
    return shift / max(_REGISTER_PX, 6 * max(face.view.register_sd_px, 0.02))


def pale_score(face: Face) -> float:
    """How much less colour than the reference there is everywhere, over what a camera takes; light takes none."""
    return (1 - face.view.saturation) / (1 - _SATURATION)


def _out_of_register(face: Face) -> Difference | None:
    score = register_score(face)
    if score < 1:
        return None
    reference_px = float(np.linalg.norm(face.view.register_px, axis=1).max()) / face.view.scale
    return _print_difference(face, score, f"inks out of register by {reference_px:.1f} px of the reference")


def _thin(face: Face) -> Difference | None:
    score = pale_score(face)
    if score < 1:
        return None
    detail = f"print paler than the reference: {1 - face.view.saturation:.0%} less colour"
    return _print_difference(face, score, detail)


def _print_difference(face: Face, score: float, detail: str) -> Difference:
    whole = outline(np.ones_like(face.view.known), face.scale)
    off = float(np.median(np.linalg.norm(face.residual.off[face.residual.known], axis=1)))
    return Difference(
        kind="print",
        reference=face.reference.id,
        face=face.reference.face,
        region=whole,
        size=1.0,
        delta_e=off,
        confidence=print_confidence(score),
        detail=detail,
        place=place_of(face.view.known),
    )
