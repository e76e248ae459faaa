"""Hypotheses held against the pixels: what a reference explains of a place, and which of two explains it better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from samegoods.geometry import corners, homography_between, is_convex, project
from samegoods.records import Floats, Image, Mask, Quad, Reference
from samegoods.vision.recognition import calibration, verify
from samegoods.vision.recognition.catalogue import Catalogue, Sibling
from samegoods.vision.recognition.pose import Hypothesis

COMPARED_PX, FINE_PX = 160, 256
"""Long sides at which a face is compared: with its reference, and with two that differ little."""
UNVOTED = 0.5
"""A reference that no votes proposed is credited with this share of the leader's inliers."""
MIN_EVIDENCE = 0.01
"""Share of the face in which versions must differ, at the size seen, to be told apart at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A hypothesis with what the pixels say of it; only differences between utilities mean something."""

    hypothesis: Hypothesis
    fit: verify.Fit
    utility: float


def prove(pixels: Image, hypothesis: Hypothesis, catalogue: Catalogue) -> Proof:
    reference = catalogue.references[hypothesis.owner]
    size = verify.working_size(hypothesis.quad, reference, COMPARED_PX)
    found = verify.fit(verify.cut_patch(pixels, hypothesis.quad, reference, size), verify.render(reference, size))
    return Proof(hypothesis, found, calibration.utility(hypothesis.inliers, found.chroma, found.structure))


def prove_in_place(pixels: Image, leader: Hypothesis, other: Sibling, catalogue: Catalogue) -> Proof | None:
    """Another reference at the leader's pose, for votes may have missed it; None where it does not fit there."""
    pose = homography_between(corners(*catalogue.references[leader.owner].size), leader.quad)
    quad = project(pose, project(other.onto, corners(*catalogue.references[other.owner].size)))
    if not is_convex(quad):
        return None
    unvoted = max(1, round(leader.inliers * UNVOTED))
    there = replace(leader, owner=other.owner, quad=quad, inliers=unvoted, density=leader.density * UNVOTED)
    return prove(pixels, there, catalogue)


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """A place seen upright and unbent in the frame of a reference, to weigh others that differ little from it.

    ``looks`` and ``seen`` are (h, w, 3), ``known`` (h, w).
    """

    reference: Reference
    size: tuple[int, int]
    looks: Floats
    seen: Floats
    known: Mask

    def other(self, sibling: Sibling, catalogue: Catalogue) -> Floats:
        """Another reference as it would look here."""
        return verify.render_through(catalogue.references[sibling.owner], sibling.onto, self.reference, self.size)

    def lean(self, sibling: Sibling, catalogue: Catalogue) -> tuple[float, float]:
        """To which of the two the pixels lean, and by how much to tell them by: see :func:`verify.lean`."""
        return verify.lean(self.seen, self.looks, self.other(sibling, catalogue), self.known)


def look_closely(pixels: Image, quad: Quad, reference: Reference) -> Close:
    size = verify.working_size(quad, reference, FINE_PX)
    looks = verify.render(reference, size)
    seen, known = verify.unbend(verify.cut_patch(pixels, quad, reference, size), looks)
    return Close(reference, size, looks, seen, known)


@dataclass(frozen=True, slots=True)
class Told:
    """The version that a place shows rather than any other of its product, and what speaks for it.

    ``lean`` (-1..1) is to which side the pixels lean where the two references differ, ``lead`` by how much utility it
    explains the place better; both against the closest other version. ``alone`` where there is no other.
    """

    version: str
    lean: float
    lead: float
    alone: bool = False


def tell_version(pixels: Image, place: Sequence[Proof], catalogue: Catalogue) -> Told | None:
    """Which version of the leader's product a place shows; None where the references do not differ at this size.

    Two things speak: the votes and pixels of the whole face (a revised drawing moves many spots and their colours),
    and the pixels just where the two references differ (one word, one tint).
    """
    leader = place[0]
    reference = catalogue.references[leader.hypothesis.owner]
    siblings = catalogue.siblings[leader.hypothesis.owner]
    if not siblings:
        return Told(reference.version, 1.0, calibration.MAX_LEAD, alone=True)
    close = look_closely(pixels, leader.hypothesis.quad, reference)
    looks = close.looks
    winner, utility = reference, leader.utility
    told = Told(reference.version, 1.0, calibration.MAX_LEAD)
    for sibling in siblings:
        rival = catalogue.references[sibling.owner]
        other = close.other(sibling, catalogue)
        lean, evidence = verify.lean(close.seen, looks, other, close.known)
        if evidence < MIN_EVIDENCE:
            return None
        proof = _best_of(place, sibling.owner) or prove_in_place(pixels, leader.hypothesis, sibling, catalogue)
        lead = calibration.held(utility - proof.utility) if proof else calibration.MAX_LEAD
        if calibration.version_weight(lean, lead) < 0:
            winner, looks, lean, lead = rival, other, -lean, -lead
            utility = proof.utility if proof else utility
        if calibration.version_weight(lean, lead) < calibration.version_weight(told.lean, told.lead):
            told = Told(winner.version, lean, lead)
    return Told(winner.version, told.lean, told.lead)


def _best_of(place: Sequence[Proof], owner: int) -> Proof | None:
    return max((p for p in place if p.hypothesis.owner == owner), key=lambda p: p.utility, default=None)
