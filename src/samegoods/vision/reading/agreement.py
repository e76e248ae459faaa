"""Which of many attempts at the codes of one picture to believe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from samegoods.geometry import project, sides
from samegoods.records import Code, CodeFormat, Matrix, Quad, ReaderName
from samegoods.vision.reading.check_digits import is_valid, one_spelling
from samegoods.vision.reading.seen import Seen

SINGLE_READ = frozenset({"qr_code", "data_matrix", "aztec", "pdf417"})
"""Formats whose Reed-Solomon code refuses what it cannot mend: one read is enough."""
LEAST_TOGETHER = 3
"""Attempts that must agree where both readers are among them."""
LEAST_ZXING = 3
"""Attempts that must agree where zxing-cpp alone reads it."""
LEAST_OPENCV = 4
"""And where OpenCV alone does, which is wrong more often."""
LEAST_WEAK = 10
"""And where OpenCV alone reads an EAN-8: of its false ones, as many as nine on one picture were the same."""
LEAST_SHARE = 0.5
"""The share of the attempts at one place that must agree. Prints that are stretched or smeared are read wrongly
again and again, by both readers, but not always as the same."""
MOST_RIVAL = 1 / 3
"""The most that any other reading of the place may have, against the accepted one."""


@dataclass(frozen=True, slots=True, eq=False)
class Vote:
    """What one reader saw in one view of the picture; the quad of ``seen`` lies in the picture itself."""

    reader: ReaderName
    view: int
    seen: Seen

    def placed(self, matrix: Matrix) -> Vote:
        """The same, its quad taken through a homography (3, 3)."""
        return replace(self, seen=replace(self.seen, quad=project(matrix, self.seen.quad)))


@dataclass(slots=True, eq=False)
class Claim:
    """One content at one place, and who read it in which views."""

    format: CodeFormat
    text: str
    quads: list[tuple[ReaderName, Quad]]
    views: dict[ReaderName, set[int]] = field(default_factory=dict)

    def count(self, reader: ReaderName) -> int:
        return len(self.views.get(reader, ()))

    @property
    def total(self) -> int:
        return sum(map(len, self.views.values()))

    @property
    def quad(self) -> Quad:
        """The first quad of zxing-cpp, whose corners know which way is up; else the first of all."""
        known = [quad for reader, quad in self.quads if reader == "zxing"]
        return known[0] if known else self.quads[0][1]

    def touches(self, quad: Quad) -> bool:
        """Whether a quad lies on the same place: the centre of one is near that of the other."""
        return any(touching(own, quad) for _, own in self.quads)

    def add(self, vote: Vote) -> None:
        self.quads.append((vote.reader, vote.seen.quad))
        self.views.setdefault(vote.reader, set()).add(vote.view)


def touching(one: Quad, other: Quad) -> bool:
    """Whether the centres of two quads are nearer than half of the longer one's length.

    Centres rather than areas: a quad of a few scan lines has hardly an area, and half a symbol is another length.
    """
    apart = float(np.linalg.norm(one.mean(axis=0) - other.mean(axis=0)))
    return apart < 0.5 * max(float(sides(one).max()), float(sides(other).max()))


def claims(votes: Iterable[Vote]) -> list[Claim]:
    """Votes with content and a right check digit, by content and place, in the order of their first vote."""
    found: list[Claim] = []
    for vote in votes:
        if vote.seen.format is None:
            continue
        format, text = one_spelling(vote.seen.format, vote.seen.text)
        if not is_valid(format, text):
            continue
        same = (c for c in found if (c.format, c.text) == (format, text) and c.touches(vote.seen.quad))
        claim = next(same, None)
        if claim is None:
            claim = Claim(format, text, [])
            found.append(claim)
        claim.add(vote)
    return found


def agreed(votes: Iterable[Vote]) -> tuple[Code, ...]:
    """The codes that enough attempts agree on, none where they disagree: a wrong code is worse than none.

    A reading is weighed against all others at the same place. The limits were chosen on the odd half of the
    benchmark's pictures; the even half, and the pictures without codes, are reported beside it.
    """
    found = claims(votes)
    return tuple(Code(one.format, one.text, one.quad) for one in found if _is_believed(one, found))


def unsettled(votes: Sequence[Vote], settled: Sequence[Code]) -> list[Quad]:
    """Places where a reader saw bars, and no code was agreed on; the largest first, each once."""
    known = [code.quad for code in settled]
    places: list[Quad] = []
    for vote in sorted(votes, key=lambda v: -float(sides(v.seen.quad).max())):
        if not any(touching(vote.seen.quad, quad) for quad in (*known, *places)):
            places.append(vote.seen.quad)
    return places


def _is_believed(one: Claim, found: Sequence[Claim]) -> bool:
    rivals = [other for other in found if other is not one and _at_one_place(one, other)]
    if one.format in SINGLE_READ:
        return all(other.format not in SINGLE_READ or other.total < one.total for other in rivals)
    against = [other.total for other in rivals if not _is_part(other, one)]
    share = one.total / (one.total + sum(against))
    return _is_enough(one) and share >= LEAST_SHARE and max(against, default=0) <= MOST_RIVAL * one.total


def _is_part(other: Claim, one: Claim) -> bool:
    """Whether a short code is no rival to a longer one read more often: half of an EAN-13 can pass for an EAN-8."""
    return len(other.text) == 8 and len(one.text) > 8 and other.total < one.total


def _is_enough(one: Claim) -> bool:
    zxing, opencv = one.count("zxing"), one.count("opencv")
    if zxing and opencv:
        return zxing + opencv >= LEAST_TOGETHER
    if zxing:
        return zxing >= LEAST_ZXING
    return opencv >= (LEAST_WEAK if one.format == "ean_8" else LEAST_OPENCV)


def _at_one_place(one: Claim, other: Claim) -> bool:
    return any(other.touches(quad) for _, quad in one.quads)
