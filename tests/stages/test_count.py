from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from samegoods.campaign import Exemption, Order, Product, Version
from samegoods.records import CallName, Judgement, Offer, Price, PriceRow, Tally, Verdict
from samegoods.stages.count import ENOUGH_SOURCES, count, tally, wilson

ORDER = Order(
    title="No difference",
    in_force=date(2026, 7, 1),
    requires=("packaging", "quality"),
    exempt=(Exemption(category="honey", reason="sold loose"),),
)
PRODUCTS = tuple(
    Product(id=ident, name=ident, category=category, versions={"export": Version()})
    for ident, category in (("tea", "drinks"), ("hill-honey", "honey"))
)
CALLS: tuple[CallName, ...] = ("same", "different", "cannot_tell")
Calls = list[tuple[str, CallName]]
calls = st.lists(st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from(CALLS)), max_size=60)
judged_calls = calls.filter(lambda some: any(call != "cannot_tell" for _, call in some))
SWAP: dict[CallName, CallName] = {"same": "different", "different": "same", "cannot_tell": "cannot_tell"}


def judgement(
    call: CallName | None,
    *,
    source: str = "s",
    product: str = "tea",
    site: str = "here",
    quality: CallName = "cannot_tell",
    rule: str = "No difference (packaging and quality)",
) -> Judgement:
    verdict = Verdict(call or "cannot_tell", "")
    return Judgement(
        "i",
        source,
        site,
        product,
        "export",
        1,
        (),
        verdict,
        Verdict(quality, ""),
        call is not None,
        rule,
        call,
    )


def bounds(found: Tally) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_with_one_item_a_source_the_interval_is_wilsons(numbers: tuple[int, int]) -> None:
    hits, n = numbers
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    found = tally([(f"s{k}", "different" if k < hits else "same") for k in range(n)])
    assert bounds(found) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert found.method == "Wilson score, 95 %, one item a source"


@given(judged_calls)
def test_swapping_same_and_different_mirrors_the_interval(some: Calls) -> None:
    low, high = bounds(tally(some))
    mirrored = bounds(tally([(source, SWAP[call]) for source, call in some]))
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(judged_calls)
def test_the_share_lies_in_its_interval_and_in_what_the_unknown_leave_open(some: Calls) -> None:
    found = tally(some)
    low, high = bounds(found)
    assert 0 <= low <= found.share_different <= high <= 1
    assert found.share_if_all_same <= found.share_different <= found.share_if_all_different


@given(judged_calls, st.randoms())
def test_the_order_of_the_items_says_nothing(some: Calls, chance: random.Random) -> None:
    shuffled = chance.sample(some, len(some))
    assert tally(shuffled) == tally(some)


@given(judged_calls, st.integers(2, 5))
def test_more_sources_like_these_narrow_the_interval(some: Calls, times: int) -> None:
    more = [(f"{source}{n}", call) for n in range(times) for source, call in some]
    low, high = bounds(tally(some))
    narrower = bounds(tally(more))
    assert narrower[1] - narrower[0] < high - low


@given(judged_calls)
def test_items_that_share_a_source_never_make_it_surer_than_items_that_do_not(some: Calls) -> None:
    apart = [(f"{n}", call) for n, (_, call) in enumerate(some)]
    low, high = bounds(tally(some))
    free = bounds(tally(apart))
    assert high - low >= free[1] - free[0] - 1e-9


@given(judged_calls)
def test_what_cannot_be_told_moves_no_share(some: Calls) -> None:
    known = [(source, call) for source, call in some if call != "cannot_tell"]
    assert bounds(tally(some)) == bounds(tally(known))


def test_ten_alike_items_of_one_source_count_as_one() -> None:
    found = tally([("stall", "different")] * 10)
    assert bounds(found) == pytest.approx(wilson(1.0, 1.0))
    assert "effective sample of 1.0 (items of one source count as one)" in found.method


def test_likeness_is_estimated_from_enough_sources() -> None:
    mixed: Calls = [(f"s{n}", call) for n in range(ENOUGH_SOURCES) for call in ("same", "different")]
    alike: Calls = [(f"s{n}", "same" if n % 2 else "different") for n in range(ENOUGH_SOURCES) for _ in "ab"]
    low, high = bounds(tally(mixed))
    assert "alike by 0.00, estimated over 8 sources" in tally(mixed).method
    assert "alike by 1.00, estimated over 8 sources" in tally(alike).method
    wide = bounds(tally(alike))
    assert wide[0] < low < high < wide[1]


@pytest.mark.parametrize("some", [[], [("a", "cannot_tell"), ("b", "cannot_tell")]])
def test_nothing_judged_gives_no_share(some: Calls) -> None:
    found = tally(some)
    assert (found.share_different, found.low, found.high, found.same) == (None, None, None, 0)
    assert found.method == "nothing could be judged"


def test_a_product_that_was_not_seen_has_its_row() -> None:
    findings = count([], order=ORDER, products=PRODUCTS, sites=["here", "there"])
    assert [(f.product, f.site, f.in_scope, f.items, f.share_different) for f in findings] == [
        ("tea", "here", True, 0, None),
        ("tea", "there", True, 0, None),
        ("hill-honey", "here", False, 0, None),
        ("hill-honey", "there", False, 0, None),
    ]
    assert findings[0].rule == "No difference (packaging and quality)"
    assert findings[2].rule == "exempt: sold loose"


def test_items_are_counted_where_they_are_and_by_axis() -> None:
    found, away = count(
        [
            judgement("different", source="a"),
            judgement("cannot_tell", source="b", quality="same"),
            judgement("same", source="c", quality="same"),
            judgement(None, source="d", rule="capture time unknown"),
            judgement("different", site="there"),
        ],
        order=ORDER,
        products=PRODUCTS[:1],
        sites=["here"],
    )
    assert (found.items, found.same, found.different, found.cannot_tell) == (3, 1, 1, 1)
    assert (found.share_if_all_same, found.share_if_all_different) == pytest.approx((1 / 3, 2 / 3))
    assert found.not_judged == (("capture time unknown", 1),)
    quality = dict(found.axes)["quality"]
    assert (quality.same, quality.different, quality.cannot_tell) == (2, 0, 1)
    assert (away.site, away.items, away.different) == ("there", 1, 1)


def test_where_the_order_reaches_none_all_items_are_listed_and_none_is_counted() -> None:
    (found,) = count(
        [judgement(None, product="hill-honey", rule="exempt: sold loose")] * 2,
        order=ORDER,
        products=PRODUCTS[1:],
        sites=["here"],
    )
    assert (found.in_scope, found.rule, found.items) == (False, "exempt: sold loose", 2)
    assert (found.same, found.different, found.cannot_tell, found.share_different) == (0, 0, 0, None)


def test_the_grid_counts_every_item_that_the_order_reaches_once():
    packs = [
        replace(judgement("same"), appearance="identical", contents="different"),
        replace(judgement("same"), appearance="identical", contents="different"),
        replace(judgement("different"), appearance="similar"),
        replace(judgement(None), appearance="different", contents="same", in_scope=False),
    ]
    (finding, *_) = count(packs, order=ORDER, products=PRODUCTS, sites=["here"])
    assert [(row.appearance, row.same, row.different, row.cannot_tell) for row in finding.grid] == [
        ("identical", 0, 2, 0),
        ("similar", 0, 0, 1),
        ("different", 0, 0, 0),
        ("cannot_tell", 0, 0, 0),
    ]


def priced(call: CallName | None, amount: str, currency: str | None = "EUR") -> Judgement:
    quad = np.zeros((4, 2), np.float32)
    return replace(judgement(call), offer=Offer(Price(amount, currency, None, quad), 1, 1))


def test_prices_stand_by_call_and_currency() -> None:
    judged = [
        *(priced("same", amount) for amount in ("3.20", "2.90", "10", "3.10")),
        priced("different", "2.50"),
        priced("different", "300", None),
        judgement("different"),
        priced(None, "1.00"),
    ]
    (finding,) = count(judged, order=ORDER, products=PRODUCTS[:1], sites=["here"])
    assert finding.prices == (
        PriceRow("different", None, 1, "300", "300", "300"),
        PriceRow("different", "EUR", 1, "2.50", "2.50", "2.50"),
        PriceRow("same", "EUR", 4, "2.90", "3.10", "10"),
    )
