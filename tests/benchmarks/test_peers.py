"""The plain methods beside ours must do their best, or beating them means nothing."""

import cv2
import numpy as np
import pytest

from features import anomaly
from peers import PEERS, inliers, most_inliers, registered, spots, strongest
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


@pytest.mark.parametrize("name", list(PEERS))
def test_every_peer_sees_a_strong_badge_and_where_it_is(name):
    pack = random_pack(4)
    changed, edit = plant(pack, "badge", seed=4, size=0.06)
    whole = np.ones(pack.shape[:2], bool)
    reference = Reference("a/export/front", "a", "export", "front", pack, whole)
    pose = Pose(height_px=400)
    same, other = (
        strongest(PEERS[name](*registered(photo.pixels, photo.quad, reference)), reference)
        for photo in (photograph(face, pose=pose, seed=6) for face in (pack, changed))
    )
    assert other.score > same.score
    assert cv2.pointPolygonTest(np.array(edit.region, np.float32), other.place, measureDist=True) > -20


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer is not anomaly])
def test_a_picture_does_not_differ_from_itself(name):
    pack = random_pack(5).astype(np.float32)
    assert np.abs(PEERS[name](pack, pack)).max() < 1e-5
