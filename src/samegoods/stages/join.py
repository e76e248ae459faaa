"""Join: a pack that is in view where two stretches of a video meet is one item, and not two.

A stretch begins to look a little before its start, so packs that are in view there are seen by both stretches: where
the same product lies in the same place at the same time, it is the same pack. The lead is as
long as a pack may be out of sight, so a pack that the tracker would still wait for at the border is seen in it.

As in tracking, where it is not certain two items are left: counting a pack twice is preferred to merging two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from samegoods.records import Crop, Item, Quad, Sighting, Span
from samegoods.vision.cutting.layout import assign, offsets
from samegoods.vision.cutting.rank import item_of, thin, worth

SAME_PLACE = 0.5
"""A pack is found again within this much of its own sides; a neighbour is 1 away. The tracker's gate for a pack that
stands."""
SAME_TIME_S = 2.0
"""So far apart may two looks at a pack be: what stands is looked at again after 2 s at the latest."""


class Join:
    """The packs of one source that may still be in view in the next stretch."""

    def __init__(self, sizes: Mapping[str, tuple[int, int]], *, lead_s: float, best: int) -> None:
        """
        Args:
            sizes: width and height of each reference, px.
            lead_s: how long before its start each stretch begins to look.
            best: how many crops of each face an item holds.
        """
        self._sizes, self._lead_s, self._best = sizes, lead_s, best
        self._waiting: list[Item] = []

    def stretch(self, span: Span, items: Sequence[Item]) -> list[Item]:
        """Take in the packs of the next stretch, in order; none of one that was lost. Returns those that ended.

        Args:
            items: with what was seen in the lead.

        Raises:
            KeyError: a crop names a reference that is not known.
        """
        pairs = _matched(self._waiting, items, span)
        heirs = dict(pairs)
        there = [
            self._one(pack, items[heirs[i]], span) if i in heirs else pack for i, pack in enumerate(self._waiting)
        ]
        new = [owned for j, item in enumerate(items) if j not in heirs.values() and (owned := self._owned(item, span))]
        self._waiting = [one for one in (*there, *new) if self._goes_on(one, span)]
        return [one for one in (*there, *new) if not self._goes_on(one, span)]

    def finish(self) -> list[Item]:
        """What is left after the last stretch."""
        left, self._waiting = self._waiting, []
        return left

    def _goes_on(self, item: Item, span: Span) -> bool:
        return span.end_s is not None and reaches(item, span.end_s - self._lead_s)

    def _one(self, left: Item, right: Item, span: Span) -> Item:
        """The pack of two stretches: what each of them owns, and the best crops of both."""
        seen = [s for s in right.sightings if _owns(span, s)]
        crops = [*left.crops, *(crop for crop in right.crops if _owns(span, crop.sighting))]
        kept = [entry for face in _by_face(crops) for entry in self._best_of(face)]
        return item_of(left.id, left.source, left.product, [*left.sightings, *seen], kept)

    def _owned(self, item: Item, span: Span) -> Item | None:
        """The item as this stretch alone tells it; None where it was seen in the lead only, which is told before."""
        seen = [s for s in item.sightings if _owns(span, s)]
        crops = tuple(crop for crop in item.crops if _owns(span, crop.sighting))
        return Item(item.id, item.source, item.product, tuple(seen), crops) if seen else None

    def _best_of(self, crops: Sequence[Crop]) -> list[tuple[float, Crop]]:
        kept = [(worth(crop, self._sizes[crop.sighting.reference]), crop) for crop in crops]
        thin(kept, self._best)
        return kept


def reaches(item: Item, time_s: float) -> bool:
    """Whether a pack was seen at this time or later; its sightings are in the order of time."""
    return (item.sightings[-1].time_s or 0.0) >= time_s


def _owns(span: Span, sighting: Sighting) -> bool:
    return sighting.moment is None or span.owns(sighting.moment)


def _by_face(crops: Sequence[Crop]) -> list[list[Crop]]:
    ordered = sorted(crops, key=lambda crop: crop.sighting.face)
    return [list(some) for _, some in groupby(ordered, key=lambda crop: crop.sighting.face)]


def _matched(left: Sequence[Item], right: Sequence[Item], span: Span) -> list[tuple[int, int]]:
    """The packs (by their places) of two stretches that are one."""
    pairs: list[tuple[int, int]] = []
    for product in sorted({item.product for item in left}):
        rows = [i for i, item in enumerate(left) if item.product == product]
        columns = [j for j, item in enumerate(right) if item.product == product]
        costs = np.array([[_apart(left[i], right[j], span) for j in columns] for i in rows])
        pairs += [(rows[r], columns[c]) for r, c in assign(costs, SAME_PLACE)]
    return pairs


def _apart(left: Item, right: Item, span: Span) -> float:
    """How far two packs lie from each other while both stretches look, in their own sides; infinite where they are
    not seen at one time."""
    found: list[float] = []
    for face in {s.face for s in right.sightings if not _owns(span, s)}:
        there = _path(left, face, span)
        here = _path(right, face, span)
        found += [float(offsets([one], [other])[0, 0]) for one, other in _together(there, here, span)]
    return float(np.median(found)) if found else np.inf


def _path(item: Item, face: str, span: Span) -> list[tuple[float, Quad]]:
    """When and where a face was seen about the lead of a span."""
    seen = ((s.time_s or 0.0, s.quad) for s in item.sightings if s.face == face)
    return [(at, quad) for at, quad in seen if span.lead_s - SAME_TIME_S <= at <= span.start_s + SAME_TIME_S]


def _together(
    left: Sequence[tuple[float, Quad]], right: Sequence[tuple[float, Quad]], span: Span
) -> list[tuple[Quad, Quad]]:
    """Where both were at the same times; where they were last and first, if they were never seen at one time."""
    pairs = [(_place(left, at), _place(right, at)) for at in sorted({at for at, _ in (*left, *right)})]
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    if both or not left:
        return both
    apart = [(abs(a - b), p, q) for a, p in left for b, q in right if b < span.start_s]
    nearest = min(apart, key=lambda one: one[0], default=None)
    return [] if nearest is None or nearest[0] > SAME_TIME_S else [nearest[1:]]


def _place(path: Sequence[tuple[float, Quad]], at: float) -> Quad | None:
    """Where a face was at a time: as seen then, or on the way between two looks at it; None where nobody knows."""
    before = max((one for one in path if one[0] <= at), key=lambda one: one[0], default=None)
    after = min((one for one in path if one[0] >= at), key=lambda one: one[0], default=None)
    if before is None or after is None or after[0] - before[0] > 2 * SAME_TIME_S:
        return None
    if after[0] == before[0]:
        return before[1]
    share = (at - before[0]) / (after[0] - before[0])
    return np.asarray(before[1] + share * (after[1] - before[1]), np.float32)
