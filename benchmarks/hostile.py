"""Footage and campaigns from strangers, through the real command: what do they cost, and whom?"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from PIL import Image as Pictures

from mutations import mutated, mutated_campaign
from observations import DATA
from pages import Result, Table, store
from process_tree import tree_bytes
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack

MEDIA, CAMPAIGNS = 200, 500
PACKETS = 12
"""Of a real clip: enough to be mutated, and few enough to be looked at two hundred times."""
HANGS_S = 1800
SAMPLE_S = 0.1
PACKS = (11, 12)
CAMPAIGN = """\
samegoods: 1
campaign: strangers
order:
  title: Goods sold at home must not differ from those exported
  in_force: 2026-07-01
  requires: [packaging, quality]
  categories: [confectionery]
sites:
  - {id: corner, name: The corner shop, timezone: Asia/Seoul, notice: on the door}
retention_days: 90
products:
"""
PRODUCT = """\
  - id: pack{seed}
    name: Pack {seed}
    category: confectionery
    versions:
      export:
        gtin: ["8410000000009"]
        price: {{amount: 3.20, currency: EUR}}
        references:
          - {{image: references/pack{seed}.png, face: front, width_mm: 120}}
      domestic:
        references: []
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How one command ended. ``peak`` is the memory of all its processes together at its highest, in bytes."""

    code: int | None
    output: str
    seconds: float
    peak: int

    @property
    def crashed(self) -> bool:
        return "Traceback" in self.output or self.code not in (0, 2, 4, None)

    @property
    def hung(self) -> bool:
        return self.code is None


def run(*words: str | Path, limit_s: float = HANGS_S) -> Run:
    """One ``samegoods`` command in a process of its own."""
    begin, peak = time.monotonic(), 0
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        with subprocess.Popen(
            [sys.executable, "-m", "samegoods", *map(str, words)], stdout=said, stderr=said, stdin=subprocess.DEVNULL
        ) as process:
            while process.poll() is None and time.monotonic() - begin < limit_s:
                peak = max(peak, tree_bytes(process.pid))
                time.sleep(SAMPLE_S)
            code = process.poll()
            process.kill()
        said.seek(0)
        return Run(code, said.read(), time.monotonic() - begin, peak)


def make_campaign(folder: Path) -> Path:
    (folder / "references").mkdir(parents=True)
    for seed in PACKS:
        Pictures.fromarray(random_pack(seed)).save(folder / "references" / f"pack{seed}.png")
    file = folder / "campaign.yaml"
    text = CAMPAIGN + "".join(PRODUCT.format(seed=seed) for seed in PACKS)
    file.write_text(text.replace("8410000000009", "8410000000016", 1), encoding="utf-8")
    return file


def drawn_photo(seed: int) -> Any:
    return photograph(random_pack(PACKS[seed % len(PACKS)]), pose=Pose(260, tilt_deg=5 + seed), seed=seed).pixels


def make_good(folder: Path) -> list[Path]:
    """Good sources: three photos of packs, and a clip."""
    folder.mkdir()
    paths = [folder / f"good{seed}.jpg" for seed in range(3)]
    for seed, path in enumerate(paths):
        Pictures.fromarray(drawn_photo(seed)).save(path, quality=92)
    return [*paths, clip(folder / "good.mp4", [drawn_photo(1)] * 8)]


def clip(path: Path, pictures: Sequence[Any], codec: str = "libx264") -> Path:
    with av.open(str(path), "w") as container:
        track = container.add_stream(codec, rate=10)
        track.height, track.width = pictures[0].shape[:2]
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for picture in pictures:
            container.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(track.encode())
    return path


def generated(folder: Path) -> Iterator[Path]:
    """Whole files that were never filmed, of many kinds."""
    small = [drawn_photo(seed)[::2, ::2].copy() for seed in range(4)]
    for suffix in ("jpg", "png", "webp", "tif", "bmp"):
        Pictures.fromarray(small[0]).save(folder / f"drawn.{suffix}")
        yield folder / f"drawn.{suffix}"
    first, *rest = map(Pictures.fromarray, small)
    first.save(folder / "drawn.gif", save_all=True, append_images=rest)
    yield folder / "drawn.gif"
    for suffix, codec in (("mp4", "libx264"), ("mkv", "mjpeg"), ("avi", "mpeg4"), ("ts", "mpeg2video")):
        yield clip(folder / f"drawn.{suffix}", small, codec)


def real(folder: Path) -> Iterator[Path]:
    """Small real photos, and the beginnings of real clips; none where the data are not there."""
    for path in sorted(DATA.glob("grocery_packages/**/*.jpg"))[:200:20]:
        yield path
    for path in sorted(DATA.glob("videos/**/*.mp4")):
        begun = folder / path.name
        with av.open(str(path)) as source, av.open(str(begun), "w") as target:
            track = source.streams.video[0]
            copy = target.add_stream_from_template(track)
            for number, packet in enumerate(source.demux(track)):
                if number >= PACKETS or packet.dts is None:
                    break
                packet.stream = copy
                target.mux(packet)
        yield begun


def make_mutated(folder: Path, whole: Sequence[Path], count: int) -> None:
    folder.mkdir()
    for seed in range(count):
        path = whole[seed % len(whole)]
        worse, _ = mutated(path.read_bytes(), seed)
        (folder / f"{seed:03}-{path.stem}{path.suffix}").write_bytes(worse)


def outcomes(case: Path) -> dict[str, tuple[str, str]]:
    """For every source of a case by its file's name: how it ended, and all that was found in it, as text."""
    document = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    found: dict[str, list[object]] = {source["id"]: [] for source in document["sources"]}
    for part in ("sightings", "items"):
        for one in document[part]:
            found[one["source"]].append(one)
    return {
        Path(source["path"]).name: (source["status"], json.dumps(found[source["id"]], sort_keys=True))
        for source in document["sources"]
    }


def named_once(output: str, names: Sequence[str]) -> int:
    """Of these files, how many have one line that tells how they failed, and no more."""
    lines = [line for line in output.splitlines() if line.startswith(("failed: ", "partial: "))]
    return sum(sum(f"/{name}: " in line for line in lines) == 1 for name in names)


def media_table(folder: Path, campaign: Path) -> tuple[Table, str]:
    good = make_good(folder / "good")
    whole = folder / "whole"
    whole.mkdir()
    from_data, made = list(real(whole)), list(generated(whole))
    sources = [path for pair in zip(from_data * 10, made * 10, strict=False) for path in pair] or made
    make_mutated(folder / "mutated", sources[: max(len(from_data) * 2, len(made))], MEDIA)
    place = ("--site", "corner", "--captured-at", "2026-07-14T09:30", "--workers", "2")
    clean = run("check", campaign, *good, "-o", folder / "clean", *place)
    mixed = run("check", campaign, *good, folder / "mutated", "-o", folder / "mixed", *place)
    before, after = outcomes(folder / "clean"), outcomes(folder / "mixed")
    kept = sum(before[path.name] == after.get(path.name) for path in good)
    bad = [name for name, (status, _) in after.items() if status != "ok" and name not in before]
    rows = [
        ("mutated files", str(MEDIA)),
        ("of them of real footage", str(MEDIA // 2 if from_data else 0)),
        ("not read, or in part: named once with the reason", f"{named_once(mixed.output, bad)} of {len(bad)}"),
        ("tracebacks, wrong exit codes", str(int(mixed.crashed))),
        ("hangs: runs that do not end, files that were stuck", str(mixed.hung + mixed.output.count("it was stuck"))),
        ("workers that crashed or ran out of memory", str(mixed.output.count("the worker process ended"))),
        ("good files with the very same findings", f"{kept} of {len(good)}"),
        ("exit code", f"{mixed.code}"),
        (
            "peak memory of all processes, clean run and with the mutated files",
            f"{clean.peak / 1e6:.0f} MB, {mixed.peak / 1e6:.0f} MB ({mixed.peak / clean.peak:.2f} times)",
        ),
    ]
    note = f"The clean run took {clean.seconds:.0f} s, that with the mutated files {mixed.seconds:.0f} s."
    caption = "Media, together with four good files in one `samegoods check` with two workers."
    return Table(caption, ("what", "found"), tuple(rows)), note


def campaign_table(folder: Path, campaign: Path) -> tuple[Table, str]:
    text = campaign.read_text(encoding="utf-8")
    photo = folder / "good" / "good0.jpg"
    worse = campaign.with_name("worse.yaml")
    runs = []
    for seed in range(CAMPAIGNS):
        worse.write_bytes(mutated_campaign(text, seed))
        runs.append(run("check", worse, photo, "--site", "corner", "--dry-run", limit_s=60))
    plain = run("check", campaign, photo, "--site", "corner", "--dry-run")
    highest = max(one.peak for one in runs)
    rows = (
        ("mutated campaign files", str(len(runs))),
        ("refused, with file, line and key", str(sum(f"{worse}:" in one.output for one in runs if one.code == 2))),
        ("refused in another way", str(sum(f"{worse}:" not in one.output for one in runs if one.code == 2))),
        ("still a campaign", str(sum(one.code == 0 for one in runs))),
        ("tracebacks, wrong exit codes", str(sum(one.crashed for one in runs))),
        ("hangs (a minute)", str(sum(one.hung for one in runs))),
        ("longest", f"{max(one.seconds for one in runs):.1f} s, the whole one {plain.seconds:.1f} s"),
        ("peak memory, against the whole one", f"{highest / plain.peak:.2f} times"),
    )
    caption = "Campaign files, each in a `samegoods check --dry-run` of one good photo."
    return Table(caption, ("what", "found"), rows), "A dry run reads a campaign as any run, and looks at no picture."


def measure(folder: Path) -> Result:
    campaign = make_campaign(folder / "study")
    media, times = media_table(folder, campaign)
    campaigns, dry = campaign_table(folder, campaign)
    return Result(
        name="hostile",
        title="Footage and campaigns from strangers",
        question="Files made worse by bit flips, cuts, splices, forged sizes and counts, blanks and swellings: "
        "what do they cost, and whom?",
        tables=(media, campaigns),
        notes=(times, dry),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
