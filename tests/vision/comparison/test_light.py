"""The level undoes light and leaves paint."""

import numpy as np
import pytest

from samegoods.render.random_pack import random_pack
from samegoods.vision.comparison.light import fit_light, level, shown


@pytest.fixture(scope="module")
def print_():
    return random_pack(11, size=(200, 280)).astype(np.float32)


def field(shape, cast):
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    shade = 0.7 + 0.15 * x - 0.1 * y + 0.05 * x * y
    return (shade[..., None] * np.array(cast)).astype(np.float32)


def off(light, seen, print_):
    return np.abs(level(seen, light) - shown(print_, light)).max(axis=2)


@pytest.mark.parametrize("cast", [(1, 1, 1), (1.15, 1.0, 0.8), (0.85, 1.0, 1.1)])
def test_a_known_gain_field_is_undone(print_, cast):
    known = np.ones(print_.shape[:2], bool)
    seen = print_ * field(known.shape, cast) + 5
    light = fit_light(seen, print_, known)
    assert np.abs(light.gain - field(known.shape, cast)).mean() < 0.02
    assert np.quantile(off(light, seen, print_), 0.95) < 4
    assert light.agree > 0.95


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_another_colour_of_a_large_panel_stays(share):
    """The light follows the rest of the face: paper, lettering and drawing tell it."""
    rng = np.random.default_rng(5)
    tiles = rng.integers(40, 230, (14, 10, 3))
    print_ = np.kron(tiles, np.ones((20, 20, 1))).astype(np.float32)  # (280, 200, 3)
    known = np.ones(print_.shape[:2], bool)
    painted = print_.copy()
    rows = int(share * 280)
    painted[:rows] = painted[:rows] * (0.7, 1.0, 0.7) + (0, 20, 50)
    seen = painted * field(known.shape, (1.05, 1, 0.95))
    light = fit_light(seen, print_, known)
    error = off(light, seen, print_)
    assert np.median(error[rows + 8 :]) < 4
    assert np.median(error[: rows - 8]) > 20


def test_too_little_known_is_no_light(print_):
    known = np.zeros(print_.shape[:2], bool)
    assert fit_light(print_, print_, known) is None
    known[:14, :14] = True
    assert fit_light(print_, print_, known) is None


def test_colour_that_is_lost_is_told_from_light(print_):
    known = np.ones(print_.shape[:2], bool)
    grey = print_.mean(axis=2, keepdims=True)
    pale = grey + 0.75 * (print_ - grey)
    light = fit_light(pale * field(known.shape, (1, 1, 1)), print_, known)
    assert light.saturation == pytest.approx(0.75, abs=0.05)
    assert fit_light(print_, print_, known).saturation == pytest.approx(1, abs=0.02)
