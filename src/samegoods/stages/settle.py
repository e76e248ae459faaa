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
from collections.abc import Iterable, Sequence
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
    Inspected,
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
"""Of clear differences on a well seen pack, those found on another where the place is in sight, at the least:
279 of 280 on drawn packs (docs/decisions/0010)."""
PART = 0.5
"""A print that so many of a version's packs bear is the version's: with n others without it, by chance (1 - PART)^n.
So five others are needed."""
SIGN = 0.15
"""Of differences that are print, those through which the print that is due still shows, at the most: none was in
docs/decisions/0010 beyond a few of a hundred, but those are drawn. With this sign, two others are needed."""
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
    all_of_them = list(judgements)
    products: dict[str, _Product] = defaultdict(_Product)
    for judgement in all_of_them:
        products[judgement.product].add(judgement)
    return tuple(_settled(one, products[one.product], requires, standard) for one in all_of_them)


@dataclass(frozen=True, slots=True, eq=False)
class _Mark:
    """A difference of one pack, for the others to be held against."""

    owner: int
    family: str
    difference: Difference


class _Product:
    """The packs of one product, by their differences' places and by the faces that were seen of them."""

    def __init__(self) -> None:
        self.packs: list[Judgement] = []
        self._marks: dict[str, list[_Mark]] = defaultdict(list)
        self._boxes: dict[str, NDArray[np.float32]] = {}
        self._faces: dict[str, list[tuple[int, Inspected]]] = defaultdict(list)

    def add(self, pack: Judgement) -> None:
        owner = len(self.packs)
        self.packs.append(pack)
        for one in (*pack.packaging.differences, *pack.quality.differences):
            if one.kind in _OF_PRINT or one.kind == "damage":
                self._marks[one.face].append(_Mark(owner, _family(one.kind), one))
        for face in pack.packaging.faces:
            if face.views and not face.doubt:
                self._faces[face.face].append((owner, face))

    def others(self, pack: Judgement, one: Difference) -> tuple[Others, float]:
        """Which other packs show a difference and which do not; and how likely all of the latter hide it."""
        mine = next((face for face in pack.packaging.faces if face.face == one.face), None)
        there = [mark for mark in self._at(one) if self.packs[mark.owner] is not pack]
        showing = {mark.owner for mark in there if mark.family == _family(one.kind)}
        unclear = {mark.owner for mark in there}
        without = [
            face
            for owner, face in self._faces[one.face]
            if owner not in unclear
            and self.packs[owner] is not pack
            and _alike(pack, self.packs[owner])
            and _would_show(one, mine, face)
        ]
        missed = float(np.prod([1 - FOUND * face.seen for face in without]))
        return Others(len(showing), len(without)), missed

    def _at(self, one: Difference) -> list[_Mark]:
        """What lies in the place of a difference. On another picture of the face, anything: places do not compare."""
        marks = self._marks[one.face]
        if one.face not in self._boxes:
            self._boxes[one.face] = np.array([_box(mark.difference) for mark in marks], np.float32).reshape(-1, 4)
        x0, y0, x1, y1 = _box(one)
        b = self._boxes[one.face]  # (n, 4)
        near = np.nonzero((b[:, 0] <= x1) & (b[:, 2] >= x0) & (b[:, 1] <= y1) & (b[:, 3] >= y0))[0]
        here = [marks[k] for k in near if marks[k].difference.reference == one.reference]
        elsewhere = [replace(mark, family="unknown") for mark in marks if mark.difference.reference != one.reference]
        return [m for m in here if coverage(m.difference.region, one.region) >= _SAME_PLACE] + elsewhere


def _family(kind: DifferenceKind) -> str:
    """Kinds that are told apart surely; a drawing may be called a graphic on one pack and a mark on the next."""
    return kind if kind in ("colour", "damage") else "drawing"


def _box(one: Difference) -> tuple[float, float, float, float]:
    if not len(one.region):
        return np.inf, np.inf, -np.inf, -np.inf
    (x0, y0), (x1, y1) = one.region.min(axis=0), one.region.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _alike(one: Judgement, other: Judgement) -> bool:
    """Whether two packs may be of one version, of one time: those of before the order may be of an older print."""
    known = None not in (one.nearest, other.nearest)
    return one.in_scope == other.in_scope and (not known or one.nearest == other.nearest)


def _would_show(one: Difference, mine: Inspected | None, theirs: Inspected) -> bool:
    """Whether a difference seen on one pack would pass the limit on another, which may be seen less well."""
    if mine is None:
        return False
    return one.score * min(1.0, mine.patch_delta_e / max(theirs.patch_delta_e, 1e-6)) >= 1


def _settled(pack: Judgement, product: _Product, requires: Sequence[AxisName], standard: str) -> Judgement:
    kept: list[Difference] = []
    moved: list[Difference] = []
    for one in pack.packaging.differences:
        others, missed = product.others(pack, one)
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
    return one.kind in _OF_PRINT and one.score >= CLEAR and alone and missed <= CHANCE


def _alone(one: Difference, others: Others) -> str:
    return f"only on this pack: 1 of {others.without + 1} of this version ({one.detail})"


def _moved(
    pack: Judgement, kept: list[Difference], moved: list[Difference], requires: Sequence[AxisName], standard: str
) -> Judgement:
    packaging = _packaging(pack.packaging, kept, moved)
    rest = "" if pack.quality.call == "different" else "; else: "
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
