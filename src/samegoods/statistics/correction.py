"""The share that differs, corrected for wrong calls by what people said of a part of the packs.

Two ways, as the reviews allow. Where packs of each call were reviewed here, they say how often each call is right
(:func:`by_own_reviews`). Where they were not, but elsewhere in the campaign, these say how often the program finds
what differs and leaves alone what does not, which carries over between sites; how often a call is right does not,
for it depends on how many packs differ (:func:`by_accuracy`).

Both rest on reviewed packs being drawn by chance among the packs of one call. More may be drawn of one call than
of another. Who reviews what looks odd corrects nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from samegoods.records import CallName, Corrected
from samegoods.statistics.clusters import Visits, interval
from samegoods.statistics.intervals import Limits, Piece, combined, normal_quantile, within

JUDGED: tuple[CallName, ...] = ("same", "different")
NO_REVIEWS = "not corrected: no reviews"
TOO_FEW = "not corrected: too few reviews"


@dataclass(frozen=True, slots=True)
class Call:
    """What the program said of a pack of a visit, and what a person did; None where none has looked."""

    visit: str
    machine: CallName
    human: CallName | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its limits."""

    value: float
    limits: Limits

    @classmethod
    def of(cls, outcomes: Iterable[tuple[str, bool]]) -> Rate | None:
        """From (visit, yes) of each; None where there is none."""
        visits = Visits.of(outcomes)
        return cls(visits.share, interval(visits)[0]) if len(visits.sizes) else None

    def piece(self, slope: float) -> Piece:
        return Piece(slope, self.value, *self.limits)


@dataclass(frozen=True, slots=True)
class Stratum:
    """The packs of one call: their ``weight`` among all; of those reviewed, the share that a person could judge
    (``told``), and of these the share that differs."""

    weight: float
    told: Rate
    differs: Rate


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the program calls what differs ``different`` (``found``), and what does not ``same`` (``passed``),
    out of what both it and a person could judge; each with the effective number of reviews behind it."""

    found: float
    found_size: float
    passed: float
    passed_size: float


def corrected(calls: Sequence[Call], *, elsewhere: Accuracy | None = None) -> tuple[Corrected | None, str]:
    """The corrected share and its method; or None and why it is not corrected.

    Args:
        calls: all packs that are counted.
        elsewhere: what the reviews of the whole campaign say of the program.
    """
    own = by_own_reviews(calls)
    if own is not None:
        return own, own.method
    if elsewhere is not None:
        carried = by_accuracy(calls, elsewhere)
        if carried is not None:
            return carried, carried.method
    return None, NO_REVIEWS if all(one.human is None for one in calls) and elsewhere is None else TOO_FEW


def by_own_reviews(calls: Sequence[Call]) -> Corrected | None:
    """Corrected by the reviews of these very packs; None where a call that occurs was not reviewed.

    The share of each call's packs that a person found to differ, weighted by how often the program gives the call: the
    prediction-powered estimate (Angelopoulos et al. 2023, Science 382:669) with the call as the prediction, which
    is double sampling for stratification (Cochran 1977, Sampling Techniques, 12.2). Unbiased however wrong the calls
    are, provided that chance chose the packs within each call. Packs that the person could not judge are left out.
    The limits are put together from those of each number (MOVER), so no error in twenty reviews is not taken for none.

    ``share`` is of the packs that the program could judge. ``whole`` are the limits of the share among all, with
    those that it could not; None where none of these was reviewed by one who could.
    """
    part = _strata(calls, JUDGED)
    if part is None:
        return None
    splits = _splits(calls)
    share, limits = _weighted(part, splits)
    reviewed = sum(one.human is not None for one in calls)
    method = "prediction-powered: reviews by the program's call, limits by MOVER, 95 %"
    strata = _strata(calls, (*JUDGED, "cannot_tell")) if any(one.machine not in JUDGED for one in calls) else None
    whole = None if strata is None else _weighted(strata, splits)[1]
    return Corrected(share, *limits, method=method, reviewed=reviewed, whole=whole)


@dataclass(frozen=True, slots=True)
class Split:
    """How weights come about: ``rate`` is the share of ``part`` among itself and ``rest``."""

    rate: Rate
    part: CallName
    rest: tuple[CallName, ...]


def _splits(calls: Sequence[Call]) -> list[Split]:
    """First what could be judged from what could not, then different from same: two independent draws."""
    untold = Rate.of((one.visit, one.machine == "cannot_tell") for one in calls)
    differs = Rate.of((one.visit, one.machine == "different") for one in calls if one.machine in JUDGED)
    splits = [] if untold is None else [Split(untold, "cannot_tell", JUDGED)]
    return splits if differs is None else [*splits, Split(differs, "different", ("same",))]


def _strata(calls: Sequence[Call], names: Sequence[CallName]) -> dict[CallName, Stratum] | None:
    """The strata that occur; None where one of them was not reviewed by a person who could judge."""
    wanted = [one for one in calls if one.machine in names]
    strata: dict[CallName, Stratum] = {}
    for name in names:
        here = [one for one in wanted if one.machine == name]
        told = Rate.of((one.visit, one.human in JUDGED) for one in here if one.human is not None)
        differs = Rate.of((one.visit, one.human == "different") for one in here if one.human in JUDGED)
        if not here:
            continue
        if told is None or differs is None:
            return None
        strata[name] = Stratum(len(here) / len(wanted), told, differs)
    return strata or None


def _weighted(strata: dict[CallName, Stratum], splits: Sequence[Split]) -> tuple[float, Limits]:
    """The share of all strata together, and its limits: each number that it is reckoned from adds its own."""
    known = sum(one.weight * one.told.value for one in strata.values())
    share = sum(one.weight * one.told.value * one.differs.value for one in strata.values()) / known
    pieces = []
    for one in strata.values():
        pieces.append(one.differs.piece(one.weight * one.told.value / known))
        pieces.append(one.told.piece(one.weight * (one.differs.value - share) / known))
    for split in splits:
        rest = [strata[name] for name in split.rest if name in strata]
        if split.part in strata and rest:  # else all have one call, and nothing is weighed against it
            weight = strata[split.part].weight + sum(one.weight for one in rest)
            pull = _pull([strata[split.part]], share) - _pull(rest, share)
            pieces.append(split.rate.piece(weight * pull / known))
    return share, within(share, combined(share, pieces))


def _pull(strata: Sequence[Stratum], share: float) -> float:
    """How far the share moves as more packs fall to these strata."""
    moved = sum(one.weight * one.told.value * (one.differs.value - share) for one in strata)
    return moved / sum(one.weight for one in strata)


def accuracy(calls: Iterable[Call]) -> Accuracy | None:
    """What the reviews say of the program; None where no pack that differs, or none that does not, was reviewed, or
    where a call that occurs was not reviewed at all.

    A review stands for the packs of its call (their number over that of the reviewed): else more reviews of what
    the program calls different would make it look better at finding (Begg & Greenes 1983, Biometrics 39:207). The
    effective number is Kish's, (sum w)^2 / sum w^2. Packs that either could not judge tell nothing here.
    """
    judged = [one for one in calls if one.machine in JUDGED]
    weights = {}
    for name in JUDGED:
        here = [one for one in judged if one.machine == name]
        reviewed = sum(one.human is not None for one in here)
        if here and not reviewed:
            return None  # what hides among them is not known
        weights[name] = len(here) / max(1, reviewed)
    found = _rate_of([(weights[o.machine], o.machine == "different") for o in judged if o.human == "different"])
    passed = _rate_of([(weights[o.machine], o.machine == "same") for o in judged if o.human == "same"])
    return None if found is None or passed is None else Accuracy(*found, *passed)


def _rate_of(weighted: Sequence[tuple[float, bool]]) -> tuple[float, float] | None:
    """The weighted share of (weight, yes), and Kish's effective number."""
    total = sum(weight for weight, _ in weighted)
    if not total:
        return None
    size = total**2 / sum(weight**2 for weight, _ in weighted)
    return sum(weight for weight, yes in weighted if yes) / total, size


def by_accuracy(calls: Sequence[Call], known: Accuracy) -> Corrected | None:
    """Corrected by how often the program is right on what differs and on what does not, as reviews elsewhere say.

    The estimate of Rogan & Gladen (1978, Am. J. Epidemiology 107:71), cut to 0..1; the limits of Lang & Reiczigel
    (2014, Preventive Veterinary Medicine 113:13), with the effective sample of the visits for its sample size. None
    where nothing was judged, or where the calls tell nothing (found + passed <= 1).
    """
    visits = Visits.of((one.visit, one.machine == "different") for one in calls if one.machine in JUDGED)
    youden = known.found + known.passed - 1
    if not len(visits.sizes) or youden <= 0:
        return None
    share = min(1.0, max(0.0, (visits.share + known.passed - 1) / youden))
    limits = lang_reiczigel(visits.share, interval(visits)[1].size, known)
    reviewed = sum(one.human is not None for one in calls)
    method = "Rogan-Gladen with Lang-Reiczigel limits, 95 %, by reviews of the whole campaign"
    return Corrected(share, *within(share, limits), method=method, reviewed=reviewed)


def lang_reiczigel(share: float, size: float, known: Accuracy) -> Limits:
    """The 95 % limits of Lang & Reiczigel (2014) for the true share, from the share of calls; not cut to 0..1."""
    z = normal_quantile()
    n, found_n, passed_n = size + z**2, known.found_size + 2, known.passed_size + 2
    seen = (size * share + z**2 / 2) / n
    found = (known.found_size * known.found + 1) / found_n
    passed = (known.passed_size * known.passed + 1) / passed_n
    youden = found + passed - 1
    if youden <= 0:
        return 0.0, 1.0
    true = (seen + passed - 1) / youden
    of_found, of_passed = found * (1 - found) / found_n, passed * (1 - passed) / passed_n
    moved = 2 * z**2 * (true * of_found - (1 - true) * of_passed)
    error = (seen * (1 - seen) / n + true**2 * of_found + (1 - true) ** 2 * of_passed) ** 0.5 / youden
    return true + moved - z * error, true + moved + z * error
