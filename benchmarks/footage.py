"""Does memory stay flat, and time linear, as footage grows? Is a case of a million sightings as quick as a small one?

First the whole way: ``samegoods check`` over 1, 10 and 100 times the same short clip, each copy a source of its own,
and over one file of 1, 10 and 100 times its length. Then what a case is used for, with 100, 10,000 and 1,000,000
sightings: counting and publishing it, its report, its page for review, its proof.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import httpx

from grown import grow, opened
from pages import PICTURES, Result, Table, store
from plots import growth_of_footage
from process_tree import children_seconds, take_what_is_left, tree_bytes
from samegoods import campaign as campaigns
from speed import campaign_of_30, environment_of, filmed

TIMES = {"clips": (1, 2, 10, 100), "one file": (1, 10, 100, 1000)}
BUSY = {"clips": 2, "one file": 100}
"""From so many times on there is work for both workers: a file has to have two stretches for it."""
CLIP_S, SHOWN = 0.6, "one pack, standing"
SEEDED_S, SEEDED = 8.0, "many packs"
SIGHTINGS = (100, 10_000, 1_000_000)
PAGES = {"first page": "/", "a list of packs": "/packs", "its next page": "/packs?page=2", "a pack": "/packs/1"}
_EVERY_S = 0.1
WITHIN = 0.10
"""The peak of memory may be so much above that of the smallest."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a run took: wall and processor's seconds, and the most memory of it and all that it started, bytes."""

    wall_s: float
    cpu_s: float
    peak: float


@dataclass(frozen=True, slots=True)
class Step:
    """One size of one thing: its name, how large it is, and what it took."""

    name: str
    size: int
    used: Used


def run(words: Sequence[str], environment: dict[str, str]) -> Used:
    """Run a command and see what it takes.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before, begin, most, done = children_seconds(), time.monotonic(), 0.0, threading.Event()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def watch() -> None:
        nonlocal most
        while not done.wait(_EVERY_S):
            most = max(most, tree_bytes(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    said = process.stderr.read() if process.stderr is not None else b""
    process.wait()
    wall_s = time.monotonic() - begin
    done.set()
    watcher.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, stderr=said)
    return Used(wall_s, children_seconds() - before, most)


def samegoods(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "samegoods", *map(str, words)]


def copies(clip: Path, folder: Path, number: int) -> Path:
    """So many copies of a clip, each a little longer at its end, so that each is a source of its own."""
    folder.mkdir()
    for k in range(number):
        free = b"\x00\x00\x00\x0cfree" + k.to_bytes(4, "big")  # a box that every reader passes over
        (folder / f"{k:03}.mp4").write_bytes(clip.read_bytes() + free)
    return folder


def lengthened(clip: Path, path: Path, number: int) -> Path:
    """One file of a clip, so many times over; nothing is encoded anew."""
    with av.open(str(path), "w") as out:
        with av.open(str(clip)) as first:
            stream = out.add_stream_from_template(first.streams.video[0])
            length = first.streams.video[0].duration or 0
        for k in range(number):
            with av.open(str(clip)) as there:
                for packet in there.demux(video=0):
                    if packet.dts is not None:
                        packet.pts, packet.dts = (packet.pts or 0) + k * length, packet.dts + k * length
                        packet.stream = stream
                        out.mux(packet)
    return path


def checked(folder: Path, campaign: Path, environment: dict[str, str]) -> list[Step]:
    """The whole way over more and more footage."""
    clip, _ = filmed(folder, CLIP_S, "720p", SHOWN)
    where = ("--site", "station", "--captured-at", "2026-07-06T12:00", "-q", "--workers", "2")
    steps = []
    for name, times in TIMES.items():
        for number in times:
            made = folder / f"{name.replace(' ', '-')}-{number}"
            footage = copies(clip, made, number) if name == "clips" else lengthened(clip, Path(f"{made}.mp4"), number)
            case = folder / f"case-{made.name}"
            steps.append(
                Step(name, number, run(samegoods("check", campaign, footage, "-o", case, *where), environment))
            )
            print(steps[-1], flush=True)
            shutil.rmtree(case)
    return steps


@contextmanager
def served(case: Path, environment: dict[str, str]) -> Iterator[tuple[str, int, float]]:
    """The link of a server, its process, and the seconds until it was there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = time.perf_counter()
    words = samegoods("serve", case, "--port", str(port), "-q")
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        link = process.stdout.readline().strip() if process.stdout else ""
        yield link, process.pid, time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(600)


def looked_at(case: Path, size: int, environment: dict[str, str]) -> list[Step]:
    """The page for review: until it is there, and its pages, each asked for once before it is timed."""
    steps = []
    for name in ("page, first start", "page, next start"):
        with served(case, environment) as (link, pid, ready_s):
            steps.append(Step(name, size, Used(ready_s, cpu_of(pid), peak_of(pid))))
            with httpx.Client(base_url=link.split("/enter")[0], timeout=600, follow_redirects=True) as client:
                client.get(link)
                if name == "page, next start":
                    for shows, path in PAGES.items():
                        client.get(path).raise_for_status()
                        begin = time.perf_counter()
                        client.get(path).raise_for_status()
                        steps.append(Step(shows, size, Used(time.perf_counter() - begin, 0.0, peak_of(pid))))
        print(steps[-1], flush=True)
    return steps


def peak_of(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return 1024.0 * int(found.group(1)) if found else 0.0


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def used(case: Path, size: int, environment: dict[str, str]) -> list[Step]:
    """What a case of a size is used for."""
    steps = []

    def step(name: str, words: Sequence[str]) -> None:
        steps.append(Step(name, size, run(words, environment)))
        print(steps[-1], flush=True)

    here = [sys.executable, str(Path(__file__))]
    shutil.rmtree(Path(environment["XDG_CACHE_HOME"]) / "samegoods" / "cases", ignore_errors=True)
    step("opened first", [*here, "open", str(case)])
    step("opened", [*here, "open", str(case)])
    step("counted and published", [*here, "publish", str(case)])
    steps += looked_at(case, size, environment)
    step("reported", samegoods("report", case))
    step("verified", samegoods("verify", case))
    return steps


def publish(case: Path) -> None:
    """The end of a check: all is settled, counted, published, reported, audited."""
    from samegoods.wiring.custody import sealing
    from samegoods.wiring.publishing import republish

    with opened(case, None) as there:
        republish(there, sealing())


def ratio(steps: Sequence[Step], one: Step, figure: str) -> float:
    """A figure against that of the smallest of its name."""
    least = min((step for step in steps if step.name == one.name), key=lambda step: step.size)
    return float(getattr(one.used, figure) / getattr(least.used, figure)) if getattr(least.used, figure) else 0.0


def per_more(steps: Sequence[Step], name: str) -> float:
    """How much processor's time the last of the sizes took for each, against the one before it: 1 is linear."""
    some = sorted((step for step in steps if step.name == name), key=lambda step: step.size)
    first, before, last = some[0], some[-2], some[-1]
    fixed = first.used.cpu_s
    return ((last.used.cpu_s - fixed) / (last.size - first.size)) / (
        (before.used.cpu_s - fixed) / (before.size - first.size)
    )


def table_of(steps: Sequence[Step], text: str, what: str) -> Table:
    head = ("", what, "s", "of processor, s", "peak, MB", "peak against the smallest", "time against the smallest")
    rows = tuple(
        (
            one.name,
            f"{one.size:,}",
            f"{one.used.wall_s:.2f}",
            f"{one.used.cpu_s:.1f}" if one.used.cpu_s else "",
            f"{one.used.peak / 1e6:.0f}",
            f"{ratio(steps, one, 'peak'):.2f}",
            f"{ratio(steps, one, 'wall_s'):.1f}",
        )
        for one in sorted(steps, key=lambda step: [other.name for other in steps].index(step.name))
    )
    return Table(text, head, rows)


def result_of(ways: Sequence[Step], uses: Sequence[Step], packs: dict[int, int], findings_mb: float) -> Result:
    tables, notes = [], []
    if ways:
        text = f"samegoods check, start to report, with 2 workers, over so many times {CLIP_S:g} s of 720p."
        tables.append(table_of(ways, text, "times"))
        busy = [one for one in ways if one.size >= BUSY[one.name]]
        flat = max(ratio(busy, one, "peak") for one in busy)
        names = dict.fromkeys(one.name for one in ways)
        linear = ", ".join(f"{name} {per_more(ways, name):.2f}" for name in names)
        notes.append(
            "Peak memory of all processes together, pages that they share counted for each. One clip keeps one worker "
            f"busy, two keep both, as does one file of stretches, {BUSY['one file']} times as long: from "
            f"there on it grows by a factor of {flat:.2f} at the most; the bar is "
            f"{1 + WITHIN:.2f}. Processor's time for each further clip, up to the last size against the one before (1 "
            f"is linear): {linear}."
        )
    tables.append(table_of(uses, "What a case is used for, by its sightings.", "sightings"))
    sizes = ", ".join(f"{packs[size]:,} packs of {size:,} sightings" for size in sorted(packs))
    notes.append(
        f"The cases are made of one clip's rows, repeated under ids of their own, at three sites on 28 days: {sizes}; "
        f"of the largest findings.json has {findings_mb:,.0f} MB. Two pictures of each pack are named, and are the "
        "same in all copies: so the time of the search for people is that of a case of few pictures."
    )
    notes.append(
        "The first start of the page makes its index, which is kept until others are published; a first opening "
        "reads the whole log, later ones what is kept of it while nobody has touched the files."
    )
    picture = (("footage.svg", "peak memory and processor's time against size, both against the smallest"),)
    return Result(
        name="footage",
        title="Growth of the footage",
        question="Does memory stay flat, and time linear, as footage grows? Is a large case as quick as a small one?",
        tables=tuple(tables),
        notes=tuple(notes),
        pictures=picture,
    )


def drawn(steps: Sequence[Step]) -> None:
    lines = {
        figure: {
            name: [(one.size, ratio(steps, one, field)) for one in steps if one.name == name]
            for name in dict.fromkeys(one.name for one in steps)
        }
        for figure, field in (("peak memory", "peak"), ("processor's time", "cpu_s"))
    }
    growth_of_footage(lines, PICTURES / "footage.svg")


def study_in(folder: Path) -> tuple[Path, dict[str, str], Path]:
    """The campaign, the environment that all runs have, and a small case of one clip."""
    file, environment = folder / "campaign.yaml", environment_of(folder)
    environment["XDG_CONFIG_HOME"] = os.environ["XDG_CONFIG_HOME"] = str(folder / "settings")
    os.environ["XDG_CACHE_HOME"] = environment["XDG_CACHE_HOME"]
    small = folder / "small"
    if not small.exists():
        file = campaign_of_30(folder)
        clip, _ = filmed(folder, SEEDED_S, "720p", SEEDED)
        words = ("--site", "station", "--captured-at", "2026-07-06T12:00", "-q")
        run(samegoods("check", file, clip, "-o", small, *words), environment)
    return file, environment, small


def measured_ways(folder: Path) -> list[Step]:
    campaign, environment, _ = study_in(folder)
    return checked(folder, campaign, environment)


def measured_uses(folder: Path) -> tuple[list[Step], dict[int, int], float]:
    """The uses of each case, its packs, and how large the findings of the last are, MB."""
    campaign, environment, small = study_in(folder)
    study, uses, packs, size_mb = campaigns.load(campaign), [], {}, 0.0
    for size in SIGHTINGS:
        case = folder / f"case-{size}"
        if not case.exists():
            grow(small, case, study, size)
        packs[size] = packs_in(case)
        uses += used(case, size, environment)
        size_mb = (case / "findings.json").stat().st_size / 1e6
    return uses, packs, size_mb


def packs_in(case: Path) -> int:
    with closing(sqlite3.connect(case / "case.db")) as db:
        return int(db.execute("SELECT count(*) FROM items").fetchone()[0])


def measure(folder: Path) -> Result:
    ways, (uses, packs, size_mb) = measured_ways(folder), measured_uses(folder)
    drawn(ways)
    return result_of(ways, uses, packs, size_mb)


def main(words: list[str]) -> None:
    if words[:1] == ["publish"]:
        publish(Path(words[1]))
    elif words[:1] == ["open"]:
        opened(Path(words[1]), None).close()
    else:
        take_what_is_left()
        with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as folder:
            print(store(measure(Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1:])
