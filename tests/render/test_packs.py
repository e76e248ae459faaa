"""Packs: the same from the same seed, truly different where planted, truly the same elsewhere."""

import cv2
import numpy as np
import pytest

from samegoods.render.barcode import ean13, modules
from samegoods.render.design import draw
from samegoods.render.edits import EDITS, measure, plant
from samegoods.render.packs import GOODS, face, same_in_both
from samegoods.render.random_pack import near_twin, random_design, random_pack

FACES = [(good.id, name) for good in GOODS.values() for name in good.designs]
CATEGORIES = {"tobacco", "confectionery", "cosmetics", "sportswear", "footwear", "instruments", "handmade-farm"}


def inside_of(region, shape, *, grow):
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(region)).astype(np.int32)], 1)
    return cv2.dilate(mask, np.ones((2 * grow + 1, 2 * grow + 1), np.uint8)).astype(bool)


def far_apart(a, b):
    return np.abs(a.astype(int) - b.astype(int)).max(axis=2) > 24


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("seed", [0, 4])
def test_an_edit_changes_its_region_and_nothing_else(name, seed):
    before = random_pack(seed)
    after, edit = plant(before, name, seed=seed)
    changed = far_apart(before, after)
    region = inside_of(edit.region, changed.shape, grow=3)
    assert changed[region].any()
    assert not changed[~region].any()
    assert edit.kind == EDITS[name].kind
    assert 0 < edit.size <= 1
    assert edit.size == pytest.approx(inside_of(edit.region, changed.shape, grow=0).mean(), rel=0.2, abs=0.003)


def test_an_edit_is_the_same_for_the_same_seed_and_another_for_another():
    pack = random_pack(3)
    one, two, other = (plant(pack, "stain", seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one[0], two[0])
    assert one[1] == two[1]
    assert one[1].region != other[1].region


def test_an_edit_keeps_to_the_box_it_is_given_and_to_its_strength():
    pack = random_pack(5)
    weak, strong = (plant(pack, "tint", seed=1, box=(40, 60, 120, 90), strength=s)[1] for s in (0.3, 1.0))
    xs, ys = np.array(strong.region).T
    assert xs.min() >= 40
    assert xs.max() < 160
    assert ys.min() >= 60
    assert ys.max() < 150
    assert weak.delta_e < strong.delta_e


def test_nothing_changed_is_no_edit():
    pack = random_pack(5)
    with pytest.raises(ValueError, match="nothing changed"):
        measure(pack, pack, "mark", name="seal missing")


@pytest.mark.parametrize(("product", "name"), FACES)
def test_what_is_planted_in_a_good_is_of_good_size_and_where_it_says(product, name):
    export, home = face(product, "export", name), face(product, "domestic", name)
    assert not export.edits
    assert not any(edit.subtle for edit in home.edits)
    changed = far_apart(export.pixels, home.pixels)
    regions = np.zeros(changed.shape, bool)
    for edit in home.edits:
        region = inside_of(edit.region, changed.shape, grow=3)
        assert changed[region].any()
        regions |= region
    assert not changed[~regions].any()


def test_the_goods_cover_the_order_and_some_are_truly_the_same():
    assert {good.category for good in GOODS.values()} >= CATEGORIES
    same = [product for product in GOODS if same_in_both(product)]
    assert len(same) >= 2
    for product in same:
        assert np.array_equal(face(product, "export", "front").pixels, face(product, "domestic", "front").pixels)
    kinds = {edit.kind for good in GOODS for edit in face(good, "domestic", "front").edits}
    assert kinds >= {"colour", "text", "mark", "print"}


def test_an_unknown_version_is_refused():
    with pytest.raises(ValueError, match="export or domestic"):
        face("merlune-chocolate", "smuggled", "front")


def test_random_packs_are_all_different_and_repeat_by_seed():
    packs = [random_pack(seed, size=(240, 320)) for seed in range(12)]
    assert all(pack.shape == (320, 240, 3) for pack in packs)
    assert np.array_equal(packs[7], random_pack(7, size=(240, 320)))
    for k, one in enumerate(packs):
        for other in packs[k + 1 :]:
            assert far_apart(one, other).mean() > 0.2


def test_a_near_twin_keeps_its_lines_and_differs_in_word_and_tint():
    design = random_design(4)
    twin = near_twin(design, 1)
    assert twin.name != design.name
    assert (twin.layout, twin.motif, twin.size) == (design.layout, design.motif, design.size)
    changed = far_apart(draw(design), draw(twin)).mean()
    assert 0.02 < changed < 0.8


@pytest.mark.parametrize(
    ("twelve", "thirteen"), [("400638133393", "4006381333931"), ("841000000000", "8410000000009")]
)
def test_check_digits(twelve, thirteen):
    assert ean13(twelve) == thirteen


def test_bars_of_a_known_code():
    # the standard's own way: start, six left digits by the parity of the first, centre, six right digits, end
    bars = modules("4006381333931")
    assert len(bars) == 95
    assert bars[:3] == bars[-3:] == "101"
    assert bars[45:50] == "01010"
    assert bars[3:10] == "0001101"  # 0 of set A, as the first of the six under a leading 4
    assert bars[-10:-3] == "1100110"  # 1 of set C


def test_bars_as_printed_are_read_by_a_reader():
    detector = cv2.barcode.BarcodeDetector()
    for product in ("ondaluna-biscuits", "passaro-shoes", "aurivit-capsules"):
        picture = face(product, "export", "front").pixels
        large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        text, *_ = detector.detectAndDecode(large)
        assert text == ean13(f"4100000{list(GOODS).index(product) + 1}0001")
