"""Which lines of a picture are prices: what stands beside a number, and the tags of a shelf."""

import numpy as np
import pytest

from samegoods.records import Code, TextLine
from samegoods.vision.reading.tags import prices_of

WHITE = np.full((400, 800, 3), 245, np.uint8)


def line(
    text: str, x: float, y: float, height: float = 30, score: float = 1.0, width: float | None = None
) -> TextLine:
    """A line whose top left is at (x, y); letters are about as wide as half their height."""
    long = 0.55 * height * len(text) if width is None else width
    quad = np.array([[x, y], [x + long, y], [x + long, y + height], [x, y + height]], np.float32)
    return TextLine(text, quad, score, "none", "rapidocr")


def told(*lines: TextLine, pixels: np.ndarray = WHITE, codes: tuple[Code, ...] = ()) -> list[tuple]:
    return [(p.amount, p.currency, p.unit_price, p.unit, p.tax) for p in prices_of(pixels, lines, codes)]


def test_a_sign_in_the_line_is_enough():
    assert told(line("12,90 €", 100, 100)) == [("12.90", "EUR", None, None, None)]


def test_a_sign_beside_the_number():
    assert told(line("198", 100, 100, 60), line("円", 205, 130, 25)) == [("198", "JPY", None, None, None)]
    assert told(line("kr", 60, 120, 25), line("12,90", 100, 100, 60)) == [("12.90", None, None, None, None)]


def test_a_sign_on_the_next_tag_is_not_this_one_s():
    assert told(line("198", 100, 100, 60), line("円", 500, 130, 25)) == []


def test_raised_cents_belong_to_the_big_number():
    big, small = line("12", 100, 100, 100), line("90", 215, 105, 45)
    assert told(big, small) == [("12.90", None, None, None, None)]
    assert told(big, line("90€", 215, 105, 45)) == [("12.90", "EUR", None, None, None)]
    assert told(big, line("90", 215, 155, 45)) == []  # at the foot: not cents


def test_the_word_on_tax_above_a_number():
    assert told(line("税込", 100, 70, 22), line("213", 100, 100, 60)) == [("213", None, None, None, "included")]


def test_both_prices_of_a_japanese_tag():
    lines = line("本体価格 198円", 100, 100, 40), line("税込 213.84円", 100, 160, 22)
    assert told(*lines) == [("198", "JPY", None, None, "excluded"), ("213.84", "JPY", None, None, "included")]


def test_a_price_for_a_measure_goes_to_the_price_beside_it():
    near = line("12,90 €", 100, 100, 60), line("25,80 €/kg", 100, 180, 20)
    assert told(*near) == [("12.90", "EUR", "25.80", "kg", None)]
    far = line("12,90 €", 100, 10, 20), line("25,80 €/kg", 500, 380, 20)
    assert told(*far) == [("12.90", "EUR", None, None, None), ("25.80", "EUR", "25.80", "kg", None)]


SHELF = tuple(line(text, 60 + 180 * k, 100, 30) for k, text in enumerate(["99", "149", "35"]))


def test_bare_numbers_of_one_size_on_light_paper_are_a_shelf():
    assert [amount for amount, *_ in told(*SHELF)] == ["99", "149", "35"]


@pytest.mark.parametrize("pixels", [np.full_like(WHITE, 60), np.full_like(WHITE, (220, 40, 40))], ids=["dark", "red"])
def test_bare_numbers_on_dark_or_coloured_print_are_not(pixels: np.ndarray):
    pixels = pixels.copy()
    pixels[:, 700:] = 255  # something light is in the picture
    assert told(*SHELF, pixels=pixels) == []


def test_two_are_no_shelf_nor_are_three_of_different_sizes():
    assert told(*SHELF[:2]) == []
    assert told(SHELF[0], line("149", 240, 100, 60), line("35", 420, 100, 15)) == []


def test_an_unsure_number_is_none():
    assert told(*SHELF[:2], line("35", 420, 100, 30, score=0.8)) == []


def test_the_digits_under_bars_are_the_code_s():
    quad = np.array([[50, 90], [200, 90], [200, 140], [50, 140]], np.float32)
    assert [a for a, *_ in told(*SHELF, line("70", 600, 100), codes=(Code("ean_8", "42191605", quad),))] == [
        "149",
        "35",
        "70",
    ]


def test_a_turned_tag_is_read_along_its_own_lines():
    def turned(one: TextLine) -> TextLine:
        quad = np.stack([400 - one.quad[:, 1], one.quad[:, 0]], axis=1).astype(np.float32)  # a quarter clockwise
        return TextLine(one.text, quad, one.score, one.language, one.reader)

    assert told(turned(line("12", 100, 100, 100)), turned(line("90", 215, 105, 45)))[0][0] == "12.90"


def test_nothing_gives_nothing():
    assert told() == []
    assert told(line("", 10, 10)) == []
