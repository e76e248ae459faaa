"""How sure a difference is: the probability that something does differ where it is told.

Logistic regression (Platt 1999; of the ways to calibrate, the one that needs the least data: Niculescu-Mizil & Caruana
2005) on the score over its limit and on whether colour or structure was the stronger sign. Size, CIEDE2000, views and
resolution are in the score already: to weigh them again made it no better. The numbers come from
``benchmarks/confidence.py``, which fits them on generated and real pictures kept apart from those that it reports on.
Run it again after any change to the scores or the limit.

A probability holds for a share of packs that do differ: here one half, the differences from faint to plain, a quarter
of the photos with a reflection on the face. Where only the share p of the packs differs, the odds are p / (1 - p)
times these (Saerens, Latinne & Decaestecker 2002, doi:10.1162/089976602753284446).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

REGION = (0.37, 1.89, 1.03)
"""Intercept and weights of :func:`region_evidence`: is something different there?"""

PRINT = (2.32, 3.35)
"""Intercept and weight of the logarithm of the score: is the whole print worse?"""

MOST = 0.99
"""No more is told than some hundred packs can bear out."""


def region_evidence(score: float, *, colour: bool) -> tuple[float, float]:
    """What says whether a region is real: its ``score`` over the limit, and that it is not by ``colour`` alone, which
    reflections are too."""
    return _log(score), 0.0 if colour else 1.0


def region_confidence(score: float, *, colour: bool) -> float:
    """Probability that something differs in a region of this score (1 is the limit)."""
    return _logistic(REGION, region_evidence(score, colour=colour))


def print_confidence(score: float) -> float:
    """Probability that the whole print is off, by a score over the limit of register or of colour."""
    return _logistic(PRINT, (_log(score),))


def _log(score: float) -> float:
    """The logarithm of a score; print more colourful than its reference scores less than nothing."""
    return float(np.log(max(score, 1e-6)))


def _logistic(weights: Sequence[float], evidence: Sequence[float]) -> float:
    x = float(np.dot(weights, (1.0, *evidence)))
    return round(min(MOST, float(1 / (1 + np.exp(-np.clip(x, -40, 40))))), 3)
