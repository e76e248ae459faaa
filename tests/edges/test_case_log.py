"""The log as the store writes it: with the rows, once, and whole again after whatever ended a run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import cases
from fakes import custody as fakes
from fakes.forms import taken_back
from samegoods import wiring
from samegoods.campaign import Campaign
from samegoods.custody import Entry, read_log, split_lines
from samegoods.edges.case import CaseStore
from samegoods.edges.case.evidence import Evidence
from samegoods.edges.case.log import CaseLog
from samegoods.edges.case.logfile import LogFile
from samegoods.errors import CaseError

MARKET = "camellia-biscuits"


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return cases.campaign(tmp_path / "campaign")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "case"


def entries(case: Path) -> tuple[Entry, ...]:
    log = read_log(split_lines((case / "custody.jsonl").read_bytes()))
    assert log.problems == ()
    return log.entries


def run(case: Path, campaign: Campaign, *names: str, **other: object) -> None:
    """A run over this footage, to its end."""
    with fakes.opened(case, campaign, **other) as store:
        store.keep_references(cases.references())
        for name in names:
            source = cases.source(name)
            if not store.done(source):
                store.save(cases.examined(campaign, source, [cases.no_seal(MARKET), cases.same(MARKET)]))
        fakes.finish(store, campaign)


def state(case: Path) -> str:
    return wiring.verify(case).state


def test_a_run_is_told_in_the_order_in_which_it_went(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    told = [one.kind for one in entries(case) if one.kind != "signed"]
    references = ["reference"] * len(cases.references())
    assert told == ["begun", *references, "source", *["crop"] * 4, *["decision"] * 2, "published"]
    source = next(one for one in entries(case) if one.kind == "source").body
    assert (source["id"], source["site"], source["captured_from"]) == ("s-a.mp4", "songsin", "container")
    decision = next(one for one in entries(case) if one.kind == "decision").body
    assert decision["calls"] == {"packaging": "different", "quality": "cannot_tell", "call": "different"}


def test_every_transaction_ends_with_a_signature(case: Path, campaign: Campaign):
    with fakes.opened(case, campaign) as store:
        for name in ("a.mp4", "b.mp4"):
            store.save(cases.examined(campaign, cases.source(name), [cases.same(MARKET)]))
            assert entries(case)[-1].kind == "signed"


def contents(case: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in case.rglob("*") if file.is_file()}


def test_a_rerun_with_nothing_new_changes_no_byte_of_the_case(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    before = contents(case)
    run(case, campaign, "a.mp4")
    assert contents(case) == before


def test_a_rerun_that_failed_as_before_changes_no_byte_of_the_case(case: Path, campaign: Campaign):
    failed = list(cases.whole_case(campaign))[-1]
    after = []
    for _ in range(2):
        with fakes.opened(case, campaign) as store:
            store.save(failed)
            fakes.finish(store, campaign)
        after.append(contents(case))
    assert after[0] == after[1]


def test_a_rerun_with_something_new_says_that_work_begins_and_ends(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    before = len(entries(case))
    run(case, campaign, "a.mp4", "b.mp4")
    told = [one.kind for one in entries(case)[before:]]
    assert told[:3] == ["run", "signed", "source"]
    assert told[-2:] == ["published", "signed"]
    assert state(case) == "holds"


def test_what_takes_the_place_of_something_says_of_what(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    first = next(one.n for one in entries(case) if one.kind == "source")
    run(case, campaign, "a.mp4", software="1.1")
    removed = [one.body for one in entries(case) if one.kind == "removed"]
    assert removed == [{"entry": first, "reference": None, "source": "s-a.mp4"}]
    assert state(case) == "holds"


def test_other_references_take_the_place_of_the_old_and_the_old_stay_evidence(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    with fakes.opened(case, campaign) as store:
        store.keep_references(cases.references()[1:])
        fakes.finish(store, campaign)
    gone = cases.references()[0].id
    assert [one.body["reference"] for one in entries(case) if one.kind == "removed"] == [gone]
    assert state(case) == "holds"


def test_a_changed_campaign_is_told(case: Path, campaign: Campaign, tmp_path: Path):
    run(case, campaign, "a.mp4")
    changed = cases.campaign(tmp_path / "campaign", title="Another title")
    run(case, changed, "a.mp4")
    (told,) = [one.body for one in entries(case) if one.kind == "campaign"]
    assert told["digest"] == changed.digest != campaign.digest
    assert state(case) == "holds"


def test_a_source_that_is_purged_is_gone_with_its_pictures_and_the_log_says_so(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4", "b.mp4")
    with fakes.opened(case, campaign) as store:
        lost = store.remove(["s-a.mp4"], {"because": "its time is over"})
        assert len(lost) == 4
        fakes.finish(store, campaign)
    assert state(case) == "holds"
    (purged,) = [one.body for one in entries(case) if one.kind == "purged"]
    assert purged == {"because": "its time is over", "sources": ["s-a.mp4"], "pictures": sorted(lost)}
    assert not any((case / path).exists() for path in lost)
    (case / lost[0]).parent.mkdir(exist_ok=True)
    (case / lost[0]).write_bytes(b"it is back")
    assert str(wiring.verify(case).problems[0]) == f"{lost[0]}: no entry of the log names it"


@pytest.mark.parametrize("kind", ["audited"])
def test_what_else_is_done_with_a_case_can_be_told(case: Path, campaign: Campaign, kind: str):
    run(case, campaign, "a.mp4")
    with fakes.opened(case, None) as store:
        store.record(kind, {"found": 0, "by": "the second look"})
        with pytest.raises(ValueError, match="no entry is of the kind 'gossip'"):
            store.record("gossip", {})
    assert [one.body for one in entries(case) if one.kind == kind] == [{"found": 0, "by": "the second look"}]
    assert state(case) == "holds"


@pytest.mark.parametrize("name", ["findings.json", "sightings.csv"])
def test_what_somebody_else_wrote_is_not_signed_as_ours(case: Path, campaign: Campaign, name: str):
    run(case, campaign, "a.mp4")
    (case / name).write_text("something else")
    before = (case / "custody.jsonl").read_bytes()
    with fakes.opened(case, None) as store:
        store.put("report.html", "<p>anew</p>")
        with pytest.raises(CaseError, match="was changed by somebody else: samegoods verify tells more"):
            store.conclude()
    assert before in (case / "custody.jsonl").read_bytes()
    assert name in {one.where for one in wiring.verify(case).problems}


# Cases of before, other keys, other clocks.


def unlogged(case: Path) -> None:
    """The case as a release before the log left it."""
    taken_back(case / "case.db", "0003")
    for name in ("custody.jsonl", "custody.pub"):
        (case / name).unlink()


def test_a_case_of_before_there_was_a_log_is_taken_over(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    unlogged(case)
    before = contents(case)
    assert state(case) == "wrong"
    assert contents(case) == before, "verify brought it to a newer form"
    run(case, campaign, "a.mp4")
    proof = wiring.verify(case)
    assert proof.state == "holds"
    assert any("tell of what was saved before there was a log" in note for note in proof.notes)
    assert [one.kind for one in entries(case)][:2] == ["begun", "adopted"]


@pytest.mark.parametrize("signer", [None, fakes.key(2)], ids=["nobody", "another"])
def test_one_key_signs_a_case(case: Path, campaign: Campaign, signer: object):
    run(case, campaign, "a.mp4")
    before = contents(case)
    with pytest.raises(CaseError, match=r"signed by the key [0-9a-f]{16}: give it with --signing-key, or begin"):
        fakes.opened(case, campaign, signer=signer)
    assert contents(case) == before


def test_a_case_that_was_begun_without_a_key_gets_none(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4", signer=None)
    assert str(wiring.verify(case).problems[0]) == "custody.pub: is missing"
    with pytest.raises(CaseError, match="begun without a key"):
        fakes.opened(case, campaign)


def test_a_clock_that_is_set_back_is_told_and_the_case_holds(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4", now=lambda: datetime(2026, 7, 21, tzinfo=UTC))
    run(case, campaign, "a.mp4", "b.mp4", now=lambda: datetime(2026, 7, 20, tzinfo=UTC))
    proof = wiring.verify(case)
    assert proof.state == "holds"
    assert [note for note in proof.notes if "the clock was set back" in note]


# Runs that are ended, at every place where a file or a row is written.


def ended_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, number: int) -> Counter:
    """Have a method end the run the ``number``-th time that it is called."""
    called: Counter = Counter()
    method: Callable = getattr(owner, name)

    def ending(*words: object, **named: object) -> object:
        called[name] += 1
        if called[name] == number:
            raise KeyboardInterrupt
        return method(*words, **named)

    monkeypatch.setattr(owner, name, ending)
    return called


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of a run that nothing ended."""
    folder = tmp_path_factory.mktemp("undisturbed")
    run(folder / "case", cases.campaign(folder / "campaign"), "a.mp4", "b.mp4")
    return folder / "case"


PLACES = [(LogFile, "_write"), (CaseLog, "add"), (CaseLog, "follow"), (Evidence, "keep_crop"), (CaseStore, "put")]


@pytest.mark.parametrize("number", [1, 2, 3, 5])
@pytest.mark.parametrize(("owner", "name"), PLACES, ids=[name for _, name in PLACES])
def test_a_run_that_is_ended_anywhere_is_unfinished_and_the_next_completes_it(
    case: Path, campaign: Campaign, undisturbed: Path, owner: object, name: str, number: int
):
    with pytest.MonkeyPatch.context() as patch:
        called = ended_at(patch, owner, name, number)
        try:
            run(case, campaign, "a.mp4", "b.mp4")
        except KeyboardInterrupt:
            assert called[name] == number
            if (case / "custody.jsonl").exists():
                assert state(case) == "unfinished", wiring.verify(case).problems
    run(case, campaign, "a.mp4", "b.mp4")
    assert state(case) == "holds"
    for file in ("findings.json", "sightings.csv"):
        documents = [json.loads(found) if file.endswith("n") else found for found in texts(file, case, undisturbed)]
        assert documents[0] == documents[1]


def texts(file: str, *folders: Path) -> list[str]:
    """The texts of a file without the times at which it was made."""
    found = [(folder / file).read_text(encoding="utf-8") for folder in folders]
    if file != "findings.json":
        return found
    return [json.dumps(json.loads(text) | {"made_at": ""}) for text in found]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.77, 1.0])
def test_a_file_that_is_behind_is_completed(case: Path, campaign: Campaign, kept: float):
    run(case, campaign, "a.mp4")
    whole = (case / "custody.jsonl").read_bytes()
    (case / "custody.jsonl").write_bytes(whole[: int(kept * len(whole))])
    assert (state(case) == "holds") == (kept == 1.0)
    fakes.opened(case, None).close()
    assert (case / "custody.jsonl").read_bytes() == whole
    assert state(case) == "holds"


def test_pictures_that_an_ended_run_could_not_name_are_swept_and_told(case: Path, campaign: Campaign):
    with fakes.opened(case, campaign) as store:
        store.save(cases.examined(campaign, cases.source("a.mp4"), [cases.same(MARKET)]))
        (case / "evidence" / "00").mkdir(exist_ok=True)
        (case / "evidence" / "00" / ("0" * 64 + ".png")).write_bytes(b"x")
    proof = wiring.verify(case)
    assert proof.state == "unfinished"
    assert str(proof.problems[0]) == f"evidence/00/{'0' * 64}.png: no entry of the log names it"
    run(case, campaign, "a.mp4")
    assert [one.body["swept"] for one in entries(case) if one.kind == "run"] == [[f"evidence/00/{'0' * 64}.png"]]
    assert state(case) == "holds"


def test_a_picture_that_is_put_into_a_finished_case_is_left_for_verify_to_name(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4")
    (case / "evidence" / "00").mkdir(exist_ok=True)
    (case / "evidence" / "00" / ("0" * 64 + ".png")).write_bytes(b"x")
    run(case, campaign, "a.mp4", "b.mp4")
    assert str(wiring.verify(case).problems[0]) == f"evidence/00/{'0' * 64}.png: no entry of the log names it"


# What the machine refuses.

FULL = """
import resource, signal, sys
from pathlib import Path
from fakes import cases, custody
from samegoods.errors import SamegoodsError

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
campaign = cases.campaign(folder / "campaign")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    with custody.opened(folder / "case", campaign) as store:
        for number in range(40):
            store.save(cases.examined(campaign, cases.source(f"{number}.mp4"), [cases.same("heron-filter")]))
except SamegoodsError as error:
    print(error)
    sys.exit(2)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are set as on Linux")
@pytest.mark.parametrize("limit", [1_000, 20_000, 120_000])
def test_a_full_disk_is_one_clear_line_and_the_case_stays_verifiable(tmp_path: Path, campaign: Campaign, limit: int):
    paths = os.pathsep.join(path for path in sys.path if path)
    words = [sys.executable, "-c", FULL, str(tmp_path), str(limit)]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths}, check=False)
    assert done.returncode == 2, done.stderr
    (line,) = done.stdout.splitlines()
    assert "cannot be written" in line
    if (tmp_path / "case" / "custody.jsonl").exists():
        assert state(tmp_path / "case") == "unfinished"
    run(tmp_path / "case", campaign, "0.mp4")
    assert state(tmp_path / "case") == "holds"


@pytest.mark.parametrize("name", ["case.db", "custody.jsonl", "custody.pub", "evidence"])
def test_what_stands_in_the_place_of_a_file_is_one_clear_line(case: Path, campaign: Campaign, name: str):
    """A folder in the place of a file, or the other way round: nobody can write there, the superuser neither."""
    case.mkdir()
    (case / name).mkdir() if name != "evidence" else (case / name).write_bytes(b"")
    with pytest.raises(CaseError, match=f"{case}.*(cannot be|not a case)"):
        run(case, campaign, "a.mp4")


def test_a_second_run_is_refused_and_the_first_goes_on(case: Path, campaign: Campaign):
    with fakes.opened(case, campaign) as store:
        store.save(cases.examined(campaign, cases.source("a.mp4"), [cases.same(MARKET)]))
        with pytest.raises(CaseError, match="another run is writing to this case, or samegoods serve shows it: wait"):
            fakes.opened(case, campaign)
        store.save(cases.examined(campaign, cases.source("b.mp4"), [cases.same(MARKET)]))
        fakes.finish(store, campaign)
    assert state(case) == "holds"


def test_verify_takes_no_lock_and_reads_what_a_run_has_committed(case: Path, campaign: Campaign):
    with fakes.opened(case, campaign) as store:
        store.save(cases.examined(campaign, cases.source("a.mp4"), [cases.same(MARKET)]))
        proof = wiring.verify(case)
    assert proof.state == "unfinished"
    assert proof.counts["sources"] == 1


def test_a_copy_is_verified_without_being_written_to(case: Path, campaign: Campaign, tmp_path: Path):
    run(case, campaign, "a.mp4")
    copy = shutil.copytree(case, tmp_path / "copy")
    (copy / "notes.txt").write_text("mine")
    before = contents(copy)
    proof = wiring.verify(copy)
    assert (proof.state, proof.notes) == ("holds", ("notes.txt is no part of the case, and nothing vouches for it",))
    assert contents(copy) == before


def test_footage_is_held_against_the_log(case: Path, campaign: Campaign, tmp_path: Path):
    footage = tmp_path / "footage"
    (footage / "deep").mkdir(parents=True)
    (footage / "deep" / "a.mp4").write_bytes(b"a film")
    source = replace(cases.source("a.mp4"), sha256=hashlib.sha256(b"a film").hexdigest())
    with fakes.opened(case, campaign) as store:
        store.save(cases.examined(campaign, source, [cases.same(MARKET)]))
        fakes.finish(store, campaign)
    assert wiring.verify(case, footage=footage).state == "holds"
    (footage / "deep" / "a.mp4").write_bytes(b"another film")
    (problem,) = wiring.verify(case, footage=footage).problems
    assert str(problem).startswith("footage/a.mp4: no footage here has the SHA-256 that entry")


def test_the_times_are_those_of_the_clock(case: Path, campaign: Campaign):
    run(case, campaign, "a.mp4", now=fakes.clock(60))
    times = [datetime.fromisoformat(one.at) for one in entries(case)]
    assert times == sorted(times)
    assert times[-1] - times[0] >= timedelta(minutes=3)
