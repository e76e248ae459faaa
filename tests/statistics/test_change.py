from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, permutation_test

from samegoods.statistics.change import contrast, holm, jackknife, trend
from samegoods.statistics.clusters import Visits

chances = st.lists(st.floats(0, 1), max_size=20)


def visits(*pairs: tuple[int, int]) -> Visits:
    sizes, hits = zip(*pairs, strict=True)
    return Visits(np.array(sizes), np.array(hits))


def test_holm_by_hand() -> None:
    """Holm's steps: 4 * 0.005, 3 * 0.01, 2 * 0.03, then 0.04, which may not fall below the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(chances)
def test_an_adjusted_p_lies_between_the_plain_one_and_bonferronis(some: list[float]) -> None:
    for plain, adjusted in zip(some, holm(some), strict=True):
        assert plain <= adjusted <= min(1.0, len(some) * plain) + 1e-12


@given(chances)
def test_adjusting_keeps_the_order(some: list[float]) -> None:
    ranked = [adjusted for _, adjusted in sorted(zip(some, holm(some), strict=True))]
    assert ranked == sorted(ranked)


def test_sides_that_differ_wholly_are_told_by_all_ways_of_dealing_the_visits() -> None:
    """3 of 6 visits can be dealt in 20 ways; the one seen and its mirror are as far apart."""
    found = contrast(visits((2, 0), (3, 0), (1, 0)), visits((2, 2), (2, 2), (1, 1)))
    assert found.value == 1.0
    assert found.p == pytest.approx(2 / 20)
    assert -1 < found.low < 1 == found.high


@pytest.mark.parametrize("number", [6, 12])
def test_shuffled_visits_give_the_p_of_scipy(number: int) -> None:
    """All orders of six visits; of twelve, ten thousand of each by chance."""
    rng = np.random.default_rng(number)
    sizes = rng.integers(1, 6, number)
    hits = rng.binomial(sizes, np.linspace(0.1, 0.7, number))
    half = number // 2

    def gap(one: np.ndarray, other: np.ndarray, axis: int) -> np.ndarray:
        return hits[other].sum(axis) / sizes[other].sum(axis) - hits[one].sum(axis) / sizes[one].sum(axis)

    places = np.arange(number)
    expected = permutation_test((places[:half], places[half:]), gap, vectorized=True, rng=rng).pvalue
    found = contrast(Visits(sizes[:half], hits[:half]), Visits(sizes[half:], hits[half:])).p
    assert found == pytest.approx(expected, abs=1e-12 if number == 6 else 0.015)


def test_one_visit_on_a_side_proves_nothing() -> None:
    assert contrast(visits((30, 0)), visits((30, 30))).p == 1.0


def test_packs_of_one_visit_do_not_add_up_to_a_proof() -> None:
    few = contrast(visits((5, 0), (5, 0)), visits((5, 5), (5, 5)))
    many = contrast(visits((500, 0), (500, 0)), visits((500, 500), (500, 500)))
    assert few.p == many.p == pytest.approx(2 / 6)


def test_alike_sides_do_not_differ() -> None:
    found = contrast(visits((4, 2), (4, 2)), visits((4, 2), (4, 2)))
    assert (found.value, found.p) == (0.0, 1.0)
    assert found.low == pytest.approx(-found.high)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), min_size=4, max_size=6))
def test_swapping_the_sides_mirrors_the_difference(pairs: list[tuple[int, int]]) -> None:
    some = [(size, min(size, hits)) for size, hits in pairs]
    one, other = visits(*some[:2]), visits(*some[2:])
    found, mirrored = contrast(one, other), contrast(other, one)
    assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx((-found.value, -found.high, -found.low))
    assert mirrored.p == pytest.approx(found.p)


def test_a_steady_rise_is_its_slope_in_30_days() -> None:
    """None, a quarter, half, three quarters, all of 4, fifteen days apart: half of the packs in 30 days."""
    found = trend([0, 15, 30, 45, 60], visits(*[(4, n) for n in range(5)]))
    assert found.value == pytest.approx(0.5)
    # No scatter to see, so as for 20 independent packs: 1.96 * 30 * sqrt(1/4 / (4 * 2250)) = 0.31.
    assert found.high - found.value == pytest.approx(1.959964 * 30 * sqrt(0.25 / 9000), rel=1e-5)
    assert found.p == pytest.approx(2 / 120)  # of 5! orders, this one and its mirror


def test_with_visits_of_one_size_the_slope_is_that_of_least_squares() -> None:
    days, hits = [3, 10, 11, 25, 40, 47], [1, 0, 3, 2, 5, 3]
    found = trend(days, visits(*[(6, n) for n in hits]))
    assert found.value == pytest.approx(30 * linregress(days, [n / 6 for n in hits]).slope)
    assert found.low < found.value < found.high
    assert 0 < found.p < 1


@pytest.mark.parametrize(
    ("days", "some"),
    [
        ([0, 10, 20], visits((4, 0), (4, 2), (4, 4))),
        ([0, 0, 10, 10], visits((4, 0), (4, 2), (4, 4), (4, 4))),
        ([0, 10, 20, 30], visits((4, 0), (4, 0), (4, 0), (4, 0))),
    ],
)
def test_what_is_no_trend(days: list[int], some: Visits) -> None:
    assert trend(days, some) is None


def test_the_jackknife_of_a_mean_is_the_usual_error() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    error = jackknife(lambda kept: float(values[kept].mean()), 4)
    assert error == pytest.approx(values.std(ddof=1) / sqrt(4))
