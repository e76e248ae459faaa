"""What is recognised in one picture: the winner of each place, which version of it, and how surely.

Features vote for poses, poses are verified in colour and structure after alignment, and what explains the same
place better wins. Versions of the winning product are then weighed against each other only where their
references differ, at the winner's pose. That a pack is of no listed version is not said here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from samegoods.geometry import coverage
from samegoods.records import Candidate, Image
from samegoods.vision.recognition import calibration, verify
from samegoods.vision.recognition.catalogue import Catalogue
from samegoods.vision.recognition.features import Features
from samegoods.vision.recognition.pose import Hypothesis, hypothesise, match
from samegoods.vision.recognition.proof import Proof, Told, look_closely, prove, prove_in_place, tell_version

CLOSE = 1.5
"""A lead in utility over a near twin below which the two are weighed again."""
MANY_SPOTS, FIRM_STRUCTURE = 12, 0.5
"""In clips without the goods, chance has found 10 spots and a structure of 0.45, never both high."""
DENSE = 0.7
"""Spots on a thousand pixels from which a place is proven without a glance: a tenth of what is no pack has more."""
GLANCE_PX, LEAST_ALIKE = 64, 0.45
"""Of drawn packs that few spots propose and that prove firm, none is less alike than 0.54 at this size; of what is no
such pack, three in four are less than 0.47."""
RIVALS = 6
"""References compared for one place, at most."""
SAME_PLACE = 0.5
"""Two hypotheses that cover each other by this share (of the smaller) are rivals for one place."""
ENCROACHES = 0.25
"""A hypothesis of another product that covers this much of a place casts doubt on it."""
MIN_SCORE = 0.1
"""Below this a sighting is not worth telling."""
LIKELY = 0.5
"""Only what is more probable than not becomes an item, which is counted."""
CAN_TELL = 0.8
"""A version is named when it is at least this probable."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is at one place: the winning reference, the version that the pixels show, and the runners-up.

    ``evidence`` is what ``product_score`` follows from; ``towards`` the version that the place shows rather than any
    other, if there is anything to tell them by; ``version`` is what is told of that: None where it is too close to
    call.
    """

    hypothesis: Hypothesis
    fit: verify.Fit
    version: str | None
    product_score: float
    score: float
    margin: float
    candidates: tuple[Candidate, ...]
    evidence: tuple[float, ...]
    towards: Told | None


def see(
    pixels: Image, features: Features, catalogue: Catalogue, *, min_score: float = MIN_SCORE, firm: bool = False
) -> list[Answer]:
    """Everything recognised in one picture, best first; at most one answer for a place.

    With ``firm``, only what :func:`is_firm`: chance finds more in a clip of a thousand frames than in a picture.
    """
    picture = pixels.shape[1], pixels.shape[0]
    hypotheses = hypothesise(match(features, catalogue), catalogue, picture)
    if firm:
        hypotheses = [h for h in hypotheses if h.density >= DENSE or _is_alike(pixels, h, catalogue)]
    proofs = [prove(pixels, h, catalogue) for h in _worth_proving(hypotheses)]
    proofs.sort(key=lambda p: -p.utility)
    first = _places(proofs)
    # Near twins only take from what speaks for a place by itself: where that is too little, they are not asked.
    hopeful = [_evidence(place, first, catalogue)[0] >= min_score for place in first]
    places = [
        _among_twins(pixels, place, catalogue) if may_be else place
        for place, may_be in zip(first, hopeful, strict=True)
    ]
    told = [place for place in places if not firm or is_firm(place[0])]
    told = [place for place in told if _evidence(place, places, catalogue)[0] >= min_score]
    answers = [_answer(pixels, place, places, catalogue) for place in told]
    return sorted(answers, key=lambda a: -a.score)


def is_firm(proof: Proof) -> bool:
    """Whether it rests on many spots, or on few with the structure of the face behind them."""
    return proof.hypothesis.inliers >= MANY_SPOTS or proof.fit.structure >= FIRM_STRUCTURE


def _is_alike(pixels: Image, hypothesis: Hypothesis, catalogue: Catalogue) -> bool:
    """Whether a place resembles a reference at a glance, for a third of what a proof costs."""
    reference = catalogue.references[hypothesis.owner]
    return verify.likeness(pixels, hypothesis.quad, reference, longest_px=GLANCE_PX) >= LEAST_ALIKE


def _worth_proving(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The best supported of every place: comparing pixels costs ten times what fitting a pose does."""
    chosen: list[Hypothesis] = []
    for hypothesis in hypotheses:
        before = [h for h in chosen if coverage(h.quad, hypothesis.quad) > SAME_PLACE]
        if len(before) < RIVALS:
            chosen.append(hypothesis)
    return chosen


def _places(proofs: Sequence[Proof]) -> list[list[Proof]]:
    """Group proofs by place, each group led by its best; a place is taken by whatever explains it best."""
    places: list[list[Proof]] = []
    for proof in proofs:
        rivals = [place for place in places if coverage(place[0].hypothesis.quad, proof.hypothesis.quad) > SAME_PLACE]
        if rivals:
            rivals[0].append(proof)
        else:
            places.append([proof])
    return places


def _among_twins(pixels: Image, place: list[Proof], catalogue: Catalogue) -> list[Proof]:
    """The place as it stands once near twins had their say."""
    return _duelled(pixels, _with_twins(pixels, place, catalogue), catalogue)


def _with_twins(pixels: Image, place: list[Proof], catalogue: Catalogue) -> list[Proof]:
    """The place with its leader's near twins proven as well, at the leader's pose: votes may have missed them."""
    leader = place[0].hypothesis
    there = {proof.hypothesis.owner for proof in place}
    absent = [twin for twin in catalogue.twins[leader.owner] if twin.owner not in there][:RIVALS]
    if not absent:
        return place
    there_too = (prove_in_place(pixels, leader, twin, catalogue) for twin in absent)
    proofs = [*place, *(proof for proof in there_too if proof is not None)]
    return sorted(proofs, key=lambda p: -p.utility)


def _duelled(pixels: Image, place: list[Proof], catalogue: Catalogue) -> list[Proof]:
    """The place after a close call between near twins is weighed again, only where the two references differ."""
    leader = place[0]
    one = catalogue.references[leader.hypothesis.owner]
    second = next((p for p in place if catalogue.references[p.hypothesis.owner].product != one.product), None)
    if second is None or leader.utility - second.utility > CLOSE:
        return place
    twin = next((t for t in catalogue.twins[leader.hypothesis.owner] if t.owner == second.hypothesis.owner), None)
    if twin is None:
        return place
    close = look_closely(pixels, leader.hypothesis.quad, one)
    lean, _ = close.lean(twin, catalogue)
    leader_after = replace(leader, utility=leader.utility + lean / 2)
    second_after = replace(second, utility=second.utility - lean / 2)
    rest = (p for p in place if p is not leader and p is not second)
    return sorted((leader_after, second_after, *rest), key=lambda p: -p.utility)


def _lead(place: Sequence[Proof], places: Sequence[Sequence[Proof]], catalogue: Catalogue) -> float:
    """How far a place's leader is ahead of the best other product here; behind, where a neighbour has its ground."""
    leader = place[0]
    product = catalogue.references[leader.hypothesis.owner].product
    leaders = [p[0] for p in places if p is not place]
    near = [p for p in leaders if coverage(p.hypothesis.quad, leader.hypothesis.quad) > ENCROACHES]
    rivals = [p for p in [*place, *near] if catalogue.references[p.hypothesis.owner].product != product]
    return leader.utility - max(p.utility for p in rivals) if rivals else calibration.MAX_LEAD


def _evidence(
    place: Sequence[Proof], places: Sequence[Sequence[Proof]], catalogue: Catalogue
) -> tuple[float, tuple[float, ...]]:
    """How probable a place's leader is right about the product, and what that follows from."""
    hypothesis, fit = place[0].hypothesis, place[0].fit
    lead = _lead(place, places, catalogue)
    evidence = calibration.product_evidence(hypothesis, fit, lead)
    return calibration.product_score(evidence), evidence


def _answer(pixels: Image, place: Sequence[Proof], places: Sequence[Sequence[Proof]], catalogue: Catalogue) -> Answer:
    leader = place[0]
    reference = catalogue.references[leader.hypothesis.owner]
    right, evidence = _evidence(place, places, catalogue)
    towards = tell_version(pixels, place, catalogue)
    version, sure = _told(towards)
    score = right * sure
    others = _others(place, catalogue, right)
    candidates = sorted([Candidate(reference.product, version, score), *others], key=lambda c: (-c.score, c.product))[
        :5
    ]
    margin = score - max((c.score for c in others), default=0.0)
    return Answer(
        hypothesis=leader.hypothesis,
        fit=leader.fit,
        version=version,
        product_score=right,
        score=score,
        margin=float(np.clip(margin, 0, 1)),
        candidates=tuple(candidates),
        evidence=evidence,
        towards=towards,
    )


def _told(towards: Told | None) -> tuple[str | None, float]:
    """The version to tell, and the probability that it is right given the product; None where it is too low."""
    if towards is None or towards.alone:
        return (towards.version if towards else None), 1.0
    sure = calibration.version_score(towards.lean, towards.lead)
    return (towards.version, sure) if sure >= CAN_TELL else (None, 1.0)


def _others(place: Sequence[Proof], catalogue: Catalogue, right: float) -> list[Candidate]:
    """The other products proposed for a place: they share the belief that the winner leaves."""
    best: dict[str, Proof] = {}
    for proof in place:
        best.setdefault(catalogue.references[proof.hypothesis.owner].product, proof)
    names = list(best)[1:]
    if not names:
        return []
    weights = calibration.shares([best[name].utility for name in names])
    return [
        Candidate(name, catalogue.references[best[name].hypothesis.owner].version, (1 - right) * w)
        for name, w in zip(names, weights, strict=True)
    ]
