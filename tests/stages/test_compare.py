"""Fused and compared: what was planted is found, what is the same is so, what was not seen is never `same`."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pairs import crop_of
from samegoods.records import Item, Reference
from samegoods.render.design import draw
from samegoods.render.edits import plant
from samegoods.render.photo import Light, Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.render.stock import DESIGNS
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse


def reference(pixels, *, version="export", face="front", mask=None):
    mask = np.ones(pixels.shape[:2], bool) if mask is None else mask
    return Reference(f"p/{version}/{face}", "p", version, face, pixels, mask)


LAMP = Light(0.8, (1.05, 1.0, 0.92), 0.25)


def crops(pixels, seen_as, *, height=260, views=3, seed=0, light=LAMP, hide=False, blur_px=0.6):
    """Crops of a pack in a hand: every view from another side, its quad half a pixel off."""
    rng = np.random.default_rng([seed, 9])
    made = []
    for number in range(views):
        pose = Pose(height, rng.uniform(5, 25), rng.uniform(0, 360), rng.uniform(-15, 15))
        size = (round(1.8 * height) + 40,) * 2
        photo = photograph(pixels, pose=pose, seed=seed + number, light=light, noise=2.5, blur_px=blur_px, size=size)
        quad = (photo.quad + rng.normal(0, 0.5, (4, 2))).astype(np.float32)
        known = np.zeros(photo.shown.shape, bool) if hide else None
        made.append(crop_of(photo, seen_as, number, quad=quad, known=known))
    return made


def outcome(made, *references):
    by_id = {r.id: r for r in references}
    item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
    return compare(fuse(item, by_id), by_id)


@pytest.fixture(scope="module")
def pack():
    return random_pack(21)


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_an_untouched_face_is_the_same(seed):
    face = reference(random_pack(seed))
    found = outcome(crops(face.pixels, face, seed=seed), face)
    assert found.packaging.call == "same", found.packaging.reason
    assert found.quality.call == "same", found.quality.reason
    assert found.version == "export"
    assert "would have shown" in found.packaging.reason
    assert found.nearest == "export"
    (front,) = found.packaging.faces
    assert (front.face, front.views, front.doubt) == ("front", 3, "")
    assert front.seen > 0.85


@pytest.mark.parametrize("name", ["tint", "badge", "mark missing", "graphic changed", "line missing", "word changed"])
@pytest.mark.parametrize("seed", [32, 35])
def test_a_planted_difference_is_found_where_it_is(name, seed):
    face = reference(random_pack(seed))
    changed, edit = plant(face.pixels, name, seed=seed)
    if edit.subtle:
        pytest.skip("the edit came out too small to be asked for")
    found = outcome(crops(changed, face, seed=seed), face)
    assert found.packaging.call == "different", found.packaging.reason
    assert found.version in ("unlisted", None)
    best = found.packaging.differences[0]
    truth, seen = (np.zeros(face.pixels.shape[:2], np.uint8) for _ in range(2))
    cv2.fillPoly(truth, [np.int32(edit.region)], 1)
    cv2.fillPoly(seen, [np.int32(best.region)], 1)
    truth = cv2.dilate(truth, np.ones((21, 21), np.uint8))
    assert (truth & seen).sum() > 0.6 * seen.sum()
    assert best.delta_e > 4
    assert 0.5 <= best.confidence <= 1
    assert best.score >= 1.3
    assert not best.shows_through
    assert found.nearest == "export", "no other version is known that it could be nearer to"


def test_the_print_shows_through_a_stain():
    face = reference(random_pack(33))
    changed, _ = plant(face.pixels, "stain", seed=33)
    (best, *_) = outcome(crops(changed, face, seed=33), face).packaging.differences
    assert best.shows_through


def test_a_changed_colour_is_called_colour_and_a_missing_line_text():
    face = reference(random_pack(35))
    tinted, _ = plant(face.pixels, "tint", seed=35)
    bare, _ = plant(face.pixels, "line missing", seed=35)
    assert outcome(crops(tinted, face), face).packaging.differences[0].kind == "colour"
    assert outcome(crops(bare, face), face).packaging.differences[0].kind == "text"


def test_swapping_the_sides_keeps_the_region(pack):
    changed, _ = plant(pack, "badge", seed=21)
    there = outcome(crops(changed, reference(pack)), reference(pack)).packaging.differences[0]
    back = outcome(crops(pack, reference(changed)), reference(changed)).packaging.differences[0]
    assert np.linalg.norm(there.region.mean(axis=0) - back.region.mean(axis=0)) < 0.05 * max(pack.shape)
    assert there.size == pytest.approx(back.size, rel=0.4)


def test_an_overall_cast_is_light(pack):
    face = reference(pack)
    warm = crops(pack, face, light=Light(0.8, (1.2, 1.0, 0.75), 0.2))
    assert outcome(warm, face).packaging.call == "same"


def test_what_is_covered_is_never_the_same(pack):
    face = reference(pack)
    assert outcome(crops(pack, face, hide=True), face).call == "cannot_tell"
    assert compare((), {face.id: face}).call == "cannot_tell"


def test_a_reference_that_shows_no_pack_is_never_the_same(pack):
    face = reference(pack, mask=np.zeros(pack.shape[:2], bool))
    assert outcome(crops(pack, face), face).call == "cannot_tell"


@pytest.mark.parametrize("height", [45, 70])
def test_a_small_face_cannot_be_told(pack, height):
    face = reference(pack)
    found = outcome(crops(pack, face, height=height, views=1), face)
    assert found.call == "cannot_tell"
    assert "small" in found.packaging.reason


def test_the_same_input_gives_the_same_answer(pack):
    face = reference(pack)
    one, other = (outcome(crops(pack, face), face) for _ in range(2))
    assert one == other


def test_cheap_print_is_a_difference_of_quality(pack):
    face = reference(pack)
    cheap, _ = plant(pack, "cheap print", seed=1, strength=1.2)
    found = outcome(crops(cheap, face, height=400), face)
    assert found.quality.call == "different", found.quality.reason
    assert {d.kind for d in found.quality.differences} == {"print"}


def test_the_version_is_the_one_that_fits_where_they_differ(pack):
    export = reference(pack)
    domestic = reference(plant(pack, "tint", seed=3)[0], version="domestic")
    for truth, seen_as, call in ((export, domestic, "same"), (domestic, export, "different")):
        found = outcome(crops(truth.pixels, seen_as, views=2), export, domestic)
        assert (found.version, found.packaging.call) == (truth.version, call)


def test_versions_that_look_alike_are_not_told_apart(pack):
    export, twin = reference(pack), reference(pack.copy(), version="domestic")
    found = outcome(crops(pack, twin), export, twin)
    assert found.version is None
    assert found.packaging.call == "same"


def test_a_face_without_an_export_reference_cannot_be_compared(pack):
    domestic = reference(pack, version="domestic")
    found = outcome(crops(pack, domestic), domestic)
    assert found.call == "cannot_tell"
    assert "no export reference" in found.packaging.reason


def test_faces_that_were_not_seen_are_named(pack):
    front, back = reference(pack), reference(random_pack(22), face="back")
    found = outcome(crops(pack, front), front, back)
    assert found.packaging.call == "same"
    assert "not seen: back" in found.packaging.reason


@pytest.mark.parametrize(("height", "views", "blur_px"), [(230, 8, 1.0), (230, 1, 1.4), (260, 4, 0.6)])
def test_a_missing_bar_code_is_no_reflection(height, views, blur_px):
    """Its place is as smooth as under a veil of white, but a veil lets the bars shine through."""
    design = DESIGNS["aurivit"]
    face = reference(draw(design))
    bare = draw(replace(design, drop=frozenset({"barcode"})))
    found = outcome(crops(bare, face, height=height, views=views, blur_px=blur_px), face)
    assert found.packaging.call == "different", found.packaging.reason
    x, y = found.packaging.differences[0].region.mean(axis=0)
    left, top, width, tall = design.box("barcode")
    assert left < x < left + width
    assert top < y < top + tall


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_a_reflection_is_no_difference(seed):
    face = reference(random_pack(seed))
    shiny = crops(face.pixels, face, seed=seed, light=replace(LAMP, glare=0.7))
    assert outcome(shiny, face).packaging.call != "different"


def test_goods_sold_without_their_pack_are_of_another_quality():
    box, bare = random_pack(41), random_pack(42)
    export = reference(box)
    loose = reference(bare, version="loose", face="biscuit")
    found = outcome(crops(bare, loose), export, loose)
    assert (found.version, found.packaging.call, found.quality.call) == ("loose", "cannot_tell", "different")
    (difference,) = found.quality.differences
    assert (difference.kind, difference.face, difference.size) == ("packing", "biscuit", 1.0)
    assert "sold loose" in found.quality.reason


def test_a_pack_of_which_the_goods_are_listed_loose_too_is_judged_as_a_pack():
    box = random_pack(41)
    export, loose = reference(box), reference(random_pack(42), version="loose", face="biscuit")
    found = outcome(crops(box, export), export, loose)
    assert (found.version, found.packaging.call) == ("export", "same")
