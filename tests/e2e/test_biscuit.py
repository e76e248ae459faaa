"""A real box in a real hand: one item, both faces, the same as its references; and a clip without it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from samegoods import wiring

pytestmark = pytest.mark.slow

DATA = Path(os.environ.get("SAMEGOODS_DATA", Path(__file__).parents[3] / "shared" / "data"))
CAMPAIGN = DATA / "biscuit_box" / "campaign.yaml"
BOX = DATA / "videos" / "opencv" / "tea_box_in_hand.mp4"
CUP = DATA / "videos" / "opencv" / "cup_in_hand.mp4"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[wiring.CheckResult, dict]:
    """Both clips, checked once: the result, and what findings.json says."""
    missing = [str(path) for path in (CAMPAIGN, BOX, CUP) if not path.exists()]
    if missing:
        pytest.skip(f"set SAMEGOODS_DATA to the folder of real footage; not there: {', '.join(missing)}")
    result = wiring.check(CAMPAIGN, [BOX, CUP], tmp_path_factory.mktemp("case"), workers=2)
    assert result.case is not None
    return result, json.loads((result.case / "findings.json").read_text(encoding="utf-8"))


def of_clip(document: dict, clip: Path) -> list[dict]:
    (source,) = (one["id"] for one in document["sources"] if Path(one["path"]).name == clip.name)
    return [sighting for sighting in document["sightings"] if sighting["source"] == source]


def test_the_box_is_one_item_of_its_product(checked):
    result, _ = checked
    assert [item.product for item in result.items] == ["birba-camprodon"]


def test_both_faces_are_sighted_often(checked):
    _, document = checked
    sightings = of_clip(document, BOX)
    faces = [sighting["face"] for sighting in sightings]
    assert {face: faces.count(face) >= 5 for face in set(faces)} == {"top": True, "front": True}
    assert {sighting["product"] for sighting in sightings} == {"birba-camprodon"}
    assert {sighting["item"] for sighting in sightings} == {document["items"][0]["id"]}


def test_its_packaging_is_the_same(checked):
    result, _ = checked
    (item,) = result.items
    assert item.packaging.call == "same", item.packaging
    assert item.packaging.differences == ()
    assert item.quality.call != "different", item.quality


def test_the_finding_counts_it(checked):
    result, _ = checked
    (finding,) = result.findings
    assert (finding.product, finding.site, finding.items, finding.different) == ("birba-camprodon", "kitchen", 1, 0)
    packaging = dict(finding.axes)["packaging"]
    assert (packaging.same, packaging.different, packaging.cannot_tell) == (1, 0, 0)


def test_a_cup_is_no_box(checked):
    _, document = checked
    assert of_clip(document, CUP) == []


def test_both_clips_were_read_to_their_ends(checked):
    result, _ = checked
    assert result.unread == ()
    assert {Path(source.path).name for source, _ in result.sources} == {BOX.name, CUP.name}
