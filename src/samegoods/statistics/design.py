"""How much to film for a wanted margin, and what to review next."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samegoods.statistics.clusters import Visits, Worth
from samegoods.statistics.intervals import LEVEL, exact, normal_quantile, student_quantile

MOST_VISITS = 100_000


def expected_worth(visits: int, packs: float, likeness: float) -> Worth:
    """What so many visits with so many judged packs each are worth, as :func:`samegoods.statistics.clusters.worth`
    would find it."""
    n, deff = visits * packs, 1 + (packs - 1) * likeness
    if packs <= 1:
        return Worth(n, None, visits)
    short = 0.0 if visits < 2 else (normal_quantile(LEVEL) / student_quantile(visits - 1)) ** 2
    return Worth(max(visits, n / deff * short), likeness, visits)


def margin(share: float, size: float) -> float:
    """Half the width of the interval of a share in an effective sample of ``size``."""
    low, high = exact(share, size)
    return (high - low) / 2


def visits_needed(wanted: float, *, share: float, packs: float, likeness: float) -> int | None:
    """The fewest visits whose interval is no wider than ``wanted`` to each side; None if 100 000 are not enough.

    Args:
        wanted: the margin, in shares: 0.1 for plus or minus ten points.
        share: the share of packs that is expected to differ; 0.5 asks for most.
        packs: judged packs of the product at each visit, 1 or more.
        likeness: of the packs of one visit, 0..1; 1 where nothing is known of it.

    Raises:
        ValueError: a number is out of its range.
    """
    if not (0 < wanted < 1 and 0 <= share <= 1 and packs >= 1 and 0 <= likeness <= 1):
        raise ValueError(f"margin {wanted}, share {share}, packs {packs}, likeness {likeness}: out of range")

    def enough(visits: int) -> bool:
        return margin(share, expected_worth(visits, packs, likeness).size) <= wanted

    if not enough(MOST_VISITS):
        return None
    low, high = 0, 1
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Pile:
    """The packs of one finding that have one call: how many are reviewed, how many of these a person found to differ,
    the ids of the others in the order in which they are to be reviewed, and their share of the finding's packs."""

    reviewed: int
    different: int
    waiting: tuple[str, ...]
    weight: float

    def gain(self, more: int) -> float:
        """By how much one review more, after ``more`` others, lowers the variance of the finding's share.

        weight^2 * s^2 * (1/m - 1/(m + 1)) with m reviews, as in Neyman's allocation (1934, J. R. Statist. Soc.
        97:558). The spread s^2 is guessed with one imagined review of each outcome, so that a pile which nobody has
        looked at counts as quite uncertain.
        """
        guess = (self.different + 1) / (self.reviewed + 2)
        m = self.reviewed + more + 2
        return self.weight**2 * guess * (1 - guess) * (1 / m - 1 / (m + 1))


@dataclass(frozen=True, slots=True)
class Next:
    """A pack to review, and how much of the variance of its finding's share that takes away."""

    id: str
    gain: float


def review_next(piles: Sequence[Pile], number: int) -> list[Next]:
    """The packs whose review gains most, best first; each pile is taken in its own order.

    Greedy, which is best here: the gain of a pile falls with each review.
    """
    best = [(-pile.gain(0), place, 0) for place, pile in enumerate(piles) if pile.waiting]
    heapq.heapify(best)
    chosen: list[Next] = []
    while best and len(chosen) < number:
        gain, place, taken = heapq.heappop(best)
        pile = piles[place]
        chosen.append(Next(pile.waiting[taken], -gain))
        if taken + 1 < len(pile.waiting):
            heapq.heappush(best, (-pile.gain(taken + 1), place, taken + 1))
    return chosen


def usual(visits: Visits) -> float:
    """The packs of a usual visit: the mean."""
    return float(np.mean(visits.sizes))
