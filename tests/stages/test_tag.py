"""Price tags below the goods, and codes that stand alone: what is read, how often, and to whom it belongs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from samegoods.records import Kept, Moment, Price, Sighting, Strip
from samegoods.stages.tag import EVERY_S, Tags, tag
from samegoods.vision.reading.seen import Readers, Seen

PACK = np.array([[200, 100], [320, 100], [320, 260], [200, 260]], np.float32)


def sighting(name: str, quad: np.ndarray = PACK, product: str = "soap") -> Sighting:
    return Sighting(name, "src", None, f"{product}/export/front", product, "export", "front", 0.9, 0.5, quad, (), 50)


def strip(one: Sighting) -> Strip:
    """The place below a face as the wall hands it on: 120 by 72 px, and 30 px beside it."""
    x, y = (int(v) for v in one.quad[3])
    quad = np.array([[30, 0], [150, 0], [150, 72], [30, 72]], np.float32)
    return Strip(one.id, (x - 30, y), np.full((72, 180, 3), 255, np.uint8), quad)


def look(*sightings: Sighting, at_s: float | None = None) -> Kept:
    moment = None if at_s is None else Moment(round(at_s * 10), Fraction(1, 10))
    return Kept(moment, (), None, (), tuple(strip(one) for one in sightings))


def priced(text: str, x: float, y: float, shown: list[tuple[int, ...]]):
    """A reader that sees one line, its middle at (x, y) of the part that it is shown."""
    quad = np.array([[-20, -8], [20, -8], [20, 8], [-20, 8]], np.float32) + np.float32([x, y])

    def find(picture: np.ndarray) -> list[np.ndarray]:
        shown.append(picture.shape)
        return [quad]

    return Readers(spell={"rapidocr": lambda cut: [Seen(text, quad, 0.99) for _ in cut]}, find=find)


def run(looks: list[Kept], readers: Readers) -> Tags:
    tags = Tags()
    assert list(tag(looks, readers, tags)) == looks
    return tags


def test_the_price_below_a_pack_is_its_own():
    shown: list[tuple[int, ...]] = []
    one = sighting("src-s1")
    tags = run([look(one)], priced("€ 2,90", 90, 30, shown))
    offer = tags.offer([one])
    assert offer is not None
    assert (offer.price.amount, offer.price.currency, offer.views, offer.asked) == ("2.90", "EUR", 1, 1)
    assert 200 < offer.price.quad[:, 0].mean() < 320
    assert offer.price.quad[:, 1].mean() > 260
    height, width, _ = shown[0]
    assert height < 160
    assert width < 200


def test_a_line_on_the_goods_themselves_is_no_tag():
    one = sighting("src-s1")
    below = sighting("src-s2", PACK + np.float32([0, 170]))
    kept = replace(look(one), unkept=(below,))
    assert run([kept], priced("€ 2,90", 90, 30, [])).prices == {}


def test_a_price_that_hangs_elsewhere_is_nobodys():
    one, other = sighting("src-s1"), sighting("src-s2", PACK + np.float32([250, 0]))
    tags = run([look(one, other)], priced("€ 2,90", 90 + 250, 30, []))
    assert tags.offer([one]) is None
    assert tags.offer([other]) is not None


def test_of_a_video_few_looks_are_read():
    shown: list[tuple[int, ...]] = []
    looks = [look(sighting(f"src-s{k}"), at_s=k * 0.2) for k in range(1, 41)]
    run(looks, priced("€ 2,90", 90, 30, shown))
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


def test_nothing_is_read_for_where_nothing_can_be():
    read: list[tuple[int, ...]] = []
    run([look()], priced("€ 2,90", 90, 30, read))
    assert read == []
    assert run([look(sighting("src-s1"))], Readers()).prices == {}
