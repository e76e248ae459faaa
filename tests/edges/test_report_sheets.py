"""The report on paper: the words of the page, in all letters, the same bytes for the same case; its pictures."""

from __future__ import annotations

import html
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image as Pictures
from pypdf import PdfReader

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.case.holdings import holdings
from samegoods.edges.report import report_files
from samegoods.edges.report.sheets import printed
from samegoods.errors import CaseError

NAMES = "한라 차 한 통", "国货检查 國貨", "Чай «Жёлтый»", "Käse, Crème brûlée, Żółć"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return cases.campaign(tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def case(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = [one.model_copy(update={"name": name}) for one, name in zip(campaign.products, NAMES, strict=False)]
    products = (*named, *campaign.products[len(named) :])
    return cases.published(
        tmp_path_factory.mktemp("sheets") / "case", campaign.model_copy(update={"products": products})
    )


@pytest.fixture(scope="module")
def files(case: Path) -> dict[str, str | bytes]:
    return report_files(case)


class Words(HTMLParser):
    """The words of a page that stand outside its pictures and its style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("style", "svg", "title"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within and data.strip():
            self.said.append(html.unescape(data.strip()))


def bare(text: str) -> str:
    """Without the breaks that a page or a sheet makes."""
    return re.sub(r"[\s\u200b·]+", "", text)


def paper(files: dict[str, str | bytes]) -> str:
    """All words of the sheets, without the foot of each."""
    pages = PdfReader(io.BytesIO(files["report.pdf"])).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]
    return bare("".join(line for line in lines if not re.search(r"\d+ ?/ ?\d+$", line)))


def test_what_the_page_says_stands_on_paper(files: dict[str, str | bytes]):
    page, sheets = Words(str(files["report.html"])).said, paper(files)
    sentences = [one for one in page if len(one) > 12]
    assert len(sentences) > 60
    missing = [one for one in sentences if bare(one) not in sheets]
    assert [one for one in missing if one not in ONLY_ON_THE_PAGE] == []


ONLY_ON_THE_PAGE = {
    "share of those judged, with its 95 % range",  # the key of the chart, which says it in one line on paper
    "contents: cannot tell",
    "same contents",
    "other contents",
    "At a glance: each product at each site that was filmed.",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_in_every_script_have_their_letters(files: dict[str, str | bytes], name: str):
    assert bare(name) in paper(files)


def test_the_same_case_gives_the_same_bytes(case: Path, files: dict[str, str | bytes]):
    assert report_files(case)["report.pdf"] == files["report.pdf"]


def test_words_are_no_markup(campaign: Campaign, tmp_path: Path):
    strange = '#panic("x") *bold* $1$ [a](b) <i>&amp; \\ `raw`'
    first, *rest = campaign.products
    case = cases.published(
        tmp_path / "case",
        campaign.model_copy(update={"products": (first.model_copy(update={"name": strange}), *rest)}),
    )
    assert bare(strange) in paper(report_files(case))


def test_the_audit_finds_the_pictures_of_the_sheets(case: Path, files: dict[str, str | bytes]):
    (case / "report.pdf").write_bytes(bytes(files["report.pdf"]))
    try:
        held = [one for one in holdings(case) if one.path.startswith("report.pdf#")]
    finally:
        (case / "report.pdf").unlink()
    shown = set(re.findall(r"data:image/webp;base64,[A-Za-z0-9+/=]+", str(files["report.html"])))
    assert 0.8 * len(shown) <= len(held) <= len(shown)  # pictures that differ as WebP alone are one as JPEG
    for one in held:
        with Pictures.open(io.BytesIO(one.content)) as picture:
            assert picture.size[0] >= 8


def test_sheets_that_cannot_be_searched_are_told(case: Path):
    (case / "report.pdf").write_bytes(b"%PDF-1.7 cut off")
    try:
        (problem,) = [one.problem for one in holdings(case) if one.path == "report.pdf#1"]
    finally:
        (case / "report.pdf").unlink()
    assert problem


def test_what_cannot_be_set_is_an_error_that_says_why():
    with pytest.raises(CaseError, match=r"the report on paper cannot be set: typst ended with code 1: .*prose"):
        printed("report.typ", {})
