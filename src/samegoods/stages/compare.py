"""Compare: an item's fused faces against the export references of its product, on packaging and on quality.

A call of ``same`` needs proof that a difference would have shown; what cannot be judged is ``cannot_tell``,
and the reason says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from samegoods.records import UNLISTED, CallName, Comparison, Difference, Needed, Reference, Verdict, View
from samegoods.vision.comparison.confidence import print_confidence, region_confidence
from samegoods.vision.comparison.face import Face, Likeness, face_against, lightness, lit_by
from samegoods.vision.comparison.kinds import kind_of
from samegoods.vision.comparison.letters import letters_of
from samegoods.vision.comparison.need import Goal, lack, needed
from samegoods.vision.comparison.place import place_of
from samegoods.vision.comparison.regions import Region, outline

STANDARD = "export"
PATCH_DELTA_E = 12.0
"""`same` is said only if a patch of 1 % of the face that is off by this (CIEDE2000) would have been found."""
_SEEN = 0.75
_PRINT = 0.5
_RESOLVED_PX = 85.0
_FIT = 0.3
_CLEAR = 1.3  # of the score a region needs: below, something may differ, and neither call is safe
_REGISTER_PX = 0.45
_REGISTER_SD_PX = 0.1
_SATURATION = 0.78
_QUALITY_PX = 105.0
_TO_TELL = Goal(_RESOLVED_PX, _SEEN, patch_delta_e=PATCH_DELTA_E, print_shows=_PRINT)
_TO_TELL_PRINT = Goal(_QUALITY_PX, _SEEN, register_sd_px=_REGISTER_SD_PX)
_SURELY = 0.88  # of a confidence, to say "unlisted": said as often as before these were fitted (decision 11)
_SURE, _PART = 10.0, 0.3  # log-likelihood ratio, and its share, by which one version is told from another


def compare(views: Sequence[View], references: Mapping[str, Reference], *, standard: str = STANDARD) -> Comparison:
    """Compare an item with the version that is the measure.

    Args:
        views: one for each face seen, from :func:`samegoods.stages.fuse.fuse`.
        references: by id; those of the item's product and of all its versions are used.
        standard: the version that is the measure.

    Returns:
        ``version``: the listed version that the item is; ``"unlisted"`` where it surely differs from every
        version with references; None where that cannot be told.
    """
    if not views:
        return _untold("no face could be brought onto its reference")
    judged = [v for v in views if references[v.reference].version == standard]
    if not judged:
        seen = ", ".join(sorted({references[v.reference].face for v in views}))
        return _untold(f"no {standard} reference of what was seen ({seen})")
    likeness = [Likeness.of(view, references) for view in judged]
    other = _nearer(likeness)
    faces = [_face(near, other) for near in likeness]
    unseen = _unseen(views, references, standard)
    packaging = _packaging(faces, unseen)
    version = _version(likeness, other, packaging, standard)
    return Comparison(version, packaging, _quality(faces, unseen))


def _untold(reason: str) -> Comparison:
    verdict = Verdict("cannot_tell", reason)
    return Comparison(None, verdict, verdict)


def _unseen(views: Sequence[View], references: Mapping[str, Reference], standard: str) -> str:
    product = references[views[0].reference].product
    faces = {r.face for r in references.values() if r.product == product and r.version == standard}
    left = sorted(faces - {references[v.reference].face for v in views})
    return f"; not seen: {', '.join(left)}" if left else ""


def _packaging(faces: Sequence[Face], unseen: str) -> Verdict:
    doubts = {face.reference.face: _doubt(face) for face in faces}
    sound = [(face, region) for face in faces if not astray(face) for region in face.regions]
    if sound:
        sound = sorted(sound, key=lambda pair: -pair[1].score)
        found = tuple(sorted((_difference(*pair) for pair in sound), key=lambda d: -d.confidence))
        sure = max(region.score for _, region in sound) >= _CLEAR
        call: CallName = "different" if sure else "cannot_tell"
        reason = ("" if sure else "too faint to be sure: ") + _named(found) + unseen
        return Verdict(call, reason, found, None if sure else _to_be_sure(sound))
    open_faces = "; ".join(f"{name}: {doubt}" for name, doubt in doubts.items() if doubt)
    proven = [face for face in faces if not doubts[face.reference.face]]
    if not proven:
        return Verdict("cannot_tell", open_faces + unseen, needed=_easiest(faces, _TO_TELL))
    seen = "; ".join(_power_words(face) for face in proven)
    left = f"; not judged: {open_faces}" if open_faces else ""
    return Verdict("same", f"nothing differs beyond noise; {seen}{left}{unseen}")


def _to_be_sure(sound: Sequence[tuple[Face, Region]]) -> Needed | None:
    """What would have let the strongest of some faint differences pass, were it one."""
    face, region = max(sound, key=lambda pair: pair[1].score)
    return needed(face, _TO_TELL, score=_CLEAR / region.score)


def _easiest(faces: Sequence[Face], goal: Goal) -> Needed | None:
    """What the face that lacks least would have needed; nothing where it lacks flatness, which has no measure."""
    small = (face for face in faces if not astray(face) or face.power.resolved_px < goal.resolved_px)
    known = [need for need in (needed(face, goal) for face in small) if need is not None]
    return min(known, key=lack, default=None)


def _named(found: Sequence[Difference]) -> str:
    names = ", ".join(f"{d.detail} ({d.face})" for d in found[:3])
    return f"{names} and {len(found) - 3} more" if len(found) > 3 else names


def _power_words(face: Face) -> str:
    return (
        f"{face.reference.face}: {face.power.seen:.0%} seen in {_views(face.view.views)}, 1 % of it off by a "
        f"colour difference of {face.power.patch_delta_e:.0f} would have shown"
    )


def _views(count: int) -> str:
    return "1 view" if count == 1 else f"{count} views"


def astray(face: Face) -> bool:
    """Whether the face lies so badly on its reference that what is off says nothing."""
    off = sum(region.size for region in face.regions)
    return face.view.fit < _FIT or (off > 0.6 and face.view.fit < 0.5) or face.view.slack_px > 0.8


def _doubt(face: Face) -> str:
    """What is missing before `same` may be said of a face; nothing where it may."""
    could, view = face.power, face.view
    if astray(face):
        return "does not lie well enough on its reference (bent, blurred or partly another print)"
    if could.resolved_px < _RESOLVED_PX:
        worth = f"worth {could.resolved_px:.0f} px across, {_RESOLVED_PX:.0f} are needed"
        return f"too small or too blurred ({worth})"
    if could.seen < _SEEN:
        return f"{1 - could.seen:.0%} covered, in glare or outside the picture"
    if could.patch_delta_e > PATCH_DELTA_E:
        how = "only one view" if view.views == 1 else "the views"
        oblique = ", and at a grazing angle" if view.squeeze > 2.2 else ""
        least = f"only colour differences over {could.patch_delta_e:.0f} would show"
        return f"{how} too noisy or unevenly lit{oblique}: {least}"
    if could.print_shows < _PRINT:
        return f"too blurred for fine print: the loss of {1 - could.print_shows:.0%} of it would not show"
    return ""


def _difference(face: Face, region: Region) -> Difference:
    kind, detail = kind_of(face.residual, region, lightness(face.reference))
    return Difference(
        kind=kind,
        reference=face.reference.id,
        face=face.reference.face,
        region=outline(region.mask, face.scale),
        size=region.size,
        delta_e=region.delta_e,
        confidence=region_confidence(region.score, colour=region.colour),
        detail=detail,
        place=place_of(region.mask),
        letters=letters_of(face.residual, region.mask, lightness(face.reference)) if kind == "text" else None,
    )


def _quality(faces: Sequence[Face], unseen: str) -> Verdict:
    testable = [face for face in faces if not astray(face) and print_testable(face)]
    found = [d for face in testable for d in (_out_of_register(face), _thin(face)) if d is not None]
    if found:
        return Verdict("different", "; ".join(f"{d.detail} ({d.face})" for d in found) + unseen, tuple(found))
    if not testable:
        small = max((face.power.resolved_px for face in faces), default=0.0)
        return Verdict(
            "cannot_tell",
            f"too small, blurred or covered for the print ({small:.0f} px across resolved){unseen}",
            needed=_easiest(faces, _TO_TELL_PRINT),
        )
    names = ", ".join(face.reference.face for face in testable)
    return Verdict("same", f"inks in register and as dense as the reference's on {names}{unseen}")


def print_testable(face: Face) -> bool:
    enough = face.power.resolved_px >= _QUALITY_PX and face.power.seen >= _SEEN
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


def _face(near: Likeness, other: str | None) -> Face:
    """A face against the standard, in the light that the version it is nearer to tells."""
    own = near.own
    if other is not None and other in near.others:
        return face_against(lit_by(near.view, near.others[other], own), own)
    return face_against(near.view, own)


def _told(likeness: Sequence[Likeness]) -> dict[str, tuple[float, float]]:
    """For each other version: the log-likelihood ratio over the standard summed over faces, and the share of
    what it would be if that version were exactly right, from the face that says most."""
    told: dict[str, tuple[float, float]] = {}
    for near in likeness:
        for version, (gain, part) in near.preferences.items():
            total, share = told.get(version, (0.0, 0.0))
            told[version] = (total + gain, part if abs(gain) >= abs(total) else share)
    return told


def _nearer(likeness: Sequence[Likeness]) -> str | None:
    """The version that fits clearly better than the standard, if any."""
    clear = {v: gain for v, (gain, share) in _told(likeness).items() if gain > _SURE and share > _PART}
    return max(clear, key=lambda v: (clear[v], v)) if clear else None


def _version(likeness: Sequence[Likeness], other: str | None, packaging: Verdict, standard: str) -> str | None:
    """The version that fits, by the likelihood where the versions differ from each other."""
    if other is not None:
        return other if _fits(likeness, other, packaging) else _unlisted(packaging)
    if packaging.call == "different":
        return _unlisted(packaging)
    told = _told(likeness)
    apart = all(gain < -_SURE and share < -_PART for gain, share in told.values())
    return standard if apart and (told or packaging.call == "same") else None


def _unlisted(packaging: Verdict) -> str | None:
    surest = max((d.confidence for d in packaging.differences), default=0.0)
    return UNLISTED if packaging.call == "different" and surest >= _SURELY else None


def _fits(likeness: Sequence[Likeness], version: str, packaging: Verdict) -> bool:
    """Whether a version leaves at most a quarter of what differs from the standard."""
    faces = [face_against(n.as_if(version), n.own) for n in likeness if version in n.others]
    left = sum(region.size for face in faces for region in face.regions)
    return left <= 0.25 * sum(d.size for d in packaging.differences)
