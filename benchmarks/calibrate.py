"""Fit recognition's numbers, apart from what is reported: ``python benchmarks/calibrate.py``.

Fitted on: carton photographs of even number in ``train`` (as products, and in pairs as versions of one), and drawn
packs, strangers and stalls of strangers of seed 10000. Never touched here: the odd ones, ``val``, and drawn packs of
any other seed. Prints the numbers for ``samegoods/vision/recognition/calibration.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import twins
from observations import (
    Observation,
    carton_observations,
    drawn_observations,
    stall_observations,
    stranger_observations,
)

FIT_SEED, DRAWN_PRODUCTS, DRAWN_PHOTOS, STALL_PRODUCTS, STALL_PICTURES = 10_000, 24, 300, 60, 60
PRIOR = 1.0
"""Ridge on standardised weights, in pictures: five numbers from some hundred pictures need a little holding."""
PRODUCT_SIGNS, VERSION_SIGNS = (1, -1, 1, 1, 1, 1), (1, 1)
"""Which way each piece of evidence may speak: more support never counts against, more colour off never for."""


def even(observation: Observation) -> bool:
    return int(observation.name[-1]) % 2 == 0


def logistic(x: NDArray[np.float64], right: NDArray[np.bool_], signs: Sequence[int]) -> NDArray[np.float64]:
    """Intercept and weights of a ridge logistic regression of (n, k) on (n,), each weight of its sign or zero."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.hstack([np.ones((len(x), 1)), (x - mean) / spread])
    outcome = np.where(right, 1.0, -1.0)

    def loss(w: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -outcome * (z @ w)).mean() + PRIOR * (w[1:] @ w[1:]) / len(x))

    bounds = [(None, None), *((0, None) if sign > 0 else (None, 0) for sign in signs)]
    w = minimize(loss, np.zeros(z.shape[1]), bounds=bounds).x
    weights = w[1:] / spread
    return np.concatenate([[w[0] - mean @ weights], weights])


def fit_product(observations: Sequence[Observation]) -> NDArray[np.float64]:
    told = [(o, *o.best) for o in observations if o.best]
    x = np.array([answer.evidence for _, answer, _ in told])
    right = np.array([named[0] == o.product for o, _, named in told])
    return logistic(x, right, PRODUCT_SIGNS)


def fit_version(observations: Sequence[Observation]) -> NDArray[np.float64]:
    """The lean is signed so that it is positive towards the truth; its size must say how often it is."""
    told = [
        (o, answer)
        for o in observations
        if o.best and o.version
        for answer, named in [o.best]
        if named[0] == o.product and answer.towards is not None
    ]
    x = np.array([(answer.towards.lean, answer.towards.lead) for _, answer in told])
    right = np.array([answer.towards.version == o.version for o, answer in told])
    # Mirrored, since no lean at all is a toss: the intercept is then nothing.
    return logistic(np.vstack([x, -x]), np.concatenate([right, ~right]), VERSION_SIGNS)


def main() -> None:
    cartons = [o for o in carton_observations("train") if even(o)]
    drawn = drawn_observations(DRAWN_PRODUCTS, DRAWN_PHOTOS, seed=FIT_SEED)
    strangers = stranger_observations(DRAWN_PRODUCTS, DRAWN_PHOTOS // 2, seed=FIT_SEED)
    stall = stall_observations(STALL_PRODUCTS, STALL_PICTURES, seed=FIT_SEED)
    print("PRODUCT =", tuple(round(float(v), 2) for v in fit_product([*cartons, *drawn, *strangers, *stall])))
    versions = [*drawn, *(o for o in twins.observations("train") if even(o))]
    print("VERSION =", tuple(round(float(v), 2) for v in fit_version(versions)[1:]))


if __name__ == "__main__":
    main()
