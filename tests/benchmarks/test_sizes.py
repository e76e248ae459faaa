"""The ladders that are climbed: every rung is a larger difference than the one below."""

import numpy as np
import pytest

from samegoods.render.random_pack import random_pack
from sizes import SIZED, first, mixed, off, sizes, tints, word


@pytest.fixture(scope="module")
def face():
    return random_pack(90_003)


def test_tints_grow_and_stay_in_one_place(face):
    ladder = list(tints(face, 90_003))
    strengths = [delta for delta, _ in ladder]
    assert strengths == sorted(strengths)
    assert strengths[0] < 6 < 12 < strengths[-1]
    assert all((shown != face).any(axis=2).mean() < 0.02 for _, shown in ladder)


def test_patches_grow_and_are_of_one_strength(face):
    ladder = list(sizes(face, 90_003))
    assert [size for size, _ in ladder] == sorted({size for size, _ in ladder})
    assert all(SIZED[0] <= off(face, shown) <= SIZED[1] for _, shown in ladder)


def test_nothing_mixed_in_is_no_difference(face):
    other = np.zeros_like(face)
    assert off(face, mixed(face, other, 0.0)) == 0
    assert (mixed(face, other, 1.0) == other).all()


def test_letters_are_as_high_as_the_pack_is_seen(face):
    small, large = word(face, 90_003, 100), word(face, 90_003, 200)
    assert small is not None
    assert large is not None
    assert large[0] == pytest.approx(2 * small[0])


def test_the_first_that_is_called_different_is_told():
    blank = np.zeros((1, 1, 3), np.uint8)
    ladder = [(float(k), blank + np.uint8(k)) for k in range(8)]
    assert first(ladder, lambda shown: "different" if shown.max() >= 5 else "cannot_tell") == (5.0, True)
    assert first(ladder, lambda shown: "same") == (7.0, False)
