"""How many independent packs the packs of a few visits are worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samegoods.statistics.intervals import LEVEL, Limits, exact, normal_quantile, student_quantile

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Judged packs by visit: ``sizes`` how many of each, ``hits`` how many of these differ; both (k,), sizes from
    1."""

    sizes: Counts
    hits: Counts

    @classmethod
    def of(cls, outcomes: Iterable[tuple[str, bool]]) -> Visits:
        """From (visit, differs) of every judged pack, in any order."""
        sizes: Counter[str] = Counter()
        hits: Counter[str] = Counter()
        for visit, differs in outcomes:
            sizes[visit] += 1
            hits[visit] += differs
        names = sorted(sizes)
        return cls(np.array([sizes[n] for n in names], np.int64), np.array([hits[n] for n in names], np.int64))

    @property
    def packs(self) -> int:
        return int(self.sizes.sum())

    @property
    def share(self) -> float:
        """The share that differs; there must be a pack."""
        return int(self.hits.sum()) / self.packs

    @property
    def mates(self) -> float:
        """Of a pack, the mean number of packs of its visit, itself included."""
        return float((self.sizes**2).sum() / self.packs)


@dataclass(frozen=True, slots=True)
class Worth:
    """``size``: the effective sample; ``likeness``: what it was reckoned with, None where no visit has two packs, 1
    where each visit counts as one; ``visits``: how many there are."""

    size: float
    likeness: float | None
    visits: int

    @property
    def method(self) -> str:
        """The interval's name, as it stands in the results."""
        if self.likeness is None:
            return f"Clopper-Pearson, 95 %, {_visits(self.visits)} of one pack each"
        how = (
            "the packs of a visit count as one"
            if self.likeness == 1
            else f"packs of a visit alike by {self.likeness:.2f}"
        )
        return (
            f"Korn-Graubard, 95 %: Clopper-Pearson on {self.size:.1f} effective packs of {_visits(self.visits)}, {how}"
        )


def _visits(number: int) -> str:
    return "1 visit" if number == 1 else f"{number} visits"


def worth(visits: Visits) -> Worth:
    """How many independent packs these are worth.

    n / deff, with Kish's design effect deff = 1 + (mates - 1) * likeness (1965, Survey Sampling, 5.4 and 8.2), and
    (z / t)^2 of it with k - 1 degrees of freedom, since the likeness is itself estimated (Korn & Graubard 1998, Survey
    Methodology 24:193). Never less than were all packs of a visit one (deff = mates), nor more than n.
    """
    n, k = visits.packs, len(visits.sizes)
    if n == k:
        return Worth(float(n), None, k)
    alike, fully = likeness(visits), n / visits.mates
    short = (normal_quantile(LEVEL) / student_quantile(k - 1)) ** 2 if k > 1 else 0.0
    size = n / (1 + (visits.mates - 1) * alike) * short
    return Worth(size, alike, k) if size > fully else Worth(fully, 1.0, k)


def likeness(visits: Visits) -> float:
    """The intra-class correlation of differing, 0..1, on the cautious side.

    The analysis-of-variance estimate (Ridout, Demétrio & Firth 1999, Biometrics 55:137), drawn towards 1, as if one
    more visit had been seen whose packs are all alike: it weighs one against the number of visits that hold the rarer
    outcome, since only these tell. So none that differ, which tells nothing, gives 1, and one more pack never makes
    the interval jump. Without this, the interval of rare differences in clumps holds in 90 % only
    (docs/decisions/0016).
    """
    sizes, hits = visits.sizes, visits.hits
    telling = int(min((hits > 0).sum(), (hits < sizes).sum()))
    n, k = visits.packs, len(sizes)
    if telling == 0 or k < 2 or n == k:
        return 1.0
    within = float((hits * (sizes - hits) / sizes).sum() / (n - k))
    between = float((((hits / sizes - visits.share) ** 2) * sizes).sum() / (k - 1))
    typical = float((n - visits.mates) / (k - 1))
    estimate = float(np.clip((between - within) / (between + (typical - 1) * within), 0.0, 1.0))
    return (telling * estimate + 1) / (telling + 1)


def interval(visits: Visits) -> tuple[Limits, Worth]:
    """The 95 % interval of the share that differs, and what it rests on; there must be a pack."""
    value = worth(visits)
    return exact(visits.share, value.size), value
