"""How the camera moved: found where two pictures show one scene, and None where they do not."""

import cv2
import numpy as np
import pytest

from fakes import drawn
from samegoods.geometry import corners, project
from samegoods.render.photo import Pose
from samegoods.render.surfaces import clutter
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition.features import none
from samegoods.vision.recognition.motion import camera_motion


def moved(angle_deg: float, scale: float, dx: float, dy: float, slant: float = 0.0) -> np.ndarray:
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((320, 240), angle_deg, scale)
    matrix[:2, 2] += dx, dy
    matrix[2, 0] = slant
    return matrix


def scene(seed: int) -> np.ndarray:
    poses = [Pose(300, turn_deg=8, centre=(0.3, 0.5)), Pose(260, turn_deg=-5, centre=(0.7, 0.5))]
    return drawn.group(
        [(drawn.pack(drawn.STRANGERS + 2 * seed + k), pose) for k, pose in enumerate(poses)], seed=seed
    )[0]


@pytest.mark.parametrize(
    "motion",
    [moved(0, 1, 0, 0), moved(0, 1, 25, -14), moved(6, 1.1, -10, 5), moved(-3, 0.9, 0, 20, 1e-4), moved(90, 1, 0, 0)],
)
def test_a_known_motion_is_recovered(motion: np.ndarray):
    before = scene(1)
    after = cv2.warpPerspective(before, motion, drawn.PHOTO, borderMode=cv2.BORDER_REFLECT)
    grain = np.random.default_rng(1).normal(0, 3, after.shape)
    after = np.clip(after + grain, 0, 255).astype(np.uint8)
    found = camera_motion(describe_frame(before), describe_frame(after))
    inner = corners(*drawn.PHOTO) * 0.6 + np.float32((128, 96))
    assert found is not None
    assert np.abs(project(found, inner) - project(motion, inner)).max() < 1.5


@pytest.mark.parametrize("seed", range(4))
def test_pictures_of_different_scenes_have_no_motion(seed: int):
    one, other = scene(seed), scene(seed + 10)
    assert camera_motion(describe_frame(one), describe_frame(other)) is None


def test_a_plain_picture_has_no_motion():
    something = describe_frame(clutter(*drawn.PHOTO, 3))
    assert camera_motion(something, none()) is None
    assert camera_motion(none(), something) is None
    assert camera_motion(none(), none()) is None
