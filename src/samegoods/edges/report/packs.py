"""What the report tells of the packs, gathered as they go by: numbers of all, and of each kind those to show."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samegoods.records import AxisName
from samegoods.results.parts import ItemPart
from samegoods.results.verdicts import DifferencePart

CARDS_AT_MOST = 20
"""Packs that differ with a card of their own, for each product: those that the order reaches first, the surest of
them."""
THUMBS_AT_MOST = 10
"""Of each kind (same, cannot tell), for each product: with the cards, 40 packs with pictures."""
Place = tuple[str, str]
"""A product and a site."""


@dataclass(slots=True)
class ProductPacks:
    """The packs of one product, those left out that were not even described."""

    number: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """By what their pictures show."""
    rules: dict[tuple[bool, str], None] = field(default_factory=dict)
    """Whether the order reaches them, and the rule that says so; in the order in which they came."""
    shown: dict[str, list[ItemPart]] = field(default_factory=lambda: {"same": [], "cannot_tell": []})
    """The first of each kind."""
    _surest: list[tuple[tuple[bool, float], int, ItemPart]] = field(default_factory=list)

    def take(self, item: ItemPart) -> None:
        outcome = call(item)
        self.number += 1
        self.counts[outcome] += 1
        self.rules.setdefault((item.in_scope, item.rule))
        if outcome == "different":
            # The least sure lies on top and gives way; of two that are as sure, the later.
            entry = (_surety(item), -self.number, item)
            at_most = heapq.heappush if len(self._surest) < CARDS_AT_MOST else heapq.heappushpop
            at_most(self._surest, entry)
        elif len(self.shown[outcome]) < THUMBS_AT_MOST:
            self.shown[outcome].append(item)

    @property
    def differing(self) -> list[ItemPart]:
        """The packs with cards, the surest first."""
        return [item for _, _, item in sorted(self._surest, key=lambda entry: entry[:2], reverse=True)]


class Packs:
    """All packs of a case."""

    def __init__(self, requires: Sequence[AxisName]) -> None:
        self.number = self.reviewed = 0
        self.products: Mapping[str, ProductPacks] = defaultdict(ProductPacks)
        self.details: Mapping[Place, Counter[str]] = defaultdict(Counter)
        """How many packs show each difference, in words, of those that the order reaches."""
        self.described: Mapping[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        """The calls on the packaging, by product, site and rule."""
        self.reasons: Counter[tuple[AxisName, str]] = Counter()
        """Why packs that the order reaches could not be told."""
        self.lacking: set[str] = set()
        """Readers that were not installed when packs were looked at."""
        self._requires = tuple(requires)

    def take(self, item: ItemPart) -> None:
        """Take the next pack."""
        self.number += 1
        self.reviewed += item.review is not None
        self.lacking.update(item.label.lacking)
        self.described[item.product, item.site, item.rule][item.packaging.call] += 1
        if item.in_scope:
            told = dict.fromkeys(one.detail for one in differences(item))  # a set has no order
            self.details[item.product, item.site].update(list(told))
            for axis in self._requires:
                verdict = item.packaging if axis == "packaging" else item.quality
                if verdict.call == "cannot_tell":
                    self.reasons[axis, verdict.reason] += 1
        if item.in_scope or not item.packaging.reason.startswith("not judged: "):
            self.products[item.product].take(item)


def call(item: ItemPart) -> str:
    """What the pictures of a pack show: a packaging that is the same is not hidden by an unknown quality."""
    calls = (item.packaging.call, item.quality.call)
    return next((one for one in ("different", "same") if one in calls), "cannot_tell")


def differences(item: ItemPart) -> list[DifferencePart]:
    """What differs on a pack, on either axis."""
    return [*item.packaging.differences, *item.quality.differences]


def _surety(item: ItemPart) -> tuple[bool, float]:
    return item.in_scope, max((one.confidence for one in differences(item)), default=0.0)
