"""An hour of a live stream with ten drops, in time that runs fast: what is lost, what is named, and the memory."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import av

from drops import FastClock, Named, Stretch, dropping, score
from pages import Result, Table, store
from process_tree import tree_bytes
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack
from samegoods.wiring.keeping import Hearers
from samegoods.wiring.rota import Received
from samegoods.wiring.watching import Pace, watch
from studies import make_study

HOUR_S = 3600.0
SPEED = 6.0
DROPS = 10
LENGTH_S = 300.0
FILM_S, RATE = 60, 5
SEED = 13


@dataclass(slots=True)
class Heard:
    """What came of the stretches, and how much memory there was, by the seconds since the start."""

    stretches: list[Received] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)


def write_film(path: Path) -> bytes:
    """A pack that moves before a wall, as a transport stream."""
    pack = random_pack(SEED)
    with av.open(str(path), "w", format="mpegts") as container:
        track = container.add_stream("libx264", rate=RATE)
        track.width, track.height, track.pix_fmt = 640, 360, "yuv420p"
        track.options = {"g": str(RATE), "bf": "0", "crf": "26"}
        for number in range(FILM_S * RATE):
            place = (0.3 + 0.4 * abs(number / (FILM_S * RATE) - 0.5) * 2, 0.5)
            pose = Pose(height_px=200, tilt_deg=8, centre=place)
            shown = photograph(pack, pose=pose, seed=number % 20, size=(640, 360)).pixels
            container.mux(track.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(track.encode())
    return path.read_bytes()


def planned(start: float) -> list[Stretch]:
    """Ten drops of 20 to 90 seconds, one in each tenth of the hour."""
    chance = random.Random(SEED)
    tenth = HOUR_S / DROPS
    begins = [start + tenth * n + chance.uniform(0.15, 0.7) * tenth for n in range(DROPS)]
    return [Stretch(at, at + chance.uniform(20, 90)) for at in begins]


def gaps_of(stretches: Sequence[Received]) -> list[Stretch]:
    found = []
    for one in stretches:
        captured = one.examined.source.captured_at
        if captured is None:
            raise ValueError("a stretch of a stream is dated")
        at = captured.timestamp()
        found += [Stretch(at + gap.start_s, at + gap.end_s) for gap in one.health.gaps]
    return found


def remember(heard: Heard, now: FastClock, over: Event) -> None:
    while not over.wait(1.0):
        heard.memory.append((now() - now.start, tree_bytes(os.getpid())))


def memory_table(heard: Heard) -> Table:
    sixths = [max((size for at, size in heard.memory if n * 600 <= at < (n + 1) * 600), default=0) for n in range(6)]
    cells = tuple(f"{size / 2**20:.0f}" for size in sixths)
    head = tuple(f"to minute {10 * (n + 1)}" for n in range(6))
    return Table("Most memory of all processes together, MiB, by ten minutes of the stream.", head, (cells,))


def named_table(named: Named, frames: int, passed: int) -> Table:
    head = ("drops", "named", "seconds dropped", "in a gap", "named beside", "frames received", "passed over")
    seconds = (f"{one:.0f}" for one in (named.dropped_s, named.covered_s, named.beside_s))
    row = (str(named.drops), str(named.named), *seconds, str(frames), str(passed))
    return Table(
        "The drops that were planned, and the gaps that were named: a drop is, where nine tenths of it are.",
        head,
        (row,),
    )


def measure(folder: Path) -> Result:
    pack = random_pack(SEED)
    make_study(folder, pack, [pack], photos=0)
    film, heard, over = write_film(folder / "film.ts"), Heard(), Event()
    now = FastClock(time.time(), SPEED)
    drops = planned(now.start + 30 * SPEED)
    Thread(target=remember, args=(heard, now, over), daemon=True).start()
    with dropping(film, FILM_S, drops, now) as address:
        watch(
            folder / "campaign.yaml",
            [address],
            folder / "case",
            pace=Pace(LENGTH_S, for_s=HOUR_S + 30 * SPEED),
            hearers=Hearers(received=heard.stretches.append),
            now=now,
        )
    over.set()
    gaps = gaps_of(heard.stretches)
    named = score(drops, gaps)
    frames = sum(one.health.frames for one in heard.stretches)
    passed = sum(one.health.passed_over for one in heard.stretches)
    return Result(
        name="live",
        title="A live stream that drops and returns",
        question="Of an hour of a stream with ten drops, is anything lost but the gaps, are these named, and does "
        "memory stay flat?",
        tables=(named_table(named, frames, passed), memory_table(heard)),
        notes=(
            f"A transport stream over HTTP on loopback, {RATE} pictures a second of 640 x 360 px, cut into stretches "
            f"of {LENGTH_S:.0f} s; time runs {SPEED:.0f} times as fast, so all that is done seems {SPEED:.0f} times "
            "as slow. What is named beside the drops is mostly time in which a stretch waited for a worker that still "
            "compared the packs of an earlier one; these gaps say that they began late.",
        ),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(store(measure(Path(place))))
