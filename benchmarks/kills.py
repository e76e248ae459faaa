"""Is a case whole again after a kill? Real checks, killed at random moments, proven, completed and proven again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pages import Result, Table, store
from samegoods import wiring
from samegoods.render.random_pack import random_pack
from studies import make_study

RUNS = 50
PHOTOS = 8
SEED = 13


@dataclass(frozen=True, slots=True)
class Killed:
    """One run: after how long it was killed, as a share of an undisturbed run; what the case was then and is now.

    ``after`` is ``none`` where there was no case yet. ``same``: the completed run came to the undisturbed findings.
    """

    share: float
    after: str
    entries: int
    completed: str
    same: bool


def started(folder: Path, case: Path) -> subprocess.Popen[bytes]:
    words = [
        "check",
        folder / "campaign.yaml",
        folder / "photos",
        "-o",
        case,
        "--captured-at",
        "2026-07-14T09:30",
        "-q",
    ]
    command = [sys.executable, "-m", "samegoods", *map(str, words), "--workers", "2"]
    settings = {"XDG_CONFIG_HOME": str(folder / "settings")}
    return subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def findings(case: Path) -> dict[str, object]:
    """The findings without the time at which they were made."""
    found: dict[str, object] = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    return {name: value for name, value in found.items() if name != "made_at"}


def completed(folder: Path, case: Path) -> float:
    """Run a check to its end; the seconds that it took."""
    begin = time.perf_counter()
    if started(folder, case).wait():
        raise SystemExit(f"the check of {folder} failed: see above")
    return time.perf_counter() - begin


def killed(folder: Path, case: Path, after_s: float, *, share: float, whole: dict[str, object]) -> Killed:
    process = started(folder, case)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    there = (case / "case.db").exists() or (case / "custody.jsonl").exists()
    proof = wiring.verify(case) if there else None
    completed(folder, case)
    state = "none" if proof is None else proof.state
    entries = 0 if proof is None else proof.entries
    return Killed(share, state, entries, wiring.verify(case).state, findings(case) == whole)


def kills_table(rows: Sequence[Killed]) -> Table:
    """How many of the runs were in which state after the kill, and after they were completed."""
    head = (
        "killed within",
        "runs",
        "no case yet",
        "unfinished",
        "holds",
        "wrong",
        "completed: holds",
        "same findings",
    )
    bands = [
        ("the first third", 0.0, 1 / 3),
        ("the second", 1 / 3, 2 / 3),
        ("the last", 2 / 3, 9.0),
        ("all", 0.0, 9.0),
    ]
    cells = []
    for name, low, high in bands:
        some = [one for one in rows if low <= one.share < high]
        states = Counter(one.after for one in some)
        after = [str(states[state]) for state in ("none", "unfinished", "holds", "wrong")]
        whole = sum(one.completed == "holds" for one in some), sum(one.same for one in some)
        cells.append((name, str(len(some)), *after, *map(str, whole)))
    text = "What verify says of the case as the kill left it, and after the same command was run again to its end."
    return Table(text, head, tuple(cells))


def measure(folder: Path) -> Result:
    pack = random_pack(SEED)
    make_study(folder, pack, [pack], photos=PHOTOS)
    completed(folder, folder / "first")  # fills caches, and makes the key
    seconds = completed(folder, folder / "whole")
    whole = findings(folder / "whole")
    chance = random.Random(SEED)
    rows = []
    for number in range(RUNS):
        share = chance.uniform(0, 1)
        case = folder / f"case-{number}"
        rows.append(killed(folder, case, share * seconds, share=share, whole=whole))
        shutil.rmtree(case)
    return Result(
        name="kills",
        title="Killed runs",
        question="Is a case whole again after its run was killed, and is what the kill left taken for whole?",
        tables=(kills_table(rows),),
        notes=(
            f"{RUNS} checks of {PHOTOS} photos, killed with their workers after a random share of the {seconds:.1f} s "
            "that an undisturbed one takes. A run that was killed early left no case yet; a case that holds was done "
            "before the kill.",
        ),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
