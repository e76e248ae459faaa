"""Reading one picture: readers as fakes where what they say matters, the real ones where pixels do."""

import numpy as np
import pytest

from fakes.labels import bars, filmed, label, put, sheet
from samegoods.edges.readers import OpencvReader, ZxingReader
from samegoods.geometry import coverage
from samegoods.stages.read import read
from samegoods.vision.reading.codes import read_codes
from samegoods.vision.reading.seen import Readers, Seen
from samegoods.vision.reading.text import read_text

CODE, OTHER = "4006209700068", "9780735619937"
CODE_READERS = {"zxing": ZxingReader().read, "opencv": OpencvReader().read}
QUAD = np.array([[10, 10], [90, 10], [90, 30], [10, 30]], np.float32)


def grey(picture: np.ndarray) -> np.ndarray:
    return picture[..., 1].copy()


@pytest.mark.parametrize("degrees", [0, 20, 45, 135])
def test_a_code_is_read_at_any_turn(degrees: int):
    import cv2

    picture, quad = label()
    turn = cv2.getRotationMatrix2D((320, 240), degrees, 1.0)
    turned = cv2.warpAffine(picture, turn, (640, 480), borderValue=(255, 255, 255))
    (code,) = read_codes(grey(turned), CODE_READERS)
    assert (code.format, code.text) == ("ean_13", CODE)
    there = (np.hstack([quad, np.ones((4, 1))]) @ turn.T).astype(np.float32)
    assert np.linalg.norm(code.quad.mean(axis=0) - there.mean(axis=0)) < 20
    assert coverage(code.quad, there) > 0.6


def test_a_blurred_code_is_read_where_one_call_reads_nothing():
    picture = sheet(480, 360)
    put(picture, bars(CODE, step=3), 90, 120)
    soft = grey(filmed(picture, blur=1.8, noise=1.0))
    assert [seen.text for name in CODE_READERS for seen in CODE_READERS[name](soft) if seen.text] == []
    assert [code.text for code in read_codes(soft, CODE_READERS)] == [CODE]


def test_two_codes_from_top_to_bottom():
    picture = sheet(640, 700)
    put(picture, bars(OTHER), 180, 420)
    put(picture, bars(CODE), 180, 120)
    assert [code.text for code in read_codes(grey(filmed(picture)), CODE_READERS)] == [CODE, OTHER]


def test_a_small_code_in_a_large_picture_is_looked_at_closely():
    picture = sheet(2400, 1700, grey=200)
    small = sheet(300, 130)
    put(small, bars(CODE, step=2, height=60), 55, 35)
    put(picture, small, 1900, 1300)
    (code,) = read_codes(grey(filmed(picture)), CODE_READERS)
    assert code.text == CODE
    assert np.abs(code.quad.mean(axis=0) - (2050, 1365)).max() < 15


def test_bars_and_noise_without_a_code_tell_none():
    draw = np.random.default_rng(1)
    stripes = np.repeat(draw.integers(0, 2, 100) * 255, 3).astype(np.uint8)  # (300,)
    assert read_codes(np.tile(stripes, (120, 1)), CODE_READERS) == ()
    assert read_codes(draw.integers(0, 255, (100, 160), np.uint8), CODE_READERS) == ()


def test_a_broken_check_digit_is_never_told():
    from samegoods.render.barcode import modules

    row = np.array([0 if bit == "1" else 255 for bit in modules("4006209700067")], np.uint8).repeat(3)
    picture = sheet()
    picture = picture[:240, :400]
    picture[70:160, 50 : 50 + len(row)] = row[None, :, None]
    assert read_codes(grey(filmed(picture)), CODE_READERS) == ()


def test_the_same_picture_gives_the_same():
    picture, _ = label()
    first, second = (read_codes(grey(picture), CODE_READERS) for _ in range(2))
    assert [(c.text, c.quad.tolist()) for c in first] == [(c.text, c.quad.tolist()) for c in second]


def test_no_reader_reads_nothing():
    found = read(label()[0], Readers())
    assert (found.codes, found.prices, found.text) == ((), (), ())


def test_the_picture_stays_as_it_was():
    picture, _ = label()
    before = picture.copy()
    picture.flags.writeable = False
    read(picture, Readers(CODE_READERS))
    assert np.array_equal(picture, before)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("Zucker", 0.99), None, ("Zucker", "latin", "rapidocr")),
        (("Zuckerrübe", 0.99), ("Зискегрйье", 0.9), ("Zuckerrübe", "latin", "rapidocr")),
        (("MOIOKO", 0.7), ("МОЛОКО", 0.9), ("МОЛОКО", "cyrillic", "tesseract")),
        (("", 0.0), ("과자", 0.9), ("과자", "korean", "tesseract")),
        (("", 0.0), ("Sugar", 0.9), ("", "none", "rapidocr")),
        (("", 0.0), ("과자", 0.55), ("", "none", "rapidocr")),
        (("3,500", 0.99), ("3,500원", 0.9), ("3,500원", "korean", "tesseract")),
        (("xq", 0.3), None, ("", "none", "rapidocr")),
    ],
)
def test_who_is_believed_on_a_line(first, second, expected):
    spell = {} if second is None else {"tesseract": lambda cut: [Seen(second[0], QUAD, second[1]) for _ in cut]}
    readers = Readers({"rapidocr": lambda _: [Seen(first[0], QUAD, first[1])]}, spell)
    (line,) = read_text(sheet(100, 40), readers)
    assert (line.text, line.language, line.reader) == expected


def test_lines_run_from_top_to_bottom():
    seen = [Seen("below", QUAD + np.float32(50), 1.0), Seen("above", QUAD, 1.0)]
    assert [line.text for line in read_text(sheet(), Readers({"rapidocr": lambda _: seen}))] == ["above", "below"]


def test_only_a_picture_is_read():
    with pytest.raises(ValueError, match="a picture to read"):
        read(np.zeros((4, 4), np.uint8), Readers())
