"""A known warp is undone to a fraction of a pixel, through light, noise and a bend."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samegoods.geometry import corners, homography_between, inside, project
from samegoods.render.random_pack import random_pack
from samegoods.vision.colour import luma
from samegoods.vision.comparison import align
from samegoods.vision.comparison.blur import fit_spread, soften

QUAD = np.array([[60, 40], [260, 62], [250, 330], [48, 300]], np.float32)


@pytest.fixture(scope="module")
def face():
    return luma(random_pack(4, size=(200, 280)))


def photo(face, *, seed, noise=2.0):
    """The face under QUAD, dimmed from left to right."""
    rng = np.random.default_rng(seed)
    pose = homography_between(corners(200, 280), QUAD)
    seen = cv2.warpPerspective(cv2.GaussianBlur(face, (0, 0), 0.8), pose, (320, 380))
    seen = seen * np.linspace(0.5, 0.9, 320, dtype=np.float32) + 10
    return (seen + rng.normal(0, noise, seen.shape)).astype(np.float32), pose


def error_of(placed, pose, share=0.5):
    """The distance between where points are placed and where they are, px of the photo; a quantile over the face."""
    grid = np.stack(np.meshgrid(np.arange(10, 190, 9), np.arange(10, 270, 9)), -1).reshape(-1, 2)
    flow = placed.flow[grid[:, 1], grid[:, 0]]
    true = project(pose, grid)
    return float(np.quantile(np.linalg.norm(project(placed.homography, grid + flow) - true, axis=1), share))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_a_known_warp_is_undone(face, seed):
    seen, pose = photo(face, seed=seed)
    rng = np.random.default_rng(seed)
    wrong = homography_between(corners(200, 280), QUAD + rng.uniform(-4, 4, (4, 2)).astype(np.float32))
    start = align.start(wrong, (200, 280))
    known, weight = inside(QUAD, 320, 380), np.ones((280, 200), bool)
    stiff = align.register(seen, known, face, weight, start, bend=False)
    assert error_of(stiff, pose) < 0.2
    assert error_of(stiff, pose, 0.95) < 0.5
    assert stiff.fit > 0.8
    free = align.register(seen, known, face, weight, start)  # may bend where there is nothing to hold on to
    assert error_of(free, pose) < 0.2


def test_a_bend_is_undone(face):
    seen, pose = photo(face, seed=1)
    y, x = np.mgrid[0:380, 0:320].astype(np.float32)
    bulge = 3 * np.sin(np.pi * (y - 40) / 280)
    bent = cv2.remap(seen, x + bulge, y, cv2.INTER_LINEAR)
    weight = np.ones((280, 200), bool)
    known = inside(QUAD, 320, 380)
    start = align.start(pose, (200, 280))
    stiff = align.register(bent, known, face, weight, start, bend=False)
    free = align.register(bent, known, face, weight, start)
    assert free.fit > stiff.fit + 0.01
    assert free.slack_px < stiff.slack_px


def test_nothing_known_moves_nothing(face):
    seen, pose = photo(face, seed=1)
    start = align.start(pose, (200, 280))
    placed = align.register(seen, np.zeros(seen.shape, bool), face, np.ones((280, 200), bool), start)
    assert np.allclose(placed.flow, 0)
    assert placed.fit == 0


@pytest.mark.parametrize("spread", [[[1.5, 0.4], [0.4, 0.6]], [[0.3, 0], [0, 2.5]], [[0.0, 0], [0, 0.0]]])
def test_a_point_spread_is_found_through_light_and_noise(face, spread):
    spread = np.array(spread, float)
    rng = np.random.default_rng(3)
    seen = soften(face, spread) * 0.6 + 20 + rng.normal(0, 2, face.shape)
    found = fit_spread(seen.astype(np.float32), face, np.ones(face.shape, bool))
    assert np.abs(found - spread).max() < 0.2
