"""The wiring: footage found once, every source comes back, and how far it is."""

import pickle
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from fakes import cases
from fakes.campaigns import written
from fakes.footage import pattern, write_photo
from samegoods import wiring
from samegoods.campaign import load
from samegoods.edges.engines import InlineEngine, tell
from samegoods.errors import CampaignError, FootageError, MediaError
from samegoods.records import Examined, Outcome, Source
from samegoods.wiring import checking
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.planning import opened
from samegoods.wiring.running import PHOTO_S, Examiner, Progress, examine_all, unnamed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign, two photos, one of them twice, and a file that is no footage."""
    written(tmp_path)
    footage = tmp_path / "footage"
    footage.mkdir()
    write_photo(footage / "a.png", pattern())
    write_photo(footage / "b.png", pattern()[::-1].copy())
    shutil.copy(footage / "a.png", footage / "copy-of-a.png")
    (footage / "broken.jpg").write_bytes(b"not a picture")
    return tmp_path


def media_of(folder: Path) -> list:
    campaign = load(folder / "campaign.yaml")
    return opened(campaign, [folder / "footage"], InlineEngine(), site=None, captured_at=None)


def test_a_copy_under_another_name_is_the_same_source(folder: Path):
    assert [Path(one.source.path).name for one in media_of(folder)] == ["a.png", "b.png", "broken.jpg"]


def test_a_plan_names_every_source_and_what_is_missing(folder: Path):
    planned = wiring.plan(folder / "campaign.yaml", [folder / "footage" / "a.png", folder / "gone.mp4"])
    assert [(Path(one.source.path).name, one.source.site, one.problem) for one in planned] == [
        ("a.png", "songsin", None),
        ("gone.mp4", "songsin", "there is no such file"),
    ]


def test_nothing_runs_on_bad_input(folder: Path):
    case = folder / "case"
    with pytest.raises(FootageError, match="no site 'north'"):
        wiring.check(folder / "campaign.yaml", [folder / "footage"], case, site="north")
    with pytest.raises(FootageError, match="no footage"):
        wiring.check(folder / "campaign.yaml", [folder / "nowhere"], case)
    with pytest.raises(CampaignError):
        wiring.check(folder / "nowhere.yaml", [folder / "footage"], case)
    assert not case.exists()


def test_a_source_that_ends_its_worker_is_failed_with_the_reason_and_the_rest_goes_on(folder: Path):
    def work(media):
        if media.source.path.endswith("b.png"):
            raise MediaError("the decoder gave up")
        return Examined(media.source, Outcome("ok"))

    results = list(examine_all(media_of(folder), work, InlineEngine(), None))
    assert [(Path(one.source.path).name, one.outcome) for one in results] == [
        ("a.png", Outcome("ok")),
        ("b.png", Outcome("failed", "the decoder gave up")),
        ("broken.jpg", Outcome("ok")),
    ]


def test_the_log_says_what_came_of_each_source(folder: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "samegoods")
    list(examine_all(media_of(folder)[:1], lambda m: Examined(m.source, Outcome("ok")), InlineEngine(), None))
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder / 'footage' / 'a.png'}: ok: 0 sightings, 0 items"
    ]


def test_progress_grows_to_its_total_and_no_further(folder: Path):
    def work(media):
        tell(0.5)
        tell(99.0)  # a file may be longer than it says
        return Examined(media.source, Outcome("ok"))

    heard: list[Progress] = []
    media = media_of(folder)
    list(examine_all(media, work, InlineEngine(), heard.append))
    done = [news.done for news in heard]
    assert done == sorted(done)
    assert done[0] == 0.5
    assert done[-1] == heard[-1].total == len(media) * PHOTO_S
    assert {news.what for news in heard} == {"a.png", "b.png", "broken.jpg"}


def test_work_travels_to_another_process_without_its_catalogue(folder: Path):
    examiner = Examiner(load(folder / "campaign.yaml"))
    examiner._means = object()
    travelled = pickle.loads(pickle.dumps(examiner))
    assert travelled._means is None
    assert travelled._campaign == examiner._campaign


def test_media_travel_to_another_process(folder: Path):
    for media in media_of(folder):
        assert pickle.loads(pickle.dumps(media)).source == media.source


def test_packs_are_held_against_each_other_before_they_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = cases.campaign(tmp_path / "campaign")
    product = study.products[0].id
    packs = [cases.stained(product), *[cases.same(product)] * 5]
    examined = cases.examined(study, cases.source("a.mp4"), packs)
    monkeypatch.setattr("samegoods.wiring.checking.examine_all", lambda *_, **__: (one for one in [examined]))
    opening = checking._Opening(tmp_path / "case", NO_SEAL)
    result = checking._checked(study, [SimpleNamespace(source=examined.source)], opening, InlineEngine(), None)
    (finding,) = (one for one in result.findings if one.items)
    (packaging, quality) = (tally for _, tally in finding.axes)
    assert (packaging.same, quality.different) == (6, 1)
    assert [one.appearance for one in result.items] == ["identical"] * 6
    assert '"kind": "damage"' in (tmp_path / "case" / "findings.json").read_text()


def test_schemas_by_name():
    assert wiring.schema("campaign")["$id"] == "samegoods/campaign/1"
    with pytest.raises(ValueError, match="no schema"):
        wiring.schema("invoice")


def test_anonymous_sources_leave_no_name():
    source = Source("ab12", "/films/kim/anna at stall 4.MP4", "f" * 64, "video", "s", None, None)
    outcome = Outcome("partial", "/films/kim/anna at stall 4.MP4: anna at stall 4.MP4 in /films/kim ends early")
    hidden = unnamed(Examined(source, outcome))
    assert hidden.source.path == "ab12.mp4"
    assert hidden.outcome.reason == "ab12: ab12 in ab12 ends early"
    assert (hidden.source.id, hidden.source.sha256) == (source.id, source.sha256)
