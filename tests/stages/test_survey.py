from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from samegoods.campaign import Exemption, Order, Product, Version
from samegoods.records import (
    CallName,
    GroupShare,
    Judgement,
    Offer,
    Outcome,
    Price,
    Reviewed,
    Side,
    SiteHours,
    Source,
    Survey,
    Verdict,
)
from samegoods.stages.survey import survey, visits_of

ORDER = Order(
    title="No difference",
    in_force=date(2026, 7, 1),
    requires=("packaging",),
    exempt=(Exemption(category="honey", reason="sold loose"),),
)
PRODUCTS = tuple(
    Product(id=ident, name=ident, category=category, versions={"export": Version()})
    for ident, category in (("tea", "drinks"), ("juice", "drinks"), ("soap", "cosmetics"), ("hill-honey", "honey"))
)
ZONES = {site: ZoneInfo("Asia/Seoul") for site in ("east", "west", "harbour")}


def source(site: str, day: str, hour: int = 3, *, status: str = "ok", duration_s: float | None = None):
    """Filmed at ``hour`` UTC, nine hours later by the site's clock."""
    when = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC) if day else None
    ident = f"{site}-{day or 'undated'}-{hour}"
    return Source(ident, f"{ident}.mp4", "0" * 64, "video", site, when, None), Outcome(status, None, duration_s)


def pack(where: Source, number: int, call: CallName, *, product: str = "tea", price: str = "") -> Judgement:
    """A pack with a call on its packaging; early where it was filmed in June or before."""
    judged = where.captured_at is not None and where.captured_at.month >= 7 and product != "hill-honey"
    quad = np.zeros((4, 2), np.float32)
    return Judgement(
        f"i{number}",
        where.id,
        where.site,
        product,
        "export",
        1,
        (),
        Verdict(call, ""),
        Verdict("cannot_tell", ""),
        judged,
        "a rule",
        call if judged else None,
        offer=Offer(Price(price, "EUR", None, quad), 1, 1) if price else None,
    )


def surveyed(footage: list, packs: list[Judgement], **more: object) -> Survey:
    return survey(packs, order=ORDER, products=PRODUCTS, zones=ZONES, sources=footage, **more)


def share(found: Survey, by: str, key: str = "", counted: str = "order") -> GroupShare:
    return next(one for one in found.shares if (one.by, one.key, one.counted) == (by, key, counted))


@pytest.fixture
def summer() -> tuple[list, list[Judgement]]:
    """Tea at two sites: a third differs in June, all in July in the east; none in the west; one soap, one honey."""
    footage = [
        source("east", "2026-06-10"),
        source("east", "2026-07-10", duration_s=7200),
        source("east", "2026-07-10", 4),
        source("east", "2026-07-12"),
        source("west", "2026-07-11", 20),
        source("west", "", 0),
        source("west", "2026-08-01", status="failed"),
    ]
    june, early, again, later, west, undated, _ = (one for one, _ in footage)
    packs = [
        *(pack(june, n, call) for n, call in enumerate(("different", "same", "same"))),
        *(pack(early, n, "different") for n in range(2)),
        *(pack(again, n, "different") for n in range(2)),
        pack(later, 0, "different"),
        pack(later, 1, "cannot_tell"),
        *(pack(west, n, "same") for n in range(4)),
        pack(west, 9, "different", product="soap"),
        pack(west, 10, "different", product="hill-honey"),
        pack(undated, 0, "different"),
    ]
    return footage, packs


def test_shares_by_product_category_site_and_month(summer: tuple[list, list[Judgement]]) -> None:
    found = surveyed(*summer)
    counts = {
        (one.by, one.key): (one.tally.different, one.tally.same, one.tally.cannot_tell, one.tally.visits)
        for one in found.shares
        if one.counted == "order"
    }
    assert counts == {
        ("all", ""): (6, 4, 1, 3),
        ("product", "tea"): (5, 4, 1, 3),
        ("product", "soap"): (1, 0, 0, 1),
        ("category", "drinks"): (5, 4, 1, 3),
        ("category", "cosmetics"): (1, 0, 0, 1),
        ("site", "east"): (5, 0, 1, 2),
        ("site", "west"): (1, 4, 0, 1),
        ("period", "2026-07"): (6, 4, 1, 3),
    }
    assert found.visits == 3


def test_footage_from_before_the_order_is_described_and_marked(summer: tuple[list, list[Judgement]]) -> None:
    june = share(surveyed(*summer), "period", "2026-06", "packaging")
    assert (june.judged, june.tally.different, june.tally.same) == (False, 1, 2)
    assert not any(one.key == "2026-06" and one.counted == "order" for one in surveyed(*summer).shares)


def test_the_change_is_taken_at_sites_filmed_on_both_sides_of_the_date(summer: tuple[list, list[Judgement]]) -> None:
    (found,) = surveyed(*summer).changes
    assert (found.product, found.counted) == ("tea", "packaging")
    assert (found.first, found.second) == (Side("before the order", 1, 3, 1), Side("since the order", 2, 5, 5))
    assert found.difference == pytest.approx(2 / 3)
    assert found.p == pytest.approx(2 / 3)  # one of three visits is the early one; both ways


def test_two_sites_are_compared_once_and_three_each_with_the_rest() -> None:
    footage = [source(site, f"2026-07-0{n}") for site in ZONES for n in (1, 2)]
    packs = [pack(one, 0, "different" if one.site == "harbour" else "same") for one, _ in footage]
    three = surveyed(footage, packs).sites
    assert [(one.second.name, one.second.different, one.first.judged) for one in three] == [
        ("east", 0, 4),
        ("harbour", 2, 4),
        ("west", 0, 4),
    ]
    assert [one.p for one in three] == pytest.approx([0.8, 2 / 15, 0.8])  # 15 ways to deal two of six
    assert [one.p_adjusted for one in three] == pytest.approx([1.0, 3 * 2 / 15, 1.0])
    two = surveyed(footage[:4], [one for one in packs if one.site != "harbour"]).sites
    assert [(one.first.name, one.second.name) for one in two] == [("other sites", "west")]


def test_a_rise_at_a_site_is_told_in_30_days() -> None:
    footage = [source("east", day) for day in ("2026-07-01", "2026-07-16", "2026-07-31", "2026-08-15", "2026-08-30")]
    packs = [
        pack(one, n, "different" if n < visit else "same") for visit, (one, _) in enumerate(footage) for n in range(4)
    ]
    (found,) = surveyed(footage, packs).trends
    assert (found.site, found.visits, found.first_day, found.last_day) == ("east", 5, "2026-07-01", "2026-08-30")
    assert found.per_30_days == pytest.approx(0.5)


def test_prices_of_packs_that_differ_stand_against_the_others() -> None:
    footage = [source("east", f"2026-07-0{n}") for n in (1, 2, 3)]
    packs = [
        pack(one, n, call, price=price)
        for one, _ in footage
        for n, (call, price) in enumerate((("same", "4.00"), ("different", "3.00"), ("cannot_tell", "9.00")))
    ]
    (found,) = surveyed(footage, packs).prices
    assert (found.product, found.currency, found.unit, found.same, found.different) == ("tea", "EUR", None, 3, 3)
    assert (found.price_same, found.price_different, found.ratio) == pytest.approx((4.0, 3.0, 0.75))
    assert (found.low, found.high, found.share_different) == pytest.approx((0.75, 0.75, 0.5))


def test_unit_prices_are_held_against_unit_prices_alone() -> None:
    footage = [source("east", "2026-07-01")]
    by_kilo = Offer(Price("2.00", "EUR", "8.00", np.zeros((4, 2), np.float32), "kg"), 1, 1)
    packs = [
        replace(pack(footage[0][0], 0, "same"), offer=by_kilo),
        replace(pack(footage[0][0], 1, "different"), offer=by_kilo),
        pack(footage[0][0], 2, "same", price="5.00"),
    ]
    (found,) = surveyed(footage, packs).prices
    assert (found.unit, found.price_same, found.price_different, found.low) == (
        "kg",
        pytest.approx(8),
        pytest.approx(8),
        None,
    )


def test_what_was_not_seen_is_listed(summer: tuple[list, list[Judgement]]) -> None:
    found = surveyed(*summer).not_seen
    assert found.sites == ("harbour",)
    assert found.products == ("juice",)
    assert found.absent == (("soap", "east"), ("hill-honey", "east"))
    assert found.hours == (
        SiteHours("east", ("2026-06-10", "2026-07-10", "2026-07-12"), (12, 13, 14), 0),
        SiteHours("west", ("2026-07-12",), (5,), 1),
    )


def test_without_reviews_it_says_that_nothing_is_corrected(summer: tuple[list, list[Judgement]]) -> None:
    found = surveyed(*summer)
    assert (found.reviewed, found.correction) == (0, "not corrected: no reviews")
    assert all(one.tally.corrected is None for one in found.shares)


def test_reviews_correct_the_shares(summer: tuple[list, list[Judgement]]) -> None:
    footage, packs = summer
    reviews = {(one.source, one.item): Reviewed("same", "same") for one in packs if one.in_scope}
    found = surveyed(footage, packs, reviews=reviews)
    tea = share(found, "product", "tea").tally
    assert (found.correction, found.reviewed) == ("", 11)
    assert (tea.share_different, tea.corrected.share) == (pytest.approx(5 / 9), 0.0)


def test_a_case_without_items_has_its_gaps_and_no_shares() -> None:
    found = surveyed([], [])
    assert (found.shares, found.changes, found.sites, found.trends, found.prices) == ((), (), (), (), ())
    assert found.not_seen.sites == tuple(ZONES)
    assert found.not_seen.products == tuple(product.id for product in PRODUCTS)


def test_the_order_of_items_says_nothing(summer: tuple[list, list[Judgement]]) -> None:
    footage, packs = summer
    assert surveyed(footage, random.Random(1).sample(packs, len(packs))) == surveyed(footage, packs)


def test_sources_of_one_day_by_the_sites_clock_are_one_visit(summer: tuple[list, list[Judgement]]) -> None:
    visits = visits_of([one for one, _ in summer[0]], ZONES)
    assert visits["west-2026-07-11-20"] == "west 2026-07-12"
    assert visits["east-2026-07-10-3"] == visits["east-2026-07-10-4"] == "east 2026-07-10"
