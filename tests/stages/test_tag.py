"""Price tags below the goods, and codes that stand alone: what is read, how often, and to whom it belongs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from fakes.labels import bars, put, sheet
from samegoods.edges.readers import OpencvReader, ZxingReader
from samegoods.records import UNLISTED, Frame, Item, Look, Moment, Price, Sighting
from samegoods.stages.tag import EVERY_S, Coded, Tags, coded, tag
from samegoods.vision.reading.seen import Readers, Seen

CODE = "4006209700068"
NUMBERS = {CODE.zfill(14): "tea"}
CODES = Readers({"zxing": ZxingReader().read, "opencv": OpencvReader().read})
PACK = np.array([[200, 100], [320, 100], [320, 260], [200, 260]], np.float32)


def sighting(name: str, quad: np.ndarray = PACK, product: str = "soap") -> Sighting:
    return Sighting(name, "src", None, f"{product}/export/front", product, "export", "front", 0.9, 0.5, quad, (), 50)


def look(*sightings: Sighting, picture: np.ndarray | None = None, at_s: float | None = None) -> Look:
    pixels = np.full((480, 640, 3), 255, np.uint8) if picture is None else picture
    moment = None if at_s is None else Moment(round(at_s * 10), Fraction(1, 10))
    frame = Frame(source="src", moment=moment, luma=pixels[..., 1], render=lambda: pixels)
    return Look(frame, sightings, None)


def priced(text: str, x: float, y: float, shown: list[tuple[int, ...]]):
    """A reader that sees one line, its middle at (x, y) of the part that it is shown."""
    quad = np.array([[-20, -8], [20, -8], [20, 8], [-20, 8]], np.float32) + np.float32([x, y])

    def find(picture: np.ndarray) -> list[np.ndarray]:
        shown.append(picture.shape)
        return [quad]

    return Readers(spell={"rapidocr": lambda cut: [Seen(text, quad, 0.99) for _ in cut]}, find=find)


def run(looks: list[Look], readers: Readers, numbers: dict[str, str] | None = None) -> Tags:
    tags = Tags()
    assert list(tag(looks, readers, numbers or {}, tags)) == looks
    return tags


def test_the_price_below_a_pack_is_its_own():
    shown: list[tuple[int, ...]] = []
    one = sighting("src-s1")
    tags = run([look(one)], priced("€ 2,90", 70, 30, shown))
    offer = tags.offer([one])
    assert offer is not None
    assert (offer.price.amount, offer.price.currency, offer.views, offer.asked) == ("2.90", "EUR", 1, 1)
    assert 200 < offer.price.quad[:, 0].mean() < 320
    assert offer.price.quad[:, 1].mean() > 260
    height, width, _ = shown[0]
    assert height < 160
    assert width < 200


def test_a_price_that_hangs_elsewhere_is_nobodys():
    one, other = sighting("src-s1"), sighting("src-s2", PACK + np.float32([250, 0]))
    tags = run([look(one, other)], priced("€ 2,90", 70 + 250, 30, []))
    assert tags.offer([one]) is None
    assert tags.offer([other]) is not None


def test_of_a_video_few_looks_are_read():
    shown: list[tuple[int, ...]] = []
    looks = [look(sighting(f"src-s{k}"), at_s=k * 0.2) for k in range(1, 41)]
    run(looks, priced("€ 2,90", 70, 30, shown))
    assert len(shown) == pytest.approx(8 / EVERY_S, abs=1)


@pytest.mark.parametrize(
    ("amounts", "told"),
    [(["2.90"], "2.90"), (["2.90", "2.90", "2.99"], "2.90"), (["2.90", "2.99"], None), ([], None)],
)
def test_looks_vote_on_a_price(amounts: list[str], told: str | None):
    tags, sightings = Tags(), [sighting(f"src-s{k}") for k in range(len(amounts) + 1)]
    for one, amount in zip(sightings, amounts, strict=False):
        tags.prices[one.id] = Price(amount, "EUR", None, PACK)
    offer = tags.offer(sightings)
    assert (None if offer is None else offer.price.amount) == told


def with_code(x: int, y: int) -> np.ndarray:
    picture = sheet(640, 480)
    put(picture, bars(CODE), x, y)
    return picture


def test_a_known_code_where_nothing_was_recognised_is_an_unlisted_item_without_a_picture():
    tags = run([look(picture=with_code(60, 200))], CODES, NUMBERS)
    ((item, comparison),) = coded(tags.codes, "src", [], [])
    assert (item.product, item.crops, item.id) == ("tea", (), "src-i1")
    assert comparison.version == UNLISTED
    assert comparison.packaging.call == comparison.quality.call == "cannot_tell"
    assert CODE in comparison.packaging.reason
    assert [(s.id, s.version) for s in item.sightings] == [("src-s1", UNLISTED)]


def test_a_code_of_no_product_says_nothing():
    assert run([look(picture=with_code(60, 200))], CODES, {"00000000000017": "tea"}).codes == []


def test_a_code_on_a_recognised_face_is_no_item_of_its_own():
    everything = np.array([[0, 0], [640, 0], [640, 480], [0, 480]], np.float32)
    assert run([look(sighting("src-s1", everything), picture=with_code(60, 200))], CODES, NUMBERS).codes == []


def test_a_product_that_was_recognised_gets_no_item_by_its_code():
    tags = run([look(picture=with_code(60, 200))], CODES, NUMBERS)
    known = sighting("src-s4", product="tea")
    assert coded(tags.codes, "src", [Item("src-i1", "src", "tea", (known,), ())], []) == []
    assert coded(tags.codes, "src", [], [known]) == []


def test_ids_go_on_after_those_of_the_recognised():
    tags = run([look(picture=with_code(60, 200)), look(picture=with_code(90, 120))], CODES, NUMBERS)
    soap = Item("src-i2", "src", "soap", (sighting("src-s7"),), ())
    ((item, _),) = coded(tags.codes, "src", [soap], [sighting("src-s9")])
    assert item.id == "src-i3"
    assert [s.id for s in item.sightings] == ["src-s10", "src-s11"]


def test_nothing_is_read_for_where_nothing_can_be():
    read: list[tuple[int, ...]] = []
    run([look()], priced("€ 2,90", 70, 30, read))
    assert read == []
    assert run([look(sighting("src-s1"))], Readers()).prices == {}


def test_a_code_says_when_it_was_seen():
    tags = run([look(picture=with_code(60, 200), at_s=1.5)], CODES, NUMBERS)
    (one,) = tags.codes
    assert isinstance(one, Coded)
    assert one.moment is not None
    assert one.moment.seconds == 1.5
