"""The words of a pack's label and its price, as the report tells them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore
from samegoods.edges.report import report_text
from samegoods.records import CodeRead, Examined, Judgement, Label, LineOutcome, LineRead, Offer, Price

QUAD = np.array([[10, 10], [90, 10], [90, 30], [10, 30]], np.float32)


def line(due: str, text: str, outcome: LineOutcome, *, declared: bool = False, asked: int = 2) -> LineRead:
    return LineRead("a/export/front", "front", due, text, QUAD, 0.97, 2, asked, "latin", declared, outcome)


LABEL = Label(
    lines=(
        line("300 g", "270 g", "changed", declared=True),
        line("with <butter>", "", "missing"),
        line("", "새 맛", "added"),
        line("BRAND", "BRAND", "same"),
        line("small print", "", "unread", asked=0),
    ),
    codes=(CodeRead("a/export/front", "front", "ean_13", "4006209700068", None, QUAD),),
    lacking=("tesseract",),
)
OFFER = Offer(Price("2.90", "EUR", "9.67", QUAD, "kg", "included"), 3, 4)


def read(judgement: Judgement) -> Judgement:
    return replace(judgement, label=LABEL, offer=OFFER, contents="different")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labels")
    campaign: Campaign = cases.campaign(folder)
    with CaseStore.open(folder / "case", campaign=campaign, software="1.0") as store:
        store.keep_references(cases.references())
        for one in cases.whole_case(campaign):
            items = tuple((read(judgement), crops) for judgement, crops in one.items)
            store.save(Examined(one.source, one.outcome, one.sightings, items))
        cases.publish(store, campaign)
    return folder / "case"


def test_what_was_read_is_in_the_findings(case: Path):
    document = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    item = document["items"][0]
    assert [one["outcome"] for one in item["label"]["lines"]] == ["changed", "missing", "added", "same", "unread"]
    assert item["label"]["codes"][0]["text"] == "4006209700068"
    assert item["label"]["lacking"] == ["tesseract"]
    assert (item["offer"]["amount"], item["offer"]["unit_price"], item["offer"]["views"]) == ("2.90", "9.67", 3)
    assert item["contents"] == "different"
    assert any(row["lowest"] == "2.90" for finding in document["findings"] for row in finding["prices"])


def test_what_was_stored_is_what_is_read_back(case: Path, tmp_path: Path):
    campaign = cases.campaign(case.parent)
    with CaseStore.open(case, campaign=campaign, software="1.0") as store:
        judgements = tuple(store.judgements())
    assert judgements
    for one in judgements:
        assert [(x.due, x.text, x.outcome) for x in one.label.lines] == [
            (x.due, x.text, x.outcome) for x in LABEL.lines
        ]
        assert np.allclose(one.label.lines[0].region, QUAD)
        assert one.offer is not None
        assert (one.offer.price.amount, one.offer.price.tax, one.offer.asked) == ("2.90", "included", 4)


def test_the_page_tells_words_prices_and_what_was_lacking(case: Path):
    page = report_text(case)
    assert "<td>300 g</td><td>270 g</td><td>other words, and it declares contents</td>" in page
    assert "<td>with &lt;butter&gt;</td><td></td><td>missing</td>" in page
    assert "<td></td><td>새 맛</td><td>added</td>" in page
    assert "Lines of the reference: 4; 1 were read here and say the same; 1 were not read" in page
    assert "Code read: 4006209700068." in page
    assert "Price tag below it: 2.90 EUR, 9.67 for kg." in page
    assert "Prices against what was found" in page
    assert "not installed when the footage was examined: tesseract." in page
