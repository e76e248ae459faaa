"""What enough attempts agree on is believed, and nothing else."""

import numpy as np
import pytest

from samegoods.vision.reading.agreement import LEAST_OPENCV, LEAST_WEAK, LEAST_ZXING, Vote, agreed, touching, unsettled
from samegoods.vision.reading.seen import Seen

RIGHT, OTHER = "4006209700068", "9780735619937"


def place(x: float = 0, y: float = 0, width: float = 200, height: float = 60) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def votes(text: str, times: int, *, reader="zxing", format="ean_13", quad=None, first: int = 0) -> list[Vote]:
    where = place() if quad is None else quad
    return [Vote(reader, first + k, Seen(text, where, format=format)) for k in range(times)]


def texts(given: list[Vote]) -> list[str]:
    return [code.text for code in agreed(given)]


@pytest.mark.parametrize(
    ("zxing", "opencv", "believed"),
    [
        (LEAST_ZXING - 1, 0, False),
        (LEAST_ZXING, 0, True),
        (0, LEAST_OPENCV - 1, False),
        (0, LEAST_OPENCV, True),
        (1, 1, False),
        (1, 2, True),
        (2, 1, True),
    ],
)
def test_how_many_must_agree(zxing: int, opencv: int, believed: bool):
    given = votes(RIGHT, zxing) + votes(RIGHT, opencv, reader="opencv")
    assert (texts(given) == [RIGHT]) == believed


def test_one_view_is_one_attempt_however_often_it_is_read_there():
    assert texts([Vote("zxing", 1, Seen(RIGHT, place(), format="ean_13"))] * 20) == []


def test_a_short_code_by_opencv_alone_takes_more():
    assert texts(votes("42191605", LEAST_WEAK - 1, reader="opencv", format="ean_8")) == []
    assert texts(votes("42191605", LEAST_WEAK, reader="opencv", format="ean_8")) == ["42191605"]
    assert texts(votes("42191605", LEAST_ZXING, format="ean_8")) == ["42191605"]


def test_a_wrong_check_digit_is_never_told():
    assert texts(votes("4006209700067", 50) + votes("4006209700067", 50, reader="opencv")) == []


@pytest.mark.parametrize(("against", "told"), [(1, [RIGHT]), (3, [RIGHT]), (4, []), (9, [])])
def test_a_place_read_in_two_ways_is_believed_only_with_a_clear_lead(against: int, told: list[str]):
    assert texts(votes(RIGHT, 9) + votes(OTHER, against, reader="opencv")) == told


def test_two_codes_apart_do_not_disturb_each_other():
    given = votes(RIGHT, 9) + votes(OTHER, 9, quad=place(500))
    assert texts(given) == [RIGHT, OTHER]


def test_the_same_code_on_two_packs_is_two():
    assert texts(votes(RIGHT, 9) + votes(RIGHT, 9, quad=place(500))) == [RIGHT, RIGHT]


def test_half_of_a_long_code_taken_for_a_short_one_is_no_rival():
    half = votes("42191605", 8, reader="opencv", format="ean_8", quad=place(20, width=100))
    assert texts(votes(RIGHT, 9) + half) == [RIGHT]


def test_a_matrix_code_needs_one_read():
    assert texts(votes("https://example.org", 1, format="qr_code")) == ["https://example.org"]


def test_both_spellings_of_a_number_agree():
    given = votes("0036000291452", 2, format="ean_13") + votes("036000291452", 2, reader="opencv", format="upc_a")
    assert texts(given) == ["036000291452"]


def test_bars_that_nobody_spells_are_left_to_a_closer_look():
    seen = votes(RIGHT, 9) + votes("", 3, reader="opencv", format=None, quad=place(500))
    (left,) = unsettled(seen, agreed(seen))
    assert np.allclose(left, place(500))


def test_places_are_one_by_their_centres():
    assert touching(place(), place(20, 10))
    assert touching(place(height=1), place(0, 20, height=1))
    assert not touching(place(), place(210))
