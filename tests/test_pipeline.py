"""The whole way through one source, on drawn packs: from frames to judged items."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import pairs
from fakes import cases, drawn
from fakes.walls import nobody
from samegoods.campaign import Campaign, Product, Version
from samegoods.pipeline import compare_pictures, examine, told
from samegoods.records import Examined, Frame, Moment, Outcome, Source
from samegoods.render.edits import plant
from samegoods.render.photo import Pose
from samegoods.render.surfaces import clutter
from samegoods.vision.recognition.catalogue import build

STEP = Fraction(1, 5)


class Reel:
    """Frames in memory, as opened footage."""

    def __init__(self, source: Source, pictures: list[np.ndarray]) -> None:
        self.source = source
        self.outcome = Outcome("ok", duration_s=float(STEP * len(pictures)))
        self._pictures = pictures

    def frames(self) -> Iterator[Frame]:
        for k, pixels in enumerate(self._pictures):
            moment = Moment(k, STEP) if self.source.kind == "video" else None
            luma = pixels[::4, ::4, 1].copy()
            yield Frame(source=self.source.id, moment=moment, luma=luma, render=lambda pixels=pixels: pixels)


def pan(*packs: np.ndarray, steps: int = 8) -> list[np.ndarray]:
    """Packs side by side before a backdrop, by a camera that moves to the right."""
    wide = (960, 480)
    backdrop = clutter(*wide, 3)
    for k, pixels in enumerate(packs):
        pose = Pose(260, tilt_deg=15, turn_deg=4, centre=(0.35 + 0.3 * k, 0.5))
        still = {"background": backdrop, "noise": 0.0, "jpeg_quality": None}
        backdrop = drawn.photo_of(pixels, pose, size=wide, **still).pixels
    frames = []
    for step in range(steps):
        cut = backdrop[:, 60 + 30 * step : 700 + 30 * step].astype(float)
        grain = np.random.default_rng(step).normal(0, 2, cut.shape)
        frames.append(np.clip(cut + grain, 0, 255).astype(np.uint8))
    return frames


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Campaign:
    versions = {"export": Version(), "domestic": Version()}
    products = [Product(id=f"p{k}", name=f"P {k}", category="tobacco", versions=versions) for k in (1, 2, 3)]
    whole = cases.campaign(tmp_path_factory.mktemp("campaign"))
    return whole.model_copy(update={"products": tuple(products)})


def run(study: Campaign, pictures: list[np.ndarray], name: str = "stall.mp4", heard=lambda _: None) -> Examined:
    source = cases.source(name, site=study.sites[0].id)
    return examine(Reel(source, pictures), drawn.shelf(1, 2, 3), study, search=nobody, tell=heard)


def test_each_pack_of_a_clip_is_one_judged_item(study: Campaign):
    heard: list[float] = []
    pictures = pan(drawn.pack(1), drawn.pack(2))
    examined = run(study, pictures, heard=heard.append)
    assert examined.outcome.status == "ok"
    assert heard == [*(pytest.approx(float(k * STEP)) for k in range(len(pictures))), 0.0, 0.0]
    assert sorted(j.product for j, _ in examined.items) == ["p1", "p2"]
    for judgement, crops in examined.items:
        assert judgement.packaging.call == "same", judgement.packaging
        assert judgement.source == examined.source.id
        assert judgement.views >= 2
        assert {crop.sighting.id for crop in crops} <= set(judgement.sightings)
    by_id = {s.id: s for s in examined.sightings}
    assert {k for j, _ in examined.items for k in j.sightings} == set(by_id)
    numbers = [int(s.id.rpartition("-s")[2]) for s in examined.sightings]
    assert numbers == sorted(numbers)
    assert all(s.time_s is not None for s in examined.sightings)


def test_a_photo_has_no_times(study: Campaign):
    examined = run(study, pan(drawn.pack(3), steps=1), name="stall.jpg")
    assert [j.product for j, _ in examined.items] == ["p3"]
    assert [s.time_s for s in examined.sightings] == [None]


def test_the_same_clip_gives_the_same_answer(study: Campaign):
    pictures = pan(drawn.pack(2), steps=3)
    one, two = (run(study, pictures) for _ in range(2))
    assert _calls(one) == _calls(two)
    assert [(s.id, s.score, s.quad.tolist()) for s in one.sightings] == [
        (s.id, s.score, s.quad.tolist()) for s in two.sightings
    ]
    for (_, left), (_, right) in zip(one.items, two.items, strict=True):
        assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(left, right, strict=True))


def _calls(examined: Examined) -> list[tuple[str, ...]]:
    return [(j.item, j.packaging.call, j.packaging.reason, j.quality.call) for j, _ in examined.items]


def test_goods_of_no_campaign_leave_nothing_behind(study: Campaign):
    false = {}
    for seed in range(6):
        strangers = [drawn.pack(drawn.STRANGERS + 2 * seed + k) for k in range(2)]
        examined = run(study, pan(*strangers, steps=2))
        false[seed] = [(j.product, j.packaging.call) for j, _ in examined.items]
    assert {seed: items for seed, items in false.items() if items} == {}


def test_an_empty_source_is_an_empty_answer(study: Campaign):
    examined = run(study, [])
    assert (examined.items, examined.sightings) == ((), ())


REFERENCE = drawn.reference(drawn.pack(1), "goods")


def test_a_picture_is_the_same_as_itself():
    compared = compare_pictures(REFERENCE, drawn.pack(1), search=nobody)
    assert compared.comparison.call == "same", compared.comparison
    assert [view.reference for view in compared.views] == [REFERENCE.id]
    assert [heat.shape for heat in compared.heats] == [compared.views[0].known.shape]


def test_a_photo_of_another_print_differs():
    changed, edit = plant(drawn.pack(1), "badge", seed=3, box=(240.0, 300.0, 120.0, 120.0))
    assert not edit.subtle
    photo = drawn.photo_of(changed, Pose(400, tilt_deg=10), size=(960, 540))
    compared = compare_pictures(REFERENCE, photo.pixels, search=nobody)
    assert compared.comparison.packaging.call == "different"
    (first, *_) = compared.comparison.packaging.differences
    x, y = first.region.mean(axis=0)
    assert 230 < x < 370
    assert 290 < y < 430


@pytest.mark.parametrize("photo", [clutter(640, 480, 5), drawn.pack(drawn.STRANGERS + 3)])
def test_where_the_reference_is_not_found_nothing_is_told(photo: np.ndarray):
    compared = compare_pictures(REFERENCE, photo, search=nobody)
    assert compared.comparison.call == "cannot_tell"
    assert compared.views == ()


def test_of_two_copies_the_surest_is_compared():
    pixels, _ = drawn.group(
        [(drawn.pack(1), Pose(360, centre=(0.3, 0.5))), (drawn.pack(1), Pose(70, centre=(0.8, 0.3)))],
        size=(960, 540),
    )
    compared = compare_pictures(REFERENCE, pixels, search=nobody)
    assert compared.comparison.call != "different"
    assert compared.views[0].scale > 0.5


def test_told_passes_every_frame_on_and_says_when():
    frames = [drawn.frame(np.zeros((8, 8, 3), np.uint8)) for _ in range(3)]
    frames[1].moment = Moment(3, Fraction(1, 2))
    heard: list[float] = []
    assert list(told(frames, heard.append)) == frames
    assert heard == [0.0, 1.5, 0.0]


def test_references_of_a_comparison_are_those_it_was_reached_on():
    compared = compare_pictures(REFERENCE, drawn.pack(1), search=nobody)
    assert dict(compared.references) == dict(build([REFERENCE]).by_id)


def test_the_pipeline_reads_no_file(study: Campaign, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a stage touched the disk")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    assert run(study, pan(drawn.pack(1), steps=1)).items


@pytest.mark.parametrize(("seed", "height"), [(72_002, 260.0), (72_007, 340.0), (72_031, 340.0)])
def test_a_missing_line_is_not_lost_among_bends(seed, height):
    """Little ink, and what bend and blur leave elsewhere is as much energy: but this print is gone."""
    pair = pairs.drawn(seed, "line missing", height)
    found = compare_pictures(pair.reference, pair.photos[0], search=nobody).comparison
    assert found.packaging.call == "different", found.packaging.reason
