"""Pairs of pictures with known truth: what is planted must be where it is said to be, and nothing else."""

import numpy as np
import pytest

from comparison import asked, covers
from pairs import drawn, softness, transplanted
from samegoods.geometry import corners, homography_between
from samegoods.render.edits import plant
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack


def test_a_pair_is_taken_alike_whether_something_is_planted_or_not():
    with_badge, without = drawn(60_123, "badge", 260.0), drawn(60_123, None, 260.0)
    assert (with_badge.quads[0] == without.quads[0]).all()
    differs = (with_badge.photos[0].astype(int) - without.photos[0]).any(axis=2)
    assert 0 < differs.mean() < 0.2
    assert without.edit is None
    assert (with_badge.reference.pixels == without.reference.pixels).all()


@pytest.mark.parametrize("blur_px", [0.0, 1.5])
def test_a_difference_is_carried_into_a_photo_as_a_camera_would_have_shown_it(blur_px):
    face = random_pack(31)
    changed, _ = plant(face, "badge", seed=31)
    taken = {"pose": Pose(300, tilt_deg=20, turn_deg=10), "size": (440, 400), "noise": 0, "jpeg_quality": None}
    plain, truth = (photograph(shown, seed=3, blur_px=blur_px, **taken) for shown in (face, changed))
    matrix = homography_between(corners(face.shape[1], face.shape[0]), plain.quad)
    made = transplanted(plain.pixels, face, changed, matrix)
    before, after = (np.abs(truth.pixels.astype(int) - one).mean() for one in (plain.pixels, made))
    assert after < 0.25 * before


def test_softness_is_told():
    face = random_pack(32)
    sharp, fair, soft = (
        photograph(face, pose=Pose(200), size=(240, 240), seed=4, blur_px=blur_px, noise=0, jpeg_quality=None).pixels
        for blur_px in (0.0, 0.3, 2.0)
    )
    whole = np.ones(sharp.shape[:2], bool)
    assert softness(fair, sharp.astype(np.float32), whole) < softness(soft, sharp.astype(np.float32), whole)


def test_what_is_asked_is_large_strong_or_readable():
    strong = drawn(60_123, "badge", 260.0)
    assert asked(strong)
    assert not asked(drawn(60_123, None, 260.0))
    assert covers(strong.edit, tuple(np.mean(strong.edit.region, axis=0)), 640)
    assert not covers(strong.edit, (-500.0, -500.0), 640)
