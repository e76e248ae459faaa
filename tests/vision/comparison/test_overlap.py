"""Regions in one place: the grid never says otherwise than the polygons themselves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from samegoods.geometry import coverage, intersection
from samegoods.vision.comparison.overlap import Regions

LEAST = 0.2
CLOUDS = arrays(np.float32, (6, 2), elements=st.floats(0, 200, width=16))


def hull(points: np.ndarray) -> np.ndarray:
    return cv2.convexHull(points.astype(np.float32))[:, 0]


def square(x: float, y: float, side: float = 40.0) -> np.ndarray:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], np.float32)


@given(clouds=st.lists(CLOUDS, min_size=1, max_size=8), other=CLOUDS)
def test_it_is_as_the_polygons_say(clouds, other):
    regions, one = [hull(cloud) for cloud in clouds], hull(other)
    shares = [coverage(region, one) for region in regions]
    found = set(Regions(regions).in_place(one, LEAST).tolist())
    for place, share in enumerate(shares):
        if abs(share - LEAST) > 1e-3:  # nearer than that, single precision decides
            assert (place in found) == (share > LEAST)


@pytest.mark.parametrize(
    ("region", "found"),
    [
        (square(0, 0), [0]),
        (square(0, 0)[::-1], [0]),  # turning the other way
        (square(31, 0), [0]),
        (square(33, 0), []),
        (square(300, 300), []),
        (np.zeros((0, 2), np.float32), []),
        (square(0, 0, 0.0), []),
        (square(10, 10, 2.0), [0]),  # all of the smaller
    ],
)
def test_one_beside_a_square(region, found):
    assert Regions([square(0, 0)]).in_place(region, LEAST).tolist() == found


def test_among_no_regions_nothing_is_found():
    assert Regions([]).in_place(square(0, 0), LEAST).tolist() == []


def test_of_scattered_regions_few_pairs_are_left_to_the_polygons(monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(
        "samegoods.vision.comparison.overlap.intersection", lambda a, b: asked.append(1) or intersection(a, b)
    )
    chance = np.random.default_rng(5)
    regions = [hull(chance.uniform(0, 60, (12, 2)) + chance.uniform(0, 140, 2)) for _ in range(200)]
    packed = Regions(regions)
    for one in regions:
        packed.in_place(one, LEAST)
    assert 0 < len(asked) < 200 * 200 / 4
