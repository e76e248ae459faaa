"""Words and numbers compared as text, and what declares contents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.records import TextLine
from samegoods.vision.reading.vote import Ballot, elected
from samegoods.vision.reading.words import change, declared, declares, distance, folded, is_other, numbers

TEXTS = st.text(st.sampled_from("abcdefo01258 .,%gkéü과자м"), max_size=14)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("300 g e", "300ge"),
        ("UK 8 - US 9", "uk8us9"),
        ("Salt: 0,4 g.", "salt0.4g"),
        ("Café crème", "cafecreme"),
        ("과자 봉지", "과자봉지"),
        ("ＡＢＣ １２", "abc12"),
        ("", ""),
    ],
)
def test_what_readers_lose_at_random_does_not_count(text: str, plain: str):
    assert folded(text) == plain


@pytest.mark.parametrize(
    ("due", "text"),
    [
        ("300 g e", "300ge"),
        ("light shoe for long roads", "light shoe for long roods"),
        ("warm-up jacket and trousers", "warm-up jocket and trousers"),
        ("Energy 2040 kJ", "Energy 2040 kj"),
        ("Apply each morning", "Apply each moming"),
        ("butter, honey, whole milk", "butter. homey. whole milk"),
        ("МОЛОКО", "молоко"),
    ],
)
def test_a_line_misread_is_still_that_line(due: str, text: str):
    assert not is_other(due, text)


@pytest.mark.parametrize(
    ("due", "text"),
    [
        ("300 g e", "270 g e"),
        ("WITH 24 % ROAST ALMONDS", "WITH 14 % ROAST ALMONDS"),
        ("Salt 0.4 g", "Salt 0.7 g"),
        ("Aurivit Forte", "Aurivit Plus"),
        ("Contains milk and nuts", "Contains soy and nuts"),
        ("100 % recycled board", "recycled board"),
        ("과자", "사탕"),
        ("sugar", "сахар"),
    ],
)
def test_another_word_or_number_is_another_line(due: str, text: str):
    assert is_other(due, text)


@given(TEXTS)
def test_a_text_is_itself(text: str):
    assert distance(text, text) == 0
    assert not is_other(text, text)
    assert change(text, text) == change("", "")


@given(TEXTS, TEXTS)
def test_distance_has_no_sides(one: str, other: str):
    assert distance(one, other) == pytest.approx(distance(other, one))


@given(TEXTS, TEXTS)
def test_swapping_sides_swaps_missing_and_added(one: str, other: str):
    there, back = change(one, other), change(other, one)
    assert set(there.missing) <= set(one.split())
    assert set(there.added) <= set(other.split())
    assert bool(there.missing or there.added) == bool(back.missing or back.added)


@pytest.mark.parametrize(
    ("due", "text", "missing", "added"),
    [
        ("Aurivit Forte", "Aurivit Plus", ("Forte",), ("Plus",)),
        ("WITH 24 % ROAST ALMONDS", "WITH 14 % ROAST ALMONDS", ("24",), ("14",)),
        ("no sugar added", "sugar added", ("no",), ()),
        ("whole milk", "whole milk powder", (), ("powder",)),
        ("light shoe for long roads", "light shoe for long roods", (), ()),
        ("", "new", (), ("new",)),
    ],
)
def test_which_words_changed(due: str, text: str, missing: tuple[str, ...], added: tuple[str, ...]):
    assert (change(due, text).missing, change(due, text).added) == (missing, added)


def test_numbers_as_printed():
    assert numbers("12 x 0,5 l, 2,4 kg") == ("12", "0.5", "2.4")


@pytest.mark.parametrize(
    "text",
    [
        *("300 g e", "300ge", "Net 0,5 l", "50 ml", "24 % almonds", "Energy 2040 kJ", "Ingredients: water"),
        *("Zutaten: Mehl", "내용량 120g", "원재료명: 밀가루", "原材料名 小麦粉", "配料：水", "Состав: мука"),
        *("масса нетто 90 г", "60 caps"),
    ],
)
def test_what_declares_contents(text: str):
    assert declares(text)


@pytest.mark.parametrize(
    "text", ["KARAVEL", "Old Harbour", "Style 2207-L", "size L", "since 1927", "Keep dry", "과자"]
)
def test_what_declares_none(text: str):
    assert not declares(text)


def line(text: str, left: float, top: float, *, height: float = 10.0) -> TextLine:
    right, bottom = left + 80, top + height
    quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return TextLine(text, quad, 0.9, "latin", "rapidocr")


def test_a_list_of_ingredients_goes_on_below_its_first_line():
    lines = [
        line("Ingredients: wheat flour,", 10, 100),
        line("almonds, sugar, honey", 10, 114),
        line("BRAND", 200, 114),
        line("whole milk", 10, 128),
        line("Open here", 10, 200),
    ]
    assert declared(lines) == (True, True, False, True, False)


@pytest.mark.parametrize(
    ("ballots", "text", "views"),
    [
        ([], "", 0),
        ([("300 g", 0.9)], "300 g", 1),
        ([("300 g", 0.9), ("270 g", 0.8)], "300 g", 1),
        ([("270 g", 0.9), ("270g", 0.8), ("300 g", 0.95)], "270 g", 2),
        ([("27O g", 0.3), ("", 0.0)], "", 0),
        ([("300 g", 0.9), ("270 g", 0.9)], "300 g", 1),
    ],
)
def test_views_vote_on_a_line(ballots: list[tuple[str, float]], text: str, views: int):
    told = elected("300 g", [Ballot(*one) for one in ballots])
    assert (told.text, told.views) == (text, views)
