"""Planted against found: a pure comparison of a rendered market's truth with a case's findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from samegoods.demo.matching import match_items, source_ids
from samegoods.demo.shares import OF_QUALITY
from samegoods.records import Mask
from samegoods.render.edits import Edit
from samegoods.render.truth import ItemTruth, MarketTruth, SourceTruth
from samegoods.results.parts import FindingsPart, ItemPart
from samegoods.results.verdicts import DifferencePart, VerdictPart

Fate = Literal["found", "missed", "cannot_tell", "not_seen"]

_LEAST_OVERLAP = 0.15  # share of the smaller region that planted and found must have in common
_GRID = 256  # regions are compared on a grid of this many cells a side
_WELL_VISIBLE, _WELL_HIGH_PX, _WELL_FRAMES = 0.95, 100.0, 8


@dataclass(frozen=True, slots=True)
class Row:
    """One planted difference at one site: how many of its packs were seen well enough to ask, and their fate.

    ``kind_right`` counts the found ones that were also given the planted kind. A row with an empty ``edit``
    is of packs with nothing planted: there ``found`` counts those called same.
    """

    product: str
    site: str
    edit: str
    planted: int
    found: int
    missed: int
    cannot_tell: int
    not_seen: int
    kind_right: int


@dataclass(frozen=True, slots=True)
class Score:
    """How a case stands against a market's truth.

    ``false`` names differences that nobody planted; ``strangers`` items where there is none of the campaign's
    goods; ``mistaken`` items taken for another product; ``misjudged`` items judged that the order does not
    reach; ``misread`` files whose end was told wrongly; ``doubles`` counts packs counted once too often.
    """

    rows: tuple[Row, ...]
    false: tuple[str, ...]
    strangers: tuple[str, ...]
    mistaken: tuple[str, ...]
    misjudged: tuple[str, ...]
    misread: tuple[str, ...]
    doubles: int

    @property
    def perfect(self) -> bool:
        """Everything planted of good size was found where it could be seen, and nothing else was."""
        wrong = (self.false, self.strangers, self.mistaken, self.misjudged, self.misread)
        return not any(wrong) and not any(row.missed or row.cannot_tell or row.not_seen for row in self.rows)


def score(truth: MarketTruth, found: FindingsPart) -> Score:
    """Compare what was planted with what a case found."""
    ids = source_ids(truth.sources, found)
    fates: dict[tuple[str, str, str], list[tuple[Fate, bool]]] = defaultdict(list)
    wrong: dict[str, list[str]] = defaultdict(list)
    doubles = 0
    for source in truth.sources:
        items = [item for item in found.items if item.source == ids.get(source.path)]
        sightings = [one for one in found.sightings if one.source == ids.get(source.path)]
        packs = match_items(source, sightings)
        by_pack = _sorted_out(source, items, packs, wrong)
        doubles += sum(len(some) - 1 for some in by_pack.values() if some)
        _judged_beyond(truth, source, items, wrong)
        if source.in_force:
            for key, fate in _fates(source, by_pack, truth.exempt):
                fates[key].append(fate)
    return Score(
        rows=tuple(_row(key, values) for key, values in sorted(fates.items())),
        false=tuple(wrong["false"]),
        strangers=tuple(wrong["strangers"]),
        mistaken=tuple(wrong["mistaken"]),
        misjudged=tuple(wrong["misjudged"]),
        misread=_misread(truth, found, ids),
        doubles=doubles,
    )


def _sorted_out(
    source: SourceTruth,
    items: Sequence[ItemPart],
    packs: Mapping[str, str | None],
    wrong: dict[str, list[str]],
) -> dict[str, list[ItemPart]]:
    """The found items of each planted pack, those seen most often first; what fits none is told as wrong."""
    by_pack: dict[str, list[ItemPart]] = defaultdict(list)
    for item in sorted(items, key=lambda one: -one.views):
        name = packs.get(item.id)
        said = f"{source.path}: {item.product} ({item.id})"
        if name is None:
            wrong["strangers"].append(said)
            continue
        pack = source.item(name)
        if pack.product != item.product:
            wrong["mistaken"].append(f"{said} is {pack.product}")
            continue
        by_pack[name].append(item)
        wrong["false"] += [f"{said}: {one.kind}: {one.detail}" for one in unplanted(pack, item)]
    return by_pack


def _judged_beyond(
    truth: MarketTruth, source: SourceTruth, items: Sequence[ItemPart], wrong: dict[str, list[str]]
) -> None:
    for item in items:
        if (not source.in_force or item.product in truth.exempt) and (item.in_scope or item.call is not None):
            wrong["misjudged"].append(f"{source.path}: {item.product} ({item.id}): {item.rule}")


def _misread(truth: MarketTruth, found: FindingsPart, ids: Mapping[str, str]) -> tuple[str, ...]:
    told = {source.id: source.status for source in found.sources}
    wrong = []
    for source in truth.sources:
        status = told.get(ids.get(source.path, ""))
        if status != source.status:
            wrong.append(f"{source.path}: {source.status}, but told as {status or 'not read at all'}")
    return tuple(wrong)


def _fates(
    source: SourceTruth, by_pack: Mapping[str, Sequence[ItemPart]], exempt: Sequence[str]
) -> list[tuple[tuple[str, str, str], tuple[Fate, bool]]]:
    told: list[tuple[tuple[str, str, str], tuple[Fate, bool]]] = []
    for pack in source.items:
        items = by_pack.get(pack.id, ())
        if pack.product in exempt or not well_seen(source, pack):
            continue
        asked: list[Edit | None] = [edit for edit in pack.edits if not edit.subtle]
        for edit in asked or [None]:
            name = "" if edit is None else f"{edit.kind}: {edit.name}"
            fate: tuple[Fate, bool] = _fate(edit, items[0]) if items else ("not_seen", False)
            told.append(((pack.product, source.site, name), fate))
    return told


def well_seen(source: SourceTruth, pack: ItemTruth) -> bool:
    """Whether the footage shows a pack's front large and uncovered for long enough to be asked for."""
    shown = sum(
        face.item == pack.id
        and face.face == "front"
        and face.visible >= _WELL_VISIBLE
        and face.height_px >= _WELL_HIGH_PX
        for frame in source.frames
        for face in frame.faces
    )
    return shown >= (_WELL_FRAMES if source.kind == "video" else 1)


def _fate(edit: Edit | None, item: ItemPart) -> tuple[Fate, bool]:
    """What became of a planted difference on the item found there, and whether its kind was told right."""
    if edit is None:
        calls = {item.packaging.call, item.quality.call}
        fate: Fate = "missed" if "different" in calls else "cannot_tell" if "cannot_tell" in calls else "found"
        return fate, fate == "found"
    hits = [one for one in _told(item) if overlap(edit, one)]
    if hits:
        return "found", any(one.kind == edit.kind for one in hits)
    axis = item.quality if edit.kind in OF_QUALITY else item.packaging
    return ("cannot_tell" if axis.call == "cannot_tell" else "missed"), False


def _told(item: ItemPart) -> list[DifferencePart]:
    """The differences of the axes that are called different."""
    axes: tuple[VerdictPart, ...] = (item.packaging, item.quality)
    return [one for axis in axes if axis.call == "different" for one in axis.differences]


def unplanted(pack: ItemTruth, item: ItemPart) -> list[DifferencePart]:
    """The differences told of an item that lie on nothing planted in its pack, not even on subtle edits."""
    return [one for one in _told(item) if not any(overlap(edit, one) for edit in pack.edits)]


def overlap(edit: Edit, told: DifferencePart) -> bool:
    """Whether a told difference lies on a planted one: they share a fair part of the smaller region."""
    if edit.face != told.face:
        return False
    planted, seen = np.array(edit.region, np.float32), np.array(told.region, np.float32).reshape(-1, 2)
    if len(seen) < 3:
        return False
    both = np.vstack([planted, seen])
    low, span = both.min(axis=0), float(np.ptp(both, axis=0).max()) or 1.0
    a, b = (_raster((region - low) / span) for region in (planted, seen))
    smaller = min(int(a.sum()), int(b.sum()))
    return bool(smaller and int((a & b).sum()) >= _LEAST_OVERLAP * smaller)


def _raster(region: np.ndarray) -> Mask:
    grid = np.zeros((_GRID, _GRID), np.uint8)
    cv2.fillPoly(grid, [np.round(region * (_GRID - 1)).astype(np.int32)], 1)
    return grid.astype(np.bool_)


def _row(key: tuple[str, str, str], fates: Sequence[tuple[Fate, bool]]) -> Row:
    count = Counter(fate for fate, _ in fates)
    product, site, edit = key
    return Row(
        product=product,
        site=site,
        edit=edit,
        planted=len(fates),
        found=count["found"],
        missed=count["missed"],
        cannot_tell=count["cannot_tell"],
        not_seen=count["not_seen"],
        kind_right=sum(right for _, right in fates),
    )
