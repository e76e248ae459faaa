from __future__ import annotations

from math import log, sqrt

import pytest

from samegoods.statistics.prices import Priced, gap


def test_the_ratio_of_mean_prices_by_hand() -> None:
    """Same: 2 and 8, their mean 4; different: 2. No limits: packs that differ were priced at one visit alone."""
    found = gap([Priced("a", False, 2.0), Priced("b", False, 8.0), Priced("c", True, 2.0)])
    assert (found.same, found.different, found.ratio) == pytest.approx((4.0, 2.0, 0.5))
    assert (found.low, found.high, found.visits) == (None, None, 3)


def test_without_one_of_both_there_is_no_gap() -> None:
    assert gap([Priced("a", True, 2.0), Priced("b", True, 8.0)]) is None
    assert gap([]) is None


def test_prices_that_halve_at_every_visit_leave_no_doubt_and_others_do() -> None:
    sure = gap(
        [
            Priced(visit, differs, price / (2 if differs else 1))
            for visit, price in zip("abc", (3.0, 4.0, 5.0), strict=True)
            for differs in (False, True)
        ]
    )
    assert (sure.ratio, sure.low, sure.high) == pytest.approx((0.5, 0.5, 0.5))
    unsure = gap(
        [
            Priced(visit, differs, price if differs else 4.0)
            for visit, price in zip("abc", (1.0, 4.0, 4.0), strict=True)
            for differs in (False, True)
        ]
    )
    # ln of the ratio at each visit: -ln 4, 0, 0; the jackknife of a mean is its usual error, t with 2 degrees 4.3027.
    mean, error = -1.386294 / 3, 1.386294 * sqrt(2 / 3 / 2 / 3)
    assert unsure.ratio == pytest.approx(2.718281828**mean, rel=1e-5)
    assert unsure.high == pytest.approx(2.718281828 ** (mean + 4.302653 * error), rel=1e-4)
    assert unsure.low == pytest.approx(2.718281828 ** (mean - 4.302653 * error), rel=1e-4)


def test_few_visits_that_price_the_rarer_kind_leave_much_open() -> None:
    """Two of four visits price packs that differ: Student's t with 1 degree of freedom, 12.706."""
    packs = [Priced(visit, False, 4.0) for visit in "abcd"] + [Priced("a", True, 2.0), Priced("b", True, 3.0)]
    found = gap(packs)
    # ln of the ratio without a, b, c, d: ln(3/4), ln(2/4), and twice the ratio of all, ln(sqrt(6) / 4).
    without = [log(3 / 4), log(2 / 4), log(6) / 2 - log(4), log(6) / 2 - log(4)]
    mean = sum(without) / 4
    error = sqrt(3 / 4 * sum((one - mean) ** 2 for one in without))
    assert log(found.high / found.ratio) == pytest.approx(12.706205 * error, rel=1e-5)
