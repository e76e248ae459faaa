"""Verification: what fits fits, colour tells, light does not, and what is not seen says nothing."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import drawn
from samegoods.geometry import corners, project, resizing, sides
from samegoods.render.alterations import tint
from samegoods.render.photo import Light, Pose
from samegoods.vision.recognition import verify

SIZE = (98, 128)
EVERYWHERE = np.ones((SIZE[1], SIZE[0]), bool)


@pytest.fixture(scope="module")
def looks() -> list[np.ndarray]:
    """Two packs as verification sees them, and the first in another tint."""
    tinted = tint(drawn.pack(1), (0, 0, *drawn.PACK), np.random.default_rng(3), 1.5)
    return [verify.render(drawn.reference(p, "p"), SIZE) for p in (drawn.pack(1), drawn.pack(2), tinted)]


def patch(pixels: np.ndarray, known: np.ndarray = EVERYWHERE) -> verify.Patch:
    return verify.Patch(pixels.astype(np.float32), known)


def test_a_thing_fits_itself(looks):
    fit = verify.fit(patch(looks[0]), looks[0])
    assert fit.structure > 0.99
    assert fit.chroma < 0.5
    assert fit.misfit == 0
    assert 0.5 < fit.share <= 1


def test_another_print_fits_neither_in_structure_nor_at_all(looks):
    fit = verify.fit(patch(looks[1]), looks[0])
    assert fit.structure < 0.4
    assert fit.misfit > 0.1


def test_another_tint_fits_in_structure_and_not_in_colour(looks):
    own, other = (verify.fit(patch(looks[k]), looks[0]) for k in (0, 2))
    assert other.structure > 0.9
    assert other.chroma > own.chroma + 8


@pytest.mark.parametrize("light", [Light(gain=0.5), Light(cast=(1.2, 1.0, 0.7)), Light(gain=0.7, gradient=0.4)])
def test_light_is_not_colour(light: Light, looks):
    reference = drawn.reference(drawn.pack(1), "p")
    photo = drawn.photo_of(drawn.pack(1), Pose(300), light=light)
    fit = verify.fit(verify.cut_patch(photo.pixels, photo.quad, reference, SIZE), looks[0])
    assert fit.structure > 0.9
    assert fit.chroma < 8 < verify.fit(patch(looks[2]), looks[0]).chroma


def test_what_is_hardly_seen_says_nothing(looks):
    known = np.zeros_like(EVERYWHERE)
    known[:7, :9] = True
    assert verify.fit(patch(looks[0], known), looks[0]) == verify.Fit(0.0, verify.UNFIT_CHROMA, 0.0, 0.0)


@given(
    gains=st.tuples(*[st.floats(0.5, 1.9)] * 3),
    offsets=st.tuples(*[st.floats(-4, 4)] * 3),
)
def test_level_undoes_light(gains: tuple[float, ...], offsets: tuple[float, ...]):
    expected = np.random.default_rng(1).uniform(20, 220, (24, 32, 3)).astype(np.float32)
    seen = ((expected - offsets) / gains).astype(np.float32)
    levelled = verify.level(seen, expected, np.ones((24, 32), np.float32))
    assert np.abs(levelled - expected).max() < 3


def test_level_is_not_led_astray_by_what_differs():
    expected = np.random.default_rng(1).uniform(20, 220, (24, 32, 3)).astype(np.float32)
    seen = 0.7 * expected
    seen[:6] = (10, 200, 10)
    levelled = verify.level(seen, expected, np.ones((24, 32), np.float32))
    assert np.abs(levelled - expected)[6:].max() < 6


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_lean_changes_sides_when_the_two_change_places(rows: int, looks):
    one, other = looks[0], looks[2]
    seen = one.copy()
    seen[: SIZE[1] * rows // 4] = other[: SIZE[1] * rows // 4]
    to_one, evidence = verify.lean(seen, one, other, EVERYWHERE)
    to_other, again = verify.lean(seen, other, one, EVERYWHERE)
    assert to_one == pytest.approx(-to_other, abs=1e-5)
    assert evidence == again > 0.3


def test_lean_is_towards_what_is_there(looks):
    one, other = looks[0], looks[0].copy()
    other[70:] = looks[2][70:]
    assert verify.lean(one, one, other, EVERYWHERE)[0] > 0.9
    assert verify.lean(other, one, other, EVERYWHERE)[0] < -0.9
    assert abs(verify.lean((one + other) / 2, one, other, EVERYWHERE)[0]) < 0.1


def test_a_tint_of_everything_may_be_light_and_is_left_open(looks):
    for seen in (looks[0], looks[2]):
        lean, evidence = verify.lean(seen, looks[0], looks[2], EVERYWHERE)
        assert abs(lean) < 0.3
        assert evidence > 0.5


def test_lean_counts_what_is_known_alone(looks):
    one, other = looks[0], looks[0].copy()
    other[30:50, 20:70] = (200, 30, 30)
    hidden = EVERYWHERE.copy()
    hidden[25:55, 15:75] = False
    assert verify.lean(one, one, other, EVERYWHERE)[0] > 0.9
    assert verify.lean(one, one, other, hidden) == (0.0, 0.0)


@pytest.mark.parametrize("cover", [(128, 120, 110), (240, 240, 240), (198, 150, 122)])
def test_what_looks_like_neither_says_nothing(cover: tuple[int, int, int], looks):
    other = looks[0].copy()
    other[30:50, 20:70] = (200, 30, 30)
    seen = looks[0].copy()
    seen[28:52, 18:72] = cover
    assert abs(verify.lean(seen, looks[0], other, EVERYWHERE)[0]) < 0.35


def test_equal_references_leave_nothing_to_lean_on(looks):
    assert verify.lean(looks[0], looks[0], looks[0], EVERYWHERE) == (0.0, 0.0)


@pytest.mark.parametrize("shift", [(2.5, 0.0), (-1.5, 2.0), (0.0, -3.0)])
def test_unbend_undoes_a_bend(shift: tuple[float, float], looks):
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    strength = np.sin(y / SIZE[1] * np.pi)
    moved = cv2.remap(looks[0], x - shift[0] * strength, y - shift[1] * strength, cv2.INTER_LINEAR)
    straight, known = verify.unbend(patch(moved), looks[0])
    before, after = (np.abs(p - looks[0])[known].mean() for p in (moved, straight))
    assert after < 0.5 * before


# A slant at which the picture's own corners lie behind the horizon of the face's plane.
SLANTS = [(0, 0, 0), (45, 90, 20), (60, 45, 160), (60, 0, -120), (60, 135, 75)]


@pytest.mark.parametrize(("tilt", "towards", "turn"), SLANTS)
def test_a_face_within_the_picture_is_known_whole(tilt: float, towards: float, turn: float, looks):
    reference = drawn.reference(drawn.pack(1), "p")
    photo = drawn.photo_of(drawn.pack(1), Pose(260, tilt_deg=tilt, tilt_towards_deg=towards, turn_deg=turn))
    seen = verify.cut_patch(photo.pixels, photo.quad, reference, SIZE)
    assert seen.known.all()
    assert verify.fit(seen, looks[0]).structure > 0.9


@pytest.mark.parametrize(("tilt", "towards", "turn"), SLANTS)
def test_what_lies_outside_the_picture_is_not_known(tilt: float, towards: float, turn: float):
    reference = drawn.reference(drawn.pack(1), "p")
    pose = Pose(260, tilt_deg=tilt, tilt_towards_deg=towards, turn_deg=turn, centre=(0.97, 0.5))
    photo = drawn.photo_of(drawn.pack(1), pose)
    seen = verify.cut_patch(photo.pixels, photo.quad, reference, SIZE)
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    to_photo = cv2.getPerspectiveTransform(corners(*SIZE), photo.quad)
    where = project(to_photo, np.column_stack([x.ravel(), y.ravel()]).astype(np.float32)).reshape(*SIZE[::-1], 2)
    within = (where >= 0).all(axis=2) & (where <= np.array(drawn.PHOTO) - 1).all(axis=2)
    assert 0.2 < within.mean() < 0.8
    assert (seen.known == within).mean() > 0.97


def test_off_the_pack_is_not_known():
    mask = np.zeros((520, 400), bool)
    mask[:, 200:] = True
    reference = drawn.reference(drawn.pack(1), "p")
    half = verify.Reference(reference.id, "p", "export", "front", reference.pixels, mask)
    known = verify.cut_patch(drawn.pack(1), corners(400, 520), half, SIZE).known
    assert not known[:, :48].any()
    assert known[:, 51:].all()


@pytest.mark.parametrize(("height", "expected"), [(60, 60), (128, 128), (400, 128)])
def test_a_face_is_compared_at_the_size_that_is_seen(height: float, expected: float):
    reference = drawn.reference(drawn.pack(1), "p")
    quad = corners(height * 400 / 520 + 1, height + 1)
    width, tall = verify.working_size(quad, reference, 128)
    assert tall == pytest.approx(expected, abs=1)
    assert width / tall == pytest.approx(400 / 520, abs=0.02)
    assert sides(quad).max() == pytest.approx(height)


@pytest.mark.parametrize("size", [(49, 64), SIZE, (196, 256)])
def test_two_pictures_of_one_print_are_drawn_alike_whatever_their_sizes(size: tuple[int, int]):
    """Else every edge that two versions share would count as a difference between them."""
    one = drawn.reference(drawn.pack(1), "p")
    larger = np.asarray(cv2.resize(drawn.pack(1), (600, 780), interpolation=cv2.INTER_CUBIC), np.uint8)
    other = drawn.reference(larger, "p", version="domestic")
    own = verify.render(one, size)
    assert np.array_equal(verify.render_through(one, np.eye(3), one, size), own)
    through = verify.render_through(other, resizing((600, 780), drawn.PACK), one, size)
    assert (np.linalg.norm(through - own, axis=2) > verify.MIN_CONTRAST).mean() < 0.002


def test_resizing_keeps_a_point_of_the_print_where_it_is():
    y, x = np.mgrid[:90, :120]
    spot = 255 * np.exp(-((x - 80.3) ** 2 + (y - 33.6) ** 2) / 200)
    small = cv2.resize(spot, (40, 30), interpolation=cv2.INTER_AREA)
    v, u = np.mgrid[:30, :40]
    centre = (small * u).sum() / small.sum(), (small * v).sum() / small.sum()
    expected = project(resizing((120, 90), (40, 30)), np.array([[80.3, 33.6]]))[0]
    assert centre == pytest.approx(tuple(expected), abs=0.05)
