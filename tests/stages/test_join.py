"""Joining the packs of two stretches: what was seen by both in one place at one time is one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samegoods.records import Item, Moment, Sighting, Span
from samegoods.stages.join import Join

FIRST, SECOND, LAST = Span(0, 0, 0, 60), Span(1, 57, 60, 120), Span(2, 117, 120, None)
BASE = np.array([[0, 0], [40, 0], [40, 60], [0, 60]], np.float32)


def item(number: int, times, at: float = 0.0, *, product: str = "p", face: str = "front", speed: float = 0.0) -> Item:
    """A pack at ``at`` (in widths of a pack) at 0 s, that moves by ``speed`` widths a second."""
    sightings = tuple(
        Sighting(
            id=f"s-s{number * 1000 + n}",
            source="s",
            moment=Moment(round(1000 * t), Fraction(1, 1000)),
            reference=f"{product}/export/{face}",
            product=product,
            version="export",
            face=face,
            score=0.9,
            margin=0.5,
            quad=BASE + np.array([40 * (at + speed * t), 0], np.float32),
            candidates=(),
            inliers=40,
        )
        for n, t in enumerate(times)
    )
    return Item(f"s-i{number}", "s", product, sightings, ())


def joined(*stretches: tuple[Span, list[Item]]) -> list[tuple[str, list[float]]]:
    join = Join({}, lead_s=3, best=12)
    ended = [one for span, items in stretches for one in join.stretch(span, items)] + join.finish()
    return [(one.id, [s.time_s for s in one.sightings]) for one in ended]


def test_what_both_see_is_one_and_nothing_is_told_twice():
    left, right = item(1, [50, 57, 59.5]), item(2, [57, 59.5, 60, 63])
    assert joined((FIRST, [left]), (SECOND, [right])) == [("s-i1", [50, 57, 59.5, 60, 63])]


def test_the_second_may_have_looked_at_another_frame_of_what_stands():
    left, right = item(1, [56, 58]), item(2, [57.25, 60])
    assert joined((FIRST, [left]), (SECOND, [right])) == [("s-i1", [56, 58, 60])]


@pytest.mark.parametrize(
    ("right", "because"),
    [
        (item(2, [58, 61], at=1.0), "it is the neighbour"),
        (item(2, [58, 61], product="q"), "it is another product"),
        (item(2, [58, 61], face="back"), "it shows another face"),
        (item(2, [60, 61]), "it came when the other was gone"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_pack_stays_another(right: Item, because: str):
    left = item(1, [55, 58])
    there = [s.time_s for s in right.sightings if s.time_s >= 60]
    assert sorted(joined((FIRST, [left]), (SECOND, [right]))) == [("s-i1", [55, 58]), ("s-i2", there)]


def test_a_row_of_packs_that_passes_stays_in_order():
    """A pan by one and a half packs a second: each is where another was before."""
    left = [item(k, np.arange(56, 60, 0.25), at=k, speed=-1.5) for k in range(1, 6)]
    right = [item(10 + k, np.arange(57, 63, 0.25), at=k, speed=-1.5) for k in range(5, 0, -1)]
    assert {name: len(times) for name, times in joined((FIRST, left), (SECOND, right))} == {
        f"s-i{k}": 16 + 12 for k in range(1, 6)
    }


def test_nor_does_it_matter_that_each_looked_at_other_times():
    """By two packs a second, once a second, the second stretch half a second later."""
    left = [item(k, np.arange(55, 60), at=2 * k, speed=-2.0) for k in range(1, 6)]
    right = [item(10 + k, np.arange(57.5, 63), at=2 * k, speed=-2.0) for k in range(5, 0, -1)]
    assert {name: len(times) for name, times in joined((FIRST, left), (SECOND, right))} == {
        f"s-i{k}": 5 + 3 for k in range(1, 6)
    }


def test_what_was_seen_in_the_lead_alone_belongs_to_the_stretch_before():
    assert joined((FIRST, [item(1, [57])]), (SECOND, [item(2, [57]), item(3, [58], at=4)])) == [("s-i1", [57])]


def test_a_pack_that_stays_is_one_over_many_stretches():
    spans = [Span(n, max(0, 60 * n - 3), 60 * n, 60 * (n + 1) if n < 9 else None) for n in range(10)]
    parts = [(span, [item(span.number + 1, np.arange(span.lead_s, 60 * span.number + 60))]) for span in spans]
    ((name, times),) = joined(*parts)
    assert (name, times) == ("s-i1", [float(t) for t in range(600)])


def test_a_lost_stretch_ends_what_was_in_view():
    assert joined((FIRST, [item(1, [50, 59])]), (SECOND, []), (LAST, [item(2, [118, 121])])) == [
        ("s-i1", [50.0, 59.0]),
        ("s-i2", [121.0]),
    ]


@given(
    packs=st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 110), st.integers(1, 60)), max_size=6, unique_by=lambda one: one[0]
    ),
)
def test_every_sighting_comes_out_once(packs: list[tuple[int, int, int]]):
    """Packs that stand apart, each seen every half second from its first second on: as many come out as there are."""
    whole = {
        k: np.arange(first, min(first + length, 178), 0.5).tolist() for k, (_, first, length) in enumerate(packs, 1)
    }
    parts = []
    for span in (FIRST, SECOND, LAST):
        end = span.end_s or 180
        seen = {k: [t for t in times if span.lead_s <= t < end] for k, times in whole.items()}
        items = [item(100 * span.number + k, times, at=3 * packs[k - 1][0]) for k, times in seen.items() if times]
        parts.append((span, items))
    out = joined(*parts)
    assert sorted(t for _, times in out for t in times) == sorted(t for times in whole.values() for t in times)
    assert len(out) == len(whole)
