"""What the packs of one product show of its faces, told pack by pack and kept small: what others are held against."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from sys import intern

import numpy as np
from numpy.typing import NDArray

from samegoods.records import Difference, DifferenceKind, Floats, Inspected, Judgement, Others
from samegoods.vision.comparison.overlap import Regions

FOUND = 0.95
"""Of clear differences, those found on another well seen pack where the place is in sight, at the least: 723 of 726 in
docs/decisions/0010."""
OF_PRINT: frozenset[DifferenceKind] = frozenset({"colour", "graphic", "text", "mark", "shape"})
MOST = 1000
"""Packs of a product that the others are held against. A print that one in 200 bears is on none of them by a chance of
0.7 %; a print that so few bear is no version's."""
_SAME_PLACE = 0.2  # of the smaller region: outlines of one print wander by this much from view to view

Flags = NDArray[np.bool_]


class Shown:
    """The packs of one product: told of by :meth:`take`, one after the other, and asked by :meth:`others` once all are
    told of.

    Of many packs :data:`MOST` at the most are kept, spread evenly over all, so that neither what is held nor what a
    pack costs grows with the case.
    """

    def __init__(self) -> None:
        self._packs = 0
        self._step = 1
        self._kept: list[_Pack] = []
        self._faces: dict[str, _Face] | None = None

    def take(self, pack: Judgement) -> None:
        """Take the next pack; its number is how many were taken before."""
        if self._packs % self._step == 0:
            self._kept.append(_Pack.of(pack))
            if len(self._kept) > MOST:
                self._kept, self._step = self._kept[::2], 2 * self._step
        self._packs += 1

    def others(self, number: int, pack: Judgement, one: Difference) -> tuple[Others, float]:
        """Which other packs show a difference and which do not; and how likely all of the latter hide it.

        Args:
            number: that of the pack that bears the difference.
        """
        if self._faces is None:
            self._faces = _faces_of(self._kept)
            self._kept = []
        owner = number // self._step if number % self._step == 0 else None
        face = self._faces.get(one.face)
        return (Others(0, 0), 1.0) if face is None else face.others(owner, pack, one)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A difference that others may show as well: its outline (n, 2) as bytes of float32, a third of the array."""

    face: str
    reference: str
    family: int
    outline: bytes


@dataclass(frozen=True, slots=True)
class _Pack:
    """What is kept of a pack until all are told of: a few hundred bytes, where all of it takes ten thousand."""

    in_scope: bool
    nearest: str | None
    marks: tuple[_Mark, ...]
    faces: tuple[Inspected, ...]

    @classmethod
    def of(cls, pack: Judgement) -> _Pack:
        marks = tuple(
            _Mark(intern(one.face), intern(one.reference), _family(one.kind), one.region.astype(np.float32).tobytes())
            for one in (*pack.packaging.differences, *pack.quality.differences)
            if one.kind in OF_PRINT or one.kind == "damage"  # where print is due: what differs of it, or lies on it
        )
        faces = tuple(replace(one, face=intern(one.face)) for one in pack.packaging.faces if not one.doubt)
        return cls(pack.in_scope, None if pack.nearest is None else intern(pack.nearest), marks, faces)


def _faces_of(packs: Sequence[_Pack]) -> dict[str, _Face]:
    faces: dict[str, _Face] = defaultdict(lambda: _Face(len(packs)))
    for number, pack in enumerate(packs):
        for one in pack.marks:
            faces[one.face].mark(number, one)
        for face in pack.faces:
            faces[face.face].witness(number, face, pack)
    return dict(faces)


class _Marks:
    """The differences on one picture of a face, each with the pack that bears it."""

    def __init__(self) -> None:
        self._bearers, self._families = array("q"), array("b")
        self._outlines: list[Floats] = []
        self._regions: Regions | None = None

    def add(self, bearer: int, one: _Mark) -> None:
        self._bearers.append(bearer)
        self._families.append(one.family)
        self._outlines.append(np.frombuffer(one.outline, np.float32).reshape(-1, 2))

    @property
    def bearers(self) -> NDArray[np.int64]:
        return np.frombuffer(self._bearers, np.int64)

    def around(self, one: Difference) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The packs that bear anything in the place of a difference, and those of them that bear one of its kind."""
        if self._regions is None:
            self._regions, self._outlines = Regions(self._outlines), []
        there = self._regions.in_place(one.region, _SAME_PLACE)
        alike = np.frombuffer(self._families, np.int8)[there] == _family(one.kind)
        return self.bearers[there], self.bearers[there[alike]]


class _Face:
    """One face. The witnesses are the packs on which it was seen well enough for `same`: how much of it is in sight
    and the patch that shows, as in :class:`samegoods.records.Inspected`; whether the order reaches them, and the
    version that they are nearest to."""

    def __init__(self, packs: int) -> None:
        """``packs``: how many are kept."""
        self._packs = packs
        self._marks: dict[str, _Marks] = {}
        self._witnesses, self._reached, self._nearest = array("q"), array("b"), array("i")
        self._seen, self._patch = array("d"), array("d")
        self._versions: dict[str | None, int] = {None: 0}

    def mark(self, bearer: int, one: _Mark) -> None:
        self._marks.setdefault(one.reference, _Marks()).add(bearer, one)

    def witness(self, number: int, face: Inspected, pack: _Pack) -> None:
        self._witnesses.append(number)
        self._seen.append(face.seen)
        self._patch.append(face.patch_delta_e)
        self._reached.append(pack.in_scope)
        self._nearest.append(self._versions.setdefault(pack.nearest, len(self._versions)))

    def others(self, owner: int | None, pack: Judgement, one: Difference) -> tuple[Others, float]:
        """``owner``: the number of the pack among those that are kept; None where it is not."""
        unclear = np.zeros(self._packs, bool)  # something else is there, so they neither show it nor are without it
        if owner is not None:
            unclear[owner] = True
        for bearers in self._elsewhere(one):
            unclear[bearers] = True  # places on two pictures of a face do not compare: there, anything may be in it
        there, alike = self._here(one)
        unclear[there] = True
        showing = len(set(alike.tolist()) - {owner})
        without = self._may_be_alike(pack) & self._would_show(pack, one) & ~unclear[_as(self._witnesses, np.int64)]
        missed = float(np.prod(1 - FOUND * _as(self._seen, np.float64)[without]))
        return Others(showing, int(without.sum())), missed

    def _elsewhere(self, one: Difference) -> Iterator[NDArray[np.int64]]:
        return (marks.bearers for name, marks in self._marks.items() if name != one.reference)

    def _here(self, one: Difference) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        marks = self._marks.get(one.reference)
        return (np.zeros(0, np.int64), np.zeros(0, np.int64)) if marks is None else marks.around(one)

    def _may_be_alike(self, pack: Judgement) -> Flags:
        """(n,): of one version as far as is known, and of one time: packs of before the order may be of an older
        print."""
        nearest = _as(self._nearest, np.int32)
        mine = self._versions.get(pack.nearest, -1)
        version = (nearest == mine) | (nearest == 0) | (pack.nearest is None)
        return np.asarray((_as(self._reached, np.int8) == pack.in_scope) & version)

    def _would_show(self, pack: Judgement, one: Difference) -> Flags:
        """(n,): whether a difference of one pack would pass the limit on the others, which may be seen less well."""
        mine = next((f.patch_delta_e for f in pack.packaging.faces if f.face == one.face), 0.0)
        patch = _as(self._patch, np.float64)
        return np.asarray(one.score * np.minimum(1.0, mine / np.maximum(patch, 1e-6)) >= 1)


def _family(kind: DifferenceKind) -> int:
    """Kinds that are told apart surely; a drawing may be called a graphic on one pack and a mark on the next."""
    return {"colour": 1, "damage": 2}.get(kind, 0)


def _as(values: array[int] | array[float], kind: type[np.generic]) -> NDArray[np.generic]:
    return np.frombuffer(values, kind)
