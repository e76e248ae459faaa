"""What recognition's evidence is worth: fitted numbers, and the functions that use them.

The numbers come from ``benchmarks/calibrate.py``, which fits them by logistic regression on photographs and rendered
pictures kept apart from those that the benchmarks report on. Run it again after any change to the features or
to :mod:`samegoods.vision.recognition.verify`.

:data:`PRODUCT` is fitted the same way with more of one kind: every place that a walk of 20 seconds along a stall of
strangers proposed (seed 77). With the stall that the script draws the weights come out as 2.98, 0.5, -2.23, 5.0, 1.15,
1.03, 1.41, and strangers on another walk then score up to 0.99: goods that share a layout are rarer there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samegoods.vision.recognition.pose import Hypothesis
from samegoods.vision.recognition.verify import Fit

UTILITY = (1.7, -1.7, 3.8)
"""Weights of log inliers, log(chroma + 5) and structure: which of two references explains the pixels better."""

PRODUCT = (1.89, 0.33, -2.07, 5.14, 0.61, 0.18, 1.63)
"""Intercept and weights of :func:`product_evidence`: is the product right?"""

VERSION = (5.9, 1.1)
"""Weights of the lean and of the lead over the closest other version: is the version right?"""

MAX_LEAD = 4.0
"""A lead over the next product is counted up to here; with no rival at all it is this."""


def utility(inliers: int, chroma: float, structure: float) -> float:
    """How well one reference explains a place; only differences between references mean something."""
    return float(np.dot(UTILITY, (np.log(inliers), np.log(chroma + 5), structure)))


def product_evidence(hypothesis: Hypothesis, fit: Fit, lead: float) -> tuple[float, ...]:
    """What says whether a product is right: support, colour, structure, lead over the next product, how much of the
    face the support covers, and how densely."""
    return (
        float(np.log(hypothesis.inliers)),
        float(np.log(fit.chroma + 5)),
        fit.structure,
        held(lead),
        float(np.log(hypothesis.spread + 0.02)),
        float(np.log(hypothesis.density)),
    )


def product_score(evidence: Sequence[float]) -> float:
    """Probability that the product is right, 0..1, from :func:`product_evidence`."""
    return _logistic(float(np.dot(PRODUCT, (1.0, *evidence))))


def held(lead: float) -> float:
    """A lead, counted up to :data:`MAX_LEAD`."""
    return float(np.clip(lead, -MAX_LEAD, MAX_LEAD))


def version_weight(lean: float, lead: float) -> float:
    """What lean and lead together say for a version against another one; negative: rather the other."""
    return float(np.dot(VERSION, (lean, lead)))


def version_score(lean: float, lead: float) -> float:
    """Probability that the version with this lean and lead is right, given the product."""
    return _logistic(abs(version_weight(lean, lead)))


def shares(utilities: Sequence[float]) -> list[float]:
    """Utilities as shares of belief that sum to 1 (a softmax)."""
    powers = np.exp(np.asarray(utilities, np.float64) - max(utilities))
    return [float(p) for p in powers / powers.sum()]


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -40, 40))))
