"""A face is found again near where it was, exactly, and only where it is."""

from __future__ import annotations

import numpy as np
import pytest

from fakes import drawn
from samegoods.render.photo import Light, Pose
from samegoods.vision.recognition.follow import aligned, likeness, predicted

LAMP = Light(gain=0.8, cast=(1.1, 1.0, 0.9), gradient=0.3)


@pytest.mark.parametrize(("height", "tilt", "turn"), [(90, 0, 0), (260, 30, 40), (300, 50, -120)])
@pytest.mark.parametrize("seed", [1, 2])
def test_from_a_little_off_it_is_found_again(seed: int, height: float, tilt: float, turn: float):
    photo = drawn.photo_of(drawn.pack(seed), Pose(height, tilt_deg=tilt, turn_deg=turn), light=LAMP, seed=seed)
    off = photo.quad + np.random.default_rng(seed).uniform(-0.015, 0.015, (4, 2)).astype(np.float32) * height
    found = aligned(photo.pixels, off, drawn.reference(drawn.pack(seed), "p"))
    assert found is not None
    assert drawn.worst_corner(found, photo.quad) < 1.5


def test_where_another_pack_is_it_is_not():
    photo = drawn.photo_of(drawn.pack(2), Pose(260))
    wrong, right = (drawn.reference(drawn.pack(seed), "p") for seed in (1, 2))
    found = aligned(photo.pixels, photo.quad, wrong)
    alike = likeness(photo.pixels, photo.quad, right)
    assert found is None or likeness(photo.pixels, found, wrong) < 0.5 * alike


def test_off_the_picture_it_is_lost():
    photo = drawn.photo_of(drawn.pack(1), Pose(260))
    gone = photo.quad + np.float32(5_000)
    assert aligned(photo.pixels, gone, drawn.reference(drawn.pack(1), "p")) is None


def test_a_quad_goes_where_the_flow_goes():
    flow = np.zeros((180, 320, 2), np.float32)
    flow[..., 0] = 5  # each place was five to the right before: the picture moves to the left
    quad = np.array([[400, 200], [600, 200], [600, 400], [400, 400]], np.float32)
    moved = predicted(quad, flow, np.zeros((180, 320), bool), (4, 4))
    assert moved == pytest.approx(quad - np.array([20, 0]), abs=0.5)


def test_without_flow_to_go_by_a_quad_stays():
    quad = np.array([[400, 200], [600, 200], [600, 400], [400, 400]], np.float32)
    everything = np.ones((180, 320), bool)
    assert predicted(quad, np.ones((180, 320, 2), np.float32), everything, (4, 4)) == pytest.approx(quad)
