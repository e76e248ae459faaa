"""What is new in a picture, however the camera moves; where that lies; and how the camera moved."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.geometry import project
from samegoods.vision.recognition.watch import Watch, boxes_of

VIEW = (180, 320)
SIZE = (1280, 720)


def wide(seed: int = 0) -> np.ndarray:
    """A textured scene twice as wide as a view, grey 40..200."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.uniform(60, 180, (12, 48)).astype(np.float32), (640, 220), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(0, 60, (220, 640)).astype(np.float32), (0, 0), 1.5)
    return np.clip(coarse + fine, 40, 200).astype(np.uint8)


SCENE = wide()


def view(x: int, y: int = 20, scene: np.ndarray = SCENE) -> np.ndarray:
    return scene[y : y + VIEW[0], x : x + VIEW[1]].copy()


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (3, 1), (-5, 4), (18, -6), (40, 10)])
def test_what_only_moves_is_not_new_and_tells_the_motion(dx: int, dy: int):
    watch = Watch()
    watch.step(view(100), 0)
    step = watch.step(view(100 + dx, 20 + dy), 0.25)
    inner = step.new[12:-12, max(0, -dx) + 8 : VIEW[1] - max(0, dx) - 8]
    assert inner.mean() < 0.01
    spot = np.array([[600.0, 300.0]])
    assert project(step.motion(SIZE), spot)[0] == pytest.approx((600 - 4 * dx, 300 - 4 * dy), abs=4)


def test_the_first_picture_is_all_new_and_tells_no_motion():
    watch = Watch()
    step = watch.step(view(0), 0)
    assert step.new.all()
    assert watch.owed.all()
    assert step.motion(SIZE) is None


def test_a_cut_is_new_and_tells_no_motion():
    watch = Watch()
    watch.step(view(0), 0)
    step = watch.step(view(0, scene=wide(7)), 0.25)
    assert step.new.mean() > 0.3
    assert step.motion(SIZE) is None


def test_what_comes_into_view_is_owed_until_it_was_looked_at():
    watch = Watch()
    watch.step(view(100), 0)
    watch.looked()
    assert watch.longest_owed_s < 0
    watch.step(view(120), 0.25)
    watch.step(view(140), 0.25)
    assert watch.owed[:, -30:].mean() > 0.9
    assert watch.owed[:, : VIEW[1] - 60].mean() < 0.02
    assert watch.longest_owed_s == pytest.approx(0.25)
    watch.looked()
    watch.step(view(141), 0.25)
    assert not watch.owed.any()


def test_a_pack_put_into_the_scene_is_new_where_it_is_while_the_camera_moves():
    pack = np.random.default_rng(3).integers(0, 2, (4, 4)).astype(np.uint8) * 180 + 30
    watch = Watch()
    watch.step(view(100), 0)
    watch.looked()
    shown = view(104)
    shown[60:76, 150:166] = cv2.resize(pack, (16, 16), interpolation=cv2.INTER_NEAREST)
    watch.step(shown, 0.25)
    assert watch.owed[62:74, 152:164].all()
    assert watch.owed.sum() < 4 * 16 * 16


def test_what_went_out_of_view_and_is_back_is_owed_nothing_but_for_what_was_followed():
    watch, followed = Watch(), np.zeros(VIEW, bool)
    followed[40:120, 4:24] = True
    watch.step(view(100), 0)
    watch.looked(followed)
    for x in (112, 124, 112, 100):  # a hand sways to the right and back
        watch.step(view(x), 0.25)
    assert watch.owed[60:100, 8:20].mean() > 0.9
    assert watch.owed[10:30, 2:16].mean() > 0.9
    watch.recall()
    assert watch.owed[60:100, 8:20].mean() > 0.9
    assert watch.owed.sum() < 1.3 * followed.sum()


def test_what_was_changed_behind_the_border_is_new():
    scene = SCENE.copy()
    watch = Watch()
    watch.step(view(100), 0)
    watch.looked()
    watch.step(view(130), 0.25)
    scene[70:120, 100:125] = 255 - scene[70:120, 100:125]
    watch.step(view(100, scene=scene), 0.25)
    watch.recall()
    assert watch.owed[56:94, 4:20].mean() > 0.7
    assert watch.owed[:40, 4:].mean() < 0.1


def test_a_band_along_two_borders_is_two_boxes():
    mask = np.zeros((180, 320), bool)
    mask[:10] = mask[:, :12] = True
    boxes = boxes_of(mask, 16)
    assert len(boxes) == 2
    assert sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes) < 0.4 * mask.size


def test_a_slow_walk_owes_what_comes_in_bit_by_bit():
    watch = Watch()
    watch.step(view(100), 0)
    watch.looked()
    for x in range(102, 122, 2):
        watch.step(view(x), 0.25)
    assert watch.owed[:, -12:].mean() > 0.8


def test_another_size_begins_anew():
    watch = Watch()
    watch.step(view(0), 0)
    watch.looked()
    assert watch.step(view(0)[:, ::2].copy(), 0.25).new.all()


@given(
    spots=st.lists(st.tuples(st.integers(0, 79), st.integers(0, 44)), min_size=1, max_size=6),
    margin=st.integers(0, 8),
)
def test_boxes_hold_all_that_they_are_made_around(spots: list[tuple[int, int]], margin: int):
    mask = np.zeros((45, 80), bool)
    for x, y in spots:
        mask[y, x] = True
    covered = np.zeros_like(mask)
    for x0, y0, x1, y1 in boxes_of(mask, margin):
        assert 0 <= x0 < x1 <= 80
        assert 0 <= y0 < y1 <= 45
        covered[y0:y1, x0:x1] = True
    for x, y in spots:
        assert covered[max(0, y - margin) : y + margin + 1, max(0, x - margin) : x + margin + 1].all()


def test_no_mask_no_boxes():
    assert boxes_of(np.zeros((10, 10), bool), 3) == []
