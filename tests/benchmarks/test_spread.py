"""The simulation of a day: against what can be said without it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import Fleet, Load, simulated, workers_for

LOAD = Load(sites=10, hours=1, in_view=0.5, in_view_s=60, without_s=20)
FLEET = Fleet(workers=8, deaths_a_day=0, replaced_s=30, tries=3, writing_s=0.1)


def test_a_load_says_what_it_takes():
    assert LOAD.stretches == 1200
    assert LOAD.core_hours == pytest.approx(1200 * 40 / 3600)


def test_without_deaths_the_work_is_shared_evenly():
    day = simulated(LOAD, FLEET, seed=1)
    assert day.hours == pytest.approx(LOAD.core_hours / 8, rel=0.05)
    assert day.workers_busy > 0.97
    assert (day.again, day.given_up) == (0, 0)
    assert day.writer_busy == pytest.approx(1200 * 0.1 / (day.hours * 3600))


def test_a_writer_that_cannot_follow_sets_the_pace():
    day = simulated(LOAD, replace(FLEET, workers=100, writing_s=5.0), seed=1)
    assert day.hours * 3600 == pytest.approx(1200 * 5, rel=0.02)
    assert day.writer_busy > 0.97
    with pytest.raises(ValueError, match="one writer"):
        workers_for(LOAD, replace(FLEET, writing_s=5.0), hours=1, seed=1)


def test_workers_that_die_cost_time_and_few_stretches():
    dying = replace(FLEET, deaths_a_day=48)
    day = simulated(LOAD, dying, seed=1)
    assert day.hours > simulated(LOAD, FLEET, seed=1).hours
    assert 10 < day.again < 60  # 1200 stretches of 40 s, a death every 1800 s: 27
    assert day.given_up <= 1
    always = simulated(LOAD, replace(FLEET, deaths_a_day=86_400), seed=1)
    assert always.given_up > 1000


@settings(max_examples=25, deadline=None)
@given(sites=st.integers(1, 30), hours=st.floats(1, 24))
def test_so_many_workers_are_enough_and_far_fewer_are_not(sites: int, hours: float):
    load = replace(LOAD, sites=sites)
    workers = workers_for(load, FLEET, hours=hours, seed=2)
    assert simulated(load, replace(FLEET, workers=workers), seed=2).hours <= hours
    if workers > 2:
        assert simulated(load, replace(FLEET, workers=workers * 4 // 5), seed=2).hours > 0.95 * hours


def test_no_footage_takes_no_time():
    assert simulated(replace(LOAD, sites=0), FLEET, seed=1).hours < 1e-6
