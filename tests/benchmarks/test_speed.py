"""What a run costs against decoding: pairs of turns, not of averages; and what counts as kept."""

import pytest

from speed import Timed, result_of, rows_of


def timed(shows: str, alone: tuple[float, ...], run: tuple[float, ...]) -> Timed:
    return Timed("720p", shows, 1500, alone, run, tuple(2 * s for s in run))


def test_the_ratio_is_the_median_of_the_turns_own():
    assert timed("one pack", (1.0, 2.0, 4.0), (10.0, 10.0, 12.0)).ratio == 5.0


@pytest.mark.parametrize(
    ("shows", "run", "told"),
    [
        ("one pack, standing", 8.0, "8: kept"),
        ("one pack, standing", 8.1, "8: missed"),
        ("none of its packs, walking", 2.5, "2.5: kept"),
        ("none of its packs, walking", 2.6, "2.5: missed"),
        ("many packs", 99.0, "-"),
    ],
)
def test_a_row_says_whether_the_limit_is_kept(shows: str, run: float, told: str):
    (row,) = rows_of([timed(shows, (1.0,), (run,))])
    assert row[-1] == told
    assert row[:3] == ("720p", shows, "1500")


def test_the_result_tells_of_the_first_run():
    result = result_of([timed("many packs", (1.0,), (3.0,))], (12.0, 20.0))
    assert "12.0 s, 20.0 s of processor" in result.notes[1]
    assert len(result.tables[0].rows) == 1
