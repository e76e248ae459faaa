"""Reports from the ground in a case: kept, moderated, taken back, proven, counted apart, deleted."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import custody as fakes
from fakes import ground
from fakes.forms import taken_back
from samegoods import wiring
from samegoods.custody.walk import read_findings
from samegoods.edges.case.holdings import holdings
from samegoods.errors import CaseError
from samegoods.results.ground import GroundGroupPart
from samegoods.wiring import publishing
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.publishing import republish
from samegoods.wiring.purging import purge


@pytest.fixture(scope="module", autouse=True)
def plain_results() -> Iterator[None]:
    """Results without the real report and the real audit, which take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "put_report", lambda store: store.put("report.html", "<p>anew</p>"))
        patch.setattr(publishing, "put_audit", lambda store: None)
        yield


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fakes.finished_case(tmp_path_factory.mktemp("ground"), sources=2)


@pytest.fixture
def case(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "case")


def findings(case: Path) -> dict:
    return json.loads((case / "findings.json").read_text(encoding="utf-8"))


def groups(case: Path) -> tuple[GroundGroupPart, ...]:
    return read_findings((case / "findings.json").read_bytes()).ground


def everything(case: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(case.rglob("*")) if file.is_file())


def published(case: Path) -> None:
    """Count anew, as serving does when it ends."""
    with fakes.opened(case, None, now=fakes.clock(day=25)) as store:
        republish(store, NO_SEAL)


def test_a_report_comes_back_and_the_case_holds(case: Path):
    with fakes.opened(case, None) as store:
        kept = ground.reported(store, photos=2)
        assert store.reports() == (kept,)
        assert store.told.ground.waiting() == (1,)
        assert store.told.ground.of_receipt(ground.receipt("a")) == 1
    assert len(kept.pictures) == 2
    assert (kept.product, kept.version, str(kept.amount), kept.remark) == (
        "camellia-biscuits",
        "domestic",
        "12.50",
        ground.SENT.remark,
    )
    proof = wiring.verify(case)
    assert (proof.state, proof.counts["reports"]) == ("holds", 1)


def test_the_code_itself_is_nowhere_in_the_case(case: Path):
    with fakes.opened(case, None) as store:
        ground.reported(store, "K7QM-2XRT-9WPD-4HNB", photos=1)
    assert b"K7QM" not in everything(case)


def test_a_receipt_is_of_one_report(case: Path):
    with fakes.opened(case, None) as store:
        ground.reported(store)
        with pytest.raises(CaseError, match="there is a report with this receipt"):
            ground.reported(store)


def test_only_what_a_reviewer_takes_in_is_told_and_it_changes_no_count(case: Path):
    published(case)
    before = findings(case)
    with fakes.opened(case, None, now=fakes.clock(day=22)) as store:
        for code in "abc":
            ground.reported(store, code, photos=code == "a")
        store.moderate(1, "accept", by="Ana")
        store.moderate(2, "reject", by="Ana", reason="an advertisement")
        assert store.told.ground.waiting() == (3,)
        assert store.heard_anew
        republish(store, NO_SEAL)
        assert not store.heard_anew
    after = findings(case)
    (told,) = after.pop("ground")
    assert before.pop("ground") == []
    assert after == before, "shares, intervals and all else are as without reports"
    assert [one["n"] for one in told["reports"]] == [1]
    assert "an advertisement" not in (case / "findings.json").read_text()
    assert wiring.verify(case).state == "holds"


def test_what_was_decided_stays_and_is_followed(case: Path):
    with fakes.opened(case, None) as store:
        ground.reported(store)
        store.moderate(1, "accept", by="Ana")
        store.moderate(1, "reject", by="Ben", reason="a double")
        assert [(one.by, one.decision) for one in store.moderations(1)] == [("Ana", "accept"), ("Ben", "reject")]
        assert store.accepted_reports() == ()
        with pytest.raises(CaseError, match="there is no report 2"):
            store.moderate(2, "accept", by="Ana")
    assert wiring.verify(case).state == "holds"


def test_what_is_taken_back_is_nowhere_but_in_digests(case: Path):
    with fakes.opened(case, None) as store:
        kept = ground.reported(store, photos=2, remark="a very particular remark")
        other = ground.reported(store, "b", remark="another remark")
        store.moderate(1, "accept", by="Ana", reason="a very particular reason")
        store.moderate(2, "accept", by="Ana")
        republish(store, NO_SEAL)
        assert b"a very particular remark" in everything(case)
        store.withdraw_report(1)
        assert wiring.verify(case).state == "unfinished"
        store.redact()
        store.conclude(redacted=True)
        store.compact()
        assert store.told.ground.waiting() == ()
        assert store.heard_anew, "the next count is due"
        with pytest.raises(CaseError, match="there is no report 1"):
            store.withdraw_report(1)
    assert not [path for path in kept.pictures if (case / path).exists()]
    assert b"a very particular" not in (case / "findings.json").read_bytes() + (case / "case.db").read_bytes()
    assert [[one.n for one in group.reports] for group in groups(case)] == [[other.n]]
    (told,) = groups(case)
    assert [(one.version, one.reports) for one in told.says] == [("domestic", 1)]
    assert wiring.verify(case).state == "holds"
    published(case)
    assert b"a very particular" not in everything(case)
    assert wiring.verify(case).state == "holds"


def test_a_last_report_that_is_taken_back_leaves_an_empty_list(case: Path):
    with fakes.opened(case, None) as store:
        ground.reported(store)
        store.moderate(1, "accept", by="Ana")
        republish(store, NO_SEAL)
        store.withdraw_report(1)
        store.redact()
        store.conclude(redacted=True)
    assert groups(case) == ()
    assert wiring.verify(case).state == "holds"


def test_a_decision_on_a_pack_between_counting_and_taking_back_is_no_contradiction(case: Path):
    from samegoods.results.review import Wish

    with fakes.opened(case, None) as store:
        ground.reported(store)
        store.moderate(1, "accept", by="Ana")
        republish(store, NO_SEAL)
        store.decide(Wish(decision="agree"), source="s-gate-1.mp4", item="s-gate-1.mp4-i0", by="Ana")
        store.withdraw_report(1)
        store.redact()
        store.conclude(redacted=True)
    assert wiring.verify(case).state == "holds"


def test_purge_takes_reports_as_well(case: Path):
    with fakes.opened(case, None) as store:
        kept = ground.reported(store, photos=1)
        store.moderate(1, "accept", by="Ana")
        republish(store, NO_SEAL)
    key = fakes.key_file(case.parent)
    result = purge(case, older_than_days=0, signing_key=key, now=lambda: datetime(2036, 1, 1, tzinfo=UTC))
    assert result.reports == (1,)
    assert groups(case) == ()
    assert not (case / kept.pictures[0]).exists()
    assert ground.SENT.remark.encode() not in everything(case)
    assert wiring.verify(case).state == "holds"


def test_an_older_case_opens_and_has_no_reports(case: Path):
    taken_back(case / "case.db", "0005")
    assert wiring.verify(case).state == "holds", "as the release before had left it"
    assert len(list(holdings(case))) > 5
    with fakes.opened(case, None) as store:
        assert store.reports() == ()
        ground.reported(store)
    assert wiring.verify(case).state == "holds"


def test_an_export_carries_what_was_taken_in(case: Path):
    with fakes.opened(case, None) as store:
        kept = ground.reported(store, photos=1)
        store.moderate(1, "accept", by="Ana")
        republish(store, NO_SEAL)
    bundle = wiring.export(case, case.parent / "case.zip", signing_key=fakes.key_file(case.parent))
    with zipfile.ZipFile(bundle) as members:
        assert set(kept.pictures) <= set(members.namelist())
    assert wiring.verify(bundle).state == "holds"


def test_the_audit_holds_a_crop_against_its_reference(case: Path):
    with fakes.opened(case, None) as store:
        kept = ground.reported(store, photos=1)
    (held,) = [one for one in holdings(case) if one.path == kept.pictures[0]]
    (crop,) = kept.items[0].crops
    assert (held.kind, held.reference, held.quad) == ("crop", crop.reference, crop.quad)


def sql(command: str) -> Callable[[Path], None]:
    def run(case: Path) -> None:
        with closing(sqlite3.connect(case / "case.db")) as db:
            db.execute(command)
            db.commit()

    return run


def without_picture(case: Path) -> None:
    (path,) = [one for group in findings(case)["ground"] for one in group["reports"][0]["photos"][0]["items"]]
    (case / path["crops"][0]["path"]).unlink()


def in_findings(old: str, new: str) -> Callable[[Path], None]:
    def run(case: Path) -> None:
        file = case / "findings.json"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return run


TAMPERED = [
    (sql("UPDATE ground SET version = 'export'"), "case.db: report 1: the rows are not as the log tells"),
    (sql("UPDATE ground SET remark = 'all is well'"), "case.db: report 1: the rows are not as the log tells"),
    (sql("UPDATE ground SET receipt = 'x'"), "case.db: report 1: the rows are not as the log tells"),
    (sql("DELETE FROM ground"), "case.db: report 1: the rows are missing"),
    (sql("INSERT INTO ground SELECT 7, at, 'r', salt, product, version, site, day, amount, currency, remark, withheld,"
         " photos FROM ground"), "case.db: report 7: the log does not tell of it"),
    (sql("UPDATE moderations SET decision = 'reject'"), "case.db: moderation 1: the rows are not as the log tells"),
    (sql("DELETE FROM moderations"), "case.db: moderation 1: the rows are missing"),
    (sql("UPDATE moderations SET by = 'Eve'"), "case.db: moderation 1: the rows are not as the log tells"),
    (without_picture, "is missing"),
    (in_findings('"version": "domestic", "site": "songsin", "day"', '"version": "export", "site": "songsin", "day"'),
     "findings.json: is not the file that was published"),
]  # fmt: skip


@pytest.fixture(scope="module")
def heard(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = shutil.copytree(finished, tmp_path_factory.mktemp("heard") / "case")
    with fakes.opened(case, None) as store:
        ground.reported(store, photos=1)
        store.moderate(1, "accept", by="Ana")
        republish(store, NO_SEAL)
    assert wiring.verify(case).state == "holds"
    return case


@pytest.mark.parametrize(("tamper", "said"), TAMPERED, ids=range(len(TAMPERED)))
def test_what_is_changed_is_found(heard: Path, tmp_path: Path, tamper: Callable[[Path], None], said: str):
    case = shutil.copytree(heard, tmp_path / "case")
    tamper(case)
    proof = wiring.verify(case)
    assert proof.state == "wrong"
    assert said in str(proof.problems[0])
