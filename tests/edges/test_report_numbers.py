"""The chapter on how sure the numbers are, from a made-up campaign's statistics."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore
from samegoods.edges.report.numbers import Numbers, numbers
from samegoods.edges.report.page import contents, report_page
from samegoods.edges.report.reading import Case, read_case
from samegoods.records import CallName, Judgement, Offer, Outcome, Price, Reviewed, Source, Verdict
from samegoods.results.statistics import statistics_part
from samegoods.stages.survey import survey

DAYS = ("2026-06-10", "2026-07-05", "2026-07-20", "2026-08-04", "2026-08-19", "2026-09-03")
BISCUITS = "camellia-biscuits"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return cases.campaign(tmp_path_factory.mktemp("campaign"))


@pytest.fixture(scope="module")
def plain(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The made-up case as it is published."""
    folder = tmp_path_factory.mktemp("numbers") / "case"
    with CaseStore.open(folder, campaign=campaign, software="1.0") as store:
        store.keep_references(cases.references())
        for examined in cases.whole_case(campaign):
            store.save(examined)
        cases.publish(store, campaign)
    return read_case(folder)


def filmed(site: str, day: str, hour: int) -> Source:
    when = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)
    return Source(f"{site}-{day}", f"{site}.mp4", "0" * 64, "video", site, when, "csv")


def pack(where: Source, number: int, call: CallName) -> Judgement:
    judged = where.captured_at is not None and where.captured_at.month > 6
    price = Price("2.40" if call == "different" else "3.00", "EUR", None, np.zeros((4, 2), np.float32))
    verdict, unknown = Verdict(call, ""), Verdict("cannot_tell", "")
    outcome = call if judged else None
    offer = Offer(price, 1, 1)
    return Judgement(
        f"i{number}",
        where.id,
        where.site,
        BISCUITS,
        "export",
        1,
        (),
        verdict,
        unknown,
        judged,
        "r",
        outcome,
        offer=offer,
    )


def told(plain: Case, campaign: Campaign, *, reviews: bool = False) -> Case:
    """Six days at two sites: in Songsin packs begin to differ, in Moran none does; one pack a day is not told."""
    footage = [filmed("songsin", day, 1) for day in DAYS] + [filmed("moran", day, 4) for day in DAYS]
    packs = []
    for place, one in enumerate(footage):
        differ = place if one.site == "songsin" else 0
        calls: list[CallName] = ["different"] * differ + ["same"] * (6 - differ) + ["cannot_tell"]
        packs += [pack(one, n, call) for n, call in enumerate(calls)]
    said = {(p.source, p.item): Reviewed("same", "same") for p in packs if reviews and p.in_scope}
    found = survey(
        packs,
        order=campaign.order,
        products=campaign.products,
        zones={site.id: site.timezone for site in campaign.sites},
        sources=[(one, Outcome("ok", None, 60.0)) for one in footage],
        reviews=said,
    )
    case = Case(
        plain.folder,
        plain.document.model_copy(update={"statistics": statistics_part(found)}),
        plain.sha256,
        plain.packs,
    )
    return case


@pytest.fixture(scope="module")
def chapter(plain: Case, campaign: Campaign) -> Numbers:
    found = numbers(told(plain, campaign))
    assert found is not None
    return found


def test_the_groups_stand_in_a_table_each_by_what_the_order_requires(chapter: Numbers) -> None:
    assert [table.title for table in chapter.tables] == [
        "All together",
        "By product",
        "By kind of goods",
        "By site",
        "By month",
    ]
    months = [row.name for row in chapter.tables[-1].rows if row.name.endswith(": packaging")]
    assert months == [
        "July 2026: packaging",
        "August 2026: packaging",
        "September 2026: packaging",
        "June 2026, before the order (not judged): packaging",
    ]
    songsin = next(row for row in chapter.tables[3].rows if row.name == "Songsin Market: packaging")
    assert (songsin.judged, songsin.differ, songsin.visits, songsin.share) == (30, 15, 5, "50 %")
    assert (songsin.left_open, songsin.corrected) == ("43 % to 57 %", "")


def test_what_was_not_told_leaves_all_open(chapter: Numbers) -> None:
    quality = next(row for row in chapter.tables[0].rows if row.name.endswith("quality"))
    assert (quality.judged, quality.share, quality.left_open) == (0, "", "0 % to 100 %")


def test_only_what_could_be_judged_has_a_bar(chapter: Numbers) -> None:
    labels = [bar.label for bar in chapter.bars]
    assert "Camellia butter biscuits: packaging" in labels
    assert not any("quality" in label or "before" in label for label in labels)


def test_the_change_since_the_order_is_a_sentence(chapter: Numbers) -> None:
    assert chapter.changes == (
        "Camellia butter biscuits, packaging: 0 of 12 packs differed before the order (2 visits), "
        "15 of 60 packs since the order (10 visits). That may be chance.",
    )


def test_of_sites_only_those_that_stand_out_are_named(plain: Case, campaign: Campaign) -> None:
    case = told(plain, campaign)
    (found,) = case.document.statistics.sites
    alike = found.model_copy(update={"p_adjusted": 0.5})
    apart = found.model_copy(update={"p_adjusted": 0.01})
    parts = case.document.statistics.model_copy(update={"sites": (apart, alike, alike)})
    shown = numbers(Case(case.folder, case.document.model_copy(update={"statistics": parts}), case.sha256, case.packs))
    assert shown.sites == (
        "Camellia butter biscuits at Songsin Market: 15 of 30 packs differ (5 visits), elsewhere 0 of 30 (5 visits). "
        "That is more than chance explains.",
        "2 more comparisons of a site with the others: nothing that chance would not explain.",
    )


def test_a_trend_is_told_in_points_and_days(chapter: Numbers) -> None:
    (line,) = chapter.trends
    assert line == (
        "Camellia butter biscuits at Songsin Market, 2026-07-05 to 2026-09-03 (5 visits): up by 33 percentage points "
        "in 30 days (between +8 and +59). That is more than chance explains."
    )


def test_prices_stand_beside_the_share_that_differs(chapter: Numbers) -> None:
    (gap,) = chapter.gaps
    assert (gap.same, gap.different) == ("3.00 EUR, 45 packs", "2.40 EUR, 15 packs")
    assert (gap.said, gap.share) == ("20 % less (between -20 % and -20 %)", "25 %")


def test_the_hours_are_told_in_words_as_well(chapter: Numbers) -> None:
    first, second = chapter.hours
    assert (first.site, first.said) == ("Songsin Market", "on 6 days, between 10:00 and 11:00")
    assert [hour for hour, there in enumerate(first.cells) if there] == [10]
    assert second.said == "on 6 days, between 13:00 and 14:00"


def test_without_reviews_the_page_says_that_mistakes_are_not_allowed_for(plain: Case, campaign: Campaign) -> None:
    page = report_page(contents(told(plain, campaign)))
    assert "How sure the numbers are" in page
    assert "no person has reviewed its calls" in page
    assert "Corrected by reviews" not in page


def test_with_reviews_the_corrected_share_stands_beside_the_programs(plain: Case, campaign: Campaign) -> None:
    case = told(plain, campaign, reviews=True)
    page = report_page(contents(case))
    assert "People reviewed 70 packs." in page
    assert "Corrected by reviews" in page
    songsin = next(row for row in numbers(case).tables[3].rows if row.name == "Songsin Market: packaging")
    assert songsin.share == "50 %"
    assert songsin.corrected.startswith("0 % (0 % to ")
    assert "They do not allow for wrong calls either" not in page


def test_a_case_of_an_earlier_release_has_no_such_chapter(plain: Case) -> None:
    old = Case(plain.folder, plain.document.model_copy(update={"statistics": None}), plain.sha256, plain.packs)
    assert numbers(old) is None
    assert "How sure the numbers are" not in report_page(contents(old))
