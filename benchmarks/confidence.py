"""Is the confidence of a difference the probability that something differs there?

Looked at are the regions that are told of packs under hard conditions (``trials.py``), half of which differ. A region
is right if it is on what was planted.

``python benchmarks/confidence.py fit`` fits the numbers of ``samegoods/vision/comparison/confidence.py`` on seeds,
packages and frames kept apart, also on regions that stay under the limit, and prints them; without a word, it reports
on the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np

from calibrate import logistic
from comparison import BINS, area, trusted
from pages import PICTURES, Result, Table, store
from plots import calibration
from samegoods.vision.comparison.confidence import print_confidence, region_confidence, region_evidence
from scorers import probability_bins
from trials import COUNTS, Candidate, rows, tasks

WHOLE = ("register", "pale")
"""Signs that speak of the whole print."""
LEAST, LEAST_PRINT = 0.75, 0.1
"""Scores, in shares of the limit, from which on is fitted: what is much fainter is unlike what is told."""
SIGNS = (1, 1)
"""Which way each piece of evidence may speak: none against."""


def confidence(one: Candidate) -> float:
    if one.sign in WHOLE:
        return print_confidence(one.score)
    return region_confidence(one.score, colour=one.sign == "colour")


def before(one: Candidate) -> float:
    """What was told until it was fitted: half at the limit, towards a ceiling set by hand."""
    ceiling = (0.9 if one.views == 1 else 0.98) - (0.1 if one.resolved_px < 85 else 0.0)
    return 0.5 + (ceiling - 0.5) * (1 - float(np.exp(-1.5 * (one.score - 1))))


def fit() -> None:
    found = rows("tune")
    regions = [one for one in found if one.sign not in WHOLE and one.score > LEAST]
    x = np.array([region_evidence(one.score, colour=one.sign == "colour") for one in regions])
    print("REGION =", numbers(logistic(x, np.array([one.real for one in regions]), SIGNS)))
    whole = [one for one in found if one.sign in WHOLE and one.score > LEAST_PRINT]
    y = np.array([[np.log(one.score)] for one in whole])
    print("PRINT =", numbers(logistic(y, np.array([one.real for one in whole]), (1,))))


def numbers(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(v), 2) for v in values)


def ranked(told: Sequence[tuple[float, bool]]) -> str:
    return area([p for p, real in told if real], [p for p, real in told if not real])


def table(told: Sequence[Candidate]) -> Table:
    parts = {"all": list(told), **{sort: [one for one in told if one.sort == sort] for sort in COUNTS["report"]}}
    cells = []
    for name, part in parts.items():
        pairs = [(confidence(one), one.real) for one in part]
        cells.append((name, *trusted(pairs), ranked(pairs)))
    old = [(before(one), one.real) for one in told]
    cells.append(("all, by the formula before", *trusted(old), ranked(old)))
    text = (
        "Every difference told of packs of which half differ, a quarter of the photos with a reflection. The "
        f"calibration error is over {BINS} bins of equal size, the area under the ROC curve of real against false."
    )
    head = ("told of", "mean confidence", "right", "Brier score", "calibration error", "area under ROC")
    return Table(text, head, tuple(cells))


def result(found: Sequence[Candidate]) -> Result:
    told = [one for one in found if one.score >= 1]
    bins = probability_bins([(confidence(one), one.real) for one in told], BINS)
    calibration(bins, PICTURES / "confidence.svg", score="confidence")
    packs = sum(1 for _ in tasks("report")) // 2
    return Result(
        name="confidence",
        title="Confidences of differences",
        question="Is the confidence of a difference the probability that something differs there?",
        tables=(table(told),),
        notes=(
            f"{packs} packs, each with something planted and without, under hard conditions: 90 to 480 px, tilts to "
            "45 degrees, strong shade, blur, heavy compression, some faces bent. Of several views, most have one "
            "with a reflection. None shares a seed, a package or a frame with those fitted on.",
        ),
        pictures=(("confidence.svg", "Confidence told against the share that is right, on packs never fitted on"),),
        details=tuple(asdict(one) | {"confidence": confidence(one)} for one in found),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["fit"]:
        fit()
    else:
        print(store(result(rows("report"))))
