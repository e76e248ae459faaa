"""Compare: an item's fused faces against the export references of its product, on packaging and on quality.

A call of ``same`` needs proof that a difference would have shown; what cannot be judged is ``cannot_tell``,
and the reason says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from samegoods.geometry import corners
from samegoods.records import (
    UNLISTED,
    Cast,
    Comparison,
    Difference,
    Inspected,
    Label,
    Needed,
    Reference,
    Verdict,
    View,
)
from samegoods.vision.comparison.confidence import region_confidence
from samegoods.vision.comparison.doubt import TO_TELL, astray, doubt_of, easiest
from samegoods.vision.comparison.face import Face, Likeness, face_against, lightness, lit_by
from samegoods.vision.comparison.kinds import kind_of
from samegoods.vision.comparison.letters import letters_of
from samegoods.vision.comparison.need import needed
from samegoods.vision.comparison.place import place_of
from samegoods.vision.comparison.prints import print_quality
from samegoods.vision.comparison.regions import Region, outline
from samegoods.vision.comparison.sameness import CLEAR, named, sameness, unseen
from samegoods.vision.comparison.showing import shows_through
from samegoods.vision.comparison.wording import Worded, contents_of, other_codes, read_words, stating, worded
from samegoods.vision.reading.check_digits import gtin

STANDARD = "export"
LOOSE = "loose"
"""The version whose references show the goods without their pack. Their faces have names of their own."""
LOOSE_CONFIDENCE = 0.9
"""That of a recognised sighting, most of which score more: what else would look like the goods themselves?"""
NOTHING_READ = Label()
NO_NUMBERS: Mapping[str, str | None] = MappingProxyType({})
_SURELY = 0.88  # of a confidence, to say "unlisted": said as often as before these were fitted (decision 11)
_SURE, _PART = 10.0, 0.3  # log-likelihood ratio, and its share, by which one version is told from another


def compare(
    views: Sequence[View],
    references: Mapping[str, Reference],
    *,
    label: Label = NOTHING_READ,
    gtins: Mapping[str, str | None] = NO_NUMBERS,
    standard: str = STANDARD,
) -> Comparison:
    """Compare an item with the version that is the measure.

    Args:
        views: one for each face seen, from :func:`samegoods.stages.fuse.fuse`.
        references: by id; those of the item's product and of all its versions are used.
        label: what was read off the item.
        gtins: the version that each GTIN of the product, 14 digits, is printed on; None for one of several versions.
        standard: the version that is the measure.

    Returns:
        ``version``: the listed version that the item is; ``"unlisted"`` where it surely differs from every
        version with references; None where that cannot be told.
    """
    if not views:
        return _untold("no face could be brought onto its reference")
    judged = [v for v in views if references[v.reference].version == standard]
    if not judged:
        loose = [references[v.reference] for v in views if references[v.reference].version == LOOSE]
        if loose:
            return _unpacked(loose)
        seen = ", ".join(sorted({references[v.reference].face for v in views}))
        return _untold(f"no {standard} reference of what was seen ({seen})")
    likeness = [Likeness.of(view, references) for view in judged]
    other = _nearer(likeness)
    told = [_told_of(_face(near, other), label) for near in likeness]
    inspected = (*(_inspected(one.face) for one in told), *_not_seen(views, references, standard))
    codes = other_codes(label.codes, {one.id: one.size for one in references.values()})
    packaging = _packaging(told, codes, inspected)
    lines = tuple(line for one in told for line in one.worded.lines)
    quality = print_quality([one.face for one in told], unseen(inspected))
    return Comparison(
        version=_version(likeness, other, packaging, standard) or _by_code(label, gtins),
        packaging=packaging,
        quality=stating(quality, [difference for one in told for difference in one.worded.declared]),
        contents=contents_of(lines),
        label=replace(label, lines=lines),
        nearest=other or _apart(likeness, standard),
        cast=_cast([one.face for one in told]),
    )


def _cast(faces: Sequence[Face]) -> Cast:
    """That of the face seen best, in the light of the standard's reference."""
    best = max(faces, key=lambda face: (face.power.resolved_px * face.power.seen, face.reference.id))
    a, b = best.view.cast
    return Cast(a, b, best.reference.id, best.reference.face, best.reference.size)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """A face, and what differs on it: the regions, and the differences in the words that were read."""

    face: Face
    sound: tuple[Region, ...]
    worded: Worded


def _told_of(face: Face, label: Label) -> _Told:
    sound = () if astray(face) else face.regions
    lines = [line for line in label.lines if line.reference == face.reference.id]
    return _Told(face, sound, worded(face, lines, [(region, _difference(face, region)) for region in sound]))


def _by_code(label: Label, gtins: Mapping[str, str | None]) -> str | None:
    """The version that the item's codes name, where the pictures cannot tell and the codes agree."""
    named_by = {gtins.get(gtin(code.format, code.text) or "") for code in label.codes} - {None}
    return named_by.pop() if len(named_by) == 1 else None


def _unpacked(loose: Sequence[Reference]) -> Comparison:
    """An item that is known by pictures of the goods without their pack, and shows no face of one."""
    found = tuple(
        Difference(
            kind="packing",
            reference=one.id,
            face=one.face,
            region=corners(*one.size),
            size=1.0,
            delta_e=0.0,
            confidence=LOOSE_CONFIDENCE,
            detail="sold loose, where the export version is sold in a pack",
            place="all over",
        )
        for one in loose
    )
    packaging = Verdict("cannot_tell", "sold loose: there is no pack to compare")
    return Comparison(LOOSE, packaging, Verdict("different", f"{found[0].detail} ({found[0].face})", found))


def _untold(reason: str) -> Comparison:
    verdict = Verdict("cannot_tell", reason)
    return Comparison(None, verdict, verdict)


def _not_seen(views: Sequence[View], references: Mapping[str, Reference], standard: str) -> tuple[Inspected, ...]:
    product = references[views[0].reference].product
    faces = {r.face for r in references.values() if r.product == product and r.version == standard}
    left = sorted(faces - {references[v.reference].face for v in views})
    return tuple(Inspected(face, 0.0, 0, 0.0, "not seen") for face in left)


def _inspected(face: Face) -> Inspected:
    could = face.power
    return Inspected(face.reference.face, could.seen, face.view.views, could.patch_delta_e, doubt_of(face))


def _packaging(told: Sequence[_Told], codes: Sequence[Difference], inspected: tuple[Inspected, ...]) -> Verdict:
    differences = (*codes, *(one for face in told for one in face.worded.differences))
    if differences:
        found = tuple(sorted(differences, key=lambda d: (-d.confidence, -d.score)))
        reason = named(found) + unseen(inspected)
        if max(one.score for one in found) >= CLEAR:
            return Verdict("different", reason, found, faces=inspected)
        sound = [(one.face, region) for one in told for region in one.sound]
        return Verdict("cannot_tell", f"too faint to be sure: {reason}", found, _to_be_sure(sound), inspected)
    call, reason = sameness(inspected)
    needed_to_tell = easiest([one.face for one in told], TO_TELL) if call == "cannot_tell" else None
    read = read_words([line for one in told for line in one.worded.lines]) if call == "same" else ""
    return Verdict(call, reason + read, needed=needed_to_tell, faces=inspected)


def _to_be_sure(sound: Sequence[tuple[Face, Region]]) -> Needed | None:
    """What would have let the strongest of some faint differences pass, were it one."""
    face, region = max(sound, key=lambda pair: pair[1].score)
    return needed(face, TO_TELL, score=CLEAR / region.score)


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
        score=region.score,
        shows_through=shows_through(face.residual, region.mask),
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
    apart = _apart(likeness, standard)
    return apart if packaging.call == "same" or _told(likeness) else None


def _apart(likeness: Sequence[Likeness], standard: str) -> str | None:
    """The standard, where every other version that has references fits clearly worse."""
    apart = all(gain < -_SURE and share < -_PART for gain, share in _told(likeness).values())
    return standard if apart else None


def _unlisted(packaging: Verdict) -> str | None:
    surest = max((d.confidence for d in packaging.differences), default=0.0)
    return UNLISTED if packaging.call == "different" and surest >= _SURELY else None


def _fits(likeness: Sequence[Likeness], version: str, packaging: Verdict) -> bool:
    """Whether a version leaves at most a quarter of what differs from the standard."""
    faces = [face_against(n.as_if(version), n.own) for n in likeness if version in n.others]
    left = sum(region.size for face in faces for region in face.regions)
    return left <= 0.25 * sum(d.size for d in packaging.differences)
