"""What does an engine cost beside the work, and is a check on Ray the same as here?

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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import av
import numpy as np

from pages import Result, Table, store
from process_tree import tree_seconds
from samegoods import wiring
from samegoods.edges.case import CaseStore
from samegoods.edges.engines import Engine, LocalEngine, RayEngine
from samegoods.edges.media import stretch
from samegoods.records import Image
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.wiring import checking
from samegoods.wiring.stretching import Course
from studies import make_study

WORKERS, KILLS = 2, 2
STRETCH_S, STRETCHES, RATE = 6, 4, 4
"""Short stretches, so that a short clip has several; what a stretch costs beside its minute is told apart."""
EMPTY, LARGE, LARGE_MB = 200, 20, 10
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
    made, writing = checking.engine_of, Writing()

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
        mock.patch.object(checking, "engine_of", noted),
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
    return Result(
        name="engines",
        title="Engines",
        question="What does an engine cost beside the work, and is the case the same on each?",
        tables=(moved_table(transport), checked_table(runs)),
        notes=(
            f"One clip of {STRETCHES * STRETCH_S} s in stretches of {STRETCH_S} s (in use: half a minute), a pack "
            "over all. "
            "Workers were killed by SIGKILL while they were at a stretch. Each worker of Ray takes seconds to start, "
            "so a check of a minute tells the most of the overhead that there can be. Processor time that ended with "
            "a killed worker is not in it.",
        ),
        details=tuple(asdict(run) for run in runs),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
