"""How far the whole picture has moved: sums of small steps, where one large step fits in several places."""

from __future__ import annotations

import numpy as np
import pytest

from samegoods.vision.recognition.drift import Drift


def row_of_like_packs(at: int) -> np.ndarray:
    """A view of a shelf on which every pack is the same, from ``at`` px along it."""
    rng = np.random.default_rng(4)
    pack = np.kron(rng.integers(40, 220, (18, 4)), np.ones((10, 10)))
    shelf = np.tile(pack, (1, 20)) + rng.normal(0, 3, (180, 800))
    return np.clip(shelf[:, at : at + 320], 0, 255).astype(np.uint8)


@pytest.mark.parametrize("step", [0, 2, 7, 13])
def test_steps_add_up_although_all_packs_are_alike(step: int):
    drift = Drift()
    came = [drift.at(row_of_like_packs(step * n)) for n in range(13)]
    assert came[0] == (0.0, 0.0)
    assert came[-1] == pytest.approx((-12 * step, 0), abs=1.5)


def test_one_large_step_is_taken_for_a_small_one():
    """The period is 40 px: which is why the steps between frames that are looked at are not asked."""
    drift = Drift()
    drift.at(row_of_like_packs(0))
    assert abs(drift.at(row_of_like_packs(160))[0] + 160) > 30


def test_another_size_moves_nothing():
    drift = Drift()
    drift.at(row_of_like_packs(0))
    assert drift.at(np.zeros((90, 160), np.uint8)) == (0.0, 0.0)
