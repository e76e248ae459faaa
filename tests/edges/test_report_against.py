"""Two cases side by side, as a page and on paper: what is said of them, and that neither is changed."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from fakes import cases
from fakes import custody as fakes
from samegoods import wiring
from samegoods.campaign import Campaign
from samegoods.cli import main
from samegoods.errors import CaseError, CustodyError

BISCUITS, SMOKES = "camellia-biscuits", "heron-filter"


def visited(folder: Path, campaign: Campaign, first_day: int, different: Sequence[int], *, name: str) -> Path:
    """A case with a visit a day: of the two packs of biscuits so many differ, and one pack of smokes is the same."""
    with fakes.opened(folder, campaign) as store:
        store.keep_references(cases.references())
        for k, number in enumerate(different):
            at = datetime(2026, 7, first_day + k, 2, tzinfo=UTC)
            packs = [cases.no_seal(BISCUITS) if n < number else cases.same(BISCUITS) for n in range(2)]
            packs.append(cases.same(SMOKES))
            store.save(cases.examined(campaign, cases.source(f"{name}-{k}.mp4", captured_at=at), packs, views=1))
        fakes.finish(store, campaign)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases, ``late`` and ``early``."""
    folder = tmp_path_factory.mktemp("against")
    campaign = cases.campaign(folder / "campaign")
    visited(folder / "late", campaign, 20, [2, 2, 2, 2, 2], name="late")
    visited(folder / "early", campaign, 2, [0, 0, 0, 0, 0], name="early")
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    before = {one: one.stat().st_mtime_ns for one in folder.rglob("*") if one.is_file()}
    made = wiring.against(folder / "late", folder / "early", folder / "out" / "page.html")
    assert made == (folder / "out" / "page.html", folder / "out" / "page.pdf")
    after = {one: one.stat().st_mtime_ns for one in folder.rglob("*") if one.is_file() and one.parent.name != "out"}
    assert after == before, "neither case is changed"
    return words(made[0].read_text(encoding="utf-8"))


def words(html: str) -> str:
    bare = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(bare.split())


def test_the_answer_comes_first_and_its_rows_say_how_surely(page: str):
    place = "Camellia butter biscuits at Songsin Market (packaging)"
    assert f"A and B differ by more than chance explains in 1 of the 2 comparisons: {place}." in page
    assert "100 % (48 % to 100 %) 10 of 10 packs, 5 visits" in page
    assert "+100 points between +26 and +100 more than chance explains" in page
    assert "0 points between −52 and +52 may be chance" in page, "of the smokes"
    assert "not compared no pack could be judged in A and in B" in page, "of the quality"


def test_what_both_are_stands_side_by_side(page: str):
    assert "Filmed from 20 July 2026 to 24 July 2026 from 2 July 2026 to 6 July 2026" in page
    assert "Nothing: the same order, products, sites and reference pictures" in page
    assert "Packs 15, of which people have checked 0 15, of which people have checked 0" in page
    assert "No footage that could be read: Moran Market and Harbour Hall." in page
    assert "Dew face cream: at no site with footage." in page
    assert "Songsin Market: filmed on 5 days, between 11:00 and 12:00." in page


def test_on_paper_it_says_the_same(folder: Path, page: str):
    raw = (folder / "out" / "page.pdf").read_bytes()
    paper = re.sub(r"[\s\u200b]", "", "".join(one.extract_text() for one in PdfReader(io.BytesIO(raw)).pages))
    for said in (
        "Two cases side by side: july-order against july-order",
        "A and B differ by more than chance explains in 1 of the 2 comparisons",
        "10 of 10 packs, 5 visits",
        "between +26 and +100",
        "Both cases were proven by their logs",
    ):
        assert re.sub(r"\s", "", said) in paper, said
        assert said in page
    wiring.against(folder / "late", folder / "early", folder / "out" / "again.html")
    assert (folder / "out" / "again.pdf").read_bytes() == raw


def test_what_keeps_them_from_being_compared_is_said_plainly(folder: Path, tmp_path: Path):
    campaign = cases.campaign(tmp_path / "campaign", title="Another order")
    products = (campaign.products[0].model_copy(update={"name": "Camellia biscuits"}), *campaign.products[1:-1])
    other = campaign.model_copy(update={"products": products, "campaign": "autumn"})
    visited(tmp_path / "other", other, 20, [1], name="late")
    wiring.against(folder / "late", tmp_path / "other", tmp_path / "page.html")
    said = words((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "The two cases were judged by different orders." in said
    assert "1 recording is in both cases." in said
    assert "Product in the campaign of A alone: Hill honey." in said
    assert (
        "camellia-biscuits is Camellia butter biscuits (confectionery) in A and Camellia biscuits (confectionery) in B"
        in said
    )
    assert "The two cases have nothing in common that could be compared." in said
    assert "both cases hold footage of the same visit, so they are no two samples" in said


def test_a_case_that_does_not_hold_is_not_set_beside_another(folder: Path, tmp_path: Path):
    case = Path(shutil.copytree(folder / "early", tmp_path / "case"))
    findings = case / "findings.json"
    findings.write_text(findings.read_text(encoding="utf-8").replace("Dew face cream", "Due face cream"))
    with pytest.raises(CustodyError, match=r"case: does not hold: findings.json: is not the file .*samegoods verify"):
        wiring.against(folder / "late", case, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_nothing_is_written_into_a_case(folder: Path):
    with pytest.raises(CaseError, match="lies in a case, which is not changed: name a file elsewhere with -o"):
        wiring.against(folder / "late", folder / "early", folder / "early" / "against.html")


def test_the_command_names_both_files(folder: Path, tmp_path: Path):
    done = CliRunner().invoke(
        main, ["report", str(folder / "late"), "--against", str(folder / "early"), "-o", str(tmp_path / "x.pdf")]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.split() == [str(tmp_path / "x.html"), str(tmp_path / "x.pdf")]
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    alone = CliRunner().invoke(main, ["report", str(folder / "late"), "-o", "x.html"])
    assert alone.exit_code == 2
    assert "-o names the page of --against CASE" in alone.output
    none = CliRunner().invoke(main, ["report", str(folder / "late"), "--against", str(tmp_path)])
    assert none.exit_code == 2
    assert "there is no case here" in none.output
