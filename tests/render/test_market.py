"""The market's papers, programme and broken files."""

import csv
from collections import Counter
from dataclasses import replace

import av
import numpy as np
import pytest

from samegoods import campaign
from samegoods.render import market
from samegoods.render.camera import Lens
from samegoods.render.packs import GOODS
from samegoods.render.papers import EXEMPT, write_campaign, write_listing
from samegoods.render.programme import CLIPS, PLACES
from samegoods.render.stalls import build_scene
from samegoods.render.truth import MarketTruth, read_truth

TINY = Lens(320, 180, 340.0)


@pytest.fixture
def tiny(monkeypatch):
    """The programme on very small pictures."""
    monkeypatch.setattr(market, "CLIPS", tuple(replace(clip, lens=TINY) for clip in CLIPS))


def job_of(folder, path):
    return next(job for job in market.jobs(folder, seed=3) if CLIPS[job.clip].path == path)


def test_the_campaign_is_valid_and_has_every_kind_of_version(tmp_path):
    study = campaign.load(write_campaign(tmp_path))
    assert {product.id for product in study.products} == set(GOODS)
    assert {site.id for site in study.sites} == set(PLACES)
    home = [product.versions.get("domestic") for product in study.products]
    assert None in home
    assert any(version is not None and not version.references for version in home)
    assert any(version is not None and version.references for version in home)
    assert study.order.exemption(EXEMPT) is not None


def test_the_programme_covers_what_a_market_should():
    sites = Counter(clip.place for clip in CLIPS)
    assert len(sites) == 3
    dates = {(clip.place, clip.captured_at[:10]) for clip in CLIPS}
    assert min(Counter(place for place, _ in dates).values()) >= 2
    assert {clip.told_by for clip in CLIPS} == {"csv", "container", "exif"}
    assert any(clip.captured_at < "2026-07-01" for clip in CLIPS)
    video = sum(clip.walk.seconds for clip in CLIPS if not clip.times)
    assert 30 <= video <= 50


def test_a_scene_is_the_same_for_the_same_seed():
    clip = CLIPS[5]
    one, two = (build_scene(clip, PLACES[clip.place], seed=9, named="f") for _ in range(2))
    assert one[1] == two[1]
    assert len({item.id for item in one[1]}) == len(one[1]) == 5
    for a, b in zip(one[0].panels, two[0].panels, strict=True):
        assert np.array_equal(a.corners, b.corners)
        assert np.array_equal(a.picture.levels[0], b.picture.levels[0])


@pytest.mark.usefixtures("tiny")
def test_the_broken_file_cannot_be_opened(tmp_path):
    truth = market.render_file(job_of(tmp_path, "footage/hillside-0719-broken.mp4"))
    assert truth.status == "failed"
    assert truth.frames == ()
    with pytest.raises(av.error.InvalidDataError):
        av.open(str(tmp_path / truth.path))


@pytest.mark.usefixtures("tiny")
def test_the_cut_file_has_as_many_frames_as_its_truth(tmp_path):
    truth = market.render_file(job_of(tmp_path, "footage/hillside-0719.mkv"))
    clip = next(clip for clip in CLIPS if clip.path == truth.path)
    assert truth.status == "partial"
    assert 0.5 * clip.walk.seconds * 25 < len(truth.frames) < clip.walk.seconds * 25
    assert len(truth.frames) == market.decodable(tmp_path / truth.path)
    with av.open(str(tmp_path / truth.path)) as container:
        assert container.duration / av.time_base == pytest.approx(clip.walk.seconds, abs=0.1)


@pytest.mark.usefixtures("tiny")
def test_truth_survives_its_file_and_the_listing_names_all(tmp_path):
    photos = [job for job in market.jobs(tmp_path, seed=3) if job.photo is not None]
    sources = tuple(market.render_file(job) for job in photos)
    truth = MarketTruth(3, "0", ("olmo-honey",), sources)
    truth.write(tmp_path / "truth.json")
    assert read_truth(tmp_path / "truth.json") == truth
    with write_listing(tmp_path, sources).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["path"] for row in rows} == {source.path for source in sources}
    assert all((tmp_path / row["path"]).is_file() for row in rows)
    assert {row["captured_at"] for row in rows} == {""}  # these carry it in their EXIF
    stained = next(clip for clip in CLIPS if "*" in clip.rows[0] + clip.rows[1])
    items = build_scene(stained, PLACES[stained.place], seed=3, named="s")[1]
    assert sum(edit.kind == "damage" and not edit.subtle for item in items for edit in item.edits) == 1
