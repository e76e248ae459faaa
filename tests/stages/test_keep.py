"""The privacy wall: what leaves a frame, and what does not."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from skimage import data

from fakes.walls import nobody, somebody
from samegoods.edges.finders import MtcnnFinder, YunetFinder, search_of, wall_finders
from samegoods.errors import MissingPart
from samegoods.geometry import corners, homography_between, is_convex
from samegoods.records import Crop, Frame, Look, Moment, PersonBox, Reference, Sighting
from samegoods.stages.keep import FILL, cut, keep

ALARM = (255, 0, 255)
"""A colour that no pack here has; found in a crop, it came from outside the pack."""
SKIN = (224, 172, 140)


def drawing(seed=0, size=(160, 120)):
    """A pack's print: panels, bars and discs in dark and light, no magenta."""
    rng = np.random.default_rng(seed)
    width, height = size
    pixels = np.full((height, width, 3), (200, 190, 120), np.uint8)
    for _ in range(40):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        colour = tuple(int(v) for v in rng.integers(10, 200, 3) // (1, 1, 2))
        cv2.circle(pixels, (x, y), int(rng.integers(4, 14)), colour, -1)
    return pixels


def reference(pixels=None, *, mask=None, face="front"):
    pixels = drawing() if pixels is None else pixels
    mask = np.ones(pixels.shape[:2], bool) if mask is None else mask
    return Reference(f"tea/export/{face}", "tea", "export", face, pixels, mask)


def sighting(quad, ref, name="s1"):
    moment = Moment(3, Fraction(1, 5))
    quad = np.asarray(quad, np.float32)
    return Sighting(name, "v", moment, ref.id, "tea", "export", ref.face, 0.9, 0.4, quad, (), 40)


def frame(pixels):
    return Frame(source="v", moment=Moment(3, Fraction(1, 5)), luma=pixels[::8, ::8, 0], render=lambda: pixels)


def scene(quad, pixels, *, ground=ALARM, size=(360, 280)):
    """A picture of a print at ``quad`` on a plain ground, drawn finely and with soft edges."""
    width, height = size
    quad = np.asarray(quad, np.float32)
    to_frame = homography_between(corners(pixels.shape[1], pixels.shape[0]), quad)
    warped = cv2.warpPerspective(pixels, to_frame, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, np.round(quad * 256).astype(np.int32), 255, lineType=cv2.LINE_AA, shift=8)
    blend = (inside / 255.0)[..., None]
    return (warped * blend + np.array(ground) * (1 - blend)).round().astype(np.uint8)


QUAD = [(60, 50), (260, 60), (250, 210), (70, 200)]


def test_a_pack_in_view_is_kept_whole_and_alone():
    ref = reference()
    crop = cut(frame(scene(QUAD, ref.pixels)), sighting(QUAD, ref), ref, search=nobody)
    assert crop is not None
    assert crop.known.mean() > 0.85
    assert not (crop.pixels == ALARM).all(axis=2).any()
    assert (crop.pixels[~crop.known] == FILL).all()
    np.testing.assert_allclose(crop.quad, np.subtract(QUAD, (60, 50)), atol=1e-4)


def test_a_crop_holds_no_view_of_the_frame():
    ref = reference()
    pixels = scene(QUAD, ref.pixels)
    crop = cut(frame(pixels), sighting(QUAD, ref), ref, search=nobody)
    assert crop.pixels.base is None
    assert crop.known.base is None
    assert not np.shares_memory(crop.pixels, pixels)
    assert not np.shares_memory(pickle.loads(pickle.dumps(crop.pixels)), pixels)


corner = st.floats(-14, 14)


@given(st.lists(st.tuples(corner, corner), min_size=4, max_size=4), st.floats(-120, 150), st.floats(-90, 120))
def test_no_pixel_from_outside_the_quad_gets_out(wobble, dx, dy):
    """Everything beyond the quad has a colour of its own, pixels that the edge crosses a tinge of it."""
    ref = reference()
    quad = (np.array([(60, 50), (220, 50), (220, 170), (60, 170)]) + wobble + (dx, dy)).astype(np.float32)
    assume(is_convex(quad))
    picture = np.full((280, 360, 3), ALARM, np.uint8)
    y, x = np.mgrid[0:280, 0:360]
    whole = np.ones((280, 360), bool)  # pixels whose four corners lie within the quad
    for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        for px, py in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
            whole &= (b[0] - a[0]) * (y + py - a[1]) - (b[1] - a[1]) * (x + px - a[0]) >= 0
    printed = scene(quad, ref.pixels)
    picture[whole] = printed[whole]
    crop = cut(frame(picture), sighting(quad, ref), ref, search=nobody)
    if crop is None:
        return
    assert not (crop.pixels == ALARM).all(axis=2).any()
    x0, y0 = (int(max(0, np.floor(v))) for v in quad.min(axis=0))
    h, w = crop.known.shape
    assert not (crop.known & ~whole[y0 : y0 + h, x0 : x0 + w]).any()
    assert (crop.pixels[~crop.known] == FILL).all()
    assert (crop.pixels[crop.known] == picture[y0 : y0 + h, x0 : x0 + w][crop.known]).all()


def test_a_quad_partly_outside_the_frame_is_clipped():
    ref = reference()
    quad = np.subtract(QUAD, (100, 0))
    crop = cut(frame(scene(quad, ref.pixels)), sighting(quad, ref), ref, search=nobody)
    assert crop.quad[:, 0].min() < 0
    assert crop.known[:, :5].any()


def test_a_quad_that_misses_the_frame_keeps_nothing():
    ref = reference()
    quad = np.add(QUAD, (900, 0))
    assert cut(frame(scene(QUAD, ref.pixels)), sighting(quad, ref), ref, search=nobody) is None


@pytest.mark.parametrize(
    "picture",
    [
        np.full((280, 360, 3), SKIN, np.uint8),
        np.random.default_rng(0).integers(0, 255, (280, 360, 3)).astype(np.uint8),
        scene(QUAD, drawing(7)),
    ],
    ids=["skin", "noise", "another pack"],
)
def test_what_does_not_agree_with_its_reference_is_no_goods(picture):
    ref = reference()
    assert cut(frame(picture), sighting(QUAD, ref), ref, search=nobody) is None


def hand(picture, *, at=(60, 120), tip=(150, 130), width=46):
    """A finger from beyond the picture's left over the pack."""
    picture = picture.copy()
    cv2.line(picture, (0, at[1]), tip, SKIN, width, cv2.LINE_AA)
    return picture


def share_kept(crop, mask):
    """The share of a region of the frame that a crop of QUAD keeps."""
    x0, y0 = 60, 50
    h, w = crop.known.shape
    part = mask[y0 : y0 + h, x0 : x0 + w]
    return float(crop.known[part].mean())


def test_a_hand_before_the_pack_stays_behind():
    ref = reference()
    bare = scene(QUAD, ref.pixels, ground=(70, 80, 90))
    covered = hand(bare)
    skin = (covered == SKIN).all(axis=2)
    crop = cut(frame(covered), sighting(QUAD, ref), ref, search=nobody)
    assert not (crop.pixels == SKIN).all(axis=2).any()
    assert share_kept(crop, ~cv2.dilate(skin.astype(np.uint8), np.ones((25, 25))).astype(bool)) > 0.8
    assert share_kept(cut(frame(bare), sighting(QUAD, ref), ref, search=nobody), skin) > 0.75


def patch(pixels, rows, columns, colour):
    pixels = pixels.copy()
    pixels[rows, columns] = colour
    return pixels


@pytest.mark.parametrize(
    ("rows", "columns", "colour"),
    [
        (slice(45, 75), slice(60, 100), (20, 60, 160)),
        (slice(0, 120), slice(0, 30), (30, 110, 50)),
        (slice(96, 120), slice(0, 160), (180, 40, 30)),
        (slice(80, 100), slice(40, 120), (200, 190, 120)),
    ],
    ids=["logo", "side panel", "bottom panel", "line removed"],
)
def test_a_difference_of_print_is_kept_for_the_comparison(rows, columns, colour):
    ref = reference()
    other = patch(ref.pixels, rows, columns, colour)
    crop = cut(frame(scene(QUAD, other, ground=(70, 80, 90))), sighting(QUAD, ref), ref, search=nobody)
    assert crop.known.mean() > 0.85


def test_a_panel_that_runs_on_over_another_face_is_print():
    """A box whose two faces are both yellow where the reference of one is green: no hand at their edge."""
    top, front = reference(face="top"), reference(drawing(5), face="front")
    band = (230, 200, 60)
    other = patch(top.pixels, slice(90, 120), slice(None), band)
    beneath = reference(patch(front.pixels, slice(0, 30), slice(None), band), face="front")
    upper = np.array([(60, 20), (260, 20), (260, 140), (60, 140)])
    lower = np.add(upper, (0, 120))
    picture = scene(upper, other, ground=(70, 80, 90))
    picture[140:] = scene(lower, beneath.pixels, ground=(70, 80, 90))[140:]
    look = Look(frame(picture), (sighting(upper, top, "a"), sighting(lower, beneath, "b")), None)
    (kept,) = keep([look], {top.id: top, beneath.id: beneath}, nobody)
    assert [crop.known.mean() > 0.9 for crop in kept.crops] == [True, True]


def test_a_corner_alone_does_not_prove_a_pack():
    """A quarter of the face agrees, the rest is a crowd: nothing is kept, not even the quarter."""
    ref = reference()
    picture = scene(QUAD, ref.pixels, ground=(70, 80, 90))
    picture[:, 115:] = np.random.default_rng(2).integers(0, 255, (280, 245, 3))
    assert cut(frame(picture), sighting(QUAD, ref), ref, search=nobody) is None


def test_light_is_no_cover():
    ref = reference()
    picture = scene(QUAD, ref.pixels, ground=(70, 80, 90)).astype(np.float64)
    picture *= np.array([0.9, 0.75, 0.5]) * np.linspace(0.6, 1.1, 360)[None, :, None]
    crop = cut(frame(np.clip(picture, 0, 255).astype(np.uint8)), sighting(QUAD, ref), ref, search=nobody)
    assert crop.known.mean() > 0.85


def test_a_panel_that_runs_on_over_the_neighbour_is_print():
    """Two packs of a version with another panel touch: at the seam the panel goes on, and is no hand."""
    ref = reference()
    other = patch(ref.pixels, slice(40, 80), slice(0, 160), (30, 110, 50))
    left, right = [np.array([(x, 60), (x + 150, 60), (x + 150, 180), (x, 180)]) for x in (20, 170)]
    picture = scene(left, other, ground=(70, 80, 90))
    inside = scene(right, other, ground=ALARM)
    mine = ~(inside == ALARM).all(axis=2)
    mine[:, :170] = False
    picture[mine] = inside[mine]
    sightings = [sighting(left, ref, "a"), sighting(right, ref, "b")]
    (kept,) = keep([Look(frame(picture), tuple(sightings), None)], {ref.id: ref}, nobody)
    assert [crop.known.mean() > 0.9 for crop in kept.crops] == [True, True]


def test_the_plain_background_of_a_reference_is_not_the_pack():
    pixels = np.full((160, 200, 3), 255, np.uint8)
    pixels[20:140, 20:180] = drawing()
    mask = np.zeros((160, 200), bool)
    mask[20:140, 20:180] = True
    ref = reference(pixels, mask=mask)
    seen = patch(pixels, ~mask, slice(None), ALARM)
    crop = cut(frame(scene(QUAD, seen)), sighting(QUAD, ref), ref, search=nobody)
    assert not (crop.pixels == ALARM).all(axis=2).any()
    assert 0.4 < crop.known.mean() < 0.62


def test_of_pixels_that_two_packs_claim_only_those_that_agree_are_kept():
    ref, front = reference(), reference(drawing(5))
    before = np.add(QUAD, (110, 0))
    picture = scene(QUAD, ref.pixels, ground=(70, 80, 90))
    over = scene(before, front.pixels)
    mine = ~(over == ALARM).all(axis=2)
    picture[mine] = over[mine]
    crop = cut(frame(picture), sighting(QUAD, ref, "a"), ref, [sighting(before, ref, "b")], search=nobody)
    assert share_kept(crop, cv2.erode(mine.astype(np.uint8), np.ones((9, 9))).astype(bool)) < 0.25
    assert share_kept(crop, ~mine) > 0.6


def test_a_look_without_goods_still_hands_on_the_motion():
    motion = np.eye(3)
    (kept,) = keep([Look(frame(scene(QUAD, drawing())), (), motion)], {}, nobody)
    assert kept.crops == ()
    assert kept.motion is motion
    assert kept.moment == Moment(3, Fraction(1, 5))


def test_an_unknown_reference_is_an_error():
    ref = reference()
    look = Look(frame(scene(QUAD, ref.pixels)), (sighting(QUAD, ref),), None)
    with pytest.raises(KeyError):
        list(keep([look], {}, nobody))


@pytest.mark.parametrize(
    "attempt",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        lambda f: pickle.dumps({"frames": [f]}),
        lambda f: f.__getstate__(),
    ],
    ids=["pickle", "copy", "deepcopy", "within", "state"],
)
def test_a_frame_stays_where_it_is(attempt):
    with pytest.raises(TypeError, match="stays in memory"):
        attempt(frame(np.zeros((8, 8, 3), np.uint8)))


def test_nobody_else_makes_a_crop():
    ref = reference()
    with pytest.raises(TypeError, match="only the keep stage"):
        Crop(sighting(QUAD, ref), ref.pixels, corners(160, 120), ref.mask)
    with pytest.raises(TypeError, match="only the keep stage"):
        Crop(sighting(QUAD, ref), ref.pixels, corners(160, 120), ref.mask, warrant=object())


def with_face(pack, at=(60, 30), size=48):
    """The pack with a real face pasted on it, as of somebody who stands before it."""
    person = np.ascontiguousarray(data.astronaut()[40:190, 150:300])
    head = cv2.resize(person, (size, size), interpolation=cv2.INTER_AREA)
    x, y = at
    pack = pack.copy()
    pack[y : y + size, x : x + size] = head
    return pack


FACE_QUAD = [[40, 30], [320, 34], [316, 240], [44, 236]]


def test_a_face_before_the_pack_is_filled():
    ref = reference()
    bare = cut(frame(scene(FACE_QUAD, ref.pixels)), sighting(FACE_QUAD, ref), ref, search=nobody)
    picture = frame(scene(FACE_QUAD, with_face(ref.pixels)))
    crop = cut(picture, sighting(FACE_QUAD, ref), ref, search=search_of(wall_finders()))
    assert not any(one.kind == "face" for one in search_of([YunetFinder()])(crop.pixels))
    middle = (slice(70, 110), slice(115, 170))  # of the crop: where the face is
    assert crop.known[middle].mean() < 0.02
    assert (crop.pixels[~crop.known] == FILL).all()
    assert crop.known.sum() > 0.6 * bare.known.sum()


def test_a_face_that_the_reference_prints_stays():
    ref = reference(with_face(drawing()))
    crop = cut(frame(scene(FACE_QUAD, ref.pixels)), sighting(FACE_QUAD, ref), ref, search=search_of(wall_finders()))
    assert any(one.kind == "face" for one in search_of([MtcnnFinder()])(crop.pixels))
    assert crop.known[70:110, 115:170].all()


def test_what_the_second_net_sees_only_in_what_would_be_kept_is_filled_too():
    ref, pictures = reference(), []

    def search(picture):
        pictures.append(picture)
        height, width = picture.shape[:2]
        box = (0.4 * width, 0.4 * height, 0.5 * width, 0.5 * height)
        return [] if len(pictures) == 1 else [PersonBox("face", box, 1.0, "mtcnn")]

    seen = with_face(ref.pixels)
    crop = cut(frame(scene(FACE_QUAD, seen)), sighting(FACE_QUAD, ref), ref, search=search)
    bare = cut(frame(scene(FACE_QUAD, seen)), sighting(FACE_QUAD, ref), ref, search=nobody)
    assert len(pictures) == 2
    assert (pictures[0] == ALARM).all(axis=2).any()
    assert not (pictures[1] == ALARM).all(axis=2).any()
    assert crop.known.sum() < bare.known.sum()


def test_a_look_without_goods_is_not_searched_and_one_with_goods_must_be():
    ref = reference()

    def search(_):
        raise MissingPart("no finder")

    empty = Look(frame(scene(QUAD, ref.pixels)), (), None)
    assert [one.crops for one in keep([empty], {}, search)] == [()]
    with pytest.raises(MissingPart):
        list(keep([Look(frame(scene(QUAD, ref.pixels)), (sighting(QUAD, ref),), None)], {ref.id: ref}, search))


def test_strips_hang_below_kept_goods_and_hide_people():
    ref = reference()
    quad = [[60, 20], [220, 20], [220, 140], [60, 140]]
    look = Look(frame(scene(quad, ref.pixels)), (sighting(quad, ref),), None)
    (kept,) = keep([look], {ref.id: ref}, nobody)
    (strip,) = kept.strips
    assert strip.sighting == "s1"
    assert (strip.quad + np.float32(strip.corner))[0].tolist() == [60, 140]
    assert (strip.pixels == ALARM).all(axis=2).any()
    (hidden,) = keep([look], {ref.id: ref}, somebody("body", (0, 0, 1, 1)))
    assert (hidden.strips[0].pixels == FILL).all()


@pytest.mark.parametrize("how", [pickle.dumps, copy.copy, copy.deepcopy, lambda s: s.__reduce__()])
def test_a_strip_stays_in_memory(how):
    ref = reference()
    quad = [[60, 20], [220, 20], [220, 140], [60, 140]]
    (kept,) = keep([Look(frame(scene(quad, ref.pixels)), (sighting(quad, ref),), None)], {ref.id: ref}, nobody)
    with pytest.raises(TypeError, match="stays in memory"):
        how(kept.strips[0])
