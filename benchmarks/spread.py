"""A day of footage on a fleet of workers, simulated: how long it takes, and who waits for whom."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass

STRETCHES_AN_HOUR = 120


@dataclass(frozen=True, slots=True)
class Load:
    """A day's footage: ``hours`` at each of ``sites``. A stretch (half a minute) takes a core ``in_view_s`` where
    goods of the campaign are in view, which is so in the share ``in_view`` of them, and ``without_s`` elsewhere."""

    sites: int
    hours: float
    in_view: float
    in_view_s: float
    without_s: float

    @property
    def stretches(self) -> int:
        return round(self.sites * self.hours * STRETCHES_AN_HOUR)

    @property
    def core_hours(self) -> float:
        """What it takes without any loss."""
        mean_s = self.in_view * self.in_view_s + (1 - self.in_view) * self.without_s
        return self.stretches * mean_s / 3600


@dataclass(frozen=True, slots=True)
class Fleet:
    """Who works on it: each worker dies ``deaths_a_day`` times on average, and another takes its place after
    ``replaced_s``; an item is begun ``tries`` times. One writer takes ``writing_s`` for each result."""

    workers: int
    deaths_a_day: float
    replaced_s: float
    tries: int
    writing_s: float


@dataclass(frozen=True, slots=True)
class Day:
    """What came of it: after how many hours all is done, the shares of their time that workers and writer were busy,
    how many stretches were begun again, and how many were given up."""

    hours: float
    workers_busy: float
    writer_busy: float
    again: int
    given_up: int


def simulated(load: Load, fleet: Fleet, *, seed: int) -> Day:
    """All footage is there at the beginning, and is shared out as the engines do it: whoever is free gets the next.

    A worker that is done hands its result to the writer, and goes on when the writer has taken in what was there:
    so a writer that cannot follow holds the workers up, and nothing piles up.
    """
    chance = random.Random(seed)
    todo = deque((_cost(load, chance), 1) for _ in range(load.stretches))
    rate = fleet.deaths_a_day / 86_400
    busy: list[tuple[float, float, int, bool]] = []  # until when, the stretch's cost, its attempt, whether it is done
    now = written_at = worked = 0.0
    again = given_up = 0

    def begin(at: float) -> None:
        nonlocal worked
        if todo:
            cost, attempt = todo.popleft()
            lives = chance.expovariate(rate) if rate else float("inf")
            worked += min(cost, lives)
            heapq.heappush(busy, (at + min(cost, lives), cost, attempt, cost <= lives))

    for _ in range(fleet.workers):
        begin(0.0)
    while busy:
        now, cost, attempt, done = heapq.heappop(busy)
        if done:
            begin(max(now, written_at))
            written_at = max(now, written_at) + fleet.writing_s
            continue
        if attempt < fleet.tries:
            todo.append((cost, attempt + 1))
        again += attempt < fleet.tries
        given_up += attempt == fleet.tries
        begin(now + fleet.replaced_s)
    end = max(written_at, now, 1e-9)
    results = load.stretches - given_up
    return Day(end / 3600, worked / (end * fleet.workers), results * fleet.writing_s / end, again, given_up)


def workers_for(load: Load, fleet: Fleet, *, hours: float, seed: int) -> int:
    """The fewest workers, to a tenth, that are through within ``hours``; whatever ``fleet`` says of their number.

    Raises:
        ValueError: no number of workers is, for the writer alone takes longer.
    """
    if load.stretches * fleet.writing_s > hours * 3600:
        raise ValueError(f"one writer takes longer than {hours} h for {load.stretches} stretches")
    workers = max(1, int(load.core_hours / hours))
    while simulated(load, _of(fleet, workers), seed=seed).hours > hours:
        workers += max(1, workers // 10)
    return workers


def _of(fleet: Fleet, workers: int) -> Fleet:
    return Fleet(workers, fleet.deaths_a_day, fleet.replaced_s, fleet.tries, fleet.writing_s)


def _cost(load: Load, chance: random.Random) -> float:
    """Minutes differ: a third more or less, as the demo's clips do."""
    mean = load.in_view_s if chance.random() < load.in_view else load.without_s
    return mean * chance.uniform(2 / 3, 4 / 3)
