"""What people decided, in the report: how many packs they checked, and what they said of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes import cases
from samegoods.edges.case import CaseStore
from samegoods.edges.report import report_text
from samegoods.results.review import Wish


@pytest.fixture
def case(tmp_path: Path) -> Path:
    campaign = cases.campaign(tmp_path / "campaign")
    with CaseStore.open(tmp_path / "case", campaign=campaign, software="1.0") as store:
        store.keep_references(cases.references())
        for one in cases.whole_case(campaign):
            store.save(one)
        cases.publish(store, campaign)
        store.conclude()
    return tmp_path / "case"


def decided(case: Path, *wishes: tuple[Wish, str]) -> str:
    """The report after these decisions, one on each of the packs that differ."""
    items = json.loads((case / "findings.json").read_text(encoding="utf-8"))["items"]
    differing = [one for one in items if one["in_scope"] and one["packaging"]["call"] == "different"]
    with CaseStore.open(case, campaign=None, software="1.0") as store:
        for one, (wish, by) in zip(differing, wishes, strict=False):
            store.decide(wish, source=one["source"], item=one["id"], by=by)
        cases.publish(store, cases.campaign(case.parent / "campaign"))
        store.conclude()
    return " ".join(report_text(case).split())


def test_without_decisions_nobody_has_checked(case: Path):
    page = decided(case)
    assert "No person has checked these results yet." in page
    assert "Checked:" not in page


def test_what_people_decided_is_told_beside_each_pack(case: Path):
    corrected = Wish(decision="correct", axis="packaging", call="same", remark="<b>a fold</b>")
    page = decided(case, (Wish(decision="agree"), "Ana"), (corrected, "Ben & Co"))
    number = len(json.loads((case / "findings.json").read_text(encoding="utf-8"))["items"])
    assert f"People have checked 2 of {number} packs." in page
    assert "No person has checked" not in page
    assert page.count("<strong>Checked:</strong>") == 2
    assert ": agrees</p>" in page
    assert "says otherwise: packaging is the same (&lt;b&gt;a fold&lt;/b&gt;)</p>" in page
    assert "Ben &amp; Co, " in page
