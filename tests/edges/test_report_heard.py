"""Reports from the ground in the report: a chapter of their own, in both forms, and no other word changes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from fakes import custody as fakes
from fakes import ground
from samegoods.edges.report import report_files, report_text
from samegoods.wiring import publishing
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.publishing import republish


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The page before any report, and the case with some."""
    case = fakes.finished_case(tmp_path_factory.mktemp("heard"), sources=4)
    with pytest.MonkeyPatch.context() as patch, fakes.opened(case, None, now=fakes.clock(day=23)) as store:
        patch.setattr(publishing, "put_audit", lambda store: None)
        patch.setattr(publishing, "put_report", lambda store: store.put("report.html", "<p>anew</p>"))
        republish(store, NO_SEAL)
        before = report_text(case)
        ground.reported(store, "a", photos=1, remark="<b>no seal</b>")
        ground.reported(store, "b", version=None, amount=None, currency=None, remark="")
        ground.reported(store, "c", product="swift-shoes", site="harbour", version="export", remark="")
        ground.reported(store, "d", remark="nobody took this in")
        for n in (1, 2, 3):
            store.moderate(n, "accept", by="Ana")
        republish(store, NO_SEAL)
    return before, case


def test_the_chapter_says_what_is_reported_and_how_the_footage_has_it(told: tuple[str, Path]):
    page = " ".join(report_text(told[1]).split())
    assert "<h2>Reports from the ground</h2>" in page
    for said in (
        "They are no sample:",
        "Camellia butter biscuits at Songsin Market",
        "1 report: the version for sale at home; 1 report: cannot tell which version",
        "Packs on the photos, as the program calls their packaging: 1 different.",
        "the version for sale at home: 12.50 KRW (1 report)",
        "&lt;b&gt;no seal&lt;/b&gt;",
        "The footage shows no pack of it there.",
        "Nothing contradicts the footage.",
    ):
        assert said in page, said
    assert "nobody took this in" not in page


def test_all_findings_are_as_without_reports(told: tuple[str, Path]):
    """What follows the chapter tells of the log, which knows of more now."""
    before, case = told
    page = report_text(case)
    head, _, _ = page.partition("<h2>Reports from the ground</h2>")
    assert head.split() == before.partition("<h2>What was not seen")[0].split()
    assert "Reports from the ground" not in before


def test_the_sheets_say_the_same(told: tuple[str, Path]):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(report_files(told[1])["report.pdf"])).pages)
    plain = " ".join(text.split())
    for said in ("Reports from the ground", "The footage shows no pack of it there.", "<b>no seal</b>", "12.50 KRW"):
        assert said in plain, said
