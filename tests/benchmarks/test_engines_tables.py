"""The tables of the benchmark of engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from country import Need, country_table, hour_table, need, stretch_costs, writing_cost
from engines import Checked, Moved, checked_table, moved_table
from spread import Fleet, Load


def test_overheads_are_told_against_the_first_row():
    rows = [
        Checked("local", 100.0, 150.0, 12, 0.1, 0, True),
        Checked("ray", 125.0, 180.0, 12, 0.1, 0, True),
        Checked("ray, killed", 150.0, 210.0, 12, 0.1, 2, False),
    ]
    assert [row[4:] for row in checked_table(rows).rows] == [
        ("1.00", "150", "1.00", "yes"),
        ("1.25", "180", "1.20", "yes"),
        ("1.50", "210", "1.40", "NO"),
    ]


def test_what_an_engine_costs_beside_the_work():
    (row,) = moved_table([Moved("ray", 7.04, 1.26, 33.3)]).rows
    assert row == ("ray", "7.0", "1.3", "33")


def test_a_country_is_told_by_simulation():
    load = Load(sites=1000, hours=0.05, in_view=0.0, in_view_s=0.0, without_s=36.0)
    (row,) = country_table([Need(1000, 1, load, Fleet(60, 0.0, 0.0, 3, 0.0))]).rows
    assert row[:4] == ("1,000", "1", "60", "60")
    assert float(row[4]) == pytest.approx(1.0, abs=0.1)
    assert row[7:] == ("0", "0")


def test_where_one_writer_is_too_slow_there_are_several_cases():
    load = Load(sites=100, hours=5, in_view=0.0, in_view_s=0.0, without_s=36.0)
    one = need(load, Fleet(1, 0.0, 0.0, 3, 0.1))
    several = need(load, Fleet(1, 0.0, 0.0, 3, 1.0))  # 60,000 s of writing in 14 hours, of which half are taken
    assert (one.cases, several.cases) == (1, 3)
    assert several.load.sites == 34
    assert 600 / 14 <= one.fleet.workers < 1.1 * 3 * several.fleet.workers


def test_a_stretch_costs_half_of_what_a_minute_does(tmp_path: Path):
    rows = [
        ["1080p", "many packs", "999"],
        ["720p", "many packs", "120.0"],
        ["720p", "none of its packs, walking", "30.0"],
        ["720p", "none of its packs, standing", "9.0"],
    ]
    (tmp_path / "speed.json").write_text(
        json.dumps({"tables": [{"head": ["pictures", "in view", "of processor, s"], "rows": rows}]})
    )
    assert stretch_costs(tmp_path) == (60, 15)


def test_an_hour_is_120_stretches(tmp_path: Path):
    rows = hour_table(packs_s=60, none_s=15, writing_s=0.25).rows
    assert [row[1:] for row in rows] == [("2.00", "30"), ("0.50", "30"), ("0.95", "30")]
    (tmp_path / "engines.csv").write_text("name,writing_s\na,0.2\nb,0.5\nc,0.9\n")
    assert writing_cost(tmp_path) == 0.5
