"""How named gaps are held against the drops of a stream."""

from __future__ import annotations

import pytest

from drops import FastClock, Stretch, score


@pytest.mark.parametrize(
    ("gaps", "named", "covered_s", "beside_s"),
    [
        ([], 0, 0, 0),
        ([(10, 20), (50, 60)], 2, 20, 0),
        ([(9, 21), (50.5, 63)], 2, 19.5, 5),
        ([(12, 20), (30, 40)], 0, 8, 10),
        ([(0, 100)], 2, 20, 80),
        ([(10, 15), (15, 20)], 1, 10, 0),
    ],
)
def test_a_drop_is_named_where_gaps_cover_it(gaps: list, named: int, covered_s: float, beside_s: float):
    found = score([Stretch(10, 20), Stretch(50, 60)], [Stretch(*gap) for gap in gaps])
    assert (found.drops, found.named, found.dropped_s) == (2, named, 20)
    assert (found.covered_s, found.beside_s) == (covered_s, beside_s)


def test_a_fast_clock_begins_where_it_is_told_and_runs_ahead(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("drops.time.time", lambda: 1010.0)
    assert FastClock(1000.0, 6.0)() == 1060.0
