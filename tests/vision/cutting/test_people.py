"""What is filled of a crop because of people, in tiny cases."""

from __future__ import annotations

import numpy as np
import pytest

from samegoods.records import PersonBox
from samegoods.vision.cutting.people import GROWN, of_people

ALL = np.ones((100, 80), bool)
NONE = ~ALL


def seen(kind, x0, y0, x1, y1):
    return PersonBox(kind, (x0, y0, x1, y1), 0.9, "mtcnn" if kind == "face" else "ssdlite")


def patch(x0, y0, x1, y1):
    mask = np.zeros_like(ALL)
    mask[y0:y1, x0:x1] = True
    return mask


def test_nobody_takes_nothing():
    assert not of_people([], ALL, NONE).any()


def test_a_face_is_filled_whole_and_a_little_beyond():
    filled = of_people([seen("face", 20, 30, 40, 60)], ALL, NONE)
    assert np.array_equal(filled, patch(round(20 - GROWN * 20), round(30 - GROWN * 30), 46, 69))


def test_a_face_that_the_reference_prints_stays():
    assert not of_people([seen("face", 20, 30, 40, 60)], ALL, ALL).any()


@pytest.mark.parametrize(("agreeing", "stays"), [(18, True), (10, False), (0, False)])
def test_a_face_is_print_where_most_of_it_agrees(agreeing, stays):
    agrees = patch(20, 30, 20 + agreeing, 60)
    assert of_people([seen("face", 20, 30, 40, 60)], ALL, agrees).any() != stays


def test_only_what_was_known_is_filled():
    known = patch(0, 0, 80, 45)
    filled = of_people([seen("face", 20, 30, 40, 60)], known, NONE)
    assert filled.any()
    assert not (filled & ~known).any()


def test_a_body_takes_what_disagrees_and_comes_in_from_the_edge():
    arm, print_ = patch(0, 40, 30, 60), patch(45, 20, 60, 35)
    filled = of_people([seen("body", -50, -50, 200, 200)], ALL, ~(arm | print_))
    assert np.array_equal(filled, arm)


def test_a_body_beside_the_pack_takes_nothing():
    arm = patch(0, 40, 30, 60)
    assert not of_people([seen("body", 40, 0, 80, 100)], ALL, ~arm).any()


def test_a_pack_held_in_front_of_a_body_stays():
    assert not of_people([seen("body", -50, -50, 200, 200)], ALL, ALL).any()


def test_an_arm_is_filled_at_the_edge_of_what_another_cover_left():
    known, arm = ~patch(0, 0, 80, 40), patch(30, 40, 50, 70)
    filled = of_people([seen("body", 0, 0, 80, 100)], known, known & ~arm)
    assert np.array_equal(filled, arm)


def test_a_box_beyond_the_picture_does_no_harm():
    for box in ((-60, -60, -10, -10), (90, 110, 140, 160), (-5, -5, 300, 2)):
        assert of_people([seen("face", *box)], ALL, ALL).shape == ALL.shape
