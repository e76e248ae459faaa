"""Codes that stand where no face was recognised: what they say, and what they do not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from fakes.labels import bars, put, sheet
from samegoods.edges.readers import OpencvReader, ZxingReader
from samegoods.geometry import corners
from samegoods.records import UNLISTED, Frame, Item, Look, Moment, Sighting
from samegoods.stages.code import Coded, code, coded
from samegoods.vision.reading.seen import Readers

CODE = "4006209700068"
NUMBERS = {CODE.zfill(14): "tea"}
SIZE = (400, 240)
"""Of a picture, px: a code of 285 px and the white around it."""
CODES = Readers({"zxing": ZxingReader().read, "opencv": OpencvReader().read})
PACK = np.array([[200, 100], [320, 100], [320, 260], [200, 260]], np.float32)


def sighting(name: str, quad: np.ndarray = PACK, product: str = "soap") -> Sighting:
    return Sighting(name, "src", None, f"{product}/export/front", product, "export", "front", 0.9, 0.5, quad, (), 50)


def look(*sightings: Sighting, picture: np.ndarray | None = None, at_s: float | None = None) -> Look:
    pixels = sheet(*SIZE) if picture is None else picture
    moment = None if at_s is None else Moment(round(at_s * 10), Fraction(1, 10))
    frame = Frame(source="src", moment=moment, luma=pixels[..., 1], render=lambda: pixels)
    return Look(frame, sightings, None)


def run(looks: list[Look], numbers: dict[str, str] = NUMBERS) -> list[Coded]:
    codes: list[Coded] = []
    assert list(code(looks, CODES, numbers, codes)) == looks
    return codes


def with_code(x: int, y: int) -> np.ndarray:
    picture = sheet(*SIZE)
    put(picture, bars(CODE), x, y)
    return picture


def test_a_known_code_where_nothing_was_recognised_is_an_unlisted_item_without_a_picture():
    codes = run([look(picture=with_code(60, 80))])
    ((item, comparison),) = coded(codes, "src", [], [])
    assert (item.product, item.crops, item.id) == ("tea", (), "src-i1")
    assert comparison.version == UNLISTED
    assert comparison.packaging.call == comparison.quality.call == "cannot_tell"
    assert CODE in comparison.packaging.reason
    assert [(s.id, s.version) for s in item.sightings] == [("src-s1", UNLISTED)]


def test_a_code_of_no_product_says_nothing():
    assert run([look(picture=with_code(60, 80))], {"00000000000017": "tea"}) == []


def test_a_code_on_a_recognised_face_is_no_item_of_its_own():
    everything = corners(*SIZE)
    assert run([look(sighting("src-s1", everything), picture=with_code(60, 80))]) == []


def test_a_product_that_was_recognised_gets_no_item_by_its_code():
    codes = run([look(picture=with_code(60, 80))])
    known = sighting("src-s4", product="tea")
    assert coded(codes, "src", [Item("src-i1", "src", "tea", (known,), ())], []) == []
    assert coded(codes, "src", [], [known]) == []


def test_ids_go_on_after_those_of_the_recognised():
    codes = run([look(picture=with_code(60, 80)), look(picture=with_code(90, 40))])
    soap = Item("src-i2", "src", "soap", (sighting("src-s7"),), ())
    ((item, _),) = coded(codes, "src", [soap], [sighting("src-s9")])
    assert item.id == "src-i3"
    assert [s.id for s in item.sightings] == ["src-s10", "src-s11"]


def test_a_code_says_when_it_was_seen():
    codes = run([look(picture=with_code(60, 80), at_s=1.5)])
    (one,) = codes
    assert isinstance(one, Coded)
    assert one.moment is not None
    assert one.moment.seconds == 1.5


def test_without_readers_or_numbers_no_code_is_read():
    codes: list[Coded] = []
    for readers, numbers in ((Readers(), NUMBERS), (CODES, {})):
        list(code([look(picture=with_code(60, 80))], readers, numbers, codes))
    assert codes == []
