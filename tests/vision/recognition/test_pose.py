"""Poses: from a photo's spots to where each reference lies, several times over where there are several."""

import numpy as np
import pytest

from fakes import drawn
from samegoods.geometry import corners, homography_between, project
from samegoods.render.photo import Pose
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition.features import none
from samegoods.vision.recognition.pose import MIN_INLIERS, Hypothesis, Matches, hypothesise, match

POSES = [
    *((0, 0, 0), (0, 0, 160)),
    *((30, 0, 35), (30, 90, -120)),
    *((60, 0, 0), (60, 0, 90), (60, 45, 35), (60, 45, -120), (60, 90, 90), (60, 90, 160)),
]
"""Tilt, its direction and the turn, degrees."""


def found_in(pixels: np.ndarray, catalogue) -> list[Hypothesis]:
    size = pixels.shape[1], pixels.shape[0]
    return hypothesise(match(describe_frame(pixels), catalogue), catalogue, size)


@pytest.mark.parametrize(("tilt", "towards", "turn"), POSES)
def test_a_pose_is_recovered(tilt: float, towards: float, turn: float):
    photo = drawn.photo_of(drawn.pack(1), Pose(260, tilt_deg=tilt, tilt_towards_deg=towards, turn_deg=turn))
    best = found_in(photo.pixels, drawn.shelf(1, 2, 3))[0]
    assert best.owner == 0
    assert best.inliers > 60
    assert drawn.worst_corner(best.quad, photo.quad) < 2


@pytest.mark.parametrize(("height", "tolerance"), [(60, 6.0), (90, 1.5), (420, 2.0)])
def test_small_and_large_packs_are_found(height: float, tolerance: float):
    photo = drawn.photo_of(drawn.pack(2), Pose(height, turn_deg=15, centre=(0.4, 0.5)))
    best = found_in(photo.pixels, drawn.shelf(1, 2, 3))[0]
    assert best.owner == 1
    assert drawn.worst_corner(best.quad, photo.quad) < tolerance


@pytest.mark.parametrize("gap", [1.0, 1.08])
def test_copies_side_by_side_are_each_found_once(gap: float):
    width = 160 * 400 / 520 * gap / 640
    places = [
        (0.5 + (column - 1.5) * width, 0.5 + (row - 0.5) * 160 * gap / 480) for row in (0, 1) for column in range(4)
    ]
    pixels, quads = drawn.group([(drawn.pack(1), Pose(160, centre=place)) for place in places])
    found = [h for h in found_in(pixels, drawn.shelf(1, 2)) if h.owner == 0]
    taken = [min(range(8), key=lambda k: drawn.worst_corner(h.quad, quads[k])) for h in found]
    assert sorted(taken) == list(range(8))
    assert max(drawn.worst_corner(h.quad, quads[k]) for h, k in zip(found, taken, strict=True)) < 3


def made_up(owner: int, matrix: np.ndarray, there: np.ndarray, *, jitter: float = 0.0, seed: int = 0) -> Matches:
    """Matches that follow a homography; the proposed affine maps are those of its middle."""
    rng = np.random.default_rng(seed)
    seen = project(matrix, there) + jitter * rng.normal(size=there.shape).astype(np.float32)
    middle = np.mean(there, axis=0)
    steps = project(matrix, middle + np.array([(0, 0), (1, 0), (0, 1)]))
    affine = np.stack([steps[1] - steps[0], steps[2] - steps[0]], axis=1)
    count = len(there)
    return Matches(
        owner=np.full(count, owner),
        seen=seen.astype(np.float32),
        there=there.astype(np.float32),
        affine=np.repeat(affine[None], count, axis=0).astype(np.float32),
        weight=np.ones(count, np.float32),
    )


def spots(count: int, *, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(10, (390, 510), (count, 2))


SQUARE_ON = np.array([[150, 60], [400, 60], [400, 385], [150, 385]], np.float32)


@pytest.mark.parametrize(
    ("quad", "accepted"),
    [
        (SQUARE_ON, True),
        (SQUARE_ON[[1, 0, 3, 2]], False),  # mirrored
        (SQUARE_ON * (0.08, 1), False),  # squeezed to a line
        (SQUARE_ON * 0.02, False),  # smaller than anything can be told from
        (np.add(SQUARE_ON, (600, 0)), False),  # out of the picture
    ],
)
def test_what_no_camera_can_see_is_refused(quad: np.ndarray, accepted: bool):
    matrix = homography_between(corners(*drawn.PACK), np.asarray(quad, np.float32))
    found = hypothesise(made_up(0, matrix, spots(80)), drawn.shelf(1, 2), drawn.PHOTO)
    assert bool(found) == accepted


@pytest.mark.parametrize(("count", "accepted"), [(MIN_INLIERS - 1, False), (4 * MIN_INLIERS, True)])
def test_too_few_spots_are_no_pose(count: int, accepted: bool):
    matrix = homography_between(corners(*drawn.PACK), SQUARE_ON)
    found = hypothesise(made_up(0, matrix, spots(count)), drawn.shelf(1, 2), drawn.PHOTO)
    assert bool(found) == accepted


def test_one_spot_found_many_times_is_one_piece_of_evidence():
    matrix = homography_between(corners(*drawn.PACK), SQUARE_ON)
    crowded = np.repeat(spots(12), 10, axis=0)
    (found,) = hypothesise(made_up(0, matrix, crowded), drawn.shelf(1, 2), drawn.PHOTO)
    assert found.inliers == 12


def test_matches_of_nothing_agree_on_nothing():
    rng = np.random.default_rng(4)
    scattered = made_up(0, np.eye(3), spots(60))
    lost = Matches(
        scattered.owner,
        rng.uniform(0, 480, (60, 2)).astype(np.float32),
        scattered.there,
        rng.normal(0, 0.5, (60, 2, 2)).astype(np.float32),
        scattered.weight,
    )
    assert hypothesise(lost, drawn.shelf(1, 2), drawn.PHOTO) == []


def test_a_picture_without_spots_matches_nothing():
    catalogue = drawn.shelf(1, 2)
    matches = match(none(), catalogue)
    assert len(matches.owner) == 0
    assert hypothesise(matches, catalogue, drawn.PHOTO) == []
