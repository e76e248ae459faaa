"""Hear: reports counted apart from the footage, and where the two do not agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.ground import SENT
from samegoods.results.ground import GroundFootagePart, GroundItemPart, GroundPhotoPart, GroundReportPart
from samegoods.results.making import plain
from samegoods.stages.hear import filmed, group, hear

NOW = datetime(2026, 7, 20, tzinfo=UTC)


def report(n: int = 1, *, shows: tuple[str | None, ...] = (), **more: Any) -> GroundReportPart:
    items = tuple(
        GroundItemPart(product=SENT.product, version=one, packaging="different", quality="same", crops=())
        for one in shows
    )
    photos = [plain(GroundPhotoPart(outcome="kept", items=items))] if shows else []
    return GroundReportPart.model_validate(plain(SENT) | {"n": n, "at": NOW, "photos": photos} | more)


def reports(**says: int) -> list[GroundReportPart]:
    """So many reports that name each version; ``unknown``: that cannot tell."""
    names = [None if name == "unknown" else name for name, number in says.items() for _ in range(number)]
    return [report(n, version=name) for n, name in enumerate(names, 1)]


def footage(low: float, high: float, packs: int = 40) -> GroundFootagePart:
    return GroundFootagePart(packs=packs, told=packs, other=0, share=low, low=low, high=high, method="made up")


UNFILMED = GroundFootagePart(packs=0, told=0, other=0)


@pytest.mark.parametrize(
    ("says", "beside", "disagrees"),
    [
        ({"domestic": 5}, footage(0, 0.1), ("more",)),
        ({"export": 6}, footage(0.7, 1), ("less",)),
        ({"domestic": 5}, footage(0.4, 0.9), ()),
        ({"domestic": 1}, footage(0, 0.1), ()),  # one report says little
        ({"domestic": 1}, footage(0, 0.02), ("more",)),
        ({"domestic": 2, "export": 2}, footage(0, 0.1), ()),
        ({"unknown": 9}, footage(0, 0.1), ()),
        ({"domestic": 3}, UNFILMED, ("not_filmed",)),
        ({"unknown": 1}, UNFILMED, ("not_filmed",)),
        ({"domestic": 3}, GroundFootagePart(packs=4, told=0, other=0), ()),
    ],
)
def test_where_they_disagree(says: dict[str, int], beside: GroundFootagePart, disagrees: tuple[str, ...]):
    assert group("p", "s", reports(**says), beside).disagrees == disagrees


@pytest.mark.parametrize(
    ("version", "shows", "contradicted"),
    [
        ("domestic", ("export",), 1),
        ("domestic", ("export", "domestic"), 0),
        ("domestic", (None,), 0),
        ("domestic", (), 0),
        (None, ("export",), 0),
        ("export", ("unlisted",), 1),
    ],
)
def test_photos_that_show_another_version(version: str | None, shows: tuple[str | None, ...], contradicted: int):
    one = group(SENT.product, "s", [report(version=version, shows=shows)], footage(0, 1))
    assert one.contradicted == contradicted
    assert ("photos" in one.disagrees) == bool(contradicted)
    assert one.photos_different == len(shows)


def test_prices_are_told_by_version_and_currency():
    priced = [
        report(1, amount="12.50"),
        report(2, amount="9"),
        report(3, amount="11.00", currency="KRW"),
        report(4, version="export", amount="20"),
        report(5, amount=None),
    ]
    told = [
        (one.version, one.currency, one.reports, one.lowest, one.median, one.highest)
        for one in group("p", "s", priced, UNFILMED).prices
    ]
    assert told == [("domestic", "KRW", 3, "9", "11.00", "12.50"), ("export", "KRW", 1, "20", "20", "20")]


def test_groups_come_in_the_order_of_the_campaign():
    some = [report(1, product="b", site="y"), report(2, product="a", site="y"), report(3, product="b", site="x")]
    found = hear(some, [], products=["b", "a"], sites=["x", "y"], visits={})
    assert [(one.product, one.site) for one in found] == [("b", "x"), ("b", "y"), ("a", "y")]


def test_of_no_footage_no_share_is_told():
    assert filmed([], {}) == UNFILMED


@given(st.lists(st.sampled_from(["export", "domestic", None]), max_size=30))
def test_every_report_is_counted_once(says: list[str | None]):
    one = group("p", "s", [report(n, version=v) for n, v in enumerate(says, 1)], footage(0, 1))
    assert {part.version: part.reports for part in one.says} == {v: says.count(v) for v in set(says)}
    assert one.disagrees == (), "limits that hold everything contradict nothing"
