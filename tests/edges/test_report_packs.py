"""The packs of a report, gathered as they go by, against all of them held at once."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import cases
from samegoods.edges.report import remains
from samegoods.edges.report.packs import CARDS_AT_MOST, THUMBS_AT_MOST, Packs
from samegoods.edges.report.page import contents
from samegoods.edges.report.reading import read_case

CALLS = st.sampled_from(["same", "different", "cannot_tell"])


def item(ident: int, packaging: str, quality: str, confidence: float, in_scope: bool) -> Any:
    found = (
        (SimpleNamespace(confidence=confidence, detail=f"detail {confidence}"),) if packaging == "different" else ()
    )
    return SimpleNamespace(
        id=ident,
        product="tea",
        site="here",
        in_scope=in_scope,
        rule="the order" if in_scope else "earlier",
        review=None,
        label=SimpleNamespace(lacking=()),
        packaging=SimpleNamespace(call=packaging, reason=f"{packaging} {confidence}", differences=found),
        quality=SimpleNamespace(call=quality, reason="too coarse", differences=()),
    )


@given(st.lists(st.tuples(CALLS, CALLS, st.sampled_from([0.5, 0.7, 0.9]), st.booleans()), max_size=4 * CARDS_AT_MOST))
def test_the_same_are_shown_as_if_all_were_held(told: list[tuple[str, str, float, bool]]):
    items = [item(number, *one) for number, one in enumerate(told)]
    packs = Packs(["packaging"])
    for one in items:
        packs.take(one)
    held = packs.products["tea"]
    differ = [one for one in items if "different" in (one.packaging.call, one.quality.call)]

    def surest(one: Any) -> tuple[bool, float]:
        return not one.in_scope, -max((d.confidence for d in one.packaging.differences), default=0.0)

    assert [one.id for one in held.differing] == [one.id for one in sorted(differ, key=surest)[:CARDS_AT_MOST]]
    alike = [one for one in items if one not in differ and "same" in (one.packaging.call, one.quality.call)]
    assert [one.id for one in held.shown["same"]] == [one.id for one in alike[:THUMBS_AT_MOST]]
    assert (held.counts["different"], held.counts["same"]) == (len(differ), len(alike))
    assert sum(packs.reasons.values()) == sum(one.in_scope and one.packaging.call == "cannot_tell" for one in items)
    assert packs.details["tea", "here"] == Counter(
        d.detail for one in items if one.in_scope for d in one.packaging.differences
    )


def test_recordings_and_reasons_beyond_the_most_are_counted(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remains, "SOURCES_AT_MOST", 3)
    monkeypatch.setattr(remains, "REASONS_AT_MOST", 1)
    of = cases.campaign(tmp_path / "campaign")
    case = read_case(cases.published(tmp_path / "case", of))
    told = contents(case)
    assert (len(told["sources"]), told["left_out"]["sources"]) == (3, len(case.document.sources) - 3)
    assert len(told["reasons"]) == 1
    assert told["reasons"][0][2] + told["rarer"] == case.packs.reasons.total()
    assert told["left_out"]["unread"] == 0
