"""How far reviewers agree on the packs that more than one of them decided on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from samegoods.results.base import Part

Labels = Sequence[tuple[str, int, str]]
"""Who, on which item, said what."""


class BetweenPart(Part):
    """Two reviewers: on how many packs, on how many of them alike, and Cohen's kappa; null where it is not defined,
    since both said one and the same of all."""

    one: str
    other: str
    packs: int
    alike: int
    kappa: float | None


class AgreementPart(Part):
    """Of all reviewers: Krippendorff's alpha for names without an order, and the packs that they do not agree on."""

    packs: int
    reviewers: tuple[str, ...]
    alpha: float | None
    between: tuple[BetweenPart, ...]
    apart: tuple[int, ...]


def agreement(labels: Labels) -> AgreementPart:
    """The agreement of reviewers, by NLTK.

    J. Cohen, "A coefficient of agreement for nominal scales", 1960; K. Krippendorff, "Content Analysis", 2004.
    """
    of: dict[int, dict[str, str]] = defaultdict(dict)
    for by, seq, label in labels:
        of[seq][by] = label
    names = tuple(sorted({by for by, _, _ in labels}))
    apart = tuple(seq for seq, said in of.items() if len(set(said.values())) > 1)
    between = tuple(found for one, other in combinations(names, 2) if (found := _between(of, one, other)) is not None)
    return AgreementPart(packs=len(of), reviewers=names, alpha=_alpha(labels), between=between, apart=apart[:100])


def _between(of: dict[int, dict[str, str]], one: str, other: str) -> BetweenPart | None:
    both = [(said[one], said[other]) for said in of.values() if one in said and other in said]
    if not both:
        return None
    alike = sum(a == b for a, b in both)
    kappa = None
    if len({label for pair in both for label in pair}) > 1:
        kappa = _task([(who, n, pair[i]) for n, pair in enumerate(both) for i, who in enumerate((one, other))]).kappa()
    return BetweenPart(
        one=one, other=other, packs=len(both), alike=alike, kappa=None if kappa is None else float(kappa)
    )


def _alpha(labels: Labels) -> float | None:
    if len({label for _, _, label in labels}) < 2:
        return None  # where nothing varies, chance explains all of it
    return float(_task(list(labels)).alpha())


def _task(labels: Labels) -> Any:  # NLTK has no types, and takes a second to load
    from nltk.metrics.agreement import AnnotationTask

    return AnnotationTask([(by, str(seq), label) for by, seq, label in labels])
