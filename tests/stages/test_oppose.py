"""Two cases side by side: what is reckoned, what is not, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.case.document import campaign_part
from samegoods.records import CallName, Judgement, Outcome, Reviewed, Source, Verdict
from samegoods.results.parts import FindingsPart
from samegoods.results.statistics import statistics_part, tally_values
from samegoods.stages.count import count
from samegoods.stages.oppose import SAME_VISIT, oppose
from samegoods.stages.survey import survey, visits_of

PRODUCT, SITE = "camellia-biscuits", "songsin"
Visit = tuple[str, int, str]
"""The calls on the packaging of its packs (s, d, c), the day of July, the site."""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return cases.campaign(tmp_path_factory.mktemp("campaign"))


def document(campaign: Campaign, visits: Sequence[Visit], *, reviews: str = "", name: str = "a") -> FindingsPart:
    """The findings of a case with these visits; ``reviews`` are calls of people on the first of all packs."""
    sources, judged = [], []
    calls: dict[str, CallName] = {"s": "same", "d": "different", "c": "cannot_tell"}
    for n, (packs, day, site) in enumerate(visits):
        source = cases.source(f"{name}-{n}.mp4", site=site, captured_at=datetime(2026, 7, day, 2, tzinfo=UTC))
        sources.append(source)
        judged += [_pack(source, k, calls[call]) for k, call in enumerate(packs)]
    pairs = zip(judged, reviews, strict=False)
    said = {(one.source, one.item): Reviewed(calls[call], "cannot_tell") for one, call in pairs}
    return _counted(campaign, sources, judged, said)


def _pack(source: Source, k: int, call: CallName) -> Judgement:
    return Judgement(
        item=f"{source.id}-i{k}",
        source=source.id,
        site=source.site,
        product=PRODUCT,
        version="export",
        views=1,
        sightings=(),
        packaging=Verdict(call, "as it is"),
        quality=Verdict("cannot_tell", "too coarse"),
        in_scope=True,
        rule="the order",
        call=call,
    )


def _counted(campaign: Campaign, sources: list[Source], judged: list[Judgement], said: dict) -> FindingsPart:
    zones = {site.id: ZoneInfo(site.timezone.key) for site in campaign.sites}
    sites = sorted({one.site for one in sources})
    findings = count(
        judged,
        order=campaign.order,
        products=campaign.products,
        sites=sites,
        visits=visits_of(sources, zones),
        reviews=said,
    )
    pairs = [(one, Outcome("ok", None, 60.0)) for one in sources]
    found = survey(judged, order=campaign.order, products=campaign.products, zones=zones, sources=pairs, reviews=said)
    verdict = {"call": "cannot_tell", "reason": "", "differences": ()}
    return FindingsPart.model_validate(
        {
            "schema": "samegoods/findings/1",
            "campaign": campaign_part(campaign),
            "made_at": "2026-07-30T00:00:00Z",
            "software": {"name": "samegoods", "version": "1.0"},
            "sources": [
                {name: getattr(one, name) for name in ("id", "path", "sha256", "kind", "site", "captured_at")}
                | {"captured_from": "csv", "status": "ok", "reason": None, "duration_s": 60.0, "stale": False}
                | {"software": "1.0"}
                for one in sources
            ],
            "references": [
                {"id": one.id, "product": one.product, "version": one.version, "face": one.face}
                | {"picture": f"evidence/{one.id}.png", "width": 240, "height": 160, "width_mm": None}
                for one in cases.references()
            ],
            "sightings": [],
            "items": [
                {name: getattr(one, name) for name in ("source", "site", "product", "version", "views", "in_scope")}
                | {"id": one.item, "evidence": [], "rule": one.rule, "call": one.call, "crops": []}
                | {"first_s": 0.0, "last_s": 1.0, "quality": verdict}
                | {"packaging": verdict | {"call": one.packaging.call}}
                for one in judged
            ],
            "findings": [
                tally_values(one)
                | {name: getattr(one, name) for name in ("product", "site", "in_scope", "rule", "items")}
                | {"axes": {axis: tally_values(tally) for axis, tally in one.axes}, "not_judged": []}
                for one in findings
            ],
            "statistics": statistics_part(found),
        }
    )


def days(packs: Sequence[str], first: int, site: str = SITE) -> list[Visit]:
    return [(one, first + k, site) for k, one in enumerate(packs)]


def row(first: FindingsPart, second: FindingsPart, axis: str = "packaging"):
    return next(one for one in oppose(first, second).opposed if (one.product, one.axis) == (PRODUCT, axis))


def test_the_difference_is_of_the_first_less_the_second_and_by_visits(campaign: Campaign):
    first = document(campaign, days(["dddd", "ddds", "dddd", "dddd"], 2))
    second = document(campaign, days(["ssss", "ssss", "sssd", "ssss"], 12), name="b")
    one = row(first, second)
    assert (one.first.judged, one.first.different, one.first.visits) == (16, 15, 4)
    assert one.first.share is not None
    assert one.first.share[0] == pytest.approx(15 / 16, abs=1e-4)
    value, low, high = one.difference
    assert value == pytest.approx(14 / 16)
    assert 0 < low < value < high <= 1
    assert one.p == pytest.approx(2 / 70, abs=0.004), "of the 70 ways to deal eight visits, one is as far on each side"
    assert one.p_adjusted == one.p, "there is one comparison"
    back = row(second, first)
    assert back.difference == pytest.approx((-value, -high, -low))


def test_ten_packs_of_one_visit_a_side_never_show_more_than_chance(campaign: Campaign):
    one = row(document(campaign, days(["d" * 10], 2)), document(campaign, days(["s" * 10], 12), name="b"))
    assert one.difference[0] == 1
    assert one.p == 1


def test_all_comparisons_of_the_two_cases_are_allowed_for(campaign: Campaign):
    differ, same = ["dddd"] * 4, ["ssss"] * 4
    places = ("songsin", "moran", "harbour")
    first = document(campaign, [v for site in places for v in days(differ, 2, site)])
    second = document(campaign, [v for site in places for v in days(same, 12, site)], name="b")
    rows = [one for one in oppose(first, second).opposed if one.p is not None]
    assert [one.site for one in rows] == sorted(places)
    assert [one.p for one in rows] == pytest.approx([2 / 70] * 3, abs=0.004)
    assert [one.p_adjusted for one in rows] == pytest.approx([6 / 70] * 3, abs=0.012)


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (days(["dd"], 2), days(["ss"], 2), SAME_VISIT),
        (days(["dd"], 2), days([""], 12), "no pack that the order covers was seen in B"),
        (days(["cc"], 2), days(["ss"], 12), "no pack could be judged in A"),
        (days(["cc"], 2), days(["cc"], 12), "no pack could be judged in A and in B"),
    ],
    ids=["same visit", "not seen", "not judged", "neither"],
)
def test_what_cannot_be_compared_says_why(campaign: Campaign, first: list[Visit], second: list[Visit], why: str):
    one = row(document(campaign, first), document(campaign, second, name="b"))
    assert (one.why, one.difference, one.p, one.p_adjusted) == (why, None, None, None)


def test_corrected_shares_are_set_against_each_other_where_both_are(campaign: Campaign):
    first = document(campaign, days(["dddd", "ddds", "dsss", "dddd"] * 3, 2), reviews="ddsddddsdsssdddddddsdsss" * 2)
    second = document(campaign, days(["ssss", "sdss"] * 6, 15), reviews="sssssdsssss" * 4, name="b")
    one = row(first, second)
    assert one.first.corrected is not None
    assert one.second.corrected is not None
    assert one.corrected[0] == pytest.approx(one.first.corrected[0] - one.second.corrected[0])
    assert one.corrected[1] < one.corrected[0] < one.corrected[2]
    assert row(first, document(campaign, days(["ss"], 28), name="c")).corrected is None


def test_what_only_one_has_or_is_another_thing_is_told(campaign: Campaign):
    first, second = document(campaign, days(["dd"], 2)), document(campaign, days(["ss"], 12), name="b")
    known = second.campaign
    sites = (known.sites[0].model_copy(update={"timezone": "Europe/Madrid"}), *known.sites[1:2])
    products = (known.products[0].model_copy(update={"versions": ("export",)}), *known.products[1:-1])
    changed = known.model_copy(update={"sites": sites, "products": products})
    pictures = (second.references[0].model_copy(update={"picture": "evidence/other.png"}), *second.references[1:])
    told = oppose(first, second.model_copy(update={"campaign": changed, "references": pictures}))
    assert told.opposed == ()
    assert told.unlike == (SITE,)
    assert (told.sites.first, told.sites.second) == (("harbour",), ())
    assert (told.products.first, told.products.second) == (("hill-honey",), ())
    assert [(one.product, one.second) for one in told.pictures] == [(PRODUCT, "evidence/other.png")]
    assert told.versions == (PRODUCT,)


def test_recordings_of_both_are_counted(campaign: Campaign, tmp_path: Path):
    both = document(campaign, days(["dd", "ds"], 2))
    assert oppose(both, both).shared == 2
    assert {one.why for one in oppose(both, both).opposed} == {SAME_VISIT}
