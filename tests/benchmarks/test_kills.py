"""The scorer of the benchmark on killed runs."""

from kills import Killed, kills_table


def test_runs_are_counted_by_state_and_by_when_they_were_killed():
    rows = [
        Killed(0.1, "none", 0, "holds", True),
        Killed(0.5, "unfinished", 20, "holds", True),
        Killed(0.6, "wrong", 20, "unfinished", False),
        Killed(0.99, "holds", 40, "holds", True),
    ]
    head, first, second, last, every = (kills_table(rows).head, *kills_table(rows).rows)
    assert head[1:] == ("runs", "no case yet", "unfinished", "holds", "wrong", "completed: holds", "same findings")
    assert first[1:] == ("1", "1", "0", "0", "0", "1", "1")
    assert second[1:] == ("2", "0", "1", "0", "1", "1", "1")
    assert last[1:] == ("1", "0", "0", "1", "0", "1", "1")
    assert every[1:] == ("4", "1", "1", "1", "1", "3", "3")
