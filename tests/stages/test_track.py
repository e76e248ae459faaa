"""Items from sightings, on simulated shelves, cameras and hands."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samegoods.geometry import project
from samegoods.records import Crop, Kept, Moment, Reference, Sighting, goods
from samegoods.stages.track import track

WIDTH, HEIGHT = 60, 90
VIEW = (640, 480)


def reference(product="tea", face="front", version="export"):
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    return Reference(f"{product}/{version}/{face}", product, version, face, pixels, np.ones((HEIGHT, WIDTH), bool))


REFERENCES = {
    r.id: r
    for product in ("tea", "soap", "salt")
    for face in ("front", "top")
    for r in (reference(product, face), reference(product, face, "domestic"))
}


def box(x, y, w=WIDTH, h=HEIGHT):
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)


def crop(quad, look, *, product="tea", face="front", version="export", truth="", source="s"):
    """A crop as the keep stage would make it; ``truth`` travels in the sighting's id."""
    sighting = Sighting(
        id=f"{truth}@{look}",
        source=source,
        moment=None if look is None else Moment(look, Fraction(1, 5)),
        reference=f"{product}/{version}/{face}",
        product=product,
        version=version,
        face=face,
        score=0.9,
        margin=0.5,
        quad=np.asarray(quad, np.float32),
        candidates=(),
        inliers=40,
    )
    origin = np.floor(quad.min(axis=0))
    pixels = np.random.default_rng(0).integers(0, 255, (24, 16, 3), np.uint8)
    known = np.ones((24, 16), bool)
    return Crop(sighting, pixels, (quad - origin).astype(np.float32), known, goods._WARRANT)


def kept(look, crops, motion=None):
    return Kept(None if look is None else Moment(look, Fraction(1, 5)), tuple(crops), motion)


def shift(dx, dy=0.0, turn=0.0, scale=1.0):
    c, s = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[c, -s, dx], [s, c, dy], [0, 0, 1.0]])


def film(packs, cameras, *, rng=None, drop=0.0, jitter=0.0, cuts=(), blind=(), start=0):
    """Looks at packs {truth: (quad, product)} through ``cameras`` (scene to picture); cropped to the view."""
    looks, before = [], None
    for i, camera in enumerate(cameras):
        crops = []
        for truth, (quad, product) in packs.items():
            seen = project(camera, quad)
            if rng is not None:
                seen = seen + rng.normal(0, jitter, (4, 2)).astype(np.float32)
                if rng.random() < drop:
                    continue
            inside = (seen >= 0).all() and (seen <= VIEW).all()
            if inside and i not in blind:
                crops.append(crop(seen, start + i, product=product, truth=truth))
        motion = None if before is None or i in cuts else camera @ np.linalg.inv(before)
        looks.append(kept(start + i, crops, motion))
        before = camera
    return looks


def truths(item):
    return {s.id.split("@")[0] for s in item.sightings}


def check(items, expected):
    """Every item is of one pack, and every pack is one item."""
    assert all(len(truths(item)) == 1 for item in items), [truths(i) for i in items]
    assert sorted(t for item in items for t in truths(item)) == sorted(expected)


def row(n, product="tea", y=100, x=10, pitch=WIDTH + 2):
    return {f"{product}{i}": (box(x + i * pitch, y), product) for i in range(n)}


def run(looks, **options):
    return list(track(looks, REFERENCES, **options))


def test_a_pack_in_300_looks_is_one_item_with_few_crops():
    looks = film(row(1), [shift(60 + np.sin(i / 9) * 40, 5) for i in range(300)])
    (item,) = run(looks, best=5)
    assert len(item.sightings) == 300
    assert len(item.crops) == 5
    times = sorted(c.sighting.time_s for c in item.crops)
    assert min(b - a for a, b in pairwise(times)) >= 0.6, "views spread in time"


@pytest.mark.parametrize("seed", range(4))
def test_ten_equal_packs_side_by_side_are_ten(seed):
    rng = np.random.default_rng(seed)
    cameras = [shift(*rng.normal(0, 6, 2), rng.normal(0, 0.01)) for _ in range(40)]
    looks = film(row(10), cameras, rng=rng, drop=0.3, jitter=2.0)
    seen = {s.sighting.id.split("@")[0] for look in looks for s in look.crops}
    check(run(looks), seen)


@pytest.mark.parametrize("step", [20, 62, 75, 150])
@pytest.mark.parametrize("seed", range(3))
def test_a_camera_that_passes_a_long_shelf_keeps_packs_apart(step, seed):
    rng = np.random.default_rng(seed)
    packs = row(24)
    looks = film(packs, [shift(10 - step * i) for i in range(900 // step)], rng=rng, drop=0.2, jitter=1.5)
    seen = {s.sighting.id.split("@")[0] for look in looks for s in look.crops}
    check(run(looks), seen)


def test_two_rows_and_three_products():
    packs = {**row(5), **row(5, "soap", y=220), **row(4, "salt", y=340)}
    rng = np.random.default_rng(1)
    looks = film(packs, [shift(i * 2, i, 0.002 * i) for i in range(30)], rng=rng, drop=0.25, jitter=1.0)
    check(run(looks), packs)


def test_a_passer_by_for_two_seconds_splits_nothing():
    looks = film(row(8), [shift(4.0 * i) for i in range(30)], blind=range(10, 20))
    check(run(looks), row(8))


def test_a_pack_unseen_for_longer_than_the_gap_is_a_new_item():
    looks = film(row(2), [shift(0.0)] * 60, blind=range(10, 40))
    assert len(run(looks, gap_s=3.0)) == 4
    assert len(run(looks, gap_s=8.0)) == 2


def held(looks, *, spin=0.0, step=20.0, motion=True, drop=0.0, seed=0):
    rng = np.random.default_rng(seed)
    out = []
    for i in range(looks):
        camera = shift(-3.0 * i)
        pose = shift(200 + step * 4 * np.sin(i / 4), 150 + step * 2 * np.cos(i / 5), spin * i)
        quad = project(pose, box(-WIDTH / 2, -HEIGHT / 2))
        crops = [] if rng.random() < drop else [crop(quad, i, truth="held")]
        step_motion = camera @ np.linalg.inv(shift(-3.0 * (i - 1))) if i and motion else None
        out.append(kept(i, crops, step_motion))
    return out


@pytest.mark.parametrize("spin", [0.0, 0.35])
@pytest.mark.parametrize("motion", [True, False])
@pytest.mark.parametrize("drop", [0.0, 0.25])
def test_a_pack_turned_in_a_hand_is_one_item(spin, motion, drop):
    (item,) = run(held(60, spin=spin, motion=motion, drop=drop))
    assert truths(item) == {"held"}


def test_a_pack_in_a_hand_before_a_shelf_of_its_like_stays_apart():
    shelf = film(row(8, y=330), [shift(0.0)] * 40)
    hand = held(40, step=10)
    both = [
        kept(i, (*a.crops, *b.crops), shift(0.0) if i else None)
        for i, (a, b) in enumerate(zip(shelf, hand, strict=True))
    ]
    check(run(both), [*row(8), "held"])


def faces(x, y, look, truth, *, which=("top", "front")):
    top, front = box(x, y, 80, 40), box(x, y + 40, 80, 60)
    made = {
        "top": crop(top, look, face="top", truth=truth),
        "front": crop(front, look, face="front", truth=truth),
    }
    return [made[f] for f in which]


def test_two_faces_that_share_an_edge_are_one_item():
    looks = [kept(i, faces(100 + i, 100, i, "a"), shift(1.0) if i else None) for i in range(20)]
    (item,) = run(looks, best=3)
    assert {s.face for s in item.sightings} == {"top", "front"}
    assert len(item.crops) == 6


def test_faces_that_come_and_go_are_one_item():
    show = [("front",), ("front",), ("top", "front"), ("top",), ("top",), ("front", "top"), ("front",)]
    looks = [kept(i, faces(100, 100, i, "a", which=w), shift(0.0) if i else None) for i, w in enumerate(show)]
    assert len(run(looks)) == 1


def test_a_pack_that_turns_another_face_is_one_item():
    looks = [
        kept(
            i,
            [crop(box(100 + 4 * i, 100), i, face="front" if i < 6 else "top", truth="a")],
            shift(0.0) if i else None,
        )
        for i in range(12)
    ]
    assert len(run(looks)) == 1


def test_boxes_side_by_side_that_show_two_faces_each():
    rng = np.random.default_rng(3)
    looks = []
    for i in range(30):
        crops = [c for n in range(5) for c in faces(20 + 84 * n + i, 100, i, f"b{n}") if rng.random() > 0.2]
        looks.append(kept(i, crops, shift(1.0) if i else None))
    check(run(looks), [f"b{n}" for n in range(5)])


def test_faces_found_apart_first_and_joined_later_are_one_item():
    apart = [crop(box(100, 100, 80, 40), 0, face="top"), crop(box(100, 152, 80, 56), 0, face="front")]
    looks = [kept(0, apart)] + [kept(i, faces(100, 100, i, "a"), shift(0.0)) for i in range(1, 5)]
    assert len(run(looks)) == 1


def test_versions_that_flicker_are_one_item():
    looks = [
        kept(
            i,
            [crop(box(100, 100), i, version=("export", "domestic")[i % 2], truth="a")],
            shift(0.0) if i else None,
        )
        for i in range(10)
    ]
    (item,) = run(looks)
    assert {s.version for s in item.sightings} == {"export", "domestic"}


def test_a_lone_pack_is_the_same_after_a_cut():
    first = film(row(1), [shift(0.0)] * 8)
    again = film(row(1), [shift(250.0, 90, 0.2, 1.3)] * 8, start=10)
    assert len(run(first + again)) == 1


def test_a_pack_that_meets_its_like_after_a_cut_is_not_merged():
    first = film(row(1), [shift(0.0)] * 8)
    other = film({"x": (box(300, 200), "tea"), "y": (box(400, 200), "tea")}, [shift(0.0)] * 8, start=10)
    check(run(first + other), ["tea0", "x", "y"])


def test_packs_that_stand_are_not_merged_however_alone():
    """One pack leaves the picture on one side, its like comes in on the other: the camera's motion tells."""
    packs = {"a": (box(100, 100), "tea"), "b": (box(1000, 100), "tea")}
    check(run(film(packs, [shift(60 - 60.0 * i) for i in range(18)])), ["a", "b"])


def test_the_same_mixed_shelf_is_known_again_after_a_cut():
    packs = {**row(3), **row(2, "soap", x=220), **row(3, "salt", x=360)}
    cameras = [shift(0.0)] * 8 + [shift(40.0, 60, 0.05, 0.8)] * 8
    check(run(film(packs, cameras, cuts=(8,))), packs)


def test_a_shelf_cut_to_another_and_back_is_known_again():
    packs = {**row(3), **row(2, "soap", x=220), **row(3, "salt", x=360)}
    away = film({"other": (box(50, 200), "tea"), "more": (box(300, 250), "tea")}, [shift(0.0)] * 5, start=8)
    looks = film(packs, [shift(0.0)] * 8) + away + film(packs, [shift(30.0, 20)] * 8, start=13)
    check(run(looks), [*packs, "other", "more"])


def test_an_equal_row_after_a_cut_is_counted_anew_and_never_mixed():
    """A row of equal packs fits one place further on as well: doubled rather than mixed up."""
    packs = row(24)
    looks = film(packs, [shift(0.0)] * 6 + [shift(-31.0 * 6)] * 6, cuts=(6,))
    items = run(looks)
    assert all(len(truths(item)) == 1 for item in items)
    assert len(items) == len({s.sighting.id.split("@")[0] for k in looks[:6] for s in k.crops}) + len(looks[6].crops)


def test_photos_stand_alone():
    looks = [kept(None, [crop(box(10, 10), None), crop(box(200, 10), None)]) for _ in range(3)]
    items = run(looks)
    assert [item.id for item in items] == [f"s-i{n}" for n in range(1, 7)]


def test_a_new_source_starts_again():
    looks = [kept(i, [crop(box(10, 10), i, source=s)]) for s in ("s", "t") for i in range(3)]
    assert [item.id for item in run(looks)] == ["s-i1", "t-i1"]


def test_items_leave_as_soon_as_they_end_and_nothing_else_is_held():
    packs = row(60)
    alive = 0
    looks = film(packs, [shift(10 - 40.0 * i) for i in range(80)])
    given_out = []

    def feed():
        nonlocal alive
        for look in looks:
            started = {s.sighting.id.split("@")[0] for k in looks[: looks.index(look)] for s in k.crops}
            alive = max(alive, len(started) - len(given_out))
            yield look

    given_out.extend(item.id for item in _collect(track(feed(), REFERENCES, gap_s=1.0), given_out))
    assert alive < 30


def _collect(items, out):
    for item in items:
        out.append(item.id)
    return []


def test_numbers_follow_first_appearance_and_are_repeatable():
    looks = film(row(10), [shift(10 - 62.0 * i) for i in range(8)])
    first, again = run(looks), run(looks)
    assert [i.id for i in first] == [i.id for i in again]
    assert sorted(i.id for i in first) == sorted(f"s-i{n + 1}" for n in range(len(first)))
    starts = {int(i.id.split("i")[-1]): i.sightings[0].time_s for i in first}
    assert [starts[n] for n in sorted(starts)] == sorted(starts.values())


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 1000))
def test_the_order_of_sightings_in_a_look_does_not_matter(random, seed):
    rng = np.random.default_rng(seed)
    packs = {**row(5), **row(3, "soap", y=250)}
    looks = film(packs, [shift(i * 30.0 - 60) for i in range(8)], rng=rng, drop=0.3, jitter=3.0)
    mixed = [kept(k.moment.pts, random.sample(k.crops, len(k.crops)), k.motion) for k in looks]
    assert _shape(run(looks)) == _shape(run(mixed))


def _shape(items):
    return [(i.id, [s.id for s in i.sightings], [c.sighting.id for c in i.crops]) for i in items]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_sighting_is_in_one_item_and_no_item_has_a_face_twice_in_a_look(seed):
    rng = np.random.default_rng(seed)
    looks = film(
        row(6), [shift(*rng.uniform(-90, 90, 2)) for _ in range(12)], rng=rng, drop=0.3, jitter=4, cuts=(5, 6)
    )
    items = run(looks)
    ids = [s.id for item in items for s in item.sightings]
    assert sorted(ids) == sorted(c.sighting.id for k in looks for c in k.crops)
    for item in items:
        seen = defaultdict(int)
        for s in item.sightings:
            seen[s.time_s, s.face] += 1
        assert max(seen.values()) == 1


@pytest.mark.parametrize(("gap_s", "best"), [(0.0, 1), (-1.0, 3), (1.0, 0)])
def test_options_that_make_no_sense_are_refused(gap_s, best):
    with pytest.raises(ValueError, match="expected a positive gap"):
        run([], gap_s=gap_s, best=best)
