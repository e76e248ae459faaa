"""What does an hour of footage cost, and what do a thousand sites need? By measured costs and a simulation."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from statistics import median

from pages import RESULTS, Result, Table, store
from samegoods.edges.engines import RayEngine
from spread import STRETCHES_AN_HOUR, Fleet, Load, simulated, workers_for

SITES, HOURS, DEADLINE_H = (1, 10, 100, 1000), 10.0, 14.0
IN_VIEW, DEATHS, REPLACED_S = 0.3, 1.0, 120.0
SEED = 31
MANY, NONE = "many packs", "none of its packs, walking"
"""What the clips of the benchmark of speed show."""


def stretch_costs(results: Path = RESULTS) -> tuple[float, float]:
    """Processor seconds for a stretch of 720p footage, with many packs in view throughout and with none of the
    campaign's, as kept by the benchmark of speed: of whole runs on a minute, their start among it."""
    (table,) = json.loads((results / "speed.json").read_text(encoding="utf-8"))["tables"]
    column = table["head"].index("of processor, s")
    minutes = {row[1]: float(row[column]) for row in table["rows"] if row[0] == "720p"}
    packs, none = (minutes[shows] * 60 / STRETCHES_AN_HOUR for shows in (MANY, NONE))
    return packs, none


def writing_cost(results: Path = RESULTS) -> float:
    """Seconds that the writer takes for what comes of a stretch, as kept by the benchmark of engines: the median."""
    with (results / "engines.csv").open(encoding="utf-8") as file:
        return median(float(row["writing_s"]) for row in csv.DictReader(file))


def hour_table(packs_s: float, none_s: float, writing_s: float) -> Table:
    hours = [one * STRETCHES_AN_HOUR / 3600 for one in (packs_s, none_s)]
    mixed = IN_VIEW * hours[0] + (1 - IN_VIEW) * hours[1]
    names = ("goods in view throughout", "no goods in view", f"goods in view in {100 * IN_VIEW:.0f} %")
    writer = f"{writing_s * STRETCHES_AN_HOUR:.0f}"
    cells = tuple((name, f"{one:.2f}", writer) for name, one in zip(names, (*hours, mixed), strict=True))
    head = ("an hour of 720p footage", "core-hours of workers", "seconds of the writer")
    return Table("What an hour of footage costs.", head, cells)


@dataclass(frozen=True, slots=True)
class Need:
    """What some sites need: so many cases, each with the same load and fleet."""

    sites: int
    cases: int
    load: Load
    fleet: Fleet


def need(load: Load, fleet: Fleet) -> Need:
    """The fewest cores that are through in time, in as many cases as keep each one's writer idle half of it."""
    writing_h = load.stretches * fleet.writing_s / 3600
    cases = max(1, ceil(writing_h / (DEADLINE_H / 2)))
    share = replace(load, sites=ceil(load.sites / cases))
    workers = workers_for(share, fleet, hours=DEADLINE_H, seed=SEED)
    return Need(load.sites, cases, share, replace(fleet, workers=workers))


def country_table(rows: Sequence[Need]) -> Table:
    """What so many sites need, by simulation."""
    cells = []
    for row in rows:
        day = simulated(row.load, row.fleet, seed=SEED)
        cells.append(
            (
                f"{row.sites:,}",
                str(row.cases),
                f"{row.cases * row.load.core_hours:,.0f}",
                f"{row.cases * row.fleet.workers:,}",
                f"{day.hours:.1f}",
                f"{100 * day.workers_busy:.0f} %",
                f"{100 * day.writer_busy:.0f} %",
                f"{row.cases * day.again:,}",
                f"{row.cases * day.given_up:,}",
            )
        )
    text = (
        f"A day of {HOURS:.0f} hours of footage a site, done within {DEADLINE_H:.0f} hours: goods in view in "
        f"{100 * IN_VIEW:.0f} % of the stretches, a worker killed every {24 / DEATHS:.0f} hours."
    )
    head = ("sites", "cases", "core-hours", "cores", "done after, h", "cores busy", "writer busy", "again", "given up")
    return Table(text, head, tuple(cells))


def measure(results: Path = RESULTS) -> Result:
    (packs_s, none_s), writing_s = stretch_costs(results), writing_cost(results)
    fleet = Fleet(1, DEATHS, REPLACED_S, RayEngine.tries, writing_s)
    needs = [need(Load(sites, HOURS, IN_VIEW, packs_s, none_s), fleet) for sites in SITES]
    return Result(
        name="country",
        title="A country",
        question="What does an hour of footage cost, and what do a thousand sites need?",
        tables=(hour_table(packs_s, none_s, writing_s), country_table(needs)),
        notes=(
            "Measured: what a stretch of half a minute costs a core (half of a whole run on a minute of 720p, its "
            "start included: on a walk past 1.4 packs a second and on one along strangers), and what the writer takes "
            f"for a stretch ({writing_s:.2f} s, the median of the runs of the engines). Assumed: how often workers "
            "are killed, and how much of the footage shows goods. The second table is a simulation "
            "(`benchmarks/spread.py`); where one writer would be busy for more than half of the time, the sites are "
            "divided among several cases.",
        ),
    )


if __name__ == "__main__":
    print(store(measure()))
