"""Intervals of shares, and of what is reckoned from several of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

LEVEL = 0.95
"""The confidence of every interval."""

Limits = tuple[float, float]


def normal_quantile(level: float = LEVEL) -> float:
    """How many standard errors a two-sided interval reaches; 1.96 for 95 %."""
    return float(special.ndtri(0.5 + level / 2))


def student_quantile(degrees: int, level: float = LEVEL) -> float:
    """The same where the standard error is itself estimated, with so many degrees of freedom."""
    return float(special.stdtrit(degrees, 0.5 + level / 2))


def wilson(share: float, size: float, *, level: float = LEVEL) -> Limits:
    """Wilson's score interval (1927, JASA 22:209) of a share seen in ``size`` observations; it need not be whole."""
    z2 = normal_quantile(level) ** 2
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    # At none and at all the bound is the share itself, which rounding must not step over.
    return float(max(0.0, min(share, centre - half))), float(min(1.0, max(share, centre + half)))


def exact(share: float, size: float, *, level: float = LEVEL) -> Limits:
    """The interval of Clopper & Pearson (1934, Biometrika 26:404), by the beta distribution.

    ``size`` need not be whole: with an effective size it is the interval of Korn & Graubard (1998, Survey Methodology
    24:193). It never falls short of ``level`` where ``size`` is right, and none of few leaves much open:
    0 of 1 goes up to 97.5 %.
    """
    hits, tail = share * size, (1 - level) / 2
    low = 0.0 if hits <= 0 else float(special.betaincinv(hits, size - hits + 1, tail))
    high = 1.0 if hits >= size else float(special.betaincinv(hits + 1, size - hits, 1 - tail))
    return min(low, share), max(high, share)


@dataclass(frozen=True, slots=True)
class Piece:
    """One estimated number that another is reckoned from: its value, its limits, and how far the other moves
    with it (``slope``, the partial derivative)."""

    slope: float
    value: float
    low: float
    high: float


def combined(estimate: float, pieces: Iterable[Piece]) -> Limits:
    """Limits of what is reckoned from several independent numbers, from the limits of each; not cut to 0..1.

    The distances to the limits add as squares, each on its own side, so a piece whose limits are lopsided, as
    those of 0 of 20 are, stays so. Method: MOVER (Zou & Donner 2008, Statistics in Medicine 27:1693; for two shares
    Newcombe 1998, ibid. 17:873).
    """
    down = up = 0.0
    for one in pieces:
        below, above = one.slope * (one.value - one.low), one.slope * (one.high - one.value)
        if one.slope < 0:
            below, above = -above, -below
        down, up = down + below**2, up + above**2
    return estimate - float(np.sqrt(down)), estimate + float(np.sqrt(up))


def difference(first: float, first_limits: Limits, second: float, second_limits: Limits) -> Limits:
    """Limits of ``second - first``, two shares of independent samples (Newcombe 1998, method 10), within -1..1."""
    low, high = combined(second - first, [Piece(-1, first, *first_limits), Piece(1, second, *second_limits)])
    return max(-1.0, low), min(1.0, high)


def within(share: float, limits: Limits) -> Limits:
    """Limits of a share, cut to 0..1, that hold the share itself."""
    return max(0.0, min(share, limits[0])), min(1.0, max(share, limits[1]))
