"""Growth: packs that were never drawn are described as they would be, and the rows say what was kept."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from distractors import PACK_PX, Pack, halves, mirrored, of_seed, opposite, packs
from growth import SIZES, Grown, against, cells, flatness, missing, result_of
from samegoods.vision.recognition.cells import coded
from samegoods.vision.recognition.features import describe
from scorers import Share

SEED = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("described")


@pytest.mark.parametrize(("kind", "made"), [(1, mirrored), (2, opposite)], ids=["mirrored", "opposite"])
def test_another_picture_need_not_be_described(folder: Path, kind: int, made):
    """Nearly every spot that is found straight on in the other picture is there, with its descriptor and its frame."""
    known = made(of_seed(SEED, folder)).features
    grey = np.asarray(cv2.cvtColor(Pack(SEED, kind).pixels(), cv2.COLOR_RGB2GRAY), np.uint8)
    found = describe(grey, enlarge=400 / max(PACK_PX))
    likeness = found.descriptors @ known.descriptors.T
    nearest = likeness.argmax(axis=1)
    same = likeness.max(axis=1) > 0.999
    assert same.mean() > 0.85, "but for where the mirror image is not brought to size alike"
    assert np.percentile(np.abs(found.points - known.points[nearest])[same], 95) < 0.5
    assert np.median(np.abs(found.frames - known.frames[nearest])[same]) < 1e-4


def test_fronts_are_turned_as_the_whole_is(folder: Path):
    one = of_seed(SEED, folder)
    for made in (mirrored, opposite):
        turned = made(one)
        front = {tuple(row) for row in turned.front.codes.tolist()}
        assert len(front & {tuple(row) for row in coded(turned.features.descriptors).tolist()}) == len(front)


def test_halves_are_of_either(folder: Path):
    left, right = of_seed(SEED, folder), of_seed(SEED + 1, folder)
    both = halves(left, right)
    middle = PACK_PX[0] / 2
    assert (
        len(both.features)
        == (left.features.points[:, 0] < middle).sum() + (right.features.points[:, 0] >= middle).sum()
    )
    assert len(both.front.codes) == len(both.front.points)


def test_packs_are_all_different_and_the_first_are_as_drawn():
    some = list(packs(range(10), range(50, 60), 90))
    assert len(some) == len(set(some)) == 90
    assert [pack.seed for pack in some[:20]] == [*range(10), *range(50, 60)]
    assert {pack.kind for pack in some[:20]} == {0}


GROWN = Grown(
    size=100,
    added=70,
    joining_s=1.4,
    opening_s=0.3,
    disk=57_500_000,
    memory=400_000_000,
    frame_s=(0.4, 0.5, 9.0),
    described_s=(0.2, 0.2, 0.3),
    wall_s=(1.0, 1.0, 1.0),
    right=Share(9, 10),
    false=Share(0, 5),
)


def test_a_row_tells_medians_and_what_a_reference_takes():
    row = cells(GROWN)
    assert row[:4] == ("100", "500", "200", "1000")
    assert row[6:] == ("20", "0.30", "575", "400")


@pytest.mark.parametrize(("cost", "told"), [(1.25, "2.50 times that at 100 (at most 2.5: kept)"), (1.3, "missed")])
def test_whether_it_stays_flat_is_told(cost: float, told: str):
    assert told in flatness([GROWN, replace(GROWN, size=10_000, frame_s=(cost,))])


def test_what_was_not_measured_is_said():
    assert "not both measured" in flatness([GROWN])
    assert missing([GROWN]) == " Not measured: 10, 30, 300, 1,000, 3,000, 10,000 references."
    assert missing([replace(GROWN, size=size) for size in SIZES]) == ""


@pytest.mark.parametrize(("brute_s", "told"), [(25.0, "50: kept"), (24.9, "50: missed")])
def test_a_ratio_is_held_against_its_bar(brute_s: float, told: str):
    assert against(replace(GROWN, size=300), "any", brute_s, "-")[-2] == told


def test_a_result_has_a_row_for_each_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("growth.PICTURES", tmp_path)
    result = result_of([replace(GROWN, size=size) for size in SIZES], [("x",) * 7], 0.2)
    assert len(result.tables[0].rows) == len(SIZES)
    assert (tmp_path / "growth.svg").stat().st_size > 5_000
