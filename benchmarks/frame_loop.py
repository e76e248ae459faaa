"""What does a frame cost, step by step, what does the whole way cost against decoding alone, and does memory grow?

Two rendered clips in 720p, one along a stall with the campaign's packs, one along a stall without.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import av

from clocks import Clock
from negatives import media_of
from nets import second_net
from pages import Result, Table, store
from samegoods.campaign import Campaign, load
from samegoods.edges.catalogue import load_catalogue
from samegoods.edges.media import load_picture
from samegoods.pipeline import examine
from samegoods.render.camera import Walk
from samegoods.render.film import Take, film
from samegoods.render.papers import write_campaign
from samegoods.render.programme import PLACES, Clip
from samegoods.render.stalls import build_scene
from samegoods.stages import recognise as recognising
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse
from samegoods.stages.keep import keep
from samegoods.stages.sample import sample
from samegoods.stages.track import track
from samegoods.vision.recognition import answers as answering
from samegoods.vision.recognition import follow as following
from samegoods.vision.recognition import watch as watching
from samegoods.vision.recognition.catalogue import Catalogue

SECONDS, SEED, LONGER = 6.0, 31, 10
PACKS = ("veltro:d passaro:d cantaro:e olmo:d x veltro:e", "karavel:d karavel:e selune:d x merlune:d aurivit:d")
NOTHING = ("x x x x x", "x x x x x x")
WITHIN = (
    ("what is new", watching.Watch, "step"),
    ("describe", recognising, "describe_frame"),
    ("describe", recognising, "describe_parts"),
    ("match", answering, "match"),
    ("pose", answering, "hypothesise"),
    ("verify", recognising, "see"),
    ("follow", following, "aligned"),
    ("follow", following, "likeness"),
    ("follow", following, "predicted"),
)
"""Steps within the recognise stage, and where the functions are that it calls for them."""
STEPS = (
    "decode and luma",
    "sample",
    "colour conversion",
    *dict.fromkeys(step for step, _, _ in WITHIN),
    "keep",
    "track",
    "fuse",
    "compare",
)


@dataclass(frozen=True, slots=True)
class Timed:
    """One clip looked through: frames, looks, items, seconds by step, and the seconds of decoding alone."""

    frames: int
    looked: int
    items: int
    seconds: dict[str, float]
    whole_s: float
    decoding_s: float


def stall(folder: Path, name: str, rows: tuple[str, str]) -> Path:
    clip = Clip(f"{name}.mp4", "station", "2026-07-04T17:05:00+03:00", rows, Walk(0.35, 1.6, SECONDS))
    scene, _ = build_scene(clip, PLACES[clip.place], seed=SEED, named=clip.path)
    film(Take(scene, clip.walk), folder / clip.path)
    return folder / clip.path


@contextmanager
def clocked(clock: Clock) -> Iterator[None]:
    """Time the functions within the recognise stage while it is open."""
    with ExitStack() as stack:
        for step, place, name in WITHIN:
            timed = clock.timed(step, getattr(place, name))
            stack.enter_context(mock.patch.object(place, name, timed))
        yield


def stepwise(path: Path, catalogue: Catalogue, campaign: Campaign) -> Timed:
    """The pipeline's stages, each with its own clock; then the whole and decoding alone without clocks."""
    (media,) = media_of(path, campaign)
    clock, references, items = Clock(), catalogue.by_id, 0
    chosen = sample(clock.through("decode and luma", media.frames()))
    with clocked(clock):
        looks = recognising.recognise(clock.through("sample", chosen), catalogue)
        kept = keep(clock.through("colour conversion", looks), references, second_net())
        for item in clock.through("track", track(clock.through("keep", kept), references)):
            items += 1
            with clock.step("fuse"):
                views = fuse(item, references)
            with clock.step("compare"):
                compare(views, references)
    whole_s = seconds_of(lambda: examine(media_of(path, campaign)[0], catalogue, campaign, search=second_net()))
    decoding_s = seconds_of(lambda: [None for _ in media_of(path, campaign)[0].frames()])
    return Timed(chosen.count.frames, chosen.count.looked, items, dict(clock.seconds), whole_s, decoding_s)


def seconds_of(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def repeated(path: Path, times: int) -> Path:
    """The same packets over and over, their time stamps moved on: a longer clip without encoding anew."""
    longer = path.with_stem(f"{path.stem}-{times}")
    with av.open(str(longer), "w") as out:
        stream = None
        for turn in range(times):
            with av.open(str(path)) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                span = video.duration or 0
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + turn * span, packet.dts + turn * span
                    packet.stream = stream
                    out.mux(packet)
    return longer


def peak_mib(path: Path, campaign: Path) -> dict[str, float]:
    """The largest memory of a process that examines a clip, its items and the bytes of the crops that they hold."""
    command = [sys.executable, __file__, "examine", str(path), str(campaign)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def examine_alone(path: Path, campaign_file: Path) -> dict[str, float]:
    campaign = load(campaign_file)
    catalogue = load_catalogue(campaign, load_picture)
    (media,) = media_of(path, campaign)
    seen = examine(media, catalogue, campaign, search=second_net())
    held = sum(crop.pixels.nbytes + crop.known.nbytes for _, crops in seen.items for crop in crops)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "peak_mib": peak,
        "items": len(seen.items),
        "held_mib": held / 2**20,
        "seconds": seen.outcome.duration_s or 0,
    }


def step_table(clips: dict[str, Timed]) -> Table:
    rows = [(step, *(f"{1000 * t.seconds.get(step, 0.0) / t.looked:.1f}" for t in clips.values())) for step in STEPS]
    rows.append(("all", *(f"{1000 * sum(t.seconds.values()) / t.looked:.1f}" for t in clips.values())))
    text = (
        "Milliseconds of processor time for each 720p frame that sampling chooses, by step; what a step spends on "
        "the frames that are passed over is in it."
    )
    return Table(text, ("step", *clips), tuple(rows))


def whole_table(clips: dict[str, Timed]) -> Table:
    head = ("clip", "frames", "looked at", "items", "decoding alone, s", "the whole way, s", "ratio")
    rows = tuple(
        (
            name,
            *(str(n) for n in (t.frames, t.looked, t.items)),
            *(f"{s:.2f}" for s in (t.decoding_s, t.whole_s, t.whole_s / t.decoding_s)),
        )
        for name, t in clips.items()
    )
    return Table("One process, one run; seconds of processor time.", head, rows)


def memory_table(peaks: dict[str, dict[str, float]]) -> Table:
    rows = tuple(
        (name, f"{p['seconds']:.0f}", f"{p['items']:.0f}", f"{p['held_mib']:.1f}", f"{p['peak_mib']:.0f}")
        for name, p in peaks.items()
    )
    text = (
        "Peak memory of a process of its own, on the clip with packs and on the same one repeated. What is kept of "
        "items found (their crops) is the result: it grows with the items, which a repeated clip repeats."
    )
    return Table(text, ("clip", "length, s", "items", "crops of items, MiB", "peak, MiB"), rows)


def measure(folder: Path) -> Result:
    file = write_campaign(folder)
    campaign = load(file)
    paths = {"packs in view": stall(folder, "packs", PACKS), "none of its packs": stall(folder, "nothing", NOTHING)}
    catalogue = load_catalogue(campaign, load_picture)
    clips = {name: stepwise(path, catalogue, campaign) for name, path in paths.items()}
    once = paths["packs in view"]
    peaks = {"once": peak_mib(once, file), f"{LONGER} times over": peak_mib(repeated(once, LONGER), file)}
    return Result(
        name="frame_loop",
        title="The frame loop",
        question="What does a frame cost, what does the whole way cost against decoding, and does memory grow?",
        tables=(step_table(clips), whole_table(clips), memory_table(peaks)),
        notes=(f"Two rendered clips of {SECONDS:.0f} s; {len(catalogue.references)} references.",),
    )


def main(words: list[str]) -> None:
    if words[:1] == ["examine"]:
        print(json.dumps(examine_alone(Path(words[1]), Path(words[2]))))
        return
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as folder:
        print(store(measure(Path(folder))))


if __name__ == "__main__":
    main(sys.argv[1:])
