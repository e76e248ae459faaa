"""The shares that a case tells, against those that were planted: does each interval hold the truth?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from samegoods.records import Counted
from samegoods.render.truth import ItemTruth, MarketTruth
from samegoods.results.parts import FindingsPart
from samegoods.results.statistics import TallyPart

OF_QUALITY = frozenset({"print", "damage"})
"""Planted kinds that are of the quality; the others are of the packaging. Of a planted text the truth does not tell
whether it declares contents, which would be of the quality as well: where one is planted, the quality is not asked."""
_ROUNDED = 1e-4  # the results give shares to four digits
_Packs = Mapping[tuple[str, str], list[ItemTruth]]
_GROUPS: Mapping[str, Callable[[tuple[str, str], str], bool]] = {
    "all": lambda place, key: True,
    "product": lambda place, key: place[0] == key,
    "site": lambda place, key: place[1] == key,
}


@dataclass(frozen=True, slots=True)
class HeldShare:
    """A share that differs: what was planted, and what the case tells with its 95 % limits."""

    what: str
    counted: Counted
    packs: int
    planted: float
    found: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low - _ROUNDED <= self.planted <= self.high + _ROUNDED


def held_shares(truth: MarketTruth, found: FindingsPart) -> tuple[HeldShare, ...]:
    """Every share that a case tells of a product at a site, and of all, each product and each site together.

    Planted is the share of the packs that stood before the camera when the order held, in footage that can be read,
    whether or not they could be seen well: what could not be judged has to be allowed for by the interval.
    """
    packs = _packs(truth)
    return tuple(_held(packs, found))


def _packs(truth: MarketTruth) -> _Packs:
    packs: dict[tuple[str, str], list[ItemTruth]] = {}
    for source in truth.sources:
        shown = {face.item for frame in source.frames for face in frame.faces}
        for item in source.items:
            if source.in_force and item.id in shown and item.product not in truth.exempt:
                packs.setdefault((item.product, source.site), []).append(item)
    return packs


def _held(packs: _Packs, found: FindingsPart) -> Iterator[HeldShare]:
    for finding in found.findings:
        here = packs.get((finding.product, finding.site), [])
        tallies: dict[Counted, TallyPart] = {"order": finding}
        tallies |= {"packaging": finding.axes.packaging, "quality": finding.axes.quality}
        for counted, tally in tallies.items():
            yield from _one(f"{finding.product} at {finding.site}", counted, here, tally)
    for group in () if found.statistics is None else found.statistics.shares:
        if group.by in _GROUPS and group.judged:
            there = [one for place, some in packs.items() if _GROUPS[group.by](place, group.key) for one in some]
            yield from _one(group.key or "all", group.counted, there, group.tally)


def _one(what: str, counted: Counted, packs: Iterable[ItemTruth], tally: TallyPart) -> Iterator[HeldShare]:
    some = list(packs)
    share, low, high = tally.share_different, tally.low, tally.high
    if not some or share is None or low is None or high is None:
        return
    if counted != "quality" or not any(edit.kind == "text" for pack in some for edit in pack.edits):
        yield HeldShare(what, counted, len(some), _planted(some, counted), share, low, high)


def _planted(packs: Sequence[ItemTruth], counted: Counted) -> float:
    return sum(_differs(one, counted) for one in packs) / len(packs)


def _differs(pack: ItemTruth, counted: Counted) -> bool:
    of_quality = [edit.kind in OF_QUALITY for edit in pack.edits]
    return bool(of_quality) if counted == "order" else (counted == "quality") in of_quality
