"""Unfinished work of a case: taken up by its own run alone, told by the audit, gone after a purge."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes import cases, custody
from samegoods.edges.case import CaseStore
from samegoods.edges.case.holdings import holdings
from samegoods.edges.case.unfinished import Unfinished
from samegoods.records import Source


@pytest.fixture
def source() -> Source:
    return cases.source("stall.mp4")


def shelf(folder: Path, key: str = "k", signer: int | None = 1) -> Unfinished:
    return Unfinished(folder / "work", key=key, signer=None if signer is None else custody.key(signer))


def test_a_later_run_finds_what_an_earlier_one_left(tmp_path: Path):
    shelf(tmp_path).put("look-1", b"first")
    shelf(tmp_path).put("look-1", b"second")
    assert shelf(tmp_path).get("look-1") == b"second"
    assert shelf(tmp_path).get("look-2") is None
    shelf(tmp_path).clear()
    assert shelf(tmp_path).get("look-1") is None
    assert not (tmp_path / "work").exists()


def _changed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"!")


def _renamed(file: Path) -> None:
    file.rename(file.with_stem("look-2"))


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:20])


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5])


@pytest.mark.parametrize("tampered", [_changed, _renamed, _cut, _cut_short])
def test_what_somebody_changed_is_passed_over(tmp_path: Path, tampered):
    shelf(tmp_path).put("look-1", b"what was seen")
    tampered(tmp_path / "work" / "look-1.work")
    assert [shelf(tmp_path).get(f"look-{n}") for n in (1, 2)] == [None, None]


@pytest.mark.parametrize("other", [{"signer": 2}, {"key": "other campaign"}, {"signer": None}])
def test_what_is_of_another_key_or_campaign_is_passed_over(tmp_path: Path, other):
    shelf(tmp_path).put("look-1", b"what was seen")
    assert shelf(tmp_path, **other).get("look-1") is None


def test_nobody_reads_it_without_the_key(tmp_path: Path):
    shelf(tmp_path).put("look-1", b"a telephone number on a pack, not yet withheld")
    assert b"telephone" not in (tmp_path / "work" / "look-1.work").read_bytes()


def test_a_case_that_is_not_kept_has_its_own_work_alone(tmp_path: Path):
    there = shelf(tmp_path, signer=None)
    there.put("look-1", b"what was seen")
    assert there.get("look-1") == b"what was seen"
    assert shelf(tmp_path, signer=None).get("look-1") is None


def test_a_case_knows_its_unfinished_work(tmp_path: Path, source: Source):
    study = cases.campaign(tmp_path / "campaign")
    with CaseStore.open(tmp_path / "case", campaign=study, software="1") as store:
        store.unfinished(source).put("look-0", b"what was seen")
        (told,) = (one for one in holdings(store.folder) if one.path.startswith("unfinished/"))
        assert "run it again, or purge" in str(told.problem)
        assert told.content == b""
        store.drop_unfinished()
        assert not [one for one in holdings(store.folder) if one.path.startswith("unfinished/")]
