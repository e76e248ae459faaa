"""A pack in a photo: the truth agrees with the pixels to a fraction of one."""

import cv2
import numpy as np
import pytest

from samegoods.geometry import corners, homography_between, is_convex, project
from samegoods.render.photo import Light, Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.render.sensor import add_noise, smear

CELL = 60
GREY = np.full((720, 1280, 3), 128, np.uint8)


def checkers():
    """A face of 10 by 8 cells, white around a board of 8 by 6; and where the board's inner corners lie in it."""
    board = np.full((8, 10), 255, np.uint8)
    board[1:-1, 1:-1] = (np.indices((6, 8)).sum(axis=0) % 2) * 255
    face = np.repeat(np.repeat(board, CELL, axis=0), CELL, axis=1)
    v, u = np.mgrid[2:7, 2:9]
    inner = np.column_stack([u.ravel(), v.ravel()]) * CELL - 0.5  # between two pixels' centres
    return np.repeat(face[..., None], 3, axis=2), inner.astype(np.float32)


def located(pixels):
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ok, points = cv2.findChessboardCornersSB(grey, (7, 5), flags=cv2.CALIB_CB_NORMALIZE_IMAGE)
    assert ok
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
    return cv2.cornerSubPix(grey, points, (4, 4), (-1, -1), until)[:, 0]


@pytest.mark.parametrize(
    "pose",
    [
        Pose(300),
        Pose(151, centre=(0.3, 0.62)),
        Pose(420, tilt_deg=40, tilt_towards_deg=90),
        Pose(420, tilt_deg=55, tilt_towards_deg=20),
        Pose(350, tilt_deg=30, tilt_towards_deg=200, turn_deg=33),
        Pose(280, turn_deg=90),
    ],
)
def test_the_quad_says_where_the_face_lies(pose):
    face, inner = checkers()
    photo = photograph(face, pose=pose, seed=1, background=GREY, blur_px=0.5, noise=1.0, jpeg_quality=None)
    to_photo = homography_between(corners(face.shape[1], face.shape[0]), photo.quad)
    expected, found = project(to_photo, inner), located(photo.pixels)
    gaps = np.linalg.norm(found[:, None] - expected[None], axis=2)  # the board may be found from its other end
    assert is_convex(photo.quad)
    assert gaps.min(axis=1).max() < 0.2


def test_upright_height_is_the_one_asked_for():
    photo = photograph(random_pack(1), pose=Pose(200), seed=1)
    assert photo.quad[3, 1] - photo.quad[0, 1] == pytest.approx(200, abs=1)


def test_the_same_seed_gives_the_same_photo_and_another_another_light():
    pack = random_pack(2)
    options = {"pose": Pose(240, tilt_deg=20), "light": Light(gradient=0.5), "covered": 0.2}
    one, two, other = (photograph(pack, seed=seed, **options) for seed in (5, 5, 6))
    assert np.array_equal(one.pixels, two.pixels)
    assert not np.array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize(
    ("light", "ratio"), [(Light(gain=0.5), (0.5, 0.5, 0.5)), (Light(cast=(1.0, 0.7, 0.4)), (1.0, 0.7, 0.4))]
)
def test_light_multiplies_light(light, ratio):
    plain = np.full((200, 150, 3), 150, np.uint8)
    options = {"pose": Pose(300), "seed": 1, "background": GREY, "noise": 0, "jpeg_quality": None}
    lit, unlit = (photograph(plain, light=one, **options).pixels[360, 640] / 255.0 for one in (light, Light()))
    assert (lit / unlit) ** 2.2 == pytest.approx(np.array(ratio), abs=0.03)


def test_a_cover_hides_its_share():
    photo = photograph(random_pack(2), pose=Pose(300), seed=3, covered=0.3)
    whole = photograph(random_pack(2), pose=Pose(300), seed=3)
    assert photo.shown.sum() / whole.shown.sum() == pytest.approx(0.7, abs=0.05)


def test_glare_is_not_called_shown():
    photo = photograph(random_pack(2), pose=Pose(300), seed=3, light=Light(glare=0.9), noise=0, jpeg_quality=None)
    plain = photograph(random_pack(2), pose=Pose(300), seed=3, noise=0, jpeg_quality=None)
    lost = plain.shown & ~photo.shown
    assert lost.mean() > 0.001
    assert photo.pixels[lost].mean() > plain.pixels[lost].mean() + 20


def test_noise_has_the_size_asked_for():
    grey = np.full((400, 600, 3), 128, np.uint8)
    noisy = add_noise(grey, 3.0, np.random.default_rng(1)).astype(float)
    assert noisy.mean() == pytest.approx(128, abs=0.2)
    assert noisy.std() == pytest.approx(3.0, abs=0.25)
    with pytest.raises(ValueError, match="at most"):
        add_noise(np.zeros((3000, 3000, 3), np.uint8), 1.0, np.random.default_rng(1))


@pytest.mark.parametrize(("dx", "dy"), [(6.0, 0.0), (0.0, 5.0), (4.0, -3.0)])
def test_a_smear_spreads_a_point_along_the_motion(dx, dy):
    dot = np.zeros((41, 41, 3), np.uint8)
    dot[20, 20] = 255
    out = smear(dot, dx, dy)[..., 0].astype(float)
    ys, xs = np.mgrid[-20:21, -20:21]
    total = out.sum()
    assert total == pytest.approx(255, rel=0.1)
    assert (out * xs).sum() / total == pytest.approx(0, abs=0.15)
    spread = [(out * xs * xs).sum(), (out * ys * ys).sum(), (out * xs * ys).sum()] / total
    assert spread == pytest.approx([dx * dx / 12, dy * dy / 12, dx * dy / 12], abs=0.8)
