from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.statistics.design import Pile, expected_worth, margin, review_next, visits_needed
from samegoods.statistics.intervals import exact

shares = st.floats(0, 1)


@pytest.mark.parametrize("likeness", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("packs", [1, 4, 20])
def test_the_visits_are_enough_and_one_fewer_is_not(packs: int, likeness: float) -> None:
    needed = visits_needed(0.1, share=0.3, packs=packs, likeness=likeness)
    assert margin(0.3, expected_worth(needed, packs, likeness).size) <= 0.1
    assert margin(0.3, expected_worth(needed - 1, packs, likeness).size) > 0.1


def test_a_margin_of_ten_points_takes_the_textbooks_hundred() -> None:
    """n = z^2 / 4 / 0.1^2 = 96 by the normal law; the exact interval asks for a few more."""
    assert visits_needed(0.1, share=0.5, packs=1, likeness=1) in range(97, 106)


def test_packs_that_are_all_alike_save_no_visit() -> None:
    alone = visits_needed(0.1, share=0.5, packs=1, likeness=1)
    assert visits_needed(0.1, share=0.5, packs=50, likeness=1) == alone
    assert visits_needed(0.1, share=0.5, packs=50, likeness=0.1) < alone


def test_none_that_differ_take_fewer_but_never_none() -> None:
    assert visits_needed(0.05, share=0.0, packs=1, likeness=1) == 36  # 1 - 0.025^(1/n) <= 0.1


def test_what_no_number_of_visits_can_do() -> None:
    assert visits_needed(0.0001, share=0.5, packs=1, likeness=1) is None


@pytest.mark.parametrize("wrong", [{"wanted": 0.0}, {"share": 1.2}, {"packs": 0.5}, {"likeness": -0.1}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    given_ = {"wanted": 0.1, "share": 0.5, "packs": 2, "likeness": 0.5} | wrong
    with pytest.raises(ValueError, match="out of range"):
        visits_needed(given_.pop("wanted"), **given_)


@given(shares, st.integers(1, 200))
def test_the_margin_is_half_the_interval(share: float, size: int) -> None:
    low, high = exact(share, size)
    assert margin(share, size) == pytest.approx((high - low) / 2)


def test_the_larger_and_less_known_pile_is_reviewed_first() -> None:
    large = Pile(0, 0, ("a", "b", "c"), 0.8)
    small = Pile(0, 0, ("x",), 0.2)
    known = Pile(40, 0, ("y",), 0.8)
    chosen = review_next([small, known, large], 4)
    # gains of the large one: 0.64 / 4 * (1/2 - 1/3), then (1/3 - 1/4) and (1/4 - 1/5); the small one's a sixteenth.
    assert [one.id for one in chosen] == ["a", "b", "c", "x"]
    assert chosen[0].gain == pytest.approx(0.64 / 4 / 6)
    assert chosen[1].gain == pytest.approx(0.64 / 4 / 12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)), max_size=6), st.integers(0, 12))
def test_no_pack_is_asked_for_twice_and_the_best_come_first(made: list[tuple[int, int, int]], number: int) -> None:
    piles = [
        Pile(reviewed, min(reviewed, different), tuple(f"{n}-{k}" for k in range(waiting)), 0.5)
        for n, (reviewed, different, waiting) in enumerate(made)
    ]
    chosen = review_next(piles, number)
    assert len(chosen) == min(number, sum(len(pile.waiting) for pile in piles))
    assert len({one.id for one in chosen}) == len(chosen)
    gains = [one.gain for one in chosen]
    assert gains == sorted(gains, reverse=True)
