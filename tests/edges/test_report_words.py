from __future__ import annotations

from datetime import UTC, datetime

import pytest

from samegoods.edges.report.words import because, interval, listing, moment, outcome, packs, percent
from samegoods.results.statistics import TallyPart, tally_values
from samegoods.results.verdicts import NeededPart, ShowingPart, VerdictPart
from samegoods.results.words import apart, clock, sufficing
from samegoods.statistics.correction import Call
from samegoods.statistics.counting import tally


def part(same: int = 0, different: int = 0, cannot_tell: int = 0) -> TallyPart:
    calls = ["same"] * same + ["different"] * different + ["cannot_tell"] * cannot_tell
    return TallyPart(**tally_values(tally([Call(f"{n}", call) for n, call in enumerate(calls)])))


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
        (part(same=1), "at most 98 %"),
        (part(different=1), "at least 2 %"),
        (part(same=1, different=1), "between 1 % and 99 %"),
    ],
)
def test_how_surely(counts: TallyPart, text: str) -> None:
    assert interval(counts) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0029, 1.0, "anything from none to all"),
        (0.0004, 0.9996, "anything from none to all"),
        (0.0012, 0.89, "at most 89 %"),
        (0.07, 0.9952, "at least 7 %"),
        (0.006, 0.994, "between 1 % and 99 %"),
    ],
)
def test_limits_that_say_nothing_are_not_told_as_if_they_did(low: float, high: float, text: str) -> None:
    assert interval(part(same=1, different=1).model_copy(update={"low": low, "high": high})) == text


@pytest.mark.parametrize(
    ("counts", "start"),
    [
        (part(cannot_tell=1), "The packaging could not be told on the one pack seen."),
        (part(cannot_tell=3), "The packaging could not be told on any of the 3 packs seen."),
        (part(same=1), "The packaging is the same on the one pack that could be judged; of all"),
        (part(cannot_tell=2), "The packaging could not be told on either of the two packs seen."),
        (part(different=2), "The packaging differs on both packs that could be judged; of all"),
        (part(same=4), "The packaging is the same on all 4 packs that could be judged; of all"),
        (part(different=4), "The packaging differs on all 4 packs that could be judged; of all"),
        (part(same=3, different=1), "The packaging differs on 1 of the 4 packs that could be judged; of all"),
    ],
)
def test_an_axis_in_a_sentence(counts: TallyPart, start: str) -> None:
    assert outcome("packaging", counts).startswith(start)


def lacking(height_px: int = 60, views: int = 1, seen: float = 0.8, px_per_mm: float | None = None) -> NeededPart:
    """What a face needs that was seen 60 px high, in one view, four fifths of it."""
    had = ShowingPart(height_px=60, px_per_mm=None if px_per_mm is None else 0.4, views=1, seen=0.8)
    return NeededPart(face="front", height_px=height_px, px_per_mm=px_per_mm, views=views, seen=seen, had=had)


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (lacking(150), "front: at least 150 px tall in the picture (here 60 px)"),
        (
            lacking(150, px_per_mm=1.0),
            "front: at least 150 px tall in the picture, 1.0 px to a millimetre (here 60 px)",
        ),
        (lacking(views=4), "front: in 4 views or more (here 1)"),
        (lacking(150, 2), "front: at least 150 px tall in the picture (here 60 px), in 2 views or more (here 1)"),
        (lacking(seen=0.9), "front: with 90% of it in sight (here 80%)"),
        (lacking(), ""),
    ],
)
def test_what_would_have_sufficed(needed: NeededPart, said: str) -> None:
    assert sufficing(needed) == said


def test_a_reason_says_what_would_have_sufficed() -> None:
    unsure = VerdictPart(call="cannot_tell", reason="too small", differences=(), needed=lacking(150))
    said = "too small (would have sufficed: front: at least 150 px tall in the picture (here 60 px))"
    assert because(unsure) == said
    assert because(unsure.model_copy(update={"needed": None})) == "too small"


@pytest.mark.parametrize(
    ("delta_e", "said"),
    [
        (1.0, "only a trained eye sees it"),
        (3.0, "an untrained eye sees it side by side"),
        (4.5, "a clear difference"),
        (20.0, "plain to any eye"),
    ],
)
def test_a_colour_distance_in_words(delta_e: float, said: str) -> None:
    assert apart(delta_e) == said
