from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samegoods.edges.report.words import clock, interval, listing, moment, outcome, packs, percent
from samegoods.results.making import tally_values
from samegoods.results.parts import TallyPart
from samegoods.stages.count import tally


def part(same: int = 0, different: int = 0, cannot_tell: int = 0) -> TallyPart:
    calls = ["same"] * same + ["different"] * different + ["cannot_tell"] * cannot_tell
    return TallyPart(**tally_values(tally([(f"{n}", call) for n, call in enumerate(calls)])))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.001, "under 1 %"), (0.01, "1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (packs(1), "1 pack"),
        (packs(0), "0 packs"),
        (listing(["a"]), "a"),
        (listing(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_numbers_and_names(found: str, text: str) -> None:
    assert found == text


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0:00"), (65, "1:05"), (3725.2, "1:02:05")])
def test_a_place_in_a_recording(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_a_time_is_that_of_the_place() -> None:
    assert moment(datetime(2026, 6, 30, 15, 5, tzinfo=UTC), "Asia/Pyongyang") == "1 July 2026, 00:05"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (part(), ""),
        (part(cannot_tell=2), ""),
        (part(same=1), "at most 79 %"),
        (part(different=1), "at least 21 %"),
        (part(same=1, different=1), "between 9 % and 91 %"),
    ],
)
def test_how_surely(counts: TallyPart, text: str) -> None:
    assert interval(counts) == text


@pytest.mark.parametrize(
    ("counts", "start"),
    [
        (part(cannot_tell=1), "The packaging could not be told on the one pack seen."),
        (part(cannot_tell=3), "The packaging could not be told on any of the 3 packs seen."),
        (part(same=1), "The packaging is the same on the one pack that could be judged; of all"),
        (part(same=4), "The packaging is the same on all 4 packs that could be judged; of all"),
        (part(different=4), "The packaging differs on all 4 packs that could be judged; of all"),
        (part(same=3, different=1), "The packaging differs on 1 of the 4 packs that could be judged; of all"),
    ],
)
def test_an_axis_in_a_sentence(counts: TallyPart, start: str) -> None:
    assert outcome("packaging", counts).startswith(start)
