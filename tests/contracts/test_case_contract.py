"""What every case store must do, whatever it is built on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from fakes import cases
from fakes.postgres import fresh
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore
from samegoods.errors import CaseError
from samegoods.records import Examined, Frame, Outcome

Open = Callable[..., Any]
MARKET = "camellia-biscuits"


@pytest.fixture(params=["folder", "folder and bucket", "postgres", "postgres and bucket"])
def stored(request: pytest.FixtureRequest) -> str:
    """Which data base the case is in, and where its pictures are."""
    return str(request.param)


@pytest.fixture
def evidence(stored: str, request: pytest.FixtureRequest) -> str | None:
    """Where the pictures of the case lie."""
    return f"{request.getfixturevalue('bucket')}/july" if stored.endswith("bucket") else None


@pytest.fixture
def place(stored: str, evidence: str | None, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Where a case is opened; its files lie in ``tmp_path / "case"`` in either."""
    if stored.startswith("folder"):
        return {"case": tmp_path / "case", "evidence": evidence}
    return {"case": fresh(request.getfixturevalue("postgres")), "results": tmp_path / "case", "evidence": evidence}


@pytest.fixture
def elsewhere(stored: str, place: dict[str, Any], request: pytest.FixtureRequest, tmp_path: Path) -> Callable:
    """Has the next case be opened where there is none yet."""

    def move() -> None:
        place["case" if stored.startswith("folder") else "results"] = tmp_path / "another"
        if stored.startswith("postgres"):
            place["case"] = fresh(request.getfixturevalue("postgres"))

    return move


@pytest.fixture
def open_case(place: dict[str, Any]) -> Iterator[Open]:
    """Opens the case, with a clock that goes on by a second each time it is asked."""
    clock = datetime(2026, 7, 20, tzinfo=UTC)
    opened = []

    def now() -> datetime:
        nonlocal clock
        clock += timedelta(seconds=1)
        return clock

    def opener(campaign: Campaign, *, software: str = "1.0") -> Any:
        store = CaseStore.open(**place, campaign=campaign, software=software, now=now)
        opened.append(store)
        return store

    yield opener
    for store in opened:
        store.close()


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return cases.campaign(tmp_path / "campaign")


@pytest.fixture
def one(campaign: Campaign) -> Examined:
    return cases.examined(campaign, cases.source("a.mp4"), [cases.no_seal(MARKET), cases.same(MARKET)])


def published(store: Any, campaign: Campaign) -> tuple[bytes, bytes]:
    cases.publish(store, campaign)
    folder = store.folder
    return (folder / "findings.json").read_bytes(), (folder / "sightings.csv").read_bytes()


def test_what_was_saved_comes_back(open_case: Open, campaign: Campaign, one: Examined) -> None:
    with open_case(campaign) as store:
        store.save(one)
    with open_case(campaign) as store:
        assert store.sources() == ((one.source, one.outcome),)
        judged = tuple(store.judgements())
    assert [j.item for j in judged] == [j.item for j, _ in one.items]
    for found, (expected, _) in zip(judged, one.items, strict=True):
        bare = {"packaging": None, "quality": None}
        assert replace(found, **bare) == replace(expected, **bare)
        assert (found.packaging.call, found.packaging.reason) == (
            expected.packaging.call,
            expected.packaging.reason,
        )
    ((there, meant),) = zip(judged[0].packaging.differences, one.items[0][0].packaging.differences, strict=True)
    assert (there.kind, there.reference, there.detail) == (meant.kind, meant.reference, meant.detail)
    np.testing.assert_allclose(there.region, meant.region, atol=0.005)
    assert (there.size, there.delta_e, there.confidence) == pytest.approx(
        (meant.size, meant.delta_e, meant.confidence), abs=1e-4
    )


def test_done_is_what_was_examined_in_this_very_way(open_case: Open, campaign: Campaign, one: Examined) -> None:
    with open_case(campaign) as store:
        assert not store.done(one.source)
        store.save(one)
        assert store.done(one.source)
        assert store.done(replace(one.source, path="elsewhere/b.mp4", id="s-b.mp4"))
        for other in (
            {"sha256": "f" * 64},
            {"site": "moran"},
            {"captured_at": None},
            {"captured_at": one.source.captured_at + timedelta(seconds=1)},
        ):
            assert not store.done(replace(one.source, **other)), other
    with open_case(campaign, software="1.1") as store:
        assert not store.done(one.source)


def test_a_failed_source_is_kept_and_tried_again(open_case: Open, campaign: Campaign, one: Examined) -> None:
    failed = Examined(one.source, Outcome("failed", "no pictures in it"))
    with open_case(campaign) as store:
        store.save(failed)
        assert not store.done(one.source)
        assert store.sources() == ((one.source, failed.outcome),)
        store.save(one)
        assert store.done(one.source)
        assert store.sources() == ((one.source, one.outcome),)


def test_saving_a_source_again_takes_the_place_of_what_was(open_case: Open, campaign: Campaign, one: Examined) -> None:
    fewer = replace(one, sightings=one.sightings[:3], items=one.items[:1])
    with open_case(campaign) as store:
        store.save(one)
        store.save(fewer)
        assert len(tuple(store.judgements())) == 1
        document = json.loads(published(store, campaign)[0])
    assert len(document["sightings"]) == 3
    assert [item["id"] for item in document["items"]] == [one.items[0][0].item]


def test_a_rerun_without_new_work_changes_no_byte(open_case: Open, campaign: Campaign, one: Examined) -> None:
    with open_case(campaign) as store:
        store.keep_references(cases.references())
        store.save(one)
        first = published(store, campaign)
    with open_case(campaign) as store:
        store.keep_references(cases.references())
        assert published(store, campaign) == first
        store.save(cases.examined(campaign, cases.source("b.mp4"), [cases.same(MARKET)]))
        assert published(store, campaign) != first


def test_the_order_in_which_sources_are_saved_does_not_show(
    open_case: Open, campaign: Campaign, elsewhere: Callable
) -> None:
    made = list(cases.whole_case(campaign))
    documents = []
    for order in (made, made[::-1]):
        with open_case(campaign) as store:
            for examined in order:
                store.save(examined)
            document = json.loads(published(store, campaign)[0])
            documents.append({key: value for key, value in document.items() if key != "made_at"})
        elsewhere()
    assert documents[0] == documents[1]


def test_more_footage_settles_a_pack_anew_and_what_was_saved_stays(open_case: Open, campaign: Campaign) -> None:
    """One pack alone shows a stain. Whether that is the version's print, the others tell."""
    stained = cases.examined(campaign, cases.source("a.mp4"), [cases.stained(MARKET), cases.same(MARKET)])
    others = cases.examined(campaign, cases.source("b.mp4"), [cases.same(MARKET)] * 4)
    told = []
    for one in (stained, others):
        with open_case(campaign) as store:
            store.save(one)
            before, *_ = store.judgements()
            findings, table = published(store, campaign)
            assert published(store, campaign) == (findings, table)
            after, *_ = store.judgements()
        assert before.packaging.call == after.packaging.call == "different"
        document = json.loads(findings)
        (item,) = (i for i in document["items"] if i["id"] == before.item)
        versions = {s["version"] for s in document["sightings"] if s["item"] == item["id"]}
        kinds = [[one["kind"] for one in item[axis]["differences"]] for axis in ("packaging", "quality")]
        told.append((item["packaging"]["call"], item["version"], versions, kinds, item["appearance"]))
    assert told == [
        ("different", "unlisted", {"unlisted"}, [["graphic"], []], "different"),
        ("same", "export", {"export"}, [[], ["damage"]], "identical"),
    ]
    (finding,) = (f for f in document["findings"] if f["product"] == MARKET)
    assert finding["axes"]["packaging"]["same"] == 6
    assert finding["grid"]["identical"] == {"same": 0, "different": 0, "cannot_tell": 6}


def test_a_changed_campaign_counts_nothing_of_before(
    open_case: Open, campaign: Campaign, one: Examined, tmp_path: Path
) -> None:
    with open_case(campaign) as store:
        store.save(one)
    changed = cases.campaign(tmp_path / "campaign", title="Another title")
    with open_case(changed) as store:
        assert not store.done(one.source)
        assert tuple(store.judgements()) == ()
        document = json.loads(published(store, changed)[0])
        assert [source["stale"] for source in document["sources"]] == [True]
        assert (document["sightings"], document["items"]) == ([], [])
        store.save(one)
        document = json.loads(published(store, changed)[0])
    assert [source["stale"] for source in document["sources"]] == [False]
    assert len(document["items"]) == 2
    assert document["campaign"]["title"] == "Another title"


def test_a_case_belongs_to_one_campaign(open_case: Open, campaign: Campaign) -> None:
    open_case(campaign).close()
    other = campaign.model_copy(update={"campaign": "august-order"})
    with pytest.raises(CaseError, match="holds the case of the campaign 'july-order', not of 'august-order'"):
        open_case(other)
    open_case(campaign)


@pytest.mark.parametrize("stored", ["folder"], indirect=True)
def test_two_runs_at_once_are_refused(open_case: Open, campaign: Campaign) -> None:
    with open_case(campaign), pytest.raises(CaseError, match="another run is writing"):
        open_case(campaign)
    open_case(campaign)


@pytest.mark.parametrize("stored", ["postgres"], indirect=True)
def test_two_runs_at_once_write_one_case(open_case: Open, campaign: Campaign) -> None:
    made = list(cases.whole_case(campaign))
    with open_case(campaign) as first, open_case(campaign) as second:
        for n, examined in enumerate(made):
            (first, second)[n % 2].save(examined)
        assert published(first, campaign) == published(second, campaign)
        assert len(first.sources()) == len(made)


def test_evidence_is_lossless_and_named_by_its_content(open_case: Open, campaign: Campaign, one: Examined) -> None:
    with open_case(campaign) as store:
        store.save(one)
        document = json.loads(published(store, campaign)[0])
    crops = [crop for _, some in one.items for crop in some]
    entries = [entry for item in document["items"] for entry in item["crops"]]
    for crop, entry in zip(crops, entries, strict=True):
        content = store.pictures.read(entry["path"])
        name = hashlib.sha256(content).hexdigest()
        assert entry["path"] == f"evidence/{name[:2]}/{name}.png"
        pixels = np.asarray(Pictures.open(io.BytesIO(content)))
        np.testing.assert_array_equal(pixels[:, :, :3], crop.pixels)
        np.testing.assert_array_equal(pixels[:, :, 3] == 255, crop.known)
        np.testing.assert_allclose(entry["quad"], crop.quad, atol=0.005)


def test_only_crops_become_evidence(open_case: Open, campaign: Campaign, one: Examined) -> None:
    pixels = cases.face("A person", (9, 9, 9))
    frame = Frame(source="s", moment=None, luma=pixels[:, :, 0], render=lambda: pixels)
    judgement, _ = one.items[0]
    with open_case(campaign) as store:
        for smuggled in (frame, pixels, cases.references()[0]):
            with pytest.raises(TypeError, match="evidence is made of crops alone"):
                store.save(replace(one, items=((judgement, (smuggled,)),)))
        assert store.sources() == ()
        assert not list(store.pictures.names([]))


def test_no_file_but_the_known_ones_is_written(
    open_case: Open, campaign: Campaign, one: Examined, stored: str
) -> None:
    with open_case(campaign) as store:
        store.keep_references(cases.references())
        store.save(one)
        published(store, campaign)
        folder, kept = store.folder, set(store.pictures.names([]))
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    document = json.loads((folder / "findings.json").read_text())
    evidence = {path for item in document["items"] for path in item["evidence"]}
    evidence |= {reference["picture"] for reference in document["references"]}
    assert kept == evidence
    own = {"case.db", "case.lock"} if stored.startswith("folder") else set()
    assert files - kept == {"custody.jsonl", "findings.json", "sightings.csv"} | own
    assert {path for path in files if path.endswith(".png")} == (kept if store.pictures.address is None else set())
