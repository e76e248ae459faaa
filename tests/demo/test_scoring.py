"""Planted against found: each way to be right or wrong, one by one."""

from datetime import UTC, datetime

import pytest

from samegoods.demo.matching import match_items
from samegoods.demo.scoring import overlap, score, well_seen
from samegoods.demo.table import lines
from samegoods.render.edits import Edit
from samegoods.render.truth import FaceSeen, FrameTruth, ItemTruth, MarketTruth, SourceTruth
from samegoods.results.parts import CampaignPart, FindingsPart, ItemPart, SightingPart, SoftwarePart, SourcePart
from samegoods.results.verdicts import DifferencePart, VerdictPart

SQUARE = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0))
ELSEWHERE = ((300.0, 300.0), (400.0, 300.0), (400.0, 400.0), (300.0, 400.0))
SEAL = Edit("mark", "seal missing", "front", SQUARE, 0.05, 40.0)
FAINT = Edit("mark", "faint", "front", SQUARE, 0.05, 4.0)
STAIN = Edit("damage", "stain", "front", SQUARE, 0.05, 40.0)
LEFT = ((10.0, 10.0), (110.0, 10.0), (110.0, 160.0), (10.0, 160.0))
RIGHT = ((300.0, 10.0), (400.0, 10.0), (400.0, 160.0), (300.0, 160.0))
SAME = VerdictPart(call="same", reason="", differences=())
UNSURE = VerdictPart(call="cannot_tell", reason="too soft", differences=())


def told(region=SQUARE, kind="mark", face="front"):
    return DifferencePart(
        kind=kind, region=region, size=0.05, confidence=0.9, reference="tin/export/front", face=face,
        delta_e=30.0, detail="x",
    )  # fmt: skip


def differs(*differences):
    return VerdictPart(call="different", reason="", differences=differences)


def source(*, edits=(), in_force=True, status="ok", visible=1.0, frames=10, product="tin"):
    faces = (FaceSeen("a", product, "domestic", "front", LEFT, visible, 150.0),)
    shown = tuple(FrameTruth(k / 25, faces) for k in range(frames))
    pack = ItemTruth("a", product, "domestic", tuple(edits))
    return SourceTruth("footage/f.mp4", "pier", "2026-07-02T10:00:00Z", in_force, "video", status, (pack,), shown)


def item(name="i1", *, packaging=SAME, quality=SAME, product="tin", judged=True, views=5):
    return ItemPart(
        id=name, source="s", site="pier", product=product, version="domestic", views=views, evidence=(),
        packaging=packaging, quality=quality, call="same" if judged else None, in_scope=judged, rule="r",
        first_s=0.0, last_s=0.2, crops=(),
    )  # fmt: skip


def sighting(item="i1", *, quad=LEFT, time_s=0.04, product="tin"):
    return SightingPart(
        id=f"{item}{time_s}{quad[0]}", source="s", time_s=time_s, product=product, version="domestic", score=0.9,
        margin=0.5, quad=quad, candidates=(), item=item, reference="tin/export/front", face="front",
    )  # fmt: skip


def found(items, sightings, *, status="ok"):
    file = SourcePart(
        id="s", path="/elsewhere/footage/f.mp4", sha256="0", kind="video", site="pier", captured_at=None,
        captured_from=None, status=status, reason=None, duration_s=1.0, stale=False, software="0",
    )  # fmt: skip
    study = CampaignPart(
        id="c", title="t", in_force="2026-07-01", requires=("packaging",), categories=None, exempt=(), sites=(),
        products=(), digest="0",
    )  # fmt: skip
    return FindingsPart(
        schema="samegoods/findings/1", campaign=study, made_at=datetime(2026, 7, 3, tzinfo=UTC),
        software=SoftwarePart(name="samegoods", version="0"), sources=(file,), references=(),
        sightings=tuple(sightings), items=tuple(items), findings=(),
    )  # fmt: skip


def scored(planted, items, sightings=None, *, exempt=(), status="ok"):
    sightings = [sighting(one.id, product=one.product) for one in items] if sightings is None else sightings
    return score(MarketTruth(1, "0", exempt, (planted,)), found(items, sightings, status=status))


FATES = {
    "found": ([SEAL], {"packaging": differs(told())}, ("found", 1)),
    "found as another kind": ([SEAL], {"packaging": differs(told(kind="graphic"))}, ("found", 0)),
    "found on the other axis": ([SEAL], {"quality": differs(told())}, ("found", 1)),
    "looked at elsewhere": ([SEAL], {"packaging": differs(told(ELSEWHERE))}, ("missed", 0)),
    "on another face": ([SEAL], {"packaging": differs(told(face="side"))}, ("missed", 0)),
    "called same": ([SEAL], {}, ("missed", 0)),
    "not to be told": ([SEAL], {"packaging": UNSURE}, ("cannot_tell", 0)),
    "the other axis unsure": ([SEAL], {"quality": UNSURE}, ("missed", 0)),
    "damage is of quality": ([STAIN], {"quality": UNSURE}, ("cannot_tell", 0)),
    "told of, but not called different": (
        [SEAL],
        {"packaging": VerdictPart(call="same", reason="", differences=(told(),))},
        ("missed", 0),
    ),
    "nothing planted, called same": ([], {}, ("found", 1)),
    "nothing planted, unsure": ([], {"quality": UNSURE}, ("cannot_tell", 0)),
    "nothing planted, called different": ([], {"packaging": differs(told())}, ("missed", 0)),
    "only a subtle one, called same": ([FAINT], {}, ("found", 1)),
}


@pytest.mark.parametrize("case", FATES)
def test_fate_of_a_planted_difference(case):
    edits, verdicts, (fate, kind_right) = FATES[case]
    (row,) = scored(source(edits=edits), [item(**verdicts)]).rows
    counts = {name: getattr(row, name) for name in ("found", "missed", "cannot_tell", "not_seen")}
    assert counts == {"found": 0, "missed": 0, "cannot_tell": 0, "not_seen": 0} | {fate: 1}
    assert row.kind_right == kind_right
    assert (row.product, row.site, row.planted) == ("tin", "pier", 1)


@pytest.mark.parametrize(
    ("edits", "verdict", "count"),
    [
        ([], differs(told()), 1),
        ([], differs(told(), told(ELSEWHERE)), 2),
        ([SEAL], differs(told(), told(ELSEWHERE)), 1),
        ([SEAL], differs(told()), 0),
        ([FAINT], differs(told()), 0),
        ([], SAME, 0),
    ],
)
def test_false_differences_are_counted(edits, verdict, count):
    assert len(scored(source(edits=edits), [item(packaging=verdict)]).false) == count


def test_a_pack_seen_well_and_not_found_is_told():
    (row,) = scored(source(edits=[SEAL]), []).rows
    assert row.not_seen == 1


def test_a_pack_hardly_seen_is_not_asked_for_but_must_not_be_called_wrongly():
    hidden = source(edits=[SEAL], visible=0.4)
    assert not scored(hidden, []).rows
    assert not scored(hidden, [item()]).rows
    assert len(scored(hidden, [item(packaging=differs(told(ELSEWHERE)))]).false) == 1


@pytest.mark.parametrize(("visible", "frames", "well"), [(1.0, 10, True), (0.5, 10, False), (1.0, 3, False)])
def test_seen_well(visible, frames, well):
    planted = source(visible=visible, frames=frames)
    assert well_seen(planted, planted.items[0]) is well


def test_an_item_where_no_pack_is_and_one_taken_for_another():
    away = scored(source(), [item()], [sighting(quad=RIGHT)])
    assert len(away.strangers) == 1
    other = scored(source(product="jar"), [item()])
    assert len(other.mistaken) == 1
    assert "is jar" in other.mistaken[0]


def test_the_longer_seen_of_two_items_on_one_pack_counts_and_the_other_is_a_double():
    two = [item("i1", views=2), item("i2", views=9, packaging=differs(told()))]
    result = scored(source(edits=[SEAL]), two)
    assert result.doubles == 1
    assert result.rows[0].found == 1


def test_what_the_order_does_not_reach_is_in_no_row_and_must_not_be_judged():
    early = source(edits=[SEAL], in_force=False)
    assert not scored(early, [item(judged=False)]).rows
    assert not scored(early, [item(judged=False)]).misjudged
    assert len(scored(early, [item()]).misjudged) == 1
    exempt = scored(source(edits=[SEAL]), [item()], exempt=("tin",))
    assert len(exempt.misjudged) == 1
    assert not exempt.rows


@pytest.mark.parametrize(
    ("planted", "reported", "wrong"),
    [("ok", "ok", 0), ("failed", "failed", 0), ("partial", "ok", 1), ("ok", "failed", 1)],
)
def test_how_a_file_ended_must_be_told_right(planted, reported, wrong):
    assert len(scored(source(status=planted), [], status=reported).misread) == wrong


def test_a_file_that_the_findings_leave_out_is_told():
    truth = MarketTruth(1, "0", (), (source(),))
    nothing = found([], []).model_copy(update={"sources": ()})
    assert score(truth, nothing).misread == ("footage/f.mp4: ok, but told as not read at all",)


@pytest.mark.parametrize(
    ("quad", "time_s", "pack"),
    [(LEFT, 0.04, "a"), (LEFT, 0.055, "a"), (LEFT, 9.0, None), (RIGHT, 0.04, None), (LEFT, 0.0, "a")],
)
def test_sightings_are_matched_by_place_and_time(quad, time_s, pack):
    assert match_items(source(), [sighting(quad=quad, time_s=time_s)]) == {"i1": pack}


def test_most_sightings_decide():
    views = [sighting(time_s=0.0), sighting(time_s=0.04), sighting(time_s=0.08, quad=RIGHT)]
    assert match_items(source(), views) == {"i1": "a"}


@pytest.mark.parametrize(
    ("region", "on_it"),
    [
        (SQUARE, True),
        (ELSEWHERE, False),
        (((140, 140), (160, 140), (160, 160)), True),  # a small part within
        (((0, 0), (500, 0), (500, 500), (0, 500)), True),  # all around
        (((195, 195), (260, 195), (260, 260), (195, 260)), False),  # only touching
        (((100, 100), (200, 200)), False),  # no area at all
    ],
)
def test_overlap(region, on_it):
    assert overlap(SEAL, told(region)) is on_it


def test_the_table_says_it_all():
    good = scored(source(edits=[SEAL]), [item(packaging=differs(told(), told(ELSEWHERE)))])
    text = "\n".join(lines(good))
    assert "mark: seal missing" in text
    assert "1 of 1 planted differences found, 1 found that nobody planted" in text
    assert "found, but not planted: footage/f.mp4: tin (i1): mark: x" in text
    assert good.perfect is False
    assert scored(source(edits=[SEAL]), [item(packaging=differs(told()))]).perfect is True
