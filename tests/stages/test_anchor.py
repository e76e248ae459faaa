"""Light or paint: a cast is judged by the other goods in the same footage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.walls import nobody
from pairs import drawn
from samegoods.pipeline import compare_pictures
from samegoods.records import Cast, Comparison, Item, Verdict
from samegoods.stages.anchor import anchored


def seen(product: str, a: float, b: float, call: str = "same") -> tuple[Item, Comparison]:
    cast = Cast(a, b, f"{product}/export/front", "front", (400, 520))
    verdict = Verdict(call, "as it was")
    return Item(product, "src", product, (), ()), Comparison("export", verdict, Verdict("same", ""), cast=cast)


def calls(*compared: tuple[Item, Comparison]) -> list[str]:
    return [one.packaging.call for _, one in anchored(compared)]


@pytest.mark.parametrize(
    ("cast", "call"),
    [((0, 0), "same"), ((3, 9), "same"), ((-4, -9), "same"), ((0, 22), "cannot_tell"), ((14, 0), "cannot_tell")],
)
def test_alone_a_cast_beyond_lamps_is_left_open(cast: tuple[float, float], call: str):
    assert calls(seen("tea", *cast)) == [call]


def test_a_cast_that_the_other_goods_share_is_light():
    assert calls(seen("tea", 4, 24), seen("soap", 5, 22), seen("rice", 3, 25)) == ["same"] * 3


def test_a_cast_that_a_pack_has_alone_is_paint():
    tea, soap, rice = anchored([seen("tea", -20, 3), seen("soap", 1, 8), seen("rice", 0, 9)])
    assert [one[1].packaging.call for one in (tea, soap, rice)] == ["different", "same", "same"]
    (difference,) = tea[1].packaging.differences
    assert (difference.kind, difference.size, difference.face) == ("colour", 1.0, "front")
    assert "greener" in difference.detail
    assert tea[1].version is None


def test_between_light_and_paint_nothing_is_said():
    assert calls(seen("tea", -10, 8), seen("soap", 0, 8), seen("rice", 0, 9)) == ["cannot_tell", "same", "same"]


def test_one_other_good_vouches_for_a_light_but_accuses_nobody():
    assert calls(seen("tea", 2, 25), seen("soap", 3, 24)) == ["same", "same"]
    assert "different" not in calls(seen("tea", -20, 3), seen("soap", 1, 8))


def test_packs_of_one_product_do_not_vouch_for_each_other():
    assert calls(seen("tea", -20, 3), seen("tea", -21, 2), seen("tea", -20, 4)) == ["cannot_tell"] * 3


def test_goods_that_disagree_are_no_anchor():
    wild = [seen("soap", 20, 0), seen("rice", -20, 5), seen("oil", 3, -25)]
    assert calls(seen("tea", 2, 6), *wild)[0] == "same"


def test_what_was_called_before_stays_and_nothing_else_changes():
    given = [seen("tea", -20, 3, "different"), seen("soap", 30, 3, "cannot_tell")]
    assert anchored(given) == given
    unseen = (given[0][0], replace(given[0][1], cast=None, packaging=Verdict("same", "")))
    assert anchored([unseen]) == [unseen]


def test_order_does_not_matter():
    given = [seen("tea", -20, 3), seen("soap", 1, 8), seen("rice", 0, 9), seen("tea", 1, 9)]
    assert sorted(calls(*given)) == sorted(calls(*reversed(given)))


@pytest.mark.parametrize("number", [2, 9])
def test_a_tint_over_the_whole_of_a_lone_pack_is_never_the_same(number: int):
    pair = drawn(70_000 + number, "tint all", 320.0)
    assert compare_pictures(pair.reference, pair.photos[0], search=nobody).comparison.packaging.call != "same"
