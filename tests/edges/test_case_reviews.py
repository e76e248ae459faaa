"""Decisions of reviewers in a case: kept, followed, taken back, proven, published."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fakes import cases
from fakes import custody as fakes
from fakes.forms import taken_back
from samegoods import wiring
from samegoods.custody import read_log, split_lines
from samegoods.custody.replay import replay
from samegoods.custody.walk import parts_of, read_findings, walk
from samegoods.edges.case import CaseStore
from samegoods.errors import CaseError
from samegoods.results.making import text
from samegoods.results.parts import FindingsPart
from samegoods.results.review import ReviewPart, Wish, standing

SOURCE, ITEM = "s-gate-1.mp4", "s-gate-1.mp4-i0"
AGREE = Wish(decision="agree")
NO_SEAL = Wish(
    decision="correct",
    axis="packaging",
    call="different",
    kind="mark",
    reference="camellia-biscuits/export/front",
    region=((1.5, 2), (9, 2), (9, 7)),
    remark="the seal is a sticker",
)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return fakes.finished_case(tmp_path, sources=2)


def test_a_decision_comes_back_and_the_case_holds(case: Path):
    with fakes.opened(case, None) as store:
        kept = store.decide(NO_SEAL, source=SOURCE, item=ITEM, by="Ana", blind=True)
    with fakes.opened(case, None) as store:
        assert store.reviews() == (kept,)
        assert store.standing() == {(SOURCE, ITEM): (kept,)}
    assert (kept.n, kept.by, kept.region, kept.remark, kept.blind) == (1, "Ana", NO_SEAL.region, NO_SEAL.remark, True)
    proof = wiring.verify(case)
    assert (proof.state, proof.counts["decisions"]) == ("holds", 1)


def test_a_decision_is_followed_and_never_overwritten(case: Path):
    with fakes.opened(case, None) as store:
        first = store.decide(AGREE, source=SOURCE, item=ITEM, by="Ana")
        second = store.decide(NO_SEAL, source=SOURCE, item=ITEM, by="Ana")
        assert store.standing()[SOURCE, ITEM] == (second,)
        back = store.decide(Wish(decision="withdraw", withdraws=second.n), source=SOURCE, item=ITEM, by="Ana")
        assert store.standing()[SOURCE, ITEM] == (first,)
        assert store.reviews() == (first, second, back)
    with closing(sqlite3.connect(case / "case.db")) as db:
        assert db.execute("SELECT decision FROM reviews ORDER BY n").fetchall() == [
            ("agree",),
            ("correct",),
            ("withdraw",),
        ]
    assert wiring.verify(case).state == "holds"


@pytest.mark.parametrize("by", ["Ben", "Ana"])
def test_only_what_stands_and_is_ones_own_can_be_taken_back(case: Path, by: str):
    with fakes.opened(case, None) as store:
        one = store.decide(AGREE, source=SOURCE, item=ITEM, by="Ana")
        back = Wish(decision="withdraw", withdraws=one.n)
        if by == "Ana":
            store.decide(back, source=SOURCE, item=ITEM, by="Ana")
        with pytest.raises(CaseError, match="none of yours that stands"):
            store.decide(back, source=SOURCE, item=ITEM, by=by)
        with pytest.raises(CaseError, match="there is no item 'x'"):
            store.decide(AGREE, source=SOURCE, item="x", by=by)


def test_of_two_at_once_both_decisions_are_kept(case: Path):
    names = [f"reviewer {n}" for n in range(8)]
    with fakes.opened(case, None) as store:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda by: store.decide(AGREE, source=SOURCE, item=ITEM, by=by), names * 3))
        assert sorted(one.by for one in store.standing()[SOURCE, ITEM]) == sorted(names)
        assert [one.n for one in store.reviews()] == list(range(1, 25))
    assert wiring.verify(case).counts["decisions"] == 24


def test_the_findings_tell_what_stood_when_they_were_published(case: Path):
    counted = read_findings((case / "findings.json").read_bytes()).findings
    fakes.decided_on(case)
    document = read_findings((case / "findings.json").read_bytes())
    told = {one.id: (one.review and one.review.by, len(one.reviews)) for one in document.items}
    decided = {f"{SOURCE}-i0": ("Ana", 1), f"{SOURCE}-i1": ("Ben", 1)}
    assert told == dict.fromkeys(told, (None, 0)) | decided
    assert document.findings == counted
    assert text(document) == (case / "findings.json").read_text(encoding="utf-8"), "as a check would write it"
    with fakes.opened(case, None) as store:  # later decisions are for the next findings to tell
        store.decide(NO_SEAL, source=SOURCE, item=f"{SOURCE}-i1", by="Ben")
        assert wiring.verify(case).state == "holds"
        store.put("report.html", "<p>Another report</p>\n")
        store.conclude()
    assert wiring.verify(case).state == "holds"


def test_a_report_made_anew_counts_with_the_decisions(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fakes.without_audit(monkeypatch)
    with fakes.opened(case, None) as store:
        store.decide(NO_SEAL, source=SOURCE, item=ITEM, by="Ana")
    key = fakes.key_file(tmp_path)
    wiring.report(case, signing_key=key)
    document = read_findings((case / "findings.json").read_bytes())
    (item,) = (one for one in document.items if one.id == ITEM)
    assert (item.review.call, item.review.kind, item.review.region) == ("different", "mark", NO_SEAL.region)
    assert document.statistics.reviewed == 1
    assert wiring.verify(case).state == "holds"
    log = (case / "custody.jsonl").read_bytes()
    wiring.report(case, signing_key=key)
    assert (case / "custody.jsonl").read_bytes() == log, "nothing was decided since, so nothing is told"


def test_corrections_of_both_axes_stand_and_each_is_taken_back_by_itself(case: Path):
    other = Wish(decision="correct", axis="quality", call="same")
    with fakes.opened(case, None) as store:
        packaging, quality = (store.decide(one, source=SOURCE, item=ITEM, by="Ana") for one in (NO_SEAL, other))
        assert store.standing()[SOURCE, ITEM] == (packaging, quality)
        store.decide(Wish(decision="withdraw", withdraws=packaging.n), source=SOURCE, item=ITEM, by="Ana")
        assert store.standing()[SOURCE, ITEM] == (quality,)
        whole = store.decide(Wish(decision="not_product"), source=SOURCE, item=ITEM, by="Ana")
        assert store.standing()[SOURCE, ITEM] == (whole,)
        store.decide(Wish(decision="withdraw", withdraws=whole.n), source=SOURCE, item=ITEM, by="Ana")
        assert store.standing()[SOURCE, ITEM] == (quality,)
    assert wiring.verify(case).state == "holds"


@pytest.mark.parametrize("change", ["drop", "name", "last"])
def test_findings_that_tell_other_decisions_than_the_log_are_named(case: Path, change: str):
    """Even where the log names these very findings as published: whoever holds the key still contradicts the log."""
    fakes.decided_on(case)
    document = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    (item,) = (one for one in document["items"] if one["id"] == ITEM)
    if change == "drop":
        item["review"], item["reviews"] = None, []
    elif change == "name":
        item["review"]["by"] = item["reviews"][0]["by"] = "Zoe"
    else:
        item["review"] = None
    entries = read_log(split_lines((case / "custody.jsonl").read_bytes())).entries
    told, problems = replay(entries)
    assert problems == ()
    found = [str(one) for one in walk(parts_of(text(FindingsPart.model_validate(document)).splitlines()), told, {})]
    said = "names another decision" if change == "last" else "has other decisions of reviewers than the log tells"
    assert [one for one in found if said in one]


def test_a_source_that_says_something_else_now_leaves_its_decisions_behind(case: Path, tmp_path: Path):
    campaign = cases.campaign(tmp_path / "campaign")
    first = next(iter(cases.whole_case(campaign)))
    other = cases.examined(campaign, first.source, [cases.same("camellia-biscuits")])
    with fakes.opened(case, campaign, software="1.1") as store:
        store.decide(AGREE, source=SOURCE, item=ITEM, by="Ana")
        store.save(other)
        fakes.finish(store, campaign)
        assert store.standing() == {(SOURCE, ITEM): ()}
        assert len(store.reviews()) == 1
    assert wiring.verify(case).state == "holds"


def test_what_is_purged_takes_its_decisions_with_it(case: Path, tmp_path: Path):
    campaign = cases.campaign(tmp_path / "campaign")
    with fakes.opened(case, campaign) as store:
        store.decide(NO_SEAL, source=SOURCE, item=ITEM, by="Ana")
        store.remove([SOURCE], {"before": "2026-07-01"})
        fakes.finish(store, campaign)
        assert store.reviews() == ()
        after = store.decide(AGREE, source="s-gate-2.mp4", item="s-gate-2.mp4-i0", by="Ana")
        assert after.n == 2
    assert wiring.verify(case).state == "holds"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"decision": "agree", "kind": "mark"}, "only a correction tells kind"),
        ({"decision": "correct"}, "tells another call, kind or region"),
        ({"decision": "correct", "call": "same"}, "packaging or on quality"),
        ({"decision": "correct", "region": [(0, 0), (1, 1), (2, 0)]}, "three points or more on a reference"),
        ({"decision": "correct", "reference": "r", "region": [(0, 0), (1, 1)]}, "three points or more"),
        ({"decision": "withdraw"}, "which decision it takes back"),
        ({"decision": "agree", "withdraws": 1}, "which decision it takes back"),
        ({"decision": "agree", "remark": "x" * 2001}, "at most 2000"),
        ({"decision": "maybe"}, "Input should be"),
    ],
    ids=range(9),
)
def test_a_decision_that_makes_no_sense_is_refused(told: dict[str, object], said: str):
    with pytest.raises(ValidationError, match=said):
        Wish.model_validate(told)


Step = tuple[str, str, str | None, int, str]
"""Who, what, on which axis, taking back which decision, and whether on the item as it is now."""


def decisions_of(steps: list[Step]) -> list[ReviewPart]:
    values = {"source": "s", "item": "i", "at": "2026-07-20T00:00:00+00:00"}
    made = []
    for n, (by, what, axis, back, judged) in enumerate(steps, 1):
        told: dict[str, object] = {"decision": what}
        if 0 < back < n:
            told = {"decision": "withdraw", "withdraws": back}
        elif what == "correct":
            told |= {"axis": axis, "call": None if axis is None else "same", "kind": "mark"}
        made.append(ReviewPart.model_validate(values | told | {"n": n, "by": by, "judged": judged}))
    return made


STEPS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["agree", "correct", "correct", "not_product", "cannot_tell"]),
        st.sampled_from(["packaging", "quality", None]),
        st.integers(0, 8),
        st.sampled_from(["now", "now", "before"]),
    ),
    max_size=9,
)


@given(steps=STEPS)
def test_the_last_decision_of_each_reviewer_stands_by_axis(steps: list[Step]):
    """Held against the plain words of it: walk back over a reviewer's decisions to the last on the whole pack."""
    told = decisions_of(steps)
    taken_back = {one.withdraws for one in told if one.decision == "withdraw"}
    expected = []
    for by in "ab":
        own = [one for one in told if one.by == by and one.decision != "withdraw"]
        counted = [one for one in own if one.n not in taken_back and one.judged == "now"]
        axes: set[str | None] = set()
        for one in reversed(counted):
            if one.decision != "correct":
                expected += [one.n] if not axes else []
                break
            expected += [one.n] if one.axis not in axes else []
            axes.add(one.axis)
    assert [one.n for one in standing(told, "now")] == sorted(expected)


@given(steps=STEPS.filter(bool), which=st.integers(0, 8))
def test_taking_one_decision_back_is_as_if_it_had_never_been(steps: list[Step], which: int):
    told = decisions_of([(by, what, axis, 0, judged) for by, what, axis, _, judged in steps])
    gone = told[which % len(told)]
    back = gone.model_copy(update={"n": len(told) + 1, "decision": "withdraw", "withdraws": gone.n})
    assert standing([*told, back], "now") == standing([one for one in told if one is not gone], "now")


def test_a_case_of_before_there_were_decisions_opens_and_holds(case: Path):
    taken_back(case / "case.db", "0004")
    assert wiring.verify(case).state == "holds"
    with CaseStore.open(case, campaign=None, software="1.0", signer=fakes.key()) as store:
        assert store.reviews() == ()
    assert wiring.verify(case).state == "holds"
