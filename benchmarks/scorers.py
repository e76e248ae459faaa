"""What a benchmark's rows amount to: pure functions, from rows to numbers, no pictures and no files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from samegoods.statistics.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.hits / self.of, self.of) if self.of else None

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "none"
        low, high = self.interval
        return f"{self.value:.1%} ({self.hits} of {self.of}; {low:.1%} to {high:.1%})"


def share(outcomes: Iterable[bool]) -> Share:
    """How many of some outcomes are True."""
    counted = list(outcomes)
    return Share(sum(counted), len(counted))


@dataclass(frozen=True, slots=True)
class Told:
    """One picture with known truth, and the best answer given for it.

    ``product`` and ``version`` are the truth, ``version`` None where it is not known; ``told`` is the product of
    the best answer, None where there was none; ``told_version`` may be None (cannot tell which). ``score`` is
    the answer's probability of being right, 0 without an answer; ``height_px`` is 0 where it is not known.
    """

    name: str
    product: str
    version: str | None
    height_px: float
    told: str | None
    told_version: str | None
    score: float

    @property
    def product_right(self) -> bool:
        return self.told == self.product

    @property
    def right(self) -> bool:
        """Whether all that was told is right; a version that was not told, or is not known, cannot be wrong."""
        named = self.told_version is not None and self.version is not None
        return self.product_right and (not named or self.told_version == self.version)


def forced_choice(rows: Iterable[Told]) -> Share:
    """The share of pictures whose best answer names the right product; no answer counts as wrong."""
    return share(row.product_right for row in rows)


def above(rows: Sequence[Told], least: float) -> tuple[Share, Share]:
    """Of the answers scored above ``least``: how many are right, and how many of the pictures they cover."""
    sure = [row for row in rows if row.told is not None and row.score > least]
    return share(row.right for row in sure), Share(len(sure), len(rows))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like score: their mean score, and how many are right."""

    low: float
    high: float
    mean_score: float
    right: Share


def reliability(rows: Iterable[Told], edges: Sequence[float]) -> list[Bin]:
    """Answers by score, in bins ``low <= score < high`` (the last one closed); empty bins are left out."""
    answered = [row for row in rows if row.told is not None]
    bins = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        here = [row for row in answered if low <= row.score < high or (last and row.score == high)]
        if here:
            mean = sum(row.score for row in here) / len(here)
            bins.append(Bin(low, high, mean, share(row.right for row in here)))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between score and share right, weighted by the answers in each bin (Naeini et al. 2015)."""
    total = sum(b.right.of for b in bins)
    return sum(b.right.of * abs(b.mean_score - b.right.hits / b.right.of) for b in bins) / total


@dataclass(frozen=True, slots=True)
class HeightBin:
    """Pictures of packs of like height: found at all, the product right, the version told, and told rightly."""

    low: float
    high: float
    found: Share
    version_told: Share
    version_right: Share


def by_height(rows: Sequence[Told], edges: Sequence[float], *, least: float) -> list[HeightBin]:
    """Drawn packs by their height in the picture; found: the right product, scored ``least`` or more."""
    bins = []
    for low, high in pairwise(edges):
        here = [row for row in rows if low <= row.height_px < high]
        found = [row for row in here if row.product_right and row.score >= least]
        told = [row for row in found if row.told_version is not None]
        right = share(row.told_version == row.version for row in told)
        bins.append(HeightBin(low, high, Share(len(found), len(here)), Share(len(told), len(found)), right))
    return bins


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The area under the ROC curve: how often a positive is ranked above a negative, ties counting half.

    Raises:
        ValueError: one of the two is empty.
    """
    if not positives or not negatives:
        raise ValueError(f"expected both kinds, found {len(positives)} positives and {len(negatives)} negatives")
    p, n = np.asarray(positives)[:, None], np.asarray(negatives)[None, :]
    return float(((p > n) + 0.5 * (p == n)).mean())


def calls(rows: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    """(group, call) counted, in the order in which the groups first appear."""
    table: dict[str, Counter[str]] = {}
    for group, call in rows:
        table.setdefault(group, Counter())[call] += 1
    return table


def brier(told: Iterable[tuple[float, bool]]) -> float:
    """The mean squared distance of (probability, whether it came true) from 0 or 1 (Brier 1950)."""
    counted = list(told)
    return sum((probability - came) ** 2 for probability, came in counted) / len(counted)


def probability_bins(told: Sequence[tuple[float, bool]], most: int) -> list[Bin]:
    """(probability, whether it came true) in at most so many bins of like size, from the lowest on.

    Bins of equal size, not width, so that each says as much (Nguyen & O'Connor 2015, doi:10.18653/v1/D15-1182).
    """
    ordered = sorted(told)
    parts = [part for part in np.array_split(np.arange(len(ordered)), most) if len(part)]
    bins = []
    for part in parts:
        here = [ordered[k] for k in part]
        mean = sum(probability for probability, _ in here) / len(here)
        bins.append(Bin(here[0][0], here[-1][0], mean, share(came for _, came in here)))
    return bins


def climbed(rungs: int, passes: Callable[[int], bool]) -> int:
    """The first of some rungs that passes, by bisection; their number where the last does not.

    What passes on one rung is taken to pass on all above.
    """
    low, high = 0, rungs
    while low < high:
        at = (low + high) // 2
        low, high = (low, at) if passes(at) else (at + 1, high)
    return low


def middle(values: Sequence[float]) -> float:
    """The least value that at least half of the values do not exceed; infinite values are values."""
    return sorted(values)[(len(values) + 1) // 2 - 1]
