from __future__ import annotations

import numpy as np
import pytest

import coverage
from coverage import Row, Setting, campaign, lowest, result, reviewed, rows_from, shares_of
from samegoods.statistics.clusters import Visits


def test_drawn_visits_have_the_share_and_the_likeness_asked_for() -> None:
    rng = np.random.default_rng(1)
    shares = shares_of(0.3, 0.4, 50_000, rng)
    assert shares.mean() == pytest.approx(0.3, abs=0.005)
    assert shares.var() / (0.3 * 0.7) == pytest.approx(0.4, abs=0.01)  # what the intra-class correlation is
    assert (shares_of(0.3, 0.0, 4, rng) == 0.3).all()


def test_a_drawn_campaign_errs_and_fails_to_tell_as_often_as_asked_for() -> None:
    setting = Setting(4000, 5, 0.3, 0.2, found=0.8, passed=0.9, untold=0.1, untold_different=0.4)
    calls = campaign(setting, np.random.default_rng(2))
    differ = [one for one in calls if one.human == "different"]
    rest = [one for one in calls if one.human == "same"]
    assert len(calls) / 4000 == pytest.approx(5, abs=0.15)
    assert len(differ) / len(calls) == pytest.approx(0.3, abs=0.02)
    assert sum(one.machine == "cannot_tell" for one in differ) / len(differ) == pytest.approx(0.4, abs=0.02)
    assert sum(one.machine == "different" for one in differ) / len(differ) == pytest.approx(0.6 * 0.8, abs=0.02)
    assert sum(one.machine == "different" for one in rest) / len(rest) == pytest.approx(0.9 * 0.1, abs=0.02)


def test_so_many_of_each_call_are_reviewed_and_no_other_truth_is_seen() -> None:
    rng = np.random.default_rng(3)
    calls = campaign(Setting(20, 6, 0.3, 0.0, found=0.8, passed=0.9, untold=0.2, untold_different=0.2), rng)
    some = reviewed(calls, 7, rng)
    for name in ("same", "different", "cannot_tell"):
        there = sum(one.machine == name for one in calls)
        assert sum(one.machine == name and one.human is not None for one in some) == min(7, there)


def test_limits_that_hold_the_truth_are_counted_and_missing_ones_are_not() -> None:
    setting = Setting(2, 1, 0.5, 0.0)
    found = [
        {"a": ((0.2, 0.4), 0.3), "b": (None, 0.3)},
        {"a": ((0.3, 0.5), 0.3), "b": ((0.0, 1.0), 0.3)},
        {"a": ((0.4, 0.8), 0.3), "b": (None, 0.3)},
    ]
    assert rows_from(setting, found) == [
        Row("a", setting, 2, 3, pytest.approx(0.8 / 3)),
        Row("b", setting, 1, 1, 1.0),
    ]


def test_a_line_of_a_table_tells_the_lowest_and_leaves_out_what_is_there_by_chance() -> None:
    few, many = Setting(2, 1, 0.5, 0.0), Setting(2, 5, 0.5, 0.0)
    some = [Row("a", few, 940, 1000, 0.5), Row("a", many, 960, 1000, 0.3), Row("a", many, 0, 10, 0.1)]
    assert lowest(some, "a", visits=2) == ("94.0%", "95.0%", "0.40")
    assert lowest(some, "a", visits=3) == ("none", "none", "none")


def test_a_setting_that_does_not_hold_is_named_in_the_result() -> None:
    said = result(
        [
            Row("share", Setting(2, 1, 0.5, 0.0), 900, 1000, 0.5),
            Row("bounds", Setting(2, 1, 0.5, 0.0), 1000, 1000, 0.5),
        ]
    )
    assert said.notes[0].startswith("Of 2 settings and things, 1 hold in fewer than 93%: share, ")


def test_every_setting_has_its_line() -> None:
    rows = [
        Row(what, setting, 950, 1000, 0.25)
        for kind, setting in coverage._settings()
        for what in {
            "plain": ("share",),
            "corrected": ("prediction-powered",),
            "compared": ("trend",),
            "untold": ("bounds",),
        }[kind]
    ]
    shares, corrections, left_open, comparisons = result(rows).tables
    assert {row[2] for row in left_open.rows} == {"95.0% (0.25)"}
    assert {row[2] for row in shares.rows} == {"95.0%"}
    assert {row[3] for row in corrections.rows} == {"95.0% (0.25)"}
    assert [row[2] for row in comparisons.rows if row[0] == "trend"] == ["95.0%"] * 3


@pytest.mark.parametrize("kind", ["plain", "corrected"])
def test_the_intervals_of_a_hard_setting_hold(kind: str) -> None:
    """Few visits of alike packs, rare differences, wrong calls: 200 campaigns, three standard errors below 95 %."""
    setting = Setting(10, 8, 0.1, 0.4, found=0.8, passed=0.9, untold=0.4, untold_different=0.4, reviews=8)
    if kind == "plain":
        setting = Setting(10, 8, 0.1, 0.7)
    rng = np.random.default_rng(4)
    rows = {row.what: row for row in rows_from(setting, [coverage.KINDS[kind](setting, rng) for _ in range(200)])}
    for what in ("share",) if kind == "plain" else ("prediction-powered", "Rogan-Gladen"):
        assert rows[what].coverage >= 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5


def test_a_test_that_calls_nothing_holds_and_one_that_calls_does_not() -> None:
    rng = np.random.default_rng(5)
    found = coverage.compared(Setting(4, 3, 0.5, 0.0), rng)
    assert {found[name][0] for name in ("change called at 5 %", "any of four sites called at 5 %")} <= {(1, 1), (0, 0)}
    assert (
        coverage._pooled([Visits(np.array([1, 2]), np.array([0, 1])), Visits(np.array([3]), np.array([3]))]).packs == 6
    )
