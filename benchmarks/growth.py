"""What does a frame cost, and how often is it right, as the catalogue grows from 10 to 10,000 references?

The same photographs at every size: of packs that are among the first ten, and of packs that are in no catalogue. What
is added are packs that none of them shows. ``python benchmarks/growth.py FOLDER`` keeps in a folder what is drawn and
prepared.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import faiss
import numpy as np

import plots
from distractors import PACK_PX, Pack, packs
from observations import random_photo
from pages import PICTURES, Result, Table, store
from peers import Spots, inliers, spots
from samegoods.edges.catalogue import Prepared
from samegoods.edges.catalogue.deferred import Deferred, Held
from samegoods.edges.catalogue.prepared import Listed
from samegoods.records import Image, Reference
from samegoods.render.random_pack import random_pack
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition.answers import MIN_SCORE, see
from samegoods.vision.recognition.catalogue import Catalogue, Described, described
from scorers import Share, share

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000)
SEEDS, OTHERS = range(1_000_000, 1_001_000), range(600_000, 601_000)
"""Of the others the index was tried out on some; they are asked for by no photograph."""
ASKED, PHOTOS, STRANGERS, STRANGER_SEED, PHOTO_SEED = 10, 20, 8, 5_000_000, 31_000
BRUTE = {30: 10}
"""How many photographs are searched by brute force at a size."""
BARS = {30: 5, 300: 50, 3_000: 300}
FLAT = (100, 10_000, 2.5)
"""A frame at the second size costs at most so many times that at the first."""


@dataclass(frozen=True, slots=True)
class Grown:
    """One size: what it took to get there from the one before, and what frames cost and come to there.

    ``frame_s`` and ``described_s`` are processor's seconds of each photograph, of packs that are known and of
    strangers, the second the part of describing; ``wall_s`` wall seconds.
    """

    size: int
    added: int
    joining_s: float
    opening_s: float
    disk: int
    memory: int
    frame_s: tuple[float, ...]
    described_s: tuple[float, ...]
    wall_s: tuple[float, ...]
    right: Share
    false: Share


class Drawn(Prepared):
    """Prepared references that were described before: see :mod:`distractors`."""

    def __init__(self, folder: Path, known: Path, there: dict[str, Pack]) -> None:
        super().__init__(folder)
        self._known, self._there = known, there

    def _described(self, key: str, reference: Reference) -> Described:
        return self._there[key].described(self._known)


def catalogue(folder: Path, size: int) -> Catalogue:
    """The catalogue of the first packs, from a folder as far as it is there."""
    some = list(packs(SEEDS, OTHERS, size))
    keys = [hashlib.sha256(pack.name.encode()).hexdigest() for pack in some]
    held = Held()
    references = [
        Deferred((f"{one.name}/export/front", one.name, "export", "front"), None, PACK_PX, loaded)
        for one in some
        for loaded in [partial(held.get, one.name, one.reference)]
    ]
    sizes = np.tile(np.array(PACK_PX, np.float32), (size, 1))
    listed = Listed(references, keys, sizes, np.full(size, PACK_PX[0] * PACK_PX[1]))
    return Drawn(folder / "prepared", folder / "described", dict(zip(keys, some, strict=True))).catalogue_of(listed)


def photographs() -> list[tuple[str | None, Image]]:
    """Photographs of the first packs and of strangers, with the product that each shows."""
    rng = np.random.default_rng(PHOTO_SEED)
    shown = [SEEDS[i % ASKED] for i in range(PHOTOS)] + [STRANGER_SEED + i for i in range(STRANGERS)]
    pictures = [
        random_photo(random_pack(seed, size=PACK_PX), seed=PHOTO_SEED + i, rng=rng)[0].pixels
        for i, seed in enumerate(shown)
    ]
    return [
        (Pack(seed, 0).name if i < PHOTOS else None, pixels)
        for i, (seed, pixels) in enumerate(zip(shown, pictures, strict=True))
    ]


def grown(folder: Path, size: int, before: int) -> Grown:
    """Grow to a size, then look at all photographs in a process of its own."""
    began = time.process_time()
    catalogue(folder, size)
    joining_s = time.process_time() - began
    command = [sys.executable, __file__, "look", str(folder), str(size)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    disk = sum(file.stat().st_size for file in (folder / "prepared").rglob("*") if file.is_file())
    right, false = (Share(*told.pop(name)) for name in ("right", "false"))
    return Grown(size, size - before, joining_s, disk=disk, right=right, false=false, **told)


def look(folder: Path, size: int) -> dict[str, object]:
    """What opening a catalogue takes and what photographs come to; the first of them is not counted."""
    began = time.monotonic()
    known = catalogue(folder, size)
    opening_s = time.monotonic() - began
    frame_s, described_s, wall_s, right, false = [], [], [], [], []
    shown = photographs()
    see(shown[0][1], describe_frame(shown[0][1]), known, firm=True)
    for product, pixels in shown:
        wall, begin = time.monotonic(), time.process_time()
        spotted = describe_frame(pixels)
        described_s.append(time.process_time() - begin)
        answers = see(pixels, spotted, known, firm=True)
        frame_s.append(time.process_time() - begin)
        wall_s.append(time.monotonic() - wall)
        best = answers[0] if answers and answers[0].score >= MIN_SCORE else None
        told = None if best is None else known.references[best.hypothesis.owner].product
        (right if product else false).append(told == product if product else told is not None)
    return {
        "opening_s": opening_s,
        "memory": own_bytes(),
        "frame_s": frame_s,
        "described_s": described_s,
        "wall_s": wall_s,
        "right": (sum(right), len(right)),
        "false": (sum(false), len(false)),
    }


def own_bytes() -> int:
    """Bytes that this process has written: what is mapped from files is shared with all that map it."""
    text = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    fields = dict(line.split(":") for line in text.splitlines()[1:])
    return 1024 * int(fields["Private_Dirty"].split()[0])


def by_brute_force(size: int, photos: int, folder: Path | None) -> tuple[float, Share]:
    """Seconds of processor of a frame, and how many of so many photographs are right: by the most inliers.

    Args:
        folder: where packs are kept described under tilts, as recognition has them; None: straight on alone.
    """
    some = list(packs(SEEDS, OTHERS, size))
    if folder is None:
        known = {pack.name: spots(pack.pixels()) for pack in some}
    else:
        features = {pack.name: pack.described(folder).features for pack in some}
        known = {name: Spots(one.points, one.descriptors) for name, one in features.items()}
    took, right = [], []
    for product, pixels in photographs()[:photos]:
        begin = time.process_time()
        if folder is None:
            seen = spots(pixels)
        else:
            spotted = describe_frame(pixels)
            seen = Spots(spotted.points, spotted.descriptors)
        counts = {name: inliers(seen, one) for name, one in known.items()}
        took.append(time.process_time() - begin)
        best = max(counts, key=lambda name: counts[name])
        right.append(best == product)
    return median(took), share(right)


def cells(one: Grown) -> tuple[str, ...]:
    total = (
        f"{1e3 * median(one.frame_s):.0f}",
        f"{1e3 * median(one.described_s):.0f}",
        f"{1e3 * median(one.wall_s):.0f}",
    )
    built = f"{1e3 * one.joining_s / one.added:.0f}"
    stored = f"{one.disk / one.size / 1e3:.0f}", f"{one.memory / 1e6:.0f}"
    return f"{one.size:,}", *total, str(one.right), str(one.false), built, f"{one.opening_s:.2f}", *stored


def against(one: Grown, what: str, brute_s: float, right: str) -> tuple[str, ...]:
    """A row of the table against brute force, and whether the ratio that was asked for is kept."""
    ratio, bar = brute_s / median(one.frame_s), BARS[one.size]
    verdict = f"{bar}: {'kept' if ratio >= bar else 'missed'}"
    return f"{one.size:,}", what, f"{brute_s:.1f}", f"{median(one.frame_s):.2f}", f"{ratio:.1f}", verdict, right


def missing(every: Sequence[Grown]) -> str:
    """Names the sizes that were not measured."""
    left = [f"{size:,}" for size in SIZES if size not in {one.size for one in every}]
    return f" Not measured: {', '.join(left)} references." if left else ""


def flatness(every: Sequence[Grown]) -> str:
    """What a frame costs at a large size against a small one, and whether that is kept."""
    small, large, most = FLAT
    took = {one.size: median(one.frame_s) for one in every}
    if not {small, large} <= set(took):
        return f"The sizes {small:,} and {large:,} were not both measured."
    ratio = took[large] / took[small]
    return f"A frame at {large:,} references costs {ratio:.2f} times that at {small:,} (at most {most:g}: " + (
        "kept)." if ratio <= most else "missed)."
    )


def result_of(every: Sequence[Grown], brute: Iterable[tuple[str, ...]], describing_s: float) -> Result:
    head = (
        *("references", "frame, ms", "of it describing", "wall, ms", "right", "false on strangers"),
        *("joining, ms a reference", "opening, s", "disk, kB a reference", "own memory, MB"),
    )
    peer = ("references", "they are", "brute force, s", "this, s", "times as fast", "at least", "brute force right")
    lines = {"a frame": [(one.size, 1e3 * median(one.frame_s)) for one in every]}
    lines["describing it"] = [(one.size, 1e3 * median(one.described_s)) for one in every]
    plots.growth_of_catalogue(lines, [(one.size, one.right.value or 0.0) for one in every], PICTURES / "growth.svg")
    text = "A frame is described and recognised; medians of processor's time, one thread."
    return Result(
        name="growth",
        title="Growth of the catalogue",
        question="What does a frame cost, and how often is it right, from 10 to 10,000 references?",
        tables=(
            Table(text, head, tuple(cells(one) for one in every)),
            Table("Against OpenCV's SIFT, BFMatcher for each reference, and RANSAC.", peer, tuple(brute)),
        ),
        pictures=(("growth.svg", "Milliseconds of a frame, and how many are right, against the catalogue's size"),),
        notes=(
            flatness(every) + missing(every),
            f"The same {PHOTOS} photographs of {ASKED} packs at every size, 60 to 420 px high, tilted to 60 degrees, "
            f"and {STRANGERS} of packs of no catalogue. Right: the surest answer names the pack; no answer is wrong.",
            f"Described afresh, a reference takes {describing_s:.2f} s of processor besides. "
            f"{len(SEEDS) + len(OTHERS):,} packs were drawn and described; the others are these as a mirror, or dark "
            "for light, shows them (their descriptors in another order), and halves of two such.",
            "Brute force was timed at 30 references, on the first "
            f"{BRUTE[30]} photographs; at 300 and 3,000 its search is taken ten and a hundred times: it is a sum over "
            "references.",
            "Own memory is what the process has written, the photographs among it; the index is mapped, and in memory "
            "once for all processes. The wall's milliseconds were taken beside other work on the same machine.",
        ),
        details=tuple(asdict(one) | {"right": str(one.right), "false": str(one.false)} for one in every),
    )


def measure(folder: Path, sizes: Sequence[int]) -> Result:
    every = [grown(folder, size, before) for before, size in zip((0, *sizes), sizes, strict=False)]
    took = {
        (n, described): by_brute_force(n, photos, folder / "described" if described else None)
        for n, photos in BRUTE.items()
        for described in (True, False)
    }
    begin = time.process_time()
    for number in range(5):
        described(Pack(STRANGER_SEED + 500 + number, 0).reference())
    return result_of(every, rows_against(every, took), (time.process_time() - begin) / 5)


def rows_against(
    every: Sequence[Grown], took: Mapping[tuple[int, bool], tuple[float, Share]]
) -> Iterator[tuple[str, ...]]:
    """Rows of the table against brute force; its time is that of describing and a sum over references."""
    (asked,) = BRUTE
    for one in every:
        for tilted in (True, False):
            if one.size not in BARS:
                continue
            what = "described under tilts, as here" if tilted else "described straight on"
            seconds, right = took[asked, tilted]
            describing = median(one.described_s)
            brute_s = describing + (seconds - describing) * one.size / asked
            yield against(one, what, brute_s, str(right) if one.size == asked else "not asked")


def main(words: list[str]) -> None:
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    if words[:1] == ["look"]:
        print(json.dumps(look(Path(words[1]), int(words[2]))))
        return
    if words:
        print(store(measure(Path(words[0]), SIZES)))
        return
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as folder:
        print(store(measure(Path(folder), SIZES)))


if __name__ == "__main__":
    main(sys.argv[1:])
