"""Fetching: several at a time, in order, no more than there is room for."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samegoods.errors import EvidenceError
from samegoods.fetching import Counted, Remembered, Shelf, ahead


class Slow:
    """Pictures that take a while, and count who asks."""

    at_once = 4

    def __init__(self, size: int = 10) -> None:
        self.size, self.asked, self.most = size, [], 0
        self._now, self._lock = 0, threading.Lock()

    def where(self, path: str) -> str:
        return f"there/{path}"

    def read(self, path: str) -> bytes:
        with self._lock:
            self.asked.append(path)
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.01)
        with self._lock:
            self._now -= 1
        if path == "gone":
            raise EvidenceError("gone")
        return path.encode().ljust(self.size)


@settings(max_examples=25, deadline=None)
@given(items=st.lists(st.integers(), max_size=30), at_once=st.integers(1, 9))
def test_what_comes_is_in_order(items: list[int], at_once: int):
    assert list(ahead(lambda one: one * 2, items, at_once)) == [one * 2 for one in items]


def test_no_more_is_under_way_or_waiting_than_was_said():
    pictures = Slow()
    for taken, _ in enumerate(ahead(pictures.read, map(str, count()), 4), 1):
        assert len(pictures.asked) <= taken + 4
        if taken == 12:
            break
    assert 1 < pictures.most <= 4


def test_the_first_that_fails_ends_it():
    came = ahead(Slow().read, ["a", "gone", "b", "c", "d"], 3)
    assert next(came).strip() == b"a"
    with pytest.raises(EvidenceError, match="gone"):
        list(came)


def test_what_several_ask_for_at_once_is_made_once():
    shelf, made = Shelf(), []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.05)
        return b"picture"

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: shelf.get("one", make), range(16))) == {b"picture"}
    assert len(made) == 1


def test_a_shelf_holds_so_much_and_forgets_what_was_asked_for_first():
    pictures = Slow(size=100)
    remembered = Remembered(pictures, Shelf(most_bytes=300))
    for path in ("a", "b", "c", "a", "d", "a", "b"):
        remembered.read(path)
    assert pictures.asked == ["a", "b", "c", "d", "b"]


def test_what_could_not_be_read_is_asked_for_again():
    pictures = Slow()
    remembered = Remembered(pictures)
    for _ in range(2):
        with pytest.raises(EvidenceError):
            remembered.read("gone")
    assert pictures.asked == ["gone", "gone"]
    assert remembered.where("x") == "there/x"


def test_pictures_are_counted_once_each():
    told: list[int] = []
    counted = Counted(Slow(), told.append)
    list(ahead(counted.read, ["a", "b", "c", "d", "e"], counted.at_once))
    assert told == [1, 2, 3, 4, 5]
