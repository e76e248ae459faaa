"""What is before a pack's face: where a cover goes on, by what disagrees beside it."""

import numpy as np
import pytest

from samegoods.vision.cutting.cover import clinging


def square(*places: tuple[int, int, int, int]) -> np.ndarray:
    """A face of 100 px, True in these places (x0, y0, x1, y1)."""
    mask = np.zeros((100, 100), bool)
    for x0, y0, x1, y1 in places:
        mask[y0:y1, x0:x1] = True
    return mask


WHOLE = square((2, 2, 98, 98))
HAND = square((2, 30, 30, 60))


@pytest.mark.parametrize(
    ("off", "filled"),
    [
        (square(), square()),
        (square((30, 35, 38, 50)), square((30, 35, 38, 50))),  # against the hand, and near it
        (square((50, 35, 60, 50)), square()),  # a difference of its own
        (square((30, 35, 90, 50)), square((30, 35, 42, 50))),  # print that differs as far as across the face
        (square((36, 35, 40, 50)), square()),  # near, but print that agrees lies between
    ],
)
def test_what_disagrees_and_clings_to_what_was_taken_out_is_more_of_it(off: np.ndarray, filled: np.ndarray):
    assert (clinging(WHOLE & ~HAND, WHOLE, ~off) == filled).mean() > 0.995


def test_nothing_clings_where_nothing_was_taken_out_or_only_a_speck():
    off = square((10, 10, 60, 60))
    assert not clinging(WHOLE, WHOLE, ~off).any()
    assert not clinging(WHOLE & ~square((8, 20, 11, 60)), WHOLE, ~off).any()
