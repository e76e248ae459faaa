"""Prices of packs that differ against those of packs that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samegoods.statistics.change import jackknife
from samegoods.statistics.intervals import student_quantile

BOTH_VISITS = 3
"""Fewer visits with a price leave the spread between visits to one difference of two."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A pack with a price, at a visit."""

    visit: str
    differs: bool
    price: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Geometric mean prices of packs that are the same and that differ, their ratio (differs over same), its
    limits."""

    same: float
    different: float
    ratio: float
    low: float | None
    high: float | None
    visits: int


def gap(packs: Sequence[Priced]) -> Gap | None:
    """The ratio of mean prices, and its 95 % limits by the jackknife over visits; None where one kind has no price.

    Geometric means, since prices differ by factors. Student's t has as many degrees of freedom as visits price the
    rarer kind, less one: only these say how its price varies. No limits where, with any one visit left out, a kind
    would have no price: then one visit says it all. Prices are above 0.
    """
    names = sorted({one.visit for one in packs})
    sums, counts = np.zeros((2, len(names))), np.zeros((2, len(names)))
    for one in packs:
        place = names.index(one.visit)
        sums[int(one.differs), place] += np.log(one.price)
        counts[int(one.differs), place] += 1
    if not counts.sum(axis=1).all():
        return None
    same, different = (sums.sum(axis=1) / counts.sum(axis=1)).tolist()
    low = high = None
    if len(names) >= BOTH_VISITS and ((counts > 0).sum(axis=1) > 1).all():

        def value(kept: NDArray[np.int64]) -> float:
            means = sums[:, kept].sum(axis=1) / counts[:, kept].sum(axis=1)
            return float(means[1] - means[0])

        telling = int((counts > 0).sum(axis=1).min())
        reach = student_quantile(telling - 1) * jackknife(value, len(names))
        low, high = np.exp([different - same - reach, different - same + reach]).tolist()
    ratio = float(np.exp(different - same))
    return Gap(float(np.exp(same)), float(np.exp(different)), ratio, low, high, len(names))
