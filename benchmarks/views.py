"""More views of one pack: how small a difference can still be told from 1, 10 and 30 of them?

Drawn packs far off (160 px tall, soft and noisy), each with a patch tinted more and more; every view from another side
and in its own light. The crops are cut by the true corners, off by half a pixel: recognition is measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import lru_cache
from multiprocessing import get_context

import numpy as np

from comparison import alone
from pages import PICTURES, Result, Table, store
from pairs import conditions, crop_of, reference_of
from plots import detection
from samegoods.edges.engines.local import usable_cores
from samegoods.records import Comparison, Crop, Image, Item, Reference
from samegoods.render.edits import plant
from samegoods.render.photo import photograph
from samegoods.render.random_pack import random_pack
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse
from samegoods.vision.colour import ciede2000, lab
from scorers import Share, share

SEED, PACKS, HEIGHT_PX = 80_000, 16, 160.0
VIEWS = (1, 10, 30)
STRENGTHS = (0.0, 0.1, 0.15, 0.22, 0.33, 0.5, 0.8)
PATCH = 0.03
"""Share of the face that is tinted."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """One pack, tinted by ``delta_e`` (0: untouched), seen in so many views, and how its packaging was called."""

    pack: int
    strength: float
    delta_e: float
    views: int
    call: str


def crops(shown: Image, reference: Reference, seed: int) -> list[Crop]:
    rng = np.random.default_rng([seed, 21])
    made = []
    for number in range(max(VIEWS)):
        c = conditions(HEIGHT_PX, rng)
        photo = photograph(
            shown,
            pose=c.pose,
            seed=seed + number,
            light=c.light,
            blur_px=1.2,
            noise=4.0,
            jpeg_quality=80,
            size=(640, 360),
        )
        quad = (photo.quad + rng.normal(0, 0.5, (4, 2))).astype(np.float32)
        made.append(crop_of(photo, reference, number, quad=quad))
    return made


def compared(made: Sequence[Crop], reference: Reference) -> Comparison:
    known = {reference.id: reference}
    item = Item("i", "src", reference.product, tuple(c.sighting for c in made), tuple(made))
    return compare(fuse(item, known), known)


def tasks() -> Iterator[tuple[int, float]]:
    for pack in range(PACKS):
        for strength in STRENGTHS:
            yield pack, strength


def tinted(face: Image, seed: int, strength: float) -> tuple[Image, float]:
    """A face with a patch tinted by a share of a plain tint, and the mean CIEDE2000 of that patch."""
    full, _ = plant(face, "tint", seed=seed, size=PATCH)
    patch = (full != face).any(axis=2)
    mixed = np.asarray(np.round(face + strength * (full.astype(np.float32) - face)), np.uint8)
    delta = ciede2000(lab(face[patch][None]), lab(mixed[patch][None]))
    return mixed, round(float(delta.mean()), 2)


def rows_of(task: tuple[int, float]) -> list[Row]:
    pack, strength = task
    face = random_pack(SEED + pack)
    shown, delta_e = tinted(face, SEED + pack, strength)
    reference = reference_of(face)
    made = crops(shown, reference, SEED + 100 * pack)
    return [Row(pack, strength, delta_e, n, compared(made[:n], reference).packaging.call) for n in VIEWS]


def rows() -> list[Row]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for part in pool.map(rows_of, tasks()) for row in part]


@lru_cache(maxsize=8)
def curve(found: tuple[Row, ...], views: int) -> tuple[tuple[float, Share], ...]:
    """(mean CIEDE2000, share called different) for each strength."""
    points = []
    for strength in STRENGTHS:
        part = [row for row in found if row.views == views and row.strength == strength]
        points.append((sum(r.delta_e for r in part) / len(part), share(r.call == "different" for r in part)))
    return tuple(points)


def smallest(points: Sequence[tuple[float, Share]]) -> float | None:
    """The CIEDE2000 from which half are called different, between the strengths measured; None where none is."""
    rates = np.maximum.accumulate([s.value or 0.0 for _, s in points])
    if rates[-1] < HALF:
        return None
    return float(np.interp(HALF, rates, [delta for delta, _ in points]))


def measure() -> Result:
    found = tuple(rows())
    curves = {views: curve(found, views) for views in VIEWS}
    detection({f"{n} view" + ("s" if n > 1 else ""): c for n, c in curves.items()}, PICTURES / "views.svg")
    body = [(f"{curves[1][k][0]:.1f}", *(str(curves[n][k][1]) for n in VIEWS)) for k in range(len(STRENGTHS))]
    limits = [smallest(curves[n]) for n in VIEWS]
    body.append(("half are told from", *("none" if s is None else f"CIEDE2000 of {s:.1f}" for s in limits)))
    untold = [str(share(r.call == "cannot_tell" for r in found if r.views == n and not r.strength)) for n in VIEWS]
    body.append(("untouched, cannot tell", *untold))
    head = ("tint, CIEDE2000", *(f"{n} view" + ("s" if n > 1 else "") for n in VIEWS))
    text = f"Called different, of {PACKS} packs each; {PATCH:.0%} of the face tinted, packs of {HEIGHT_PX:.0f} px."
    return Result(
        name="views",
        title="More views of one item",
        question="How small a difference can be told from 1, 10 and 30 views?",
        tables=(Table(text, head, tuple(body)),),
        pictures=(("views.svg", "Share called different against the tint, by the number of views"),),
        details=tuple(asdict(row) for row in found),
    )


if __name__ == "__main__":
    print(store(measure()))
