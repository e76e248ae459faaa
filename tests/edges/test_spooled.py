"""Lines in a temporary file: they stay the lines that they were, however often and by however many they are read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samegoods.edges.case.spooled import Spooled


@given(st.lists(st.binary(max_size=40)))
def test_lines_come_back_as_they_were_whatever_they_hold(lines: list[bytes]):
    spooled = Spooled(iter(lines))
    assert len(spooled) == len(lines)
    assert list(spooled) == lines
    assert list(spooled) == lines
    assert spooled == Spooled(lines)
    assert spooled != Spooled([*lines, b""])


def test_a_line_end_within_a_line_makes_no_two_of_it():
    assert list(Spooled([b"one\ntwo\n", b"", b"three"])) == [b"one\ntwo\n", b"", b"three"]


def test_several_read_at_once():
    spooled = Spooled(b"%d" % number for number in range(1000))
    assert all(one == two for one, two in zip(spooled, spooled, strict=True))
