from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from samegoods.statistics.intervals import Piece, combined, difference, exact, normal_quantile, wilson, within

seen = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.floats(0, 1)
sizes = st.floats(0.5, 400)


@given(seen)
def test_both_intervals_are_those_of_scipy(numbers: tuple[int, int]) -> None:
    hits, n = numbers
    for ours, method in ((wilson, "wilson"), (exact, "exact")):
        expected = binomtest(hits, n).proportion_ci(method=method)
        assert ours(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(
    ("share", "size", "limits"),
    [
        (0.0, 1, (0.0, 0.975)),
        (1.0, 1, (0.025, 1.0)),
        (0.0, 10, (0.0, 1 - 0.025**0.1)),  # (1 - p)^10 = 0.025
        (0.5, 2, (1 - sqrt(0.975), sqrt(0.975))),
    ],
)
def test_exact_limits_by_hand(share: float, size: float, limits: tuple[float, float]) -> None:
    assert exact(share, size) == pytest.approx(limits, abs=1e-12)


@given(shares, sizes)
def test_exact_limits_hold_the_share_and_mirror(share: float, size: float) -> None:
    low, high = exact(share, size)
    assert 0 <= low <= share <= high <= 1
    assert exact(1 - share, size) == pytest.approx((1 - high, 1 - low), abs=1e-7)


@given(shares, sizes, st.floats(1.1, 5))
def test_more_packs_never_widen_the_exact_interval(share: float, size: float, times: float) -> None:
    low, high = exact(share, size)
    more = exact(share, size * times)
    assert more[1] - more[0] <= high - low + 1e-9


def test_limits_combine_as_squares_each_on_its_own_side() -> None:
    pieces = [Piece(1, 0.5, 0.2, 0.9), Piece(-2, 0.1, 0.0, 0.4)]
    low, high = combined(0.3, pieces)
    assert low == pytest.approx(0.3 - sqrt(0.3**2 + 0.6**2))
    assert high == pytest.approx(0.3 + sqrt(0.4**2 + 0.2**2))


def test_the_difference_of_two_shares_is_newcombes() -> None:
    """56 of 70 less 48 of 80: 0.2, from 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    low, high = difference(48 / 80, wilson(48 / 80, 80), 56 / 70, wilson(56 / 70, 70))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_limits_are_cut_to_shares_and_hold_the_share() -> None:
    assert within(0.3, (-0.2, 1.4)) == (0.0, 1.0)
    assert within(0.3, (0.4, 0.2)) == (0.3, 0.3)


def test_the_quantile_is_the_usual_one() -> None:
    assert normal_quantile() == pytest.approx(1.959964, abs=1e-6)
