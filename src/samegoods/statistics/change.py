"""Differences between sides and over time, tested by visits, with many comparisons in mind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from samegoods.statistics.clusters import Visits, interval
from samegoods.statistics.intervals import difference, normal_quantile, student_quantile

SHUFFLES = 9_999
"""Of visits, where trying every way would be more; then p is right to about 0.004 at 0.05."""
_TIE = 1e-12
_SEED = 20_260_701
"""Any; the same for all, so that a case gives the same p however often it is published."""
TREND_VISITS = 4
"""A slope takes two numbers from the visits, so with fewer the error of the slope is not known at all."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Changed:
    """A difference with its limits, and how often chance alone gives one so large."""

    value: float
    low: float
    high: float
    p: float


def contrast(first: Visits, second: Visits) -> Changed:
    """The share of the second side less that of the first; each side with a pack, no visit on both.

    Limits: Newcombe's from those of both shares. p: by shuffling whole visits between the sides (Fisher 1935; for
    clusters Gail et al. 1996, Statistics in Medicine 15:1069), all ways where they are few; so two visits a side
    never give less than one in three.
    """
    one, other = interval(first)[0], interval(second)[0]
    limits = difference(first.share, one, second.share, other)
    sizes = np.concatenate([first.sizes, second.sizes])
    hits = np.concatenate([first.hits, second.hits])

    def gap(order: NDArray[np.int64]) -> Floats:
        shares = [hits[side].sum(axis=-1) / sizes[side].sum(axis=-1) for side in _sides(order, len(first.sizes))]
        return np.asarray(shares[1] - shares[0], np.float64)

    return Changed(second.share - first.share, *limits, _shuffled(gap, len(sizes)))


def _sides(order: NDArray[np.int64], first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of both sides, (..., k) each, when the visits are dealt in this order."""
    return order[..., :first], order[..., first:]


def trend(days: Sequence[int], visits: Visits) -> Changed | None:
    """The change of the share in 30 days: the slope over the visits, weighted by their packs.

    Limits: the jackknife over visits with k - 2 degrees of freedom (Wolter 2007, Introduction to Variance Estimation,
    4), and no narrower than for independent packs: a few visits may lie on a line by luck. p: by shuffling the days
    among the visits. None with fewer than ``TREND_VISITS`` visits, or with all on two days or fewer: then it is no
    trend; and where all packs agree: then nothing says how far a slope may be off.

    Args:
        days: the day of each visit, counted from any one, in the order of ``visits``.
    """
    when = np.asarray(days, np.float64)
    if len(when) < TREND_VISITS or len(set(days)) < 3 or not 0 < visits.hits.sum() < visits.packs:
        return None
    shares, sizes = visits.hits / visits.sizes, visits.sizes.astype(np.float64)

    def slope(order: NDArray[np.int64]) -> Floats:
        return _slope(when, shares[order], sizes[order])

    between = jackknife(lambda kept: float(_slope(when[kept], shares[kept], sizes[kept])), len(when))
    value = float(slope(np.arange(len(when))))
    reach = max(student_quantile(len(when) - 2) * between, normal_quantile() * _least_error(when, visits))
    return Changed(value, value - reach, value + reach, _shuffled(slope, len(when)))


def _least_error(days: Floats, visits: Visits) -> float:
    """The standard error of the slope in 30 days, were all packs independent and of one share."""
    off = days - np.average(days, weights=visits.sizes)
    return float(30 * np.sqrt(visits.share * (1 - visits.share) / (visits.sizes * off**2).sum()))


def _slope(days: Floats, shares: Floats, weights: Floats) -> Floats:
    """In 30 days; ``shares`` and ``weights`` (..., k). Days that are all alike have no slope: 0."""
    total = weights.sum(axis=-1, keepdims=True)
    off = days - (weights * days).sum(axis=-1, keepdims=True) / total  # (..., k)
    spread = (weights * off**2).sum(axis=-1)
    rise = (weights * off * shares).sum(axis=-1)
    return np.asarray(30 * np.divide(rise, spread, out=np.zeros_like(rise), where=spread > 0))


def _shuffled(statistic: Callable[[NDArray[np.int64]], Floats], visits: int) -> float:
    """The two-sided p of a statistic of the order in which chance could have dealt the visits.

    All orders where they are no more than ``SHUFFLES``; else so many by chance, the one seen among them, so that p is
    never 0 (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). The same as ``scipy.stats.permutation_test``,
    which takes many times as long, for it deals one order after the other.

    Args:
        statistic: from orders (n, k) to values (n,).
    """
    seen = np.arange(visits)
    if factorial(visits) <= SHUFFLES:
        orders = np.array(list(permutations(range(visits))))
    else:
        dealt = np.random.default_rng(_SEED).permuted(np.tile(seen, (SHUFFLES, 1)), axis=1)
        orders = np.vstack([seen, dealt])
    values, own = statistic(orders), statistic(seen[None])[0]
    rarer = min((values >= own - _TIE).mean(), (values <= own + _TIE).mean())
    return float(min(1.0, 2 * rarer))


def jackknife(value: Callable[[NDArray[np.int64]], float], visits: int) -> float:
    """The standard error of a value by leaving out one visit at a time.

    Args:
        value: of the visits at these places.
        visits: how many there are.
    """
    places = np.arange(visits)
    without = np.array([value(np.delete(places, one)) for one in range(visits)])
    return float(np.sqrt((visits - 1) / visits * ((without - without.mean()) ** 2).sum()))


def holm(chances: Sequence[float]) -> list[float]:
    """p values adjusted for there being many, in their order: the chance that any of those called is false stays below
    what each is compared with (Holm 1979, Scandinavian J. of Statistics 6:65), however they depend on each other."""
    adjusted = [0.0] * len(chances)
    worst = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        worst = max(worst, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = worst
    return adjusted
