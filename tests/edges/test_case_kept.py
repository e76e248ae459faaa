"""What is kept of an untouched case: the ledger on disk, the state of the log, hashes; and that a touch undoes it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import cases
from fakes import custody as fakes
from samegoods.custody import read_log, split_lines
from samegoods.custody.ledger import MemoryLedger
from samegoods.custody.replay import Told, replay
from samegoods.custody.state import state_of, told_of
from samegoods.edges.case import CaseStore
from samegoods.edges.case.kept import KeptLedger, cache_of, made_cache
from samegoods.edges.case.log import CaseLog
from samegoods.errors import CaseError
from samegoods.results.review import Wish

SOURCE, ITEM = "s-gate-1.mp4", "s-gate-1.mp4-i0"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    of = cases.campaign(tmp_path / "campaign")
    with opened(tmp_path / "case", of) as store:
        store.keep_references(cases.references())
        for one in list(cases.whole_case(of))[:3]:
            store.save(one)
        cases.publish(store, of)
        store.conclude()
        store.decide(Wish(decision="agree"), source=SOURCE, item=ITEM, by="Ana")
    return tmp_path / "case"


def opened(case: Path, of: object = None) -> CaseStore:
    return CaseStore.open(case, campaign=of, software="1.0", signer=fakes.key())


def replays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes each reading of the whole log."""
    read: list[int] = []
    whole = CaseLog.read
    monkeypatch.setattr(CaseLog, "read", lambda self, *more: read.append(1) or whole(self, *more))
    return read


def told_by(ledger: object, case: Path) -> Told:
    told = Told(ledger)
    replay(read_log(split_lines((case / "custody.jsonl").read_bytes())).entries, told)
    return told


def test_an_untouched_case_is_not_read_again(case: Path, monkeypatch: pytest.MonkeyPatch):
    read = replays(monkeypatch)
    with opened(case) as store:
        assert read == []
        assert state_of(store.told) == state_of(told_by(MemoryLedger(), case))
        store.decide(Wish(decision="cannot_tell"), source=SOURCE, item=ITEM, by="Ben")
    with opened(case) as store:
        assert read == []
        assert [one.by for one in store.told.standing(SOURCE, ITEM)] == ["Ana", "Ben"]


def changed_line(case: Path) -> None:
    text = (case / "custody.jsonl").read_bytes()
    (case / "custody.jsonl").write_bytes(text.replace(b"gate-1", b"gate-9", 1))


def changed_row(case: Path) -> None:
    with closing(sqlite3.connect(case / "case.db")) as db, db:
        db.execute("UPDATE custody SET line = replace(line, 'gate-1', 'gate-9') WHERE line LIKE '%gate-1%'")


@pytest.mark.parametrize("change", [changed_line, changed_row])
def test_a_log_that_was_changed_is_read_and_refused(case: Path, change: Callable[[Path], None]):
    change(case)
    with pytest.raises(CaseError, match="nothing was changed"):
        opened(case)


def test_a_copy_elsewhere_is_read_from_the_start(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    read = replays(monkeypatch)
    case.rename(tmp_path / "moved")
    with opened(tmp_path / "moved") as store:
        assert read == [1]
        assert store.told.judged(SOURCE, ITEM) is not None


def test_what_cannot_be_kept_is_read_each_time(case: Path, monkeypatch: pytest.MonkeyPatch):
    read = replays(monkeypatch)
    for file in cache_of(case).glob("told.db*"):
        file.write_bytes(b"no data base at all, but some bytes that are long enough to look at")
    with opened(case) as store:
        assert read == [1]
        assert store.told.judged(SOURCE, ITEM) is not None


def test_results_are_hashed_again_only_if_touched(case: Path, monkeypatch: pytest.MonkeyPatch):
    with opened(case) as store:
        store.refuse_unpublished("findings.json")
    hashed: list[Path] = []
    from samegoods.edges.case import recalling

    whole = recalling.hash_of
    monkeypatch.setattr(recalling, "hash_of", lambda file: hashed.append(file) or whole(file))
    with opened(case) as store:
        store.refuse_unpublished("findings.json")
        assert hashed == []
        (case / "findings.json").write_text((case / "findings.json").read_text() + " ")
        with pytest.raises(CaseError, match="it was changed"):
            store.refuse_unpublished("findings.json")


def test_what_is_left_of_cases_that_are_gone_goes(case: Path, tmp_path: Path):
    left = cache_of(case)
    case.rename(tmp_path / "moved")
    made_cache(tmp_path / "other")
    assert not left.exists()


NAMES = st.sampled_from(["a", "b", "c"])
DEEDS = st.tuples(st.sampled_from(["save", "keep", "decide", "remove", "unname"]), NAMES, NAMES, st.integers(0, 5))


@given(st.lists(DEEDS, max_size=30))
def test_a_ledger_on_disk_is_as_one_in_memory(deeds: list[tuple[str, str, str, int]]):
    from samegoods.custody import bodies
    from samegoods.custody.ledger import SourceTold

    held = [MemoryLedger(), KeptLedger()]
    empty = dict.fromkeys(("captured_at", "captured_from", "reason"))
    for what, source, item, number in deeds:
        sha256 = f"{number:064x}"
        path = f"evidence/{sha256[:2]}/{sha256}.png"
        for ledger in held:
            there = ledger.entry_of(source) is not None
            if what == "save" and not there:
                told = {"id": source, "path": "p", "sha256": "", "kind": "video", "site": "s", "status": "ok"}
                body = bodies.SourceSaved.model_validate(told | empty | {"content": sha256})
                ledger.save(SourceTold(number, body))
            elif what == "keep" and there:
                ledger.name(path)
                ledger.keep(source, item, path)
            elif what == "decide" and there:
                ledger.decide(source, item, sha256)
            elif what == "remove" and there:
                ledger.remove(source)
            elif what == "unname":
                ledger.unname([path])
    memory, disk = held
    assert [one.body for one in memory.sources()] == [one.body for one in disk.sources()]
    for name in "abc":
        assert memory.get(name) == disk.get(name)
        assert [memory.judged(name, item) for item in "abc"] == [disk.judged(name, item) for item in "abc"]
        assert set(memory.pictures(without=[name])) == set(disk.pictures(without=[name]))
    paths = [f"evidence/00/{number:064x}.png" for number in range(6)]
    assert [memory.is_named(path) for path in paths] == [disk.is_named(path) for path in paths]
    assert memory.items() == disk.items()


def test_nothing_that_is_told_is_left_out_of_the_state():
    derived = {"ledger", "reviews_of"}  # kept beside it, and made of the reviews
    assert set(state_of(Told())) == set(vars(Told())) - derived


def test_the_state_of_a_log_goes_through_json(case: Path):
    told = told_by(MemoryLedger(), case)
    state = json.loads(json.dumps(state_of(told)))
    again = told_of(state, told.ledger)
    assert state_of(again) == state_of(told)
    assert again.standing(SOURCE, ITEM) == told.standing(SOURCE, ITEM)
