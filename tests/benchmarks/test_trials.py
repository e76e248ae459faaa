"""The packs that confidences are fitted and judged on: bent as told; a region is right only on what was planted."""

import numpy as np
import pytest

from comparison import touches
from samegoods.render.edits import Edit
from trials import bent, bent_edit

SIZE = 200


def dot(x, y):
    face = np.zeros((SIZE, SIZE, 3), np.uint8)
    face[y - 4 : y + 5, x - 4 : x + 5] = 255
    corners = tuple((float(a), float(b)) for a in (x - 4, x + 4) for b in (y - 4, y + 4))
    return face, Edit("mark", "badge", "front", corners, 0.002, 50.0)


@pytest.mark.parametrize("x", [20, 60, 100, 150, 185])
def test_what_is_planted_stays_where_the_edit_says_when_the_face_is_bent(x):
    face, edit = dot(x, 50)
    shown = bent(face, 0.6)
    xs = np.nonzero(shown[50, :, 0] > 100)[0]
    region = np.array(bent_edit(edit, SIZE, 0.6).region)
    assert xs.mean() == pytest.approx(region[:, 0].mean(), abs=1.0)


def test_a_bent_face_keeps_its_middle_and_its_edges():
    ramp = np.repeat(np.repeat(np.linspace(0, 250, SIZE)[None, :, None], SIZE, 0), 3, 2).astype(np.uint8)
    shown = bent(ramp, 0.5)
    assert shown.shape == ramp.shape
    assert int(shown[0, SIZE // 2, 0]) == pytest.approx(int(ramp[0, SIZE // 2, 0]), abs=2)
    assert shown[0, 0, 0] <= 2


def square(x, y, side):
    return np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)], np.float32)


@pytest.mark.parametrize(
    ("region", "right"),
    [
        (square(48, 48, 4), True),  # on it
        (square(0, 0, 120), True),  # around it
        (square(57, 40, 20), True),  # its middle is near it
        (square(120, 120, 10), False),
        (square(70, 40, 60), False),  # beside it
    ],
)
def test_a_region_is_right_on_what_was_planted(region, right):
    edit = Edit("mark", "badge", "front", tuple(map(tuple, square(40, 40, 20))), 0.01, 20.0)
    assert bool(touches(edit, region, SIZE)) is right
