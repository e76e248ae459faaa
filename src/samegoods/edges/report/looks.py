"""Appearance against contents: the grid of each finding, and the features of each pack, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import packs, percent
from samegoods.records import Appearance, FeatureName
from samegoods.results.parts import ContentsPart, FindingPart, ItemPart
from samegoods.results.verdicts import FeaturePart
from samegoods.vision.comparison.appearance import THRESHOLDS

LOOKS: Mapping[Appearance, str] = {
    "identical": "looks identical",
    "similar": "looks similar",
    "different": "looks different",
    "cannot_tell": "look: cannot tell",
}
"""How a pack looks beside the export version."""

_FEATURES: Mapping[FeatureName, str] = {
    "shape": "Shape",
    "colour": "Colour",
    "graphics": "Picture and pattern",
    "text": "Text",
    "marks": "Logo, seal, code",
}


@dataclass(frozen=True, slots=True)
class Rank:
    """One row of a grid: packs of one look, by what their labels declare."""

    look: str
    contents: ContentsPart


@dataclass(frozen=True, slots=True)
class Grid:
    """The packs of one finding by look and by declared contents."""

    place: str
    packs: str
    ranks: tuple[Rank, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A feature of a pack: how it compares, how much of a face differs in it, and from how much on it is plain."""

    feature: str
    call: str
    much: str
    least: str


def grids(case: Case) -> list[Grid]:
    """One grid for each finding that the order reaches."""
    return [_grid(case, one) for one in case.document.findings if one.in_scope and one.items]


def _grid(case: Case, finding: FindingPart) -> Grid:
    ranks = (Rank(words, getattr(finding.grid, look)) for look, words in LOOKS.items())
    ranks = (one for one in ranks if any(one.contents.model_dump().values()))
    return Grid(case.place(finding), packs(finding.items), tuple(ranks))


def told(item: ItemPart) -> tuple[Told, ...]:
    """The features of a pack."""
    return tuple(_told(one) for one in item.features)


def _told(one: FeaturePart) -> Told:
    differs = one.call == "different"
    much = percent(one.share) + (f", colour distance {one.delta_e:.0f}" if one.name == "colour" else "")
    return Told(_FEATURES[one.name], one.call, much if differs else "", _least(one.name))


def _least(name: FeatureName) -> str:
    least = THRESHOLDS[name]
    if not least.share:
        return "any size"
    return percent(least.share) + (f", colour distance {least.delta_e:.0f}" if least.delta_e else "")
