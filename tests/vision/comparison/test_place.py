"""Where something lies on a face, in words."""

import numpy as np
import pytest

from samegoods.vision.comparison.place import place_of


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (slice(2, 12), slice(80, 95), "upper right"),
        (slice(50, 58), slice(45, 55), "lower middle"),
        (slice(28, 32), slice(48, 52), "middle"),
        (slice(28, 32), slice(2, 12), "left"),
        (slice(2, 8), slice(10, 90), "across the upper part"),
        (slice(28, 34), slice(10, 90), "across the middle"),
        (slice(5, 55), slice(2, 8), "down the left side"),
        (slice(5, 55), slice(48, 52), "down the middle"),
        (slice(0, 60), slice(0, 100), "all over"),
        (slice(0, 0), slice(0, 0), ""),
    ],
)
def test_a_place_in_words(rows, columns, said):
    mask = np.zeros((60, 100), bool)
    mask[rows, columns] = True
    assert place_of(mask) == said
