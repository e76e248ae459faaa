"""Spots: found where they are, in the pixels of the picture given, whatever the size and tilt they were found at."""

import cv2
import numpy as np
import pytest

from fakes import drawn
from samegoods.geometry import corners, homography_between, project
from samegoods.render.photo import Pose
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition.features import TILT_DIRECTIONS_DEG, describe, describe_reference, join, none
from samegoods.vision.recognition.pose import match

BLOBS = np.array([[0.2, 0.15], [0.75, 0.3], [0.3, 0.6], [0.8, 0.85]])


def dotted(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Round dark blobs on grey, far from each other, and their centres, px."""
    y, x = np.mgrid[:height, :width].astype(float)
    centres = BLOBS * (width - 1, height - 1)
    picture = np.full((height, width), 190.0)
    for cx, cy in centres:
        picture -= 150 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * (0.02 * max(width, height)) ** 2))
    return np.repeat(picture.astype(np.uint8)[..., None], 3, axis=2), centres


def nearest(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    gaps = np.linalg.norm(points[:, None] - centres[None], axis=2)
    return gaps.min(axis=1), gaps.argmin(axis=1)


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (1000, 700), (160, 120)])
def test_spots_of_every_simulated_view_lie_on_what_was_drawn(size: tuple[int, int]):
    picture, centres = dotted(*size)
    found = describe_reference(picture, np.ones(picture.shape[:2], bool))
    unit = max(size) / 400  # one pixel at the size at which a reference is described first
    gap, blob = nearest(found.points, centres)
    on_blobs = gap < 1.5 * unit
    assert on_blobs.mean() > 0.9
    assert np.median(gap) < 0.3 * unit
    offset = (found.points - centres[blob])[on_blobs].mean(axis=0)
    assert np.abs(offset).max() < 0.1 * unit
    # Straight on at some size, and in every tilted view.
    assert min(np.bincount(blob[on_blobs], minlength=len(centres))) > len(TILT_DIRECTIONS_DEG)


@pytest.mark.parametrize(
    ("tilt", "towards", "turn"), [(0, 0, 0), (0, 0, 140), (60, 0, 0), (60, 90, 30), (60, 45, -60)]
)
def test_one_match_says_where_the_whole_face_lies(tilt: float, towards: float, turn: float):
    catalogue = drawn.shelf(1)
    pose = Pose(260, tilt_deg=tilt, tilt_towards_deg=towards, turn_deg=turn)
    photo = drawn.photo_of(drawn.pack(1), pose)
    outline = corners(*drawn.PACK)
    truth = homography_between(outline, photo.quad)
    found = match(describe_frame(photo.pixels), catalogue)
    right = np.linalg.norm(project(truth, found.there) - found.seen, axis=1) < 3
    assert right.sum() > 100
    centre = (outline[0] + outline[2]) / 2
    proposed = found.seen + np.einsum("nij,nj->ni", found.affine, centre - found.there)
    miss = np.linalg.norm(proposed - project(truth, centre[None]), axis=1)[right]
    assert np.median(miss) < 0.08 * 260


def test_nothing_is_found_off_the_pack():
    pixels = drawn.pack(1)
    mask = np.zeros(pixels.shape[:2], bool)
    mask[100:300, 50:250] = True
    found = describe_reference(pixels, mask)
    x, y = found.points.T
    beyond = np.maximum.reduce([50 - x, x - 249, 100 - y, y - 299])
    assert len(found) > 100
    assert beyond.max() < 520 / 100 + 1  # a pixel of the smallest size at which it is described


@pytest.mark.parametrize("enlarge", [0.5, 2.0])
def test_points_and_sizes_are_in_the_pixels_given(enlarge: float):
    picture, centres = dotted(400, 300)
    plain, scaled = (describe(picture[..., 0], enlarge=scale) for scale in (1.0, enlarge))
    gap, blob = nearest(scaled.points, centres)
    offset = (scaled.points - centres[blob])[gap < 3].mean(axis=0)
    assert np.abs(offset).max() < 0.1

    def size(one):
        return np.median(1 / np.sqrt(np.linalg.det(one.frames[nearest(one.points, centres)[0] < 1])))

    assert size(scaled) == pytest.approx(size(plain), rel=0.15)


def test_descriptors_are_of_unit_length_and_the_strongest_are_kept():
    grey = cv2.cvtColor(drawn.pack(2), cv2.COLOR_RGB2GRAY)
    every, few = describe(grey), describe(grey, limit=50)
    assert np.linalg.norm(every.descriptors, axis=1) == pytest.approx(1, abs=1e-4)
    assert every.descriptors.dtype == np.float32
    assert 50 <= len(few) < 60  # of spots equally strong none is left out
    assert few.strength.min() >= np.sort(every.strength)[-60]


def test_a_plain_picture_has_no_spots():
    found = describe(np.full((200, 300), 120, np.uint8))
    assert len(found) == len(none()) == len(join([none(), found])) == 0
    assert found.frames.shape == (0, 2, 2)


def test_the_same_picture_gives_the_same_spots():
    one, two = (describe_reference(drawn.pack(3), np.ones((520, 400), bool)) for _ in range(2))
    for part in ("points", "frames", "descriptors", "strength"):
        assert np.array_equal(getattr(one, part), getattr(two, part))
