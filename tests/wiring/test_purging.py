"""Purge: what is too old goes, rows and pictures; the rest stays, and the case still holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes import cases
from samegoods.cli import main
from samegoods.edges.case import CaseStore
from samegoods.errors import CaseError
from samegoods.wiring import verify
from samegoods.wiring.custody import sealing
from samegoods.wiring.purging import purge

LATER = datetime(2036, 1, 1, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder, study = tmp_path / "case", cases.campaign(tmp_path / "campaign")
    with CaseStore.open(folder, campaign=study, software="1.0", signer=sealing().signer) as store:
        store.keep_references(cases.references())
        for examined in cases.whole_case(study):
            store.save(examined)
        cases.publish(store, study)
        store.conclude()
    return folder


def pictures(case: Path) -> set[str]:
    return {path.name for path in (case / "evidence").rglob("*.png")}


def document(case: Path) -> dict:
    return json.loads((case / "findings.json").read_text())


def days_until(case: Path, keep: int) -> tuple[int, datetime]:
    """So many days, and such a clock, that all but the newest ``keep`` sources are older."""
    times = sorted(datetime.fromisoformat(s["captured_at"]) for s in document(case)["sources"] if s["captured_at"])
    return 30, times[-keep] + timedelta(days=30)


def test_what_is_too_old_is_gone_and_the_case_holds(case):
    before, sources = pictures(case), document(case)["sources"]
    days, clock = days_until(case, 1)
    result = purge(case, older_than_days=days, now=lambda: clock)
    left = document(case)
    gone = {source.id for source in result.sources}
    assert result.done
    assert 0 < len(gone) < len(sources)
    assert {s["id"] for s in left["sources"]} == {s["id"] for s in sources} - gone
    assert not gone & {one["source"] for part in ("items", "sightings") for one in left[part]}
    assert len(before - pictures(case)) == result.pictures > 0
    used = {Path(path).name for item in left["items"] for path in item["evidence"]}
    assert used | {Path(one["picture"]).name for one in left["references"]} == pictures(case)
    proof = verify(case)
    assert proof.problems == ()
    lines = [json.loads(line) for line in (case / "custody.jsonl").read_text().splitlines()]
    (told,) = [one["body"] for one in lines if one["kind"] == "purged"]
    assert set(told["sources"]) == gone


def test_nothing_of_it_is_left_in_the_data_base(case):
    name = document(case)["items"][0]["id"].encode()
    assert name in b"".join(path.read_bytes() for path in case.glob("case.db*"))
    purge(case, older_than_days=0, now=lambda: LATER)
    sightings = b"".join(path.read_bytes() for path in case.glob("case.db*"))
    assert sightings.count(name) <= sum(
        line.count(name) for line in (case / "custody.jsonl").read_bytes().splitlines()
    )
    assert pictures(case) == {Path(one["picture"]).name for one in document(case)["references"]}
    assert verify(case).problems == ()


def test_a_dry_run_deletes_nothing(case):
    before = {path: path.read_bytes() for path in case.rglob("*") if path.suffix in (".png", ".json", ".jsonl")}
    result = purge(case, older_than_days=1, dry_run=True, now=lambda: LATER)
    assert result.sources
    assert not result.done
    assert {path: path.read_bytes() for path in before} == before


def test_where_nothing_is_too_old_nothing_changes(case):
    before = (case / "custody.jsonl").read_bytes()
    assert purge(case, older_than_days=36_500).sources == ()
    assert (case / "custody.jsonl").read_bytes() == before


def test_a_campaign_that_says_nothing_needs_the_days(case):
    with pytest.raises(CaseError, match=r"states no retention_days: give --older-than DAYS"):
        purge(case)


def test_the_command_lists_what_it_deletes(case, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["purge", str(case), "--older-than", "0"])
    said = capsys.readouterr()
    assert ended.value.code == 0
    assert len(said.out.splitlines()) == len(said.out.split("\n")) - 1 > 1
    assert "deleted, with" in said.err
