from __future__ import annotations

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.records import CallName, Source
from samegoods.statistics.correction import Call
from samegoods.statistics.counting import tally, visit_of

CALLS: tuple[CallName, ...] = ("same", "different", "cannot_tell")
SWAP: dict[CallName, CallName] = {"same": "different", "different": "same", "cannot_tell": "cannot_tell"}
calls = st.lists(st.builds(Call, st.sampled_from("abcdefghijkl"), st.sampled_from(CALLS)), max_size=60)
judged_calls = calls.filter(lambda some: any(one.machine != "cannot_tell" for one in some))


@given(judged_calls)
def test_swapping_same_and_different_mirrors_all_shares(some: list[Call]) -> None:
    found, mirrored = tally(some), tally([Call(one.visit, SWAP[one.machine]) for one in some])
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-7)
    assert mirrored.bounds.low == pytest.approx(1 - found.bounds.high, abs=1e-7)
    assert mirrored.bounds.all_same == pytest.approx(1 - found.bounds.all_different)


@given(judged_calls)
def test_the_share_lies_in_its_interval_and_in_what_the_unknown_leave_open(some: list[Call]) -> None:
    found = tally(some)
    assert 0 <= found.low <= found.share_different <= found.high <= 1
    open_to = found.bounds
    assert 0 <= open_to.low <= open_to.all_same <= found.share_different <= open_to.all_different <= open_to.high <= 1


@given(judged_calls, st.randoms())
def test_the_order_of_the_items_says_nothing(some: list[Call], chance: random.Random) -> None:
    assert tally(chance.sample(some, len(some))) == tally(some)


@given(judged_calls)
def test_what_cannot_be_told_moves_no_share(some: list[Call]) -> None:
    known = tally([one for one in some if one.machine != "cannot_tell"])
    assert (tally(some).low, tally(some).high) == (known.low, known.high)


@given(judged_calls, st.integers(0, 59))
def test_one_more_that_cannot_be_told_never_narrows_what_is_left_open(some: list[Call], place: int) -> None:
    place %= len(some)
    untold = [*some[:place], Call(some[place].visit, "cannot_tell"), *some[place + 1 :]]
    before, after = tally(some).bounds, tally(untold).bounds
    assert after.all_same <= before.all_same
    assert after.all_different >= before.all_different


@pytest.mark.parametrize("some", [[], [Call("a", "cannot_tell"), Call("b", "cannot_tell")]])
def test_nothing_judged_gives_no_share(some: list[Call]) -> None:
    found = tally(some)
    assert (found.share_different, found.low, found.high, found.same) == (None, None, None, 0)
    assert (found.method, found.correction) == ("nothing could be judged", "not corrected: nothing could be judged")


def test_of_what_cannot_be_told_all_stays_open() -> None:
    found = tally([Call("a", "cannot_tell")] * 5).bounds
    assert (found.low, found.all_same, found.all_different, found.high) == (0, 0, 1, 1)


def test_a_visit_is_a_site_and_a_day_by_its_own_clock() -> None:
    zone = ZoneInfo("Asia/Seoul")

    def source(time: datetime | None) -> Source:
        return Source("s", "s.mp4", "0" * 64, "video", "songsin", time, None)

    assert visit_of(source(datetime(2026, 7, 9, 14, 59, tzinfo=UTC)), zone) == "songsin 2026-07-09"
    assert visit_of(source(datetime(2026, 7, 9, 15, 0, tzinfo=UTC)), zone) == "songsin 2026-07-10"
    assert visit_of(source(None), zone) == "songsin undated"
