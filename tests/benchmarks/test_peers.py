"""The plain methods beside ours must do their best, or beating them means nothing."""

import numpy as np

from peers import absolute_difference, inliers, most_inliers, spots
from samegoods.records import Reference
from samegoods.render.edits import plant
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack


def test_inlier_counting_finds_a_clear_photo():
    packs = {str(seed): random_pack(seed) for seed in range(3)}
    known = {name: spots(pixels) for name, pixels in packs.items()}
    photo = photograph(packs["1"], pose=Pose(height_px=300, turn_deg=20), seed=5)
    assert most_inliers(photo.pixels, known) == "1"


def test_a_flat_picture_is_nobodys():
    known = {"a": spots(random_pack(1))}
    flat = np.full((200, 200, 3), 128, np.uint8)
    assert inliers(spots(flat), known["a"]) == 0
    assert most_inliers(flat, known) is None


def test_the_absolute_difference_sees_a_strong_tint():
    pack = random_pack(4)
    changed, _ = plant(pack, "tint", seed=4)
    whole = np.ones(pack.shape[:2], bool)
    reference = Reference("a/export/front", "a", "export", "front", pack, whole)
    pose = Pose(height_px=400)
    same, other = (photograph(face, pose=pose, seed=6) for face in (pack, changed))
    plain = absolute_difference(same.pixels, same.quad, reference)
    assert absolute_difference(other.pixels, other.quad, reference) > plain + 5
