"""Black and frozen pictures, and a camera that was turned: told by the whole picture, in any light."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import drawn
from samegoods.records import Layout
from samegoods.render.surfaces import clutter
from samegoods.vision.health import COLUMNS, DIRECTIONS, FROZEN_S, ROWS, TURNED, Aim, Meter, is_black, layout, likeness

VIEW = (180, 320)
"""Height and width of the grey pictures, px."""


@lru_cache
def scene(seed: int) -> np.ndarray:
    """A drawn stall, larger than the view: packs before clutter."""
    rng = np.random.default_rng(seed)
    ground = clutter(1600, 1000, seed).copy()
    for number in range(8):
        x, y = int(rng.uniform(0, 1440)), int(rng.uniform(0, 790))
        ground[y : y + 200, x : x + 150] = cv2.resize(drawn.pack(number + 1), (150, 200))
    return ground


def view(seed: int, *, dx: int = 0, dy: int = 0, gain: float = 1.0, noise: int = 0) -> np.ndarray:
    """What a camera sees of a stall, turned by so many of its 1280 x 720 px."""
    part = scene(seed)[100 + dy : 820 + dy, 100 + dx : 1380 + dx]
    grey = cv2.resize(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), VIEW[::-1], interpolation=cv2.INTER_AREA)
    return np.clip(grey * gain + np.random.default_rng(noise).normal(0, 4, VIEW), 0, 255).astype(np.uint8)


def covered(seed: int, third: int) -> np.ndarray:
    picture = view(seed, noise=1)
    picture[:, 106 * third : 106 * (third + 1)] = view(seed + 50)[:, 106 * third : 106 * (third + 1)]
    return picture


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("least", "other"),
    [
        (0.85, lambda seed: view(seed, gain=0.6, noise=1)),
        (0.85, lambda seed: view(seed, gain=1.6, noise=1)),
        (TURNED, lambda seed: covered(seed, 0)),
        (TURNED, lambda seed: covered(seed, 2)),
    ],
    ids=["darker", "lighter", "left third covered", "right third covered"],
)
def test_light_and_what_stands_in_front_do_not_turn_a_camera(seed: int, least: float, other):
    assert likeness(layout(view(seed)), layout(other(seed))) > least


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("turn", [{"dx": 220}, {"dy": 170}], ids=["sideways", "down"])
def test_a_camera_that_was_turned_sees_another_layout(seed: int, turn: dict):
    assert likeness(layout(view(seed)), layout(view(seed, **turn, noise=1))) < TURNED
    assert likeness(layout(view(seed)), layout(view(seed + 90, noise=1))) < TURNED


def test_a_layout_is_too_coarse_to_know_anybody_by():
    found = layout(view(1))
    assert found.shape == (ROWS, COLUMNS, DIRECTIONS)
    assert view(1).size / (ROWS * COLUMNS) >= 300  # px to a cell: 1/16 of the width
    assert np.linalg.norm(found, axis=-1).max() <= 1.0 + 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 255))
def test_a_flat_picture_is_like_nothing_and_breaks_nothing(grey: int):
    flat = np.full(VIEW, grey, np.uint8)
    assert likeness(layout(flat), layout(view(1))) == 0
    assert is_black(flat) == (grey <= 25)


@pytest.mark.parametrize(("share", "black"), [(0.0, True), (0.01, True), (0.05, False), (1.0, False)])
def test_a_black_picture_may_have_a_lamp_in_it(share: float, black: bool):
    picture = np.zeros(VIEW, np.uint8)
    picture.flat[: int(share * picture.size)] = 255
    assert is_black(picture) == black


def metered(pictures: list[np.ndarray]) -> Meter:
    meter = Meter()
    for second, picture in enumerate(pictures):
        meter.take(picture, float(second))
    return meter


def test_a_picture_that_stays_is_frozen_from_its_first_second_on():
    moving = [view(1, noise=n) for n in range(5)]
    still = [moving[-1]] * 50
    meter = metered([*moving, *still, *moving])
    assert meter.frozen_s == 50
    assert meter.black_s == 0


def test_a_still_scene_is_not_frozen_and_a_short_halt_is_none():
    assert metered([view(1, noise=n) for n in range(90)]).frozen_s == 0
    halt = [view(1)] * int(FROZEN_S)
    assert metered([view(1, noise=9), *halt, view(1, noise=9)]).frozen_s == 0


def test_black_is_counted_and_is_no_layout():
    dark = np.zeros(VIEW, np.uint8)
    meter = metered([view(1), *[dark] * 20, view(1, noise=1)])
    assert meter.black_s == 20
    assert metered([dark] * 200).layouts == []


def test_a_turn_is_told_once_and_the_new_view_is_known_from_there_on():
    aim = Aim()
    minutes = [view(1), view(1, gain=0.7), view(1, gain=1.4), view(2), view(2, gain=0.8), view(1)]
    told = [aim.take(Layout(60.0 * n, layout(minute))) for n, minute in enumerate(minutes)]
    assert told == [False, False, False, True, False, True]


def test_a_minute_makes_one_layout():
    meter = metered([view(1, noise=n) for n in range(181)])
    assert [one.at_s for one in meter.layouts] == [59, 119, 179]
