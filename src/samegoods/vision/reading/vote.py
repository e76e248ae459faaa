"""What several views say of one line, put to the vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samegoods.vision.reading.words import distance, folded

LEAST_SCORE = 0.6
"""Below, a reader's spelling of a line is a guess, and counts for nothing."""
_ALIKE = 1.0
"""Spellings nearer than this say the same; the surest of them is quoted."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One view's spelling of a line, and its score 0..1."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Told:
    """The spelling that carries the vote, how many views are for it, and their mean score; empty where none is."""

    text: str
    views: int
    score: float


def elected(due: str, ballots: Sequence[Ballot]) -> Told:
    """The spelling that most of the score stands behind; the due one wins a tie.

    A spelling is backed by every ballot that is near it, since views garble different letters (the set median string
    under the edit distance: T. Kohonen, "Median strings", 1985).
    """
    counted = [one for one in ballots if one.text and one.score >= LEAST_SCORE]
    if not counted:
        return Told("", 0, 0.0)

    def backing(choice: Ballot) -> list[Ballot]:
        return [one for one in counted if distance(one.text, choice.text) < _ALIKE]

    def weight(choice: Ballot) -> tuple[float, bool, float, str]:
        return sum(one.score for one in backing(choice)), folded(choice.text) == folded(due), choice.score, choice.text

    best = max(counted, key=weight)
    behind = backing(best)
    return Told(best.text, len(behind), sum(one.score for one in behind) / len(behind))
