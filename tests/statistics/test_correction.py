from __future__ import annotations

import random
from itertools import combinations
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.records import CallName
from samegoods.statistics.correction import (
    NO_REVIEWS,
    TOO_FEW,
    Accuracy,
    Call,
    accuracy,
    by_accuracy,
    by_own_reviews,
    corrected,
    lang_reiczigel,
)
from samegoods.statistics.intervals import exact

CALLS: tuple[CallName, ...] = ("same", "different", "cannot_tell")
SWAP: dict[CallName | None, CallName | None] = {
    "same": "different",
    "different": "same",
    "cannot_tell": "cannot_tell",
    None: None,
}
some_calls = st.lists(
    st.builds(Call, st.sampled_from("abcdefgh"), st.sampled_from(CALLS), st.sampled_from([*CALLS, None])), max_size=60
)
GOOD = Accuracy(0.9, 40, 0.95, 80)


def packs(*groups: tuple[int, CallName, CallName | None]) -> list[Call]:
    """Groups of (number, the program's call, a person's), every pack of a visit of its own."""
    calls = [(machine, human) for number, machine, human in groups for _ in range(number)]
    return [Call(f"v{n}", machine, human) for n, (machine, human) in enumerate(calls)]


def test_reviews_of_both_calls_by_hand() -> None:
    """Of 6 called same 3 are reviewed and 1 differs, of 4 called different 2 are and both do: 6/10 / 3 + 4/10 =
    0.6."""
    some = packs(
        (2, "same", "same"),
        (1, "same", "different"),
        (3, "same", None),
        (2, "different", "different"),
        (2, "different", None),
    )
    found = by_own_reviews(some)
    assert found.share == pytest.approx(0.6)
    assert (found.reviewed, found.whole) == (5, None)
    third, two, three, four = exact(1 / 3, 3), exact(1.0, 2), exact(1.0, 3), exact(0.4, 10)
    pull = (1 - 0.6) - (1 / 3 - 0.6)  # more called different, fewer called same
    down = [0.6 * (1 / 3 - third[0]), 0.4 * (1 - two[0]), 0.16 * (1 - two[0]), pull * (0.4 - four[0])]
    up = [0.6 * (third[1] - 1 / 3), 0.16 * (1 - three[0]), pull * (four[1] - 0.4)]
    assert found.low == pytest.approx(max(0.0, 0.6 - sqrt(sum(d * d for d in down))))
    assert found.high == pytest.approx(min(1.0, 0.6 + sqrt(sum(d * d for d in up))))


def test_over_all_choices_of_packs_to_review_the_estimate_is_right_on_average() -> None:
    """However wrong the calls are: two of each call are reviewed, in all ways."""
    truth: dict[CallName, list[CallName]] = {
        "same": ["same", "different", "same", "same", "different"],
        "different": ["different", "same", "same"],
    }
    estimates = []
    for chosen in combinations(range(5), 2):
        for others in combinations(range(3), 2):
            some = [
                Call(f"{call}{n}", call, human if n in (chosen if call == "same" else others) else None)
                for call, people in truth.items()
                for n, human in enumerate(people)
            ]
            estimates.append(by_own_reviews(some).share)
    assert sum(estimates) / len(estimates) == pytest.approx(3 / 8)


def test_packs_that_the_person_could_not_judge_are_left_out() -> None:
    some = packs((2, "same", "same"), (2, "same", "cannot_tell"), (4, "different", "different"))
    assert by_own_reviews(some).share == pytest.approx(0.5 / (0.25 + 0.5) * 1.0)


def test_no_error_in_few_reviews_is_not_taken_for_none() -> None:
    found = by_own_reviews(packs((10, "same", "same"), (90, "same", None)))
    assert found.share == 0
    assert found.high >= exact(0.0, 10)[1] > 0.3


def test_reviews_of_what_the_program_could_not_tell_bound_the_whole() -> None:
    told = packs((5, "same", "same"), (5, "different", "different"))
    untold = [Call(f"u{n}", "cannot_tell", "different" if n < 6 else None) for n in range(10)]
    found = by_own_reviews([*told, *untold])
    assert found.share == pytest.approx(0.5)
    low, high = found.whole
    assert low < 0.75 < high
    assert by_own_reviews([*told, *(Call(one.visit, "cannot_tell") for one in untold)]).whole is None


@pytest.mark.parametrize(
    ("some", "why"),
    [
        (packs((4, "same", None), (2, "different", None)), NO_REVIEWS),
        (packs((4, "same", "same"), (2, "different", None)), TOO_FEW),
        (packs((4, "same", "cannot_tell"), (2, "different", "different")), TOO_FEW),
    ],
)
def test_without_reviews_of_each_call_nothing_is_corrected(some: list[Call], why: str) -> None:
    assert corrected(some) == (None, why)


def test_reviews_elsewhere_correct_what_has_none_of_its_own() -> None:
    some = packs((80, "same", None), (20, "different", None))
    found, method = corrected(some, elsewhere=GOOD)
    assert found.share == pytest.approx((0.2 + 0.95 - 1) / (0.9 + 0.95 - 1))
    assert "Rogan-Gladen" in method
    own, method = corrected(packs((8, "same", "same"), (2, "different", "different")), elsewhere=GOOD)
    assert "prediction-powered" in method
    assert own.share == pytest.approx(0.2)


def test_lang_and_reiczigels_limits_by_hand() -> None:
    """20 of 100, found 9 of 10, passed 19 of 20, z^2 = 3.8415: their formula, step by step on paper."""
    low, high = lang_reiczigel(0.2, 100, Accuracy(0.9, 10, 0.95, 20))
    seen, found, passed = 21.92073 / 103.84146, 10 / 12, 20 / 22
    true = (seen + passed - 1) / (found + passed - 1)
    a, b = found * (1 - found) / 12, passed * (1 - passed) / 22
    error = sqrt(seen * (1 - seen) / 103.84146 + true**2 * a + (1 - true) ** 2 * b) / (found + passed - 1)
    centre = true + 2 * 3.84146 * (true * a - (1 - true) * b)
    assert (low, high) == pytest.approx((centre - 1.959964 * error, centre + 1.959964 * error), abs=1e-5)


def test_of_a_program_known_to_be_right_the_limits_are_agresti_and_coulls() -> None:
    """20 of 100 (1998, American Statistician 52:119): 0.2111 +- 1.96 * 0.0400."""
    assert lang_reiczigel(0.2, 100, Accuracy(1, 1e12, 1, 1e12)) == pytest.approx((0.1326, 0.2896), abs=5e-5)


def test_calls_that_tell_nothing_correct_nothing() -> None:
    assert by_accuracy(packs((5, "same", None), (5, "different", None)), Accuracy(0.4, 50, 0.5, 50)) is None


def test_more_reviews_of_one_call_do_not_make_the_program_look_better() -> None:
    """All 10 called different are reviewed, but 9 of 90 called same: these stand for ten each."""
    some = packs(
        (8, "different", "different"),
        (2, "different", "same"),
        (1, "same", "different"),
        (8, "same", "same"),
        (81, "same", None),
    )
    found = accuracy(some)
    assert found.found == pytest.approx(8 / (8 + 10))
    assert found.passed == pytest.approx(80 / (80 + 2))
    assert found.found_size == pytest.approx(18**2 / (8 + 100))


def test_what_hides_among_packs_that_nobody_reviewed_is_not_taken_for_nothing() -> None:
    assert accuracy(packs((8, "different", "different"), (2, "different", "same"), (50, "same", None))) is None


@given(some_calls)
def test_swapping_same_and_different_mirrors_the_correction(some: list[Call]) -> None:
    found, _ = corrected(some)
    mirrored, _ = corrected([Call(one.visit, SWAP[one.machine], SWAP[one.human]) for one in some])
    assert (found is None) == (mirrored is None)
    if found is not None:
        assert (mirrored.share, mirrored.low, mirrored.high) == pytest.approx(
            (1 - found.share, 1 - found.high, 1 - found.low), abs=1e-7
        )


@given(some_calls, st.randoms())
def test_a_corrected_share_lies_in_its_limits_and_no_order_moves_it(some: list[Call], chance: random.Random) -> None:
    found, method = corrected(some)
    shuffled, again = corrected(chance.sample(some, len(some)))
    assert method == again
    if found is not None:
        assert 0 <= found.low <= found.share <= found.high <= 1
        assert (shuffled.share, shuffled.low, shuffled.high) == pytest.approx((found.share, found.low, found.high))


@given(st.floats(0, 1), st.integers(1, 60), st.floats(0.5, 1), st.floats(0.55, 1), st.floats(1, 200))
def test_a_share_corrected_from_elsewhere_lies_in_its_limits(
    share: float, number: int, found: float, passed: float, size: float
) -> None:
    differing = round(share * number)
    some = packs((differing, "different", None), (number - differing, "same", None))
    result = by_accuracy(some, Accuracy(found, size, passed, size))
    assert 0 <= result.low <= result.share <= result.high <= 1
