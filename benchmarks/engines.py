"""What does an engine cost beside the work, is a check on Ray the same as here, and what does a country need?

One check three times: on processes of this machine, on Ray, and on Ray with one of its two workers killed twice.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from unittest import mock

import av
import numpy as np

from frame_loop import SECONDS
from pages import RESULTS, Result, Table, store
from process_tree import tree_seconds
from samegoods import wiring
from samegoods.edges.case import CaseStore
from samegoods.edges.engines import Engine, LocalEngine, RayEngine
from samegoods.edges.media import stretch
from samegoods.records import Image
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.wiring.stretching import Course
from spread import Fleet, Load, simulated, workers_for
from studies import make_study

WORKERS, KILLS = 2, 2
STRETCH_S, STRETCHES, RATE = 6, 4, 4
"""Short stretches, so that a short clip has several; what a stretch costs beside its minute is told apart."""
EMPTY, LARGE, LARGE_MB = 200, 20, 10
SITES, HOURS, DEADLINE_H = (1, 10, 100, 1000), 10.0, 14.0
IN_VIEW, DEATHS, REPLACED_S = 0.3, 1.0, 120.0
SEED = 31


@dataclass(frozen=True, slots=True)
class Moved:
    """What an engine costs beside the work: seconds until the first result, then milliseconds for each item."""

    name: str
    start_s: float
    empty_ms: float
    large_ms: float


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: seconds by the wall clock and of processors, what the writer took for a stretch, what it came to."""

    name: str
    wall_s: float
    cpu_s: float
    stretches: int
    writing_s: float
    killed: int
    same: bool


def filmed(pack: Image, path: Path) -> None:
    """A pack that is passed by slowly, over all borders of stretches, with a camera's noise."""
    chance = np.random.default_rng(SEED)
    stall = photograph(pack, pose=Pose(height_px=240, tilt_deg=8), seed=SEED).pixels
    with av.open(str(path), "w") as container:
        track = container.add_stream("libx264", rate=RATE, options={"crf": "20"})
        track.height, track.width, track.pix_fmt = stall.shape[0] // 2 * 2, stall.shape[1] // 2 * 2, "yuv420p"
        for n in range(STRETCHES * STRETCH_S * RATE):
            moved_on = np.roll(stall, n // 2, axis=1) + chance.normal(0, 2, (*stall.shape[:2], 1))
            pixels = np.clip(moved_on, 0, 255).astype(np.uint8)[: track.height, : track.width]
            container.mux(track.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(track.encode())


def moved(name: str, machine: Engine) -> Moved:
    large = f"bytes({LARGE_MB * 1_000_000})"
    with machine:
        start = seconds_of(lambda: list(machine.map(eval, ["1"] * WORKERS)))
        empty = seconds_of(lambda: list(machine.map(eval, ["1"] * EMPTY)))
        return Moved(name, start, 1000 * empty / EMPTY, 1000 * seconds_of(lambda: taken(machine, large)) / LARGE)


def taken(machine: Engine, item: str) -> int:
    return sum(len(one) if isinstance(one, bytes) else 0 for one in machine.map(eval, [item] * LARGE))


def seconds_of(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


@contextmanager
def counted() -> Iterator[list[float]]:
    """Processor seconds of this process and all below it, while it is open: the most that were seen at once."""
    seen, over = [tree_seconds(os.getpid())], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            seen.append(tree_seconds(os.getpid()))

    looking = threading.Thread(target=look)
    looking.start()
    yield seen
    over.set()
    looking.join()


class Writing:
    """The seconds that the one writer takes for what comes back of stretches."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stretches = 0

    def timed(self, method: Callable[..., object]) -> Callable[..., object]:
        def run(*words: object) -> object:
            begin = time.perf_counter()
            came = method(*words)
            came = list(came) if isinstance(came, Iterator) else came
            self.seconds += time.perf_counter() - begin
            self.stretches += hasattr(words[-1], "part")
            return came

        return run


def checked(name: str, study: Path, case: Path, *, engine: str, kills: int = 0) -> tuple[Checked, object]:
    """One check of the study, and all that it came to."""
    engines: list[object] = []
    killed: list[int] = []
    made, writing = wiring.engine_of, Writing()

    def noted(*words: object, **options: object) -> Engine:
        engines.append(machine := made(*words, **options))  # type: ignore[arg-type]
        return machine

    def kill(progress: wiring.Progress) -> None:
        if len(killed) < kills and progress.done > (1 + len(killed)) * progress.total / 4:
            busy = [one.process for one in engines[0]._hired if one.is_taken and one.process not in killed]  # type: ignore[attr-defined]
            for process in busy[:1]:
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    with (
        mock.patch.object(wiring, "engine_of", noted),
        mock.patch.object(stretch, "STRETCH_S", STRETCH_S),
        mock.patch.object(Course, "take", writing.timed(Course.take)),
        mock.patch.object(CaseStore, "save", writing.timed(CaseStore.save)),
        counted() as cpu,
    ):
        begin = time.perf_counter()
        wiring.check(
            study / "campaign.yaml",
            [study / "footage"],
            case,
            captured_at=datetime(2026, 7, 14, 9, 30, tzinfo=UTC),
            engine=engine,
            workers=WORKERS,
            progress=kill,
        )
        wall_s = time.perf_counter() - begin
    each_s = writing.seconds / max(1, writing.stretches)
    return Checked(name, wall_s, max(cpu) - cpu[0], writing.stretches, each_s, len(killed), True), came_to(case)


def came_to(case: Path) -> object:
    """Findings without the time at which they were made, sightings, and the names of the evidence, its hashes."""
    findings = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    evidence = sorted(file.name for file in (case / "evidence").rglob("*.png"))
    return {**findings, "made_at": ""}, (case / "sightings.csv").read_bytes(), evidence


def minute_costs(results: Path = RESULTS) -> tuple[float, float]:
    """Processor seconds for a minute of 720p footage, with packs in view throughout and with none, as kept by the
    benchmark of the frame loop."""
    (table,) = (
        table
        for table in json.loads((results / "frame_loop.json").read_text(encoding="utf-8"))["tables"]
        if "the whole way, s" in table["head"]
    )
    column = table["head"].index("the whole way, s")
    packs, none = (float(row[column]) * 60 / SECONDS for row in table["rows"])
    return packs, none


def moved_table(rows: Sequence[Moved]) -> Table:
    cells = tuple((one.name, f"{one.start_s:.1f}", f"{one.empty_ms:.1f}", f"{one.large_ms:.0f}") for one in rows)
    text = (
        f"What an engine of {WORKERS} workers costs beside the work: start, items of nothing, items of {LARGE_MB} MB."
    )
    return Table(text, ("engine", "first results, s", "an empty item, ms", "a large result, ms"), cells)


def checked_table(rows: Sequence[Checked]) -> Table:
    first = rows[0]
    cells = tuple(
        (
            one.name,
            str(one.killed),
            str(one.stretches),
            f"{one.wall_s:.0f}",
            f"{one.wall_s / first.wall_s:.2f}",
            f"{one.cpu_s:.0f}",
            f"{one.cpu_s / first.cpu_s:.2f}",
            "yes" if one.same else "NO",
        )
        for one in rows
    )
    head = ("run", "killed", "stretches", "wall, s", "ratio", "processor, s", "ratio", "same case, bit for bit")
    return Table("One check from start to report; ratios to the first row.", head, cells)


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
        f"{100 * IN_VIEW:.0f} % of the minutes, each worker killed {DEATHS:.0f} time a day."
    )
    head = ("sites", "cases", "core-hours", "cores", "done after, h", "cores busy", "writer busy", "again", "given up")
    return Table(text, head, tuple(cells))


def measure(folder: Path) -> Result:
    study = folder / "study"
    pack = random_pack(SEED)
    make_study(study, pack, [pack], photos=0)
    (study / "footage").mkdir()
    filmed(pack, study / "footage" / "stall.mp4")
    transport = [
        moved("local", LocalEngine(workers=WORKERS)),
        moved("ray", RayEngine(workers=WORKERS)),
    ]
    runs: list[Checked] = []
    first: object = None
    for name, engine, kills in (("local", "local", 0), ("ray", "ray", 0), ("ray, one killed twice", "ray", KILLS)):
        run, came = checked(name, study, folder / f"case-{len(runs)}", engine=engine, kills=kills)
        first = first or came
        print(run, file=sys.stderr)
        runs.append(Checked(**{**{f: getattr(run, f) for f in run.__slots__}, "same": came == first}))
    packs_s, none_s = minute_costs()
    writing_s = max(run.writing_s for run in runs)
    fleet = Fleet(1, DEATHS, REPLACED_S, RayEngine.tries, writing_s)
    needs = [need(Load(sites, HOURS, IN_VIEW, packs_s, none_s), fleet) for sites in SITES]
    return Result(
        name="engines",
        title="Engines",
        question="What does an engine cost beside the work, is the case the same, and what do many sites need?",
        tables=(moved_table(transport), checked_table(runs), country_table(needs)),
        notes=(
            f"One clip of {STRETCHES * STRETCH_S} s in stretches of {STRETCH_S} s (in use: 60 s), a pack over all. "
            "Workers were killed by SIGKILL while they were at a stretch. Each worker of Ray takes seconds to start, "
            "so a check of a minute tells the most of the overhead that there can be.",
            "The last table is a simulation (`benchmarks/spread.py`). It takes from measurements what a minute of "
            f"footage costs a core ({packs_s:.0f} s with packs in view throughout, {none_s:.0f} s with none, by the "
            f"frame loop) and what the writer takes for a stretch ({writing_s:.2f} s); how often workers are killed, "
            "and how much of the footage shows goods, is assumed. Where one writer would be busy for more than half "
            "of the time, the sites are divided among several cases.",
        ),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
