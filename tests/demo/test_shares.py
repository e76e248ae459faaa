"""Shares against those planted: which packs count, on what, and when an interval holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samegoods.demo.shares import HeldShare, held_shares
from samegoods.demo.table import share_lines
from samegoods.render.edits import Edit
from samegoods.render.truth import FaceSeen, FrameTruth, ItemTruth, MarketTruth, SourceTruth
from samegoods.results.parts import AxesPart, CampaignPart, FindingPart, FindingsPart, SoftwarePart
from samegoods.results.statistics import GroupSharePart, NotSeenPart, StatisticsPart, TallyPart, tally_values
from samegoods.statistics.correction import Call
from samegoods.statistics.counting import tally

CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def edit(kind: str) -> Edit:
    return Edit(kind, kind, "front", CORNERS, 0.05, 40.0)


def source(
    *packs: tuple[str, ...], in_force: bool = True, shown: int | None = None, site: str = "pier"
) -> SourceTruth:
    """Footage of tins, each with edits of these kinds; ``shown``: how many of them any frame shows."""
    items = tuple(ItemTruth(f"p{n}", "tin", "domestic", tuple(map(edit, kinds))) for n, kinds in enumerate(packs))
    faces = tuple(FaceSeen(one.id, "tin", "domestic", "front", CORNERS, 1.0, 150.0) for one in items[:shown])
    frames = (FrameTruth(0.0, faces),)
    return SourceTruth("f.mp4", site, "2026-07-02T10:00:00Z", in_force, "video", "ok", items, frames)


def counts(calls: str, visits: int = 5) -> TallyPart:
    names = {"d": "different", "s": "same", "c": "cannot_tell"}
    told = tally([Call(str(n % visits), names[one], None) for n, one in enumerate(calls)])
    return TallyPart.model_validate(tally_values(told))


def found(order: str, packaging: str = "", quality: str = "") -> FindingsPart:
    study = CampaignPart(
        id="c", title="t", in_force="2026-07-01", requires=("packaging",), categories=None, exempt=(), sites=(),
        products=(), digest="0",
    )  # fmt: skip
    axes = AxesPart(packaging=counts(packaging), quality=counts(quality))
    finding = FindingPart(
        product="tin", site="pier", in_scope=True, rule="r", items=len(order), axes=axes, not_judged=(),
        **dict(counts(order)),
    )  # fmt: skip
    groups = tuple(
        GroupSharePart(by=by, key=key, counted="order", judged=True, tally=counts(order))
        for by, key in (("all", ""), ("product", "tin"), ("site", "pier"), ("period", "2026-07"))
    )
    nothing = NotSeenPart(sites=(), products=(), absent=(), hours=())
    statistics = StatisticsPart(
        visits=5,
        reviewed=0,
        correction="",
        shares=groups,
        changes=(),
        sites=(),
        trends=(),
        prices=(),
        not_seen=nothing,
    )
    return FindingsPart(
        schema="samegoods/findings/1", campaign=study, made_at=datetime(2026, 7, 3, tzinfo=UTC),
        software=SoftwarePart(name="samegoods", version="0"), sources=(), references=(), sightings=(), items=(),
        findings=(finding,), statistics=statistics,
    )  # fmt: skip


def held(*sources: SourceTruth, case: FindingsPart, exempt: tuple[str, ...] = ()) -> dict[tuple[str, str], HeldShare]:
    truth = MarketTruth(1, "0", exempt, sources)
    return {(one.what, one.counted): one for one in held_shares(truth, case)}


def test_each_share_is_set_against_the_packs_that_stood_there():
    told = held(source(("mark",), (), ("print",), ("print", "mark")), case=found("ddds", "ddss", "ddss"))
    planted = {what: (one.packs, one.planted) for what, one in told.items()}
    assert planted == {
        ("tin at pier", "order"): (4, 0.75),
        ("tin at pier", "packaging"): (4, 0.5),
        ("tin at pier", "quality"): (4, 0.5),
        ("all", "order"): (4, 0.75),
        ("tin", "order"): (4, 0.75),
        ("pier", "order"): (4, 0.75),
    }
    assert all(one.holds for one in told.values())


@pytest.mark.parametrize(
    "also",
    [source(("mark",), in_force=False), source(("mark",), shown=0), source(("mark",), site="quay")],
    ids=["before the order", "never shown", "elsewhere"],
)
def test_packs_that_were_not_there_do_not_count(also: SourceTruth):
    told = held(source((), ()), also, case=found("ss"))
    assert told["tin at pier", "order"].planted == 0


def test_an_interval_far_from_the_truth_does_not_hold():
    told = held(source(*[("mark",)] * 40), case=found("s" * 40, "s" * 40))
    assert not told["tin at pier", "packaging"].holds
    assert not told["all", "order"].holds


def test_what_could_not_be_judged_has_no_share_and_a_planted_text_asks_nothing_of_the_quality():
    assert ("tin at pier", "packaging") not in held(source(("mark",)), case=found("d", "c", "s"))
    assert ("tin at pier", "quality") not in held(source(("text",)), case=found("d", "d", "d"))
    assert held(source(("mark",)), case=found("d", "d", "s"), exempt=("tin",)) == {}


def test_the_lines_name_the_shares_that_do_not_hold():
    good = HeldShare("tin at pier", "order", 4, 0.5, 0.4, 0.1, 0.9)
    bad = HeldShare("all", "quality", 9, 0.8, 0.1, 0.0, 0.3)
    assert share_lines((good, bad)) == (
        "does not hold the planted share of 80%: all, quality: 10% (0% to 30%)",
        "1 of 2 shares hold the planted one within their 95 % interval; they lie 40.0 points from it on average",
    )
    assert share_lines(()) == ()
