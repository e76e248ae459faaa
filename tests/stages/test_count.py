from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from samegoods.campaign import Exemption, Order, Product, Version
from samegoods.records import CallName, Judgement, Offer, Price, PriceRow, Reviewed, Verdict
from samegoods.stages.count import count

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


def test_sources_of_one_visit_are_one_witness() -> None:
    some = [judgement("different" if n == 0 else "same", source=f"s{n}") for n in range(6)]
    (apart,) = count(some, order=ORDER, products=PRODUCTS[:1], sites=["here"])
    (together,) = count(
        some, order=ORDER, products=PRODUCTS[:1], sites=["here"], visits={f"s{n}": "here 2026-07-09" for n in range(6)}
    )
    assert (apart.visits, together.visits) == (6, 1)
    assert together.low < apart.low < 1 / 6 < apart.high < together.high


def test_without_reviews_nothing_is_corrected_and_that_is_said() -> None:
    (found,) = count([judgement("same")], order=ORDER, products=PRODUCTS[:1], sites=["here"])
    assert (found.corrected, found.correction) == (None, "not corrected: no reviews")


def test_reviews_correct_each_axis_by_what_people_said_of_it() -> None:
    some = [replace(judgement("different", source=f"s{n}", quality="same"), item=f"i{n}") for n in range(4)]
    reviews = {(f"s{n}", f"i{n}"): Reviewed("same" if n < 3 else "different", "same") for n in range(4)}
    (found,) = count(some, order=ORDER, products=PRODUCTS[:1], sites=["here"], reviews=reviews)
    by_axis = dict(found.axes)
    assert (found.share_different, by_axis["packaging"].share_different) == (1.0, 1.0)
    assert [one.corrected.share for one in (found, by_axis["packaging"], by_axis["quality"])] == [0.25, 0.25, 0.0]
    assert found.corrected.reviewed == 4
