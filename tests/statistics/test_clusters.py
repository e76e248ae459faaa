from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.statistics.clusters import Visits, interval, likeness, worth

Outcomes = list[tuple[str, bool]]
outcomes = st.lists(st.tuples(st.sampled_from("abcdefghijkl"), st.booleans()), min_size=1, max_size=60)


def visits(*pairs: tuple[int, int]) -> Visits:
    """From (packs, of these differing) of each visit."""
    sizes, hits = zip(*pairs, strict=True)
    return Visits(np.array(sizes), np.array(hits))


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        # Both visits half and half: nothing between, so the estimate is cut to 0; two telling visits, one imagined.
        (visits((2, 1), (2, 1)), 1 / 3),
        # One wholly, one not at all: 1. One visit alone holds the rarer outcome.
        (visits((2, 2), (2, 0)), 1.0),
        # within = (2 * 1 / 3 + 1 * 2 / 3) / 4 = 1/3; between = 3 * (1/6)^2 * 2 = 1/6; less, so 0.
        (visits((3, 2), (3, 1)), 1 / 3),
        # Shares 1, 1, 1/4 of 4 each: within = 3/4 / 9 = 1/12; between = 4 (1/16 + 1/16 + 1/4) / 2 = 3/4;
        # (3/4 - 1/12) / (3/4 + 3/12) = 2/3, from the one visit with packs that do not differ: (2/3 + 1) / 2.
        (visits((4, 4), (4, 4), (4, 1)), 5 / 6),
        (visits((5, 0), (5, 0), (5, 0)), 1.0),
        (visits((5, 2)), 1.0),
    ],
)
def test_likeness_by_hand(some: Visits, expected: float) -> None:
    assert likeness(some) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("some", "size", "told"),
    [
        (visits((1, 1), (1, 0), (1, 0)), 3.0, "Clopper-Pearson, 95 %, 3 visits of one pack each"),
        (visits((10, 10)), 1.0, "on 1.0 effective packs of 1 visit, the packs of a visit count as one"),
        (visits((5, 0), (5, 0), (5, 0)), 3.0, "of 3 visits, the packs of a visit count as one"),
        (visits((3, 0), (1, 0)), 1.6, "on 1.6 effective packs of 2 visits"),  # 4 / (10 / 4)
    ],
)
def test_what_packs_are_worth_by_hand(some: Visits, size: float, told: str) -> None:
    found = worth(some)
    assert found.size == pytest.approx(size)
    assert told in found.method


def test_many_mixed_visits_are_worth_nearly_all_their_packs() -> None:
    """30 visits of 2, each half and half: deff = 1 + 1/31, t with 29 degrees of freedom 2.0452."""
    found = worth(visits(*[(2, 1)] * 30))
    assert found.size == pytest.approx(60 / (1 + 1 / 31) * (1.959964 / 2.045230) ** 2, rel=1e-5)
    assert "alike by 0.03" in found.method


@given(outcomes)
def test_the_share_lies_in_its_interval_and_the_interval_mirrors(some: Outcomes) -> None:
    (low, high), _ = interval(Visits.of(some))
    assert 0 <= low <= Visits.of(some).share <= high <= 1
    mirrored, _ = interval(Visits.of([(visit, not differs) for visit, differs in some]))
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-7)


@given(outcomes)
def test_packs_of_visits_are_worth_between_the_visits_and_the_packs(some: Outcomes) -> None:
    found = Visits.of(some)
    assert found.packs / found.mates - 1e-9 <= worth(found).size <= found.packs + 1e-9


@given(outcomes)
def test_packs_that_share_a_visit_never_make_it_surer_than_packs_that_do_not(some: Outcomes) -> None:
    (low, high), _ = interval(Visits.of(some))
    free, _ = interval(Visits.of([(f"{n}", differs) for n, (_, differs) in enumerate(some)]))
    assert high - low >= free[1] - free[0] - 1e-9


@given(outcomes, st.randoms())
def test_the_order_of_the_packs_says_nothing(some: Outcomes, chance: random.Random) -> None:
    assert interval(Visits.of(chance.sample(some, len(some)))) == interval(Visits.of(some))


@given(outcomes, st.integers(2, 5))
def test_more_visits_like_these_narrow_the_interval(some: Outcomes, times: int) -> None:
    (low, high), _ = interval(Visits.of(some))
    more, _ = interval(Visits.of([(f"{visit}{n}", differs) for n in range(times) for visit, differs in some]))
    assert more[1] - more[0] < high - low


def test_one_pack_that_differs_does_not_make_the_interval_jump() -> None:
    none, _ = interval(visits(*[(10, 0)] * 20))
    one, _ = interval(visits((10, 1), *[(10, 0)] * 19))
    assert none[1] == pytest.approx(1 - 0.025 ** (1 / 20))
    assert one[1] > 0.6 * none[1]
