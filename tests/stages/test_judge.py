from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from fakes import cases
from samegoods.campaign import Exemption, Order, Product, Version
from samegoods.records import Comparison, Item, Judgement, Verdict
from samegoods.stages.judge import judge

SEOUL = ZoneInfo("Asia/Seoul")
LATER = datetime(2026, 7, 9, 1, 30, tzinfo=UTC)
SAME, DIFFERENT = Verdict("same", "alike"), Verdict("different", "not alike")
UNKNOWN = Verdict("cannot_tell", "too dark")


def order(**more: object) -> Order:
    values: dict[str, object] = {
        "title": "No difference",
        "in_force": date(2026, 7, 1),
        "requires": ("packaging", "quality"),
        "exempt": (Exemption(category="honey", reason="sold loose"),),
    }
    return Order(**(values | more))


def item(*, crops: bool = True) -> Item:
    sighting = cases.examined_sighting()
    return Item("i", "s", "tea", (sighting, sighting), (cases.crop(sighting, cases.face("Tea", (1, 2, 3))),) * crops)


def judged(
    packaging: Verdict = SAME,
    quality: Verdict = SAME,
    *,
    under: Order | None = None,
    category: str = "drinks",
    captured_at: datetime | None = LATER,
    of: Item | None = None,
) -> Judgement:
    return judge(
        of or item(),
        Comparison("export", packaging, quality),
        product=Product(id="tea", name="Tea", category=category, versions={"export": Version()}),
        order=under or order(),
        site="here",
        captured_at=captured_at,
        timezone=SEOUL,
    )


@pytest.mark.parametrize(
    ("requires", "packaging", "quality", "call"),
    [
        (("packaging", "quality"), SAME, SAME, "same"),
        (("packaging", "quality"), SAME, UNKNOWN, "cannot_tell"),
        (("packaging", "quality"), DIFFERENT, UNKNOWN, "different"),
        (("packaging", "quality"), UNKNOWN, DIFFERENT, "different"),
        (("packaging",), SAME, DIFFERENT, "same"),
        (("packaging",), SAME, UNKNOWN, "same"),
        (("quality",), DIFFERENT, SAME, "same"),
        (("quality",), SAME, UNKNOWN, "cannot_tell"),
    ],
)
def test_the_call_is_the_worse_of_what_the_order_requires(requires, packaging, quality, call) -> None:
    found = judged(packaging, quality, under=order(requires=requires))
    assert (found.call, found.in_scope, found.rule) == (
        call,
        True,
        f"No difference ({' and '.join(requires)})",
    )
    assert (found.packaging, found.quality, found.views) == (packaging, quality, 2)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"category": "honey"}, "exempt: sold loose"),
        ({"category": "honey", "captured_at": None}, "exempt: sold loose"),
        ({"under": order(categories=("shoes",))}, "category not in the order"),
        ({"under": order(categories=("shoes",)), "captured_at": None}, "category not in the order"),
        ({"captured_at": None}, "capture time unknown"),
        ({"captured_at": LATER - timedelta(days=20)}, "before the order was in force (2026-07-01)"),
    ],
)
def test_what_the_order_does_not_reach_has_no_call_and_says_why(more, rule) -> None:
    found = judged(DIFFERENT, DIFFERENT, **more)
    assert (found.in_scope, found.call, found.rule) == (False, None, rule)


def test_goods_that_the_order_never_reaches_are_not_described() -> None:
    found = judged(DIFFERENT, SAME, category="honey")
    assert found.packaging == found.quality == Verdict("cannot_tell", "not judged: exempt: sold loose")


def test_earlier_footage_is_described() -> None:
    found = judged(DIFFERENT, SAME, captured_at=LATER - timedelta(days=20))
    assert (found.packaging, found.quality) == (DIFFERENT, SAME)


@pytest.mark.parametrize(
    ("in_force", "captured_at", "reached"),
    [
        (date(2026, 7, 1), datetime(2026, 6, 30, 14, 59, 59, tzinfo=UTC), False),
        (date(2026, 7, 1), datetime(2026, 6, 30, 15, 0, 0, tzinfo=UTC), True),
        (date(2026, 7, 1), datetime(2026, 7, 1, 0, 0, tzinfo=timezone(timedelta(hours=14))), False),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 11, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 1, 21, 0, tzinfo=SEOUL), True),
    ],
)
def test_the_order_begins_at_the_sites_own_time(in_force, captured_at, reached) -> None:
    assert judged(under=order(in_force=in_force), captured_at=captured_at).in_scope is reached


def test_nothing_seen_is_never_the_same() -> None:
    found = judged(SAME, SAME, of=item(crops=False))
    assert (found.call, found.packaging.call) == ("cannot_tell", "cannot_tell")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="with its zone, found 2026-07-09T00:00:00"):
        judged(captured_at=datetime(2026, 7, 9))
