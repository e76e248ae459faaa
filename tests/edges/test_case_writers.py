"""Several writers of one case in PostgreSQL: in threads, in processes, killed, cut off, beside a reader."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fakes import cases, ground
from fakes import custody as fakes
from fakes.postgres import asked, fresh, text_of
from samegoods import wiring
from samegoods.campaign import Campaign
from samegoods.custody import read_log, split_lines
from samegoods.edges.case import CaseStore, InPostgres
from samegoods.edges.case.evidence import Evidence
from samegoods.edges.case.folder import write_once
from samegoods.edges.case.logfile import LogFile
from samegoods.errors import CaseError
from samegoods.results.review import Wish

MARKET = "camellia-biscuits"
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"


@pytest.fixture
def address(postgres: str) -> InPostgres:
    return fresh(postgres)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return cases.campaign(tmp_path / "campaign")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The folder of the results."""
    return tmp_path / "case"


def opened(address: InPostgres, campaign: Campaign, case: Path, **more: object) -> CaseStore:
    return fakes.opened(address, campaign, results=case, **more)


def examined(campaign: Campaign, name: str) -> object:
    return cases.examined(campaign, cases.source(name), [cases.no_seal(MARKET), cases.same("heron-filter")])


def test_two_who_write_the_same_picture_at_once_both_end_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sync, others = os.fsync, [b"a picture"]

    def slow(file: int) -> None:
        sync(file)
        if others:  # meanwhile the other begins and ends
            write_once(tmp_path / "a.png", others.pop())

    monkeypatch.setattr(os, "fsync", slow)
    write_once(tmp_path / "a.png", b"a picture")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"a.png": b"a picture"}


def kinds(case: Path) -> list[str]:
    log = read_log(split_lines((case / "custody.jsonl").read_bytes()))
    assert log.problems == ()
    return [one.kind for one in log.entries]


def saving(address: InPostgres, folder: Path, names: list[str]) -> None:
    """A run of its own over this footage."""
    campaign = cases.campaign(folder)
    with opened(address, campaign, folder.parent / "case") as store:
        store.keep_references(cases.references())
        for name in names:
            store.save(examined(campaign, name))
        with store.publishing():
            fakes.finish(store, campaign)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_four_processes_write_one_case(address: InPostgres, campaign: Campaign, case: Path, tmp_path: Path):
    """One of them over the same footage as another."""
    shares = [["a.mp4", "b.mp4"], ["c.mp4", "d.mp4"], ["e.mp4"], ["a.mp4", "f.mp4"]]
    context = multiprocessing.get_context("fork")  # or each would load the libraries anew
    runs = [context.Process(target=saving, args=(address, tmp_path / "campaign", names)) for names in shares]
    for one in runs:
        one.start()
    for one in runs:
        one.join(60)
    assert [one.exitcode for one in runs] == [0] * len(shares)
    assert wiring.verify(text_of(address)).state == "holds"
    told = kinds(case)
    assert told.count("begun") == 1
    assert told.count("reference") == len(cases.references())
    assert 6 <= told.count("source") <= 7, "who saves the same footage after another, and knows it, adds nothing"
    assert found(case) == alone(tmp_path, campaign, sorted({name for names in shares for name in names}))


def found(case: Path) -> dict:
    return json.loads((case / "findings.json").read_text()) | {"made_at": ""}


def alone(tmp_path: Path, campaign: Campaign, names: list[str]) -> dict:
    """What one run over all of it finds, in a folder."""
    with fakes.opened(tmp_path / "alone", campaign) as store:
        store.keep_references(cases.references())
        for name in names:
            store.save(examined(campaign, name))
        fakes.finish(store, campaign)
    return found(tmp_path / "alone")


def test_the_same_footage_done_by_another_run_is_not_saved_again(address: InPostgres, campaign: Campaign, case: Path):
    with opened(address, campaign, case) as first, opened(address, campaign, case) as second:
        for store in (first, second):
            store.save(examined(campaign, "a.mp4"))
        assert kinds(case).count("source") == 1
        first.save(examined(campaign, "a.mp4"))
    assert kinds(case).count("source") == 2, "who has saved it may save it anew"


def test_a_run_under_another_form_of_the_campaign_ends_the_others(
    address: InPostgres, campaign: Campaign, case: Path, tmp_path: Path
):
    changed = cases.campaign(tmp_path / "campaign", title="Another title")
    with opened(address, campaign, case) as first:
        opened(address, changed, case).close()
        with pytest.raises(CaseError, match="another run goes on under another form of the campaign"):
            first.save(examined(campaign, "a.mp4"))
    assert "source" not in kinds(case)


def test_who_publishes_counts_all_that_is_saved_and_nobody_saves_meanwhile(
    address: InPostgres, campaign: Campaign, case: Path
):
    entered, done = threading.Event(), threading.Event()

    def save(store: CaseStore) -> None:
        entered.set()
        store.save(examined(campaign, "b.mp4"))
        done.set()

    with opened(address, campaign, case) as first, opened(address, campaign, case) as second:
        first.save(examined(campaign, "a.mp4"))
        with ThreadPoolExecutor(1) as pool:
            with first.publishing():
                saved = pool.submit(save, second)
                entered.wait(10)
                cases.publish(first, campaign)
                assert not done.wait(0.5)
                first.conclude()
            saved.result(20)
        assert [one["id"] for one in found(case)["sources"]] == ["s-a.mp4"]
        assert wiring.verify(text_of(address)).state == "unfinished"
        with second.publishing():
            fakes.finish(second, campaign)
    assert wiring.verify(text_of(address)).state == "holds"


def test_a_reviewer_decides_beside_a_run(address: InPostgres, campaign: Campaign, case: Path):
    item = {"source": "s-a.mp4", "item": "s-a.mp4-i0"}
    with opened(address, campaign, case) as run:
        run.save(examined(campaign, "a.mp4"))
        with run.publishing():
            fakes.finish(run, campaign)
        with fakes.opened(address, None) as served:
            run.save(examined(campaign, "b.mp4"))
            assert served.decide(Wish(decision="agree"), **item, by="Ana").n == 1
            ground.reported(served, photos=1)
            assert run.decide(Wish(decision="agree"), source="s-b.mp4", item="s-b.mp4-i0", by="Ben").n == 2
            assert served.decide(Wish(decision="cannot_tell"), **item, by="Ben").n == 3
        with run.publishing():
            fakes.finish(run, campaign)
    assert wiring.verify(text_of(address)).state == "holds"
    (first, _) = (one["reviews"] for one in found(case)["items"] if one["source"] == "s-a.mp4")
    assert [one["by"] for one in first] == ["Ana", "Ben"]


def test_no_transaction_stays_open_while_an_authority_stamps(address: InPostgres, campaign: Campaign, case: Path):
    states = []

    def stamp(_: bytes) -> bytes:
        states.extend(asked(address, "SELECT state FROM pg_stat_activity WHERE application_name = 'samegoods'"))
        return b"stamp"

    with opened(address, campaign, case) as store:
        store.save(examined(campaign, "a.mp4"))
        cases.publish(store, campaign)
        store.conclude(stamp=stamp)
    assert states
    assert {state for (state,) in states} == {"idle"}


def test_a_lost_connection_is_one_line_and_what_was_saved_stays(
    address: InPostgres, campaign: Campaign, case: Path, monkeypatch: pytest.MonkeyPatch
):
    keep = Evidence.keep_crop

    def cut_off(self: Evidence, crop: object) -> str:
        asked(address, OTHERS)
        return keep(self, crop)

    with opened(address, campaign, case) as store:
        store.save(examined(campaign, "a.mp4"))
        with monkeypatch.context() as patch:
            patch.setattr(Evidence, "keep_crop", cut_off)
            with pytest.raises(CaseError, match=r"^postgresql://postgres@.*: the connection was lost: what was saved"):
                store.save(examined(campaign, "b.mp4"))
        store.save(examined(campaign, "c.mp4"))  # as serve goes on when the server is there again
        assert [source.id for source, _ in store.sources()] == ["s-a.mp4", "s-c.mp4"]
        with store.publishing():
            fakes.finish(store, campaign)
    assert wiring.verify(text_of(address)).state == "holds"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can neither fork nor kill without asking")
@pytest.mark.parametrize(
    ("owner", "name", "number"),
    [(LogFile, "append", 2), (LogFile, "append", 4), (Evidence, "keep_crop", 3), (CaseStore, "put", 1)],
    ids=["after the first commit", "after a source", "in a source", "in publishing"],
)
def test_a_killed_writer_leaves_nothing_half_and_the_others_go_on(
    address: InPostgres, campaign: Campaign, case: Path, owner: type, name: str, number: int
):
    child = os.fork()
    if child == 0:
        killed_at(owner, name, number)
        saving(address, case.parent / "campaign", ["a.mp4", "b.mp4"])
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert wiring.verify(text_of(address)).state == "unfinished", wiring.verify(text_of(address)).problems
    saving(address, case.parent / "campaign", ["b.mp4", "c.mp4"])
    proof = wiring.verify(text_of(address))
    assert proof.state == "holds", proof.problems
    assert {"s-b.mp4", "s-c.mp4"} <= {one["id"] for one in found(case)["sources"]}


def killed_at(owner: type, name: str, number: int) -> None:
    """Have this process be killed as it calls a method the ``number``-th time."""
    method, called = getattr(owner, name), []

    def dying(*words: object, **named: object) -> object:
        called.append(name)
        if len(called) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*words, **named)

    setattr(owner, name, dying)


def test_what_a_killed_writer_left_is_swept_by_who_publishes_and_not_by_who_saves(
    address: InPostgres, campaign: Campaign, case: Path
):
    """A picture that is not named yet may be another's, who names it in a moment."""
    picture = case / "evidence" / "00" / ("0" * 64 + ".png")
    with opened(address, campaign, case) as first, opened(address, campaign, case) as second:
        first.save(examined(campaign, "a.mp4"))
        picture.parent.mkdir()
        picture.write_bytes(b"x")
        second.save(examined(campaign, "b.mp4"))
        assert picture.exists()
        with second.publishing():
            fakes.finish(second, campaign)
    assert not picture.exists()
    assert wiring.verify(text_of(address)).state == "holds"


def test_purging_waits_for_no_one_and_is_refused_beside_another(address: InPostgres, campaign: Campaign, case: Path):
    with opened(address, campaign, case) as first:
        first.save(examined(campaign, "a.mp4"))
        body = {"before": "2036-01-01T00:00:00+00:00", "retention_days": 1}
        with opened(address, campaign, case), pytest.raises(CaseError, match="another run is writing to this case"):
            first.remove(["s-a.mp4"], body)
        assert len(first.remove(["s-a.mp4"], body)) == 4
        first.compact()
    assert not list(case.rglob("*.png"))


def test_a_case_has_its_results_where_it_was_begun(
    address: InPostgres, campaign: Campaign, case: Path, tmp_path: Path
):
    with pytest.raises(CaseError, match="to begin one, give a folder for its results with --results"):
        fakes.opened(address, campaign)
    opened(address, campaign, case).close()
    fakes.opened(address, campaign).close()
    with pytest.raises(CaseError, match=r"has its results in .*: leave --results out; samegoods copy makes"):
        opened(address, campaign, tmp_path / "elsewhere")
    with pytest.raises(CaseError, match="holds another case: name another folder"):
        opened(fresh(address.url.render_as_string()), campaign, case)
    case.rename(tmp_path / "unmounted")
    case.mkdir()
    with pytest.raises(CaseError, match="are not there: mount the folder that holds them"):
        fakes.opened(address, campaign)


@pytest.fixture(autouse=True)
def _not_long() -> Iterator[None]:
    """A lock that is waited for in vain would hold up all tests."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 60
