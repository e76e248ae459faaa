"""Track: sightings become items, one for each physical pack.

A pack is followed from look to look by where its faces should lie: with the scene, by the camera's motion;
or, where that keeps failing, by its own. Packs of one product compete for the sightings at once, so that a
shelf that moves by more than a pack between two looks stays in order. Faces that share an edge are one pack.

After a cut the arrangement of all packs may say that the same shelf is seen again; a pack that never had
another of its product beside it is taken for the same if the gap is short. Where neither is certain, new
items are made: **counting a pack twice is preferred to merging two**, for a merged item mixes the evidence of
two packs, while items of one stall are treated as alike when they are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from samegoods.geometry import area
from samegoods.records import Crop, Item, Kept, Matrix, Reference
from samegoods.vision.cutting.layout import assign, edge_gap, offsets, same_layout
from samegoods.vision.cutting.pack import Pack

GAP_S = 3.0
"""A pack that was out of sight for longer has ended."""
BEST = 12
"""Crops of each face that an item holds."""
SHARED_EDGE = 0.25
"""Faces whose nearest edges lie this close, in lengths of the edge, belong to one pack."""
TURNED = 0.6
"""A pack that shows another face than before is found within this much of its size."""
CUT_GATE = 0.5
"""Across a cut a lone pack is found within this much of its sides, or judged when it ends."""


def track(
    kept: Iterable[Kept], references: Mapping[str, Reference], *, gap_s: float = GAP_S, best: int = BEST
) -> Iterator[Item]:
    """Follow the packs of one source; a pack is yielded when it has not been seen for ``gap_s``.

    ``best`` is how many crops of each face an item holds. Items are numbered in the order of their first
    sighting, ``source-i1`` onwards; a number may be missing where two turned out to be one pack. Looks
    without a moment (photos) stand alone. Memory grows with the packs in view, not with the pictures.

    Method: Hungarian assignment of sightings to predictions (as in SORT, Bewley et al. 2016), the prediction
    chosen for each pack by its running error (after interacting multiple models, Blom & Bar-Shalom 1988).

    Raises:
        ValueError: ``gap_s`` or ``best`` is not positive.
        KeyError: a sighting names a reference that ``references`` does not hold.
    """
    if gap_s <= 0 or best < 1:
        raise ValueError(f"expected a positive gap and at least one crop, found gap_s={gap_s}, best={best}")
    tracker = _Tracker(references, gap_s, best)
    for look in kept:
        yield from tracker.look(look)
    yield from tracker.finish()


class _Tracker:
    """The packs that may still be seen again."""

    def __init__(self, references: Mapping[str, Reference], gap_s: float, best: int) -> None:
        self._references, self._gap_s, self._best = references, gap_s, best
        self._packs: list[Pack] = []
        self._source = ""
        self._made = 0
        self._scene = 0
        self._steady = False  # the scene's motion is known since the last look with packs in it
        self._cuts: list[float] = []  # when the thread was lost
        self._now = 0.0
        self._timed = False
        self._view = (0.0, 0.0)

    def look(self, look: Kept) -> Iterator[Item]:
        """Take in one look; yields the packs that ended."""
        crops = sorted(look.crops, key=_order)
        source = crops[0].sighting.source if crops else self._source
        if look.moment is None or not self._timed or source != self._source:
            yield from self.finish()
        self._timed, self._now = look.moment is not None, look.moment.seconds if look.moment else 0.0
        if source != self._source:
            self._source, self._made = source, 0
        self._move(look.motion)
        yield from self._expire(self._now - self._gap_s)
        if not crops:
            return
        if not self._steady:
            self._find_scene(crops)
        for product in sorted({crop.sighting.product for crop in crops}):
            self._follow(product, [crop for crop in crops if crop.sighting.product == product])
        self._steady = True
        x, y = np.concatenate([crop.sighting.quad for crop in crops]).max(axis=0)
        self._view = max(self._view[0], float(x)), max(self._view[1], float(y))

    def finish(self) -> Iterator[Item]:
        """Yield all that is left, in the order of numbers."""
        yield from self._expire(np.inf)
        self._cuts, self._steady, self._scene = [], False, self._scene + 1

    def _move(self, motion: Matrix | None) -> None:
        if motion is None:
            self._steady = False
            return
        for pack in self._packs:
            if pack.scene == self._scene:
                pack.carry(motion)

    def _find_scene(self, crops: Sequence[Crop]) -> None:
        """After a cut, or motion that nobody could follow: is this a scene seen before?"""
        self._cuts = [at for at in self._cuts if at >= self._now - 3 * self._gap_s] + [self._now]
        new = [((c.sighting.product, c.sighting.face), c.sighting.quad) for c in crops]
        for scene in sorted({pack.scene for pack in self._packs}, reverse=True):
            there = [pack for pack in self._packs if pack.scene == scene]
            old = [((p.product, face), place.quad) for p in there for face, place in sorted(p.places.items())]
            motion = same_layout(old, new, self._view)
            if motion is not None:
                self._scene = scene
                self._move(motion)
                self._steady = True
                return
        before, self._scene = self._scene, 1 + max((p.scene for p in self._packs), default=self._scene)
        for pack in self._packs:
            if pack.scene == before and self._lone(pack, crops):
                pack.scene = self._scene

    def _lone(self, pack: Pack, crops: Sequence[Crop]) -> bool:
        """Whether a pack without its like is found where it was, and nothing else could be meant."""
        if pack.met or sum(other.product == pack.product for other in self._packs) > 1:
            return False
        seen = [c for c in crops if c.sighting.product == pack.product]
        if len({c.sighting.face for c in seen}) < len(seen):
            return False
        faces = [c for c in seen if c.sighting.face in pack.places]
        near = [
            offsets([pack.predicted(c.sighting.face, self._now, steady=False)], [c.sighting.quad])[0, 0] for c in faces
        ]
        return bool(near) and max(near) <= CUT_GATE

    def _follow(self, product: str, crops: Sequence[Crop]) -> None:
        """Give the crops of one product to its packs; those of no pack begin one."""
        packs = [p for p in self._packs if p.product == product and p.scene == self._scene]
        taken: dict[int, Pack] = {}
        for face in sorted({crop.sighting.face for crop in crops}):
            self._same_face(face, packs, crops, taken)
        self._beside(crops, taken)
        self._turned(packs, crops, taken)
        for i, crop in enumerate(crops):
            if i not in taken:
                taken[i] = self._begin(crop)
                self._beside(crops, taken)
        for i, pack in taken.items():
            reference = self._references[crops[i].sighting.reference]
            pack.see(crops[i], self._now, reference=reference, best=self._best)
        seen = self._joined(sorted({p.number: p for p in taken.values()}.values(), key=lambda p: p.number))
        for pack in seen:
            pack.met |= {p.number for p in seen} - {pack.number}

    def _same_face(self, face: str, packs: Sequence[Pack], crops: Sequence[Crop], taken: dict[int, Pack]) -> None:
        rows = [p for p in packs if face in p.places]
        columns = [i for i, c in enumerate(crops) if c.sighting.face == face]
        if not rows:
            return
        placed = [p.predicted(face, self._now, steady=self._steady) for p in rows]
        costs = offsets(placed, [crops[i].sighting.quad for i in columns])
        for r, c in assign(costs, np.array([p.gate(self._now) for p in rows])):
            taken[columns[c]] = rows[r]

    def _beside(self, crops: Sequence[Crop], taken: dict[int, Pack]) -> None:
        """A face that shares an edge with one of a pack belongs to that pack."""

        def cost(pack: Pack, i: int) -> float:
            mine = [crops[j].sighting for j, p in taken.items() if p is pack]
            if any(s.face == crops[i].sighting.face for s in mine):
                return np.inf
            return min((edge_gap(s.quad, crops[i].sighting.quad) for s in mine), default=np.inf)

        packs = list({p.number: p for p in taken.values()}.values())
        self._take(packs, crops, taken, cost, SHARED_EDGE)

    def _turned(self, packs: Sequence[Pack], crops: Sequence[Crop], taken: dict[int, Pack]) -> None:
        """A pack out of sight may have turned: another face near where it should be."""

        def cost(pack: Pack, i: int) -> float:
            quad = crops[i].sighting.quad
            if crops[i].sighting.face in pack.places:
                return np.inf
            placed = [pack.predicted(face, self._now, steady=self._steady) for face in pack.places]
            size = np.sqrt(max(abs(area(quad)), 1.0))
            return float(min(np.linalg.norm(q.mean(axis=0) - quad.mean(axis=0)) for q in placed) / size)

        busy = {p.number for p in taken.values()}
        self._take([p for p in packs if p.number not in busy], crops, taken, cost, TURNED)

    @staticmethod
    def _take(
        packs: Sequence[Pack],
        crops: Sequence[Crop],
        taken: dict[int, Pack],
        cost: Callable[[Pack, int], float],
        gate: float,
    ) -> None:
        free = [i for i in range(len(crops)) if i not in taken]
        if packs and free:
            for r, c in assign(np.array([[cost(p, i) for i in free] for p in packs]), gate):
                taken[free[c]] = packs[r]

    def _begin(self, crop: Crop) -> Pack:
        self._made += 1
        pack = Pack(self._made, crop.sighting.product, self._now, self._now, self._scene)
        self._packs.append(pack)
        return pack

    def _joined(self, seen: Sequence[Pack]) -> list[Pack]:
        """Packs of this look, those made one that turn out to be two faces of the same."""
        left: list[Pack] = []
        for pack in seen:
            whole = next((p for p in left if self._one(p, pack)), None)
            if whole is None:
                left.append(pack)
                continue
            whole.absorb(pack, best=self._best)
            self._packs.remove(pack)
        return left

    def _one(self, a: Pack, b: Pack) -> bool:
        """Whether two packs are different faces of one: now edge to edge, never the same face of both."""
        if set(a.places) & set(b.places):
            return False
        now = [[place.quad for place in p.places.values() if place.time_s == self._now] for p in (a, b)]
        return any(edge_gap(p, q) <= SHARED_EDGE / 2 for p in now[0] for q in now[1])

    def _expire(self, before_s: float) -> Iterator[Item]:
        for pack in sorted((p for p in self._packs if p.last_s < before_s), key=lambda p: p.number):
            self._packs.remove(pack)
            heir = self._heir(pack)
            if heir is None:
                yield pack.item(self._source)
            else:
                heir.absorb(pack, best=self._best)

    def _heir(self, pack: Pack) -> Pack | None:
        """The pack that an ended one went on as, if it never had its like beside it and neither had that."""
        later = [p for p in self._packs if p.product == pack.product and p.first_s > pack.last_s]
        later = [p for p in later if p.first_s <= pack.last_s + self._gap_s]
        if not later or pack.met:
            return None
        heir = min(later, key=lambda p: (p.first_s, p.number))
        cut = any(pack.last_s < at <= heir.first_s for at in self._cuts)
        # With the scene in sight a pack that stands on it does not jump; one in a hand does.
        return heir if not heir.met and (cut or pack.moved or heir.moved) else None


def _order(crop: Crop) -> tuple[str, str, float, float, str]:
    x, y = crop.sighting.quad.mean(axis=0)
    return crop.sighting.product, crop.sighting.face, float(x), float(y), crop.sighting.reference
