"""How long does a whole run take against decoding its clip alone?

Clips of a minute at 720p and 1080p, filmed by hand: standing before a stall with one pack of the campaign or with
none, and on walks along it at 0.2 m/s, which bring a new pack every two seconds, many, or none; a campaign of 30
products in two versions. Every clip is checked by ``samegoods check`` as a process of its own, from its start to its
report, and decoded whole by PyAV in another, by turns in one run. ``python benchmarks/speed.py SECONDS TURNS FOLDER``
keeps in a folder what is filmed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import av
import yaml
from PIL import Image as Pictures

from pages import Result, Table, store
from process_tree import children_seconds, take_what_is_left
from samegoods.render.camera import Lens, Walk
from samegoods.render.design import draw
from samegoods.render.edits import plant
from samegoods.render.film import Take, film
from samegoods.render.papers import write_campaign
from samegoods.render.programme import PLACES, Clip
from samegoods.render.random_pack import random_design
from samegoods.render.stalls import build_scene

PRODUCTS, SEED, DRAWN_SEED = 30, 31, 900_000
SECONDS, WALKING_M_S, TURNS = 60.0, 0.2, 3
PACKS_A_METRE = 6
LENSES = {"720p": Lens(), "1080p": Lens(1920, 1080, 2025.0)}
SHOWN = {
    "none of its packs, standing": (0.0, ("x",), ("x",)),
    "none of its packs, walking": (WALKING_M_S, ("x",), ("x",)),
    "one pack, standing": (0.0, ("x",), ("x", "x", "karavel:d", "x", "x", "x", "x", "x")),
    "a new pack every two seconds": (WALKING_M_S, ("x",), ("karavel:d", "x", "selune:d", "x")),
    "many packs": (
        WALKING_M_S,
        ("veltro:d", "passaro:d", "x", "cantaro:e", "olmo:d"),
        ("karavel:d", "x", "selune:d", "karavel:e", "merlune:d", "aurivit:d", "x"),
    ),
}
"""How fast one walks, m/s, and what stands on the shelf and on the table, over and over; ``x`` is a stranger. A view
shows about three of a row."""
LIMITS = {
    "none of its packs, standing": 2.5,
    "none of its packs, walking": 2.5,
    "one pack, standing": 8.0,
    "a new pack every two seconds": 8.0,
}
"""Times of decoding that a run may take."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One clip: its picture size, what it shows, its frames, and what each turn took, wall and processor's seconds."""

    size: str
    shows: str
    frames: int
    decoding_s: tuple[float, ...]
    run_s: tuple[float, ...]
    run_cpu_s: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median over turns of a run's time against that of decoding beside it."""
        return median(run / alone for run, alone in zip(self.run_s, self.decoding_s, strict=True))


def campaign_of_30(folder: Path) -> Path:
    """The demo's campaign, with drawn products in two versions up to 30."""
    file = write_campaign(folder)
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    for seed in range(DRAWN_SEED, DRAWN_SEED + PRODUCTS - len(document["products"])):
        picture = draw(random_design(seed))
        changed, _ = plant(picture, "badge", seed=seed)
        versions = {}
        for version, pixels in (("export", picture), ("domestic", changed)):
            image = f"references/drawn-{seed}-{version}.png"
            Pictures.fromarray(pixels).save(folder / image, compress_level=4)
            versions[version] = {"references": [{"image": image, "face": "front"}]}
        category = document["products"][0]["category"]
        document["products"].append(
            {"id": f"drawn-{seed}", "name": f"Drawn {seed}", "category": category, "versions": versions}
        )
    file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file


def filmed(folder: Path, seconds: float, size: str, shows: str) -> tuple[Path, int]:
    """A clip of a stall, filmed where it is not there yet, and how many frames it has."""
    pace_m_s, *rows = SHOWN[shows]
    length_m = seconds * pace_m_s
    packs = round((length_m + 1) * PACKS_A_METRE)
    shelf, table = (" ".join(islice(cycle(row), packs)) for row in rows)
    walk = Walk(0.4, 0.4 + length_m, seconds)
    name = f"{size}-{shows.replace(',', '').replace(' ', '-')}.mp4"
    clip = Clip(name, "station", "2026-07-04T17:05:00+03:00", (shelf, table), walk, lens=LENSES[size])
    scene, _ = build_scene(clip, PLACES[clip.place], seed=SEED, named=clip.path)
    take = Take(scene, walk, lens=LENSES[size])
    if not (folder / name).exists():
        film(take, folder / f"{name}.part.mp4")
        (folder / f"{name}.part.mp4").rename(folder / name)
    return folder / name, take.frames


def timed(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Wall and processor's seconds of a process and all that it starts; of the wall, until it ends.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before = children_seconds()
    begin = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall_s = time.monotonic() - begin
    return wall_s, children_seconds() - before


def decode(path: Path) -> int:
    """Decode every frame of a clip as PyAV does by itself; returns how many."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def run(campaign: Path, clip: Path, case: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    command = ["-m", "samegoods", "check", str(campaign), str(clip), "--site", "station", "-o", str(case)]
    return timed([sys.executable, *command], environment)


def by_turns(
    campaign: Path, clip: Path, environment: Mapping[str, str], *, size: str, shows: str, frames: int, turns: int
) -> Timed:
    """Run and decode a clip by turns."""
    alone, whole, used = [], [], []
    for turn in range(turns):
        alone.append(timed([sys.executable, __file__, "decode", str(clip)], environment)[0])
        wall_s, cpu_s = run(campaign, clip, campaign.parent / f"{clip.stem}-{turn}", environment)
        whole.append(wall_s)
        used.append(cpu_s)
    return Timed(size, shows, frames, tuple(alone), tuple(whole), tuple(used))


def environment_of(folder: Path) -> dict[str, str]:
    """As a user has it after the first run: code compiled, and what is kept of references in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled"), "XDG_CACHE_HOME": str(folder / "cache")}


def rows_of(clips: Sequence[Timed]) -> Iterator[tuple[str, ...]]:
    for one in clips:
        limit = LIMITS.get(one.shows)
        yield (
            one.size,
            one.shows,
            str(one.frames),
            f"{median(one.decoding_s):.1f}",
            f"{median(one.run_s):.1f}",
            f"{median(one.run_cpu_s):.1f}",
            f"{one.ratio:.1f}",
            "-" if limit is None else f"{limit:g}: {'kept' if one.ratio <= limit else 'missed'}",
        )


def result_of(clips: Sequence[Timed], first_s: tuple[float, float]) -> Result:
    head = ("pictures", "in view", "frames", "decoding, s", "run, s", "of processor, s", "times decoding", "limit")
    text = "From the start of the process to its report; medians, the ratio's of the ratios of single turns."
    return Result(
        name="speed",
        title="Speed",
        question="How long does a whole run take against decoding its clip alone?",
        tables=(Table(text, head, tuple(rows_of(clips))),),
        notes=(
            f"Rendered clips, 25 frames a second, {PRODUCTS} products in two versions; {len(clips[0].run_s)} turns "
            "each, decoding and run one after the other. Decoding is by PyAV in a process of its own, whose start is "
            "in its time.",
            "A first run of all, with no reference prepared and no code compiled, on the first clip: "
            f"{first_s[0]:.1f} s, {first_s[1]:.1f} s of processor.",
        ),
    )


def measure(folder: Path, seconds: float, turns: int) -> Result:
    scenes = [(size, shows) for shows in SHOWN for size in LENSES]
    with ProcessPoolExecutor() as pool:
        shot = list(pool.map(partial(filmed, folder, seconds), *zip(*scenes, strict=True)))
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        file, environment = campaign_of_30(Path(place)), environment_of(Path(place))
        first_s = run(file, shot[0][0], Path(place) / "first", environment)
        clips = [
            by_turns(file, clip, environment, size=size, shows=shows, frames=frames, turns=turns)
            for (size, shows), (clip, frames) in zip(scenes, shot, strict=True)
        ]
    return result_of(clips, first_s)


def main(words: list[str]) -> None:
    if words[:1] == ["decode"]:
        print(decode(Path(words[1])))
        return
    take_what_is_left()
    seconds, turns = (float(words[0]), int(words[1])) if words else (SECONDS, TURNS)
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as folder:
        kept = Path(words[2]) if len(words) > 2 else Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        print(store(measure(kept, seconds, turns)))


if __name__ == "__main__":
    main(sys.argv[1:])
