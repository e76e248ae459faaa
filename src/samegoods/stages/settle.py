"""Settle: version or condition? The packs of a case held against each other.

What differs on every pack is the version; what differs on one pack alone is its condition, and that is of its quality.
One source cannot tell the two apart, so this runs over all judged packs of a case, and more footage may settle
a pack anew.

A difference is taken for a pack's condition if no other pack of the product shows it, and so many of its own
version, on which it would have shown, do not. Two things could deceive, and both must be unlikely
(:data:`CHANCE`): that it is on the others too, but was missed; and that it is the print of a part of the version's
packs, of which this is the only one seen. Where too few packs are known, the call stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from samegoods.geometry import coverage
from samegoods.records import (
    UNLISTED,
    AxisName,
    CallName,
    Difference,
    DifferenceKind,
    Judgement,
    Others,
    Verdict,
    worse,
)
from samegoods.vision.comparison.appearance import appearance_of, features_of
from samegoods.vision.comparison.sameness import CLEAR, hidden, named, sameness, unseen

STANDARD = "export"
CHANCE = 0.05
"""How likely either deception may be at most."""
FOUND = 0.95
"""Of clear differences, those found on another well seen pack where the place is in sight, at the least: 723 of 726 in
docs/decisions/0010."""
PART = 0.5
"""A print that so many of a version's packs bear is the version's: with n others without it, by chance (1 - PART)^n.
So five others are needed."""
SIGN = 0.15
"""Of differences in print, those through which the print that is due still shows, at the most: 2 of 589 in
docs/decisions/0010, but their makers were few. With this sign two others are needed, and never none."""
_SAME_PLACE = 0.2  # of the smaller region: outlines of one print wander by this much from view to view
_OF_PRINT: frozenset[DifferenceKind] = frozenset({"colour", "graphic", "text", "mark", "shape"})


def settle(
    judgements: Iterable[Judgement], *, requires: Sequence[AxisName], standard: str = STANDARD
) -> tuple[Judgement, ...]:
    """Every judgement with what follows from the others: condition or version, appearance, features; same order.

    Args:
        judgements: all of a case, in any order.
        requires: the axes that the order requires; the call is made anew where a difference changes its axis.
        standard: the version that is the measure.
    """
    given = list(judgements)
    products: dict[str, list[int]] = defaultdict(list)
    for place, judgement in enumerate(given):
        products[judgement.product].append(place)
    for places in products.values():
        packs = [given[place] for place in places]
        names = {one.face for pack in packs for one in pack.packaging.differences}
        faces = {name: _Face.of(packs, name) for name in names}
        for owner, place in enumerate(places):
            given[place] = _settled(owner, packs[owner], faces, requires, standard)
    return tuple(given)


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """What the packs of one product show of one face.

    ``marks`` are the differences on it, each with the pack that bears it: ``bearers`` (m,), ``boxes`` (m, 4), on the
    picture of the face ``pictures`` (m,).
    ``witnesses`` (n,) are the packs on which it was seen well enough for `same`; ``seen`` and ``patch`` (n,) as in
    :class:`samegoods.records.Inspected`, ``in_scope`` and ``nearest`` (n,) as in
    a judgement, with no text for a version that is not known.
    """

    marks: tuple[Difference, ...]
    bearers: NDArray[np.int64]
    boxes: NDArray[np.float64]
    pictures: NDArray[np.str_]
    witnesses: NDArray[np.int64]
    seen: NDArray[np.float64]
    patch: NDArray[np.float64]
    in_scope: NDArray[np.bool_]
    nearest: NDArray[np.str_]

    @classmethod
    def of(cls, packs: Sequence[Judgement], face: str) -> _Face:
        marks = [(k, one) for k, pack in enumerate(packs) for one in _marks(pack) if one.face == face]
        well = [(k, f) for k, pack in enumerate(packs) for f in pack.packaging.faces if f.face == face and not f.doubt]
        return cls(
            tuple(one for _, one in marks),
            np.array([k for k, _ in marks], np.int64),
            np.array([_box(one) for _, one in marks], np.float64).reshape(-1, 4),
            np.array([one.reference for _, one in marks], np.str_),
            np.array([k for k, _ in well], np.int64),
            np.array([f.seen for _, f in well]),
            np.array([f.patch_delta_e for _, f in well]),
            np.array([packs[k].in_scope for k, _ in well], np.bool_),
            np.array([packs[k].nearest or "" for k, _ in well], np.str_),
        )


def _others(owner: int, pack: Judgement, one: Difference, face: _Face) -> tuple[Others, float]:
    """Which other packs show a difference and which do not; and how likely all of the latter hide it."""
    showing: set[int] = set()
    unclear: set[int] = {owner}  # something else is in its place, so they neither show it nor are without it
    for k in _near(one, face):
        mark, bearer = face.marks[k], int(face.bearers[k])
        if bearer == owner:
            continue
        # Places on two pictures of a face do not compare: there, anything may be in the place.
        if mark.reference != one.reference or coverage(mark.region, one.region) >= _SAME_PLACE:
            unclear.add(bearer)
            if mark.reference == one.reference and _family(mark.kind) == _family(one.kind):
                showing.add(bearer)
    without = _may_be_alike(pack, face) & _would_show(pack, one, face) & ~np.isin(face.witnesses, list(unclear))
    missed = float(np.prod(1 - FOUND * face.seen[without]))
    return Others(len(showing), int(without.sum())), missed


def _near(one: Difference, face: _Face) -> Iterable[int]:
    """The marks whose boxes touch a difference's, and all that lie on other pictures of the face."""
    x0, y0, x1, y1 = _box(one)
    b = face.boxes  # (m, 4)
    touch = (b[:, 0] <= x1) & (b[:, 2] >= x0) & (b[:, 1] <= y1) & (b[:, 3] >= y0)
    return [int(k) for k in np.nonzero(touch | (face.pictures != one.reference))[0]]


def _marks(pack: Judgement) -> list[Difference]:
    """What a pack shows where print is due: what differs of its packaging, and what is its condition."""
    return [
        one
        for one in (*pack.packaging.differences, *pack.quality.differences)
        if one.kind in _OF_PRINT or one.kind == "damage"
    ]


def _family(kind: DifferenceKind) -> str:
    """Kinds that are told apart surely; a drawing may be called a graphic on one pack and a mark on the next."""
    return kind if kind in ("colour", "damage") else "drawing"


def _box(one: Difference) -> tuple[float, float, float, float]:
    if not len(one.region):
        return np.inf, np.inf, -np.inf, -np.inf
    (x0, y0), (x1, y1) = one.region.min(axis=0), one.region.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _may_be_alike(pack: Judgement, face: _Face) -> NDArray[np.bool_]:
    """(n,): of one version as far as is known, and of one time: packs of before the order may be of an older print."""
    version = (face.nearest == pack.nearest) | (face.nearest == "") | (pack.nearest is None)
    return np.asarray((face.in_scope == pack.in_scope) & version)


def _would_show(pack: Judgement, one: Difference, face: _Face) -> NDArray[np.bool_]:
    """(n,): whether a difference of one pack would pass the limit on the others, which may be seen less well."""
    mine = next((f.patch_delta_e for f in pack.packaging.faces if f.face == one.face), 0.0)
    return np.asarray(one.score * np.minimum(1.0, mine / np.maximum(face.patch, 1e-6)) >= 1)


def _settled(
    owner: int, pack: Judgement, faces: Mapping[str, _Face], requires: Sequence[AxisName], standard: str
) -> Judgement:
    kept: list[Difference] = []
    moved: list[Difference] = []
    for one in pack.packaging.differences:
        others, missed = _others(owner, pack, one, faces[one.face])
        told = replace(one, others=others)
        if pack.packaging.call == "different" and _is_condition(one, others, missed):
            moved.append(replace(told, kind="damage", detail=_alone(one, others)))
        else:
            kept.append(told)
    if moved:
        pack = _moved(pack, kept, moved, requires, standard)
    else:
        pack = replace(pack, packaging=replace(pack.packaging, differences=tuple(kept)))
    return replace(pack, appearance=appearance_of(pack.packaging), features=features_of(pack.packaging))


def _is_condition(one: Difference, others: Others, missed: float) -> bool:
    by_chance = (1 - PART) ** others.without * (SIGN if one.shows_through else 1.0)
    alone = others.showing == 0 and by_chance <= CHANCE
    return one.kind in _OF_PRINT and not one.read and one.score >= CLEAR and alone and missed <= CHANCE


def _alone(one: Difference, others: Others) -> str:
    return f"only on this pack: 1 of {others.without + 1} of this version ({one.detail})"


def _moved(
    pack: Judgement, kept: list[Difference], moved: list[Difference], requires: Sequence[AxisName], standard: str
) -> Judgement:
    packaging = _packaging(pack.packaging, kept, moved)
    rest = "" if pack.quality.call == "different" else "; for the rest: "
    before = "; ".join(filter(None, [pack.quality.reason if pack.quality.call == "different" else "", named(moved)]))
    reason = before + (f"{rest}{pack.quality.reason}" if rest and pack.quality.reason else "")
    quality = replace(
        pack.quality, call="different", reason=reason, differences=(*pack.quality.differences, *moved), needed=None
    )
    outcome: dict[AxisName, CallName] = {"packaging": packaging.call, "quality": quality.call}
    return replace(
        pack,
        packaging=packaging,
        quality=quality,
        version=_version(pack, packaging, standard),
        call=None if pack.call is None else worse(*(outcome[axis] for axis in requires)),
    )


def _packaging(before: Verdict, kept: list[Difference], moved: list[Difference]) -> Verdict:
    """The packaging without what is the pack's condition. What lies under that was not seen, which counts against
    `same`; ``faces`` stay as they were seen, for the other packs are held against them."""
    faces = [hidden(face, sum(d.size for d in moved if d.face == face.face)) for face in before.faces]
    if not kept:
        call, reason = sameness(faces)
        said = f"apart from this pack's condition, {reason}" if call == "same" else reason
        return replace(before, call=call, reason=said, differences=())
    sure = any(one.score >= CLEAR for one in kept)
    reason = named(kept) + unseen(faces)
    return replace(
        before,
        call="different" if sure else "cannot_tell",
        reason=reason if sure else f"too faint to be sure: {reason}",
        differences=tuple(kept),
    )


def _version(pack: Judgement, packaging: Verdict, standard: str) -> str | None:
    """The version, now that a part of what differs is known to be none of its print.

    A pack that was of no listed version only for its condition is of the version that it is nearest to: of the
    standard, if nothing else differs; of another, if all that still differs is on other packs too.
    """
    if pack.version not in (None, UNLISTED):
        return pack.version
    if packaging.call == "same":
        return pack.nearest
    shared = all(one.others is not None and one.others.showing for one in packaging.differences)
    if packaging.call == "different" and shared and pack.nearest not in (None, standard):
        return pack.nearest
    return pack.version if packaging.call == "different" else None
