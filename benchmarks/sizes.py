"""How small may a difference be, and how small the pack, that it is still called different?

Drawn packs of given heights under the light, lens, noise and compression of phones (``pairs.conditions``). For each
pack a ladder of differences, everything else the same, is climbed by bisection to the first rung that is called
different: a patch of 1 % of the face that is tinted more and more; and a patch of one tint that grows. What cannot be
told is not called different, and counts as not detected. The crops are cut by the true corners, off by half a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from multiprocessing import get_context

import numpy as np

from comparison import alone
from pages import PICTURES, Result, Table, store
from pairs import conditions, crop_of, reference_of, taken_under
from plots import smallest_by_height
from samegoods.edges.engines.local import usable_cores
from samegoods.records import Crop, Image, Reference
from samegoods.render.edits import plant
from samegoods.render.random_pack import random_pack
from samegoods.vision.colour import ciede2000, lab
from scorers import Share, climbed, middle, share
from views import compared

SEED = 90_000
HEIGHTS_PX = (60, 90, 120, 180, 240, 320, 480)
PACKS = {1: 20, 10: 8}
"""Packs by the number of views; ten views cost ten times one."""
PATCH = 0.01
TINTS = (0.12, 0.2, 0.33, 0.5, 0.8, 1.25, 2.0, 3.5)
"""Shares of a plain tint, mixed in."""
SIZES = (0.001, 0.002, 0.0035, 0.006, 0.01, 0.02, 0.04, 0.1)
SIZED = (12.0, 20.0)
"""CIEDE2000 of the patch that grows."""
STRENGTHS = (0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2)
LETTERS_PX = (2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 13.0, 30.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One pack of one height: the first rung of a ladder that was called different.

    ``what`` is ``tint`` (``amount`` in CIEDE2000), ``size`` (share of the face) or ``word`` (height of the letters of
    the one word that was changed, px). Where nothing was called different, ``told`` is False and ``amount`` the
    largest that was tried. ``untouched`` is the call with nothing planted.
    """

    what: str
    height_px: int
    views: int
    pack: int
    amount: float
    told: bool
    untouched: str


def crops(shown: Image, reference: Reference, *, height_px: int, views: int, seed: int) -> list[Crop]:
    rng = np.random.default_rng([seed, 31])
    made = []
    for number in range(views):
        size = 2 * height_px, round(1.6 * height_px)
        photo = taken_under(conditions(height_px, rng), shown, seed + number, size=size)
        quad = (photo.quad + rng.normal(0, 0.5, (4, 2))).astype(np.float32)
        made.append(crop_of(photo, reference, number, quad=quad))
    return made


def mixed(face: Image, full: Image, strength: float) -> Image:
    """A share of a change, or more than all of it."""
    return np.asarray(np.clip(np.round(face + strength * (full.astype(np.float32) - face)), 0, 255), np.uint8)


def off(face: Image, shown: Image) -> float:
    """The mean CIEDE2000 of what was changed; 0 for nothing."""
    changed = (face != shown).any(axis=2)
    if not changed.any():
        return 0.0
    return float(ciede2000(lab(face[changed][None]), lab(shown[changed][None])).mean())


def tints(face: Image, seed: int) -> Iterator[tuple[float, Image]]:
    """(CIEDE2000, face) with 1 % of it tinted ever more."""
    full, _ = plant(face, "tint", seed=seed, size=PATCH)
    for strength in TINTS:
        shown = mixed(face, full, strength)
        yield off(face, shown), shown


def sizes(face: Image, seed: int) -> Iterator[tuple[float, Image]]:
    """(share of the face, face) with a tinted patch that grows, where it is off by a CIEDE2000 of 12 to 20."""
    for size in SIZES:
        full, _ = plant(face, "tint", seed=seed, size=size)
        shown = min((mixed(face, full, s) for s in STRENGTHS), key=lambda one: abs(off(face, one) - sum(SIZED) / 2))
        if SIZED[0] <= off(face, shown) <= SIZED[1]:
            yield float((shown != face).any(axis=2).mean()), shown


def word(face: Image, seed: int, height_px: int) -> tuple[float, Image] | None:
    """(height of its letters in the photo, px, face) with a word changed; None where this face has none."""
    try:
        shown, edit = plant(face, "word changed", seed=seed)
    except ValueError:
        return None
    ys = [y for _, y in edit.region]
    return (max(ys) - min(ys) + 1) * height_px / face.shape[0], shown


Task = tuple[int, int, int]


def tasks() -> Iterator[Task]:
    for views, packs in PACKS.items():
        for height_px in HEIGHTS_PX:
            for pack in range(packs):
                yield height_px, views, pack


def rows_of(task: Task) -> list[Row]:
    height_px, views, pack = task
    face, seed = random_pack(SEED + pack), SEED + 1000 * views + 20 * pack
    reference = reference_of(face)

    def call(shown: Image) -> str:
        made = crops(shown, reference, height_px=height_px, views=views, seed=seed)
        return compared(made, reference).packaging.call

    untouched = call(face)

    def row(what: str, amount: float, told: bool) -> Row:
        return Row(what, height_px, views, pack, round(amount, 5), told, untouched)

    found = [row("tint", *first(list(tints(face, SEED + pack)), call))]
    if views == 1:
        grown = list(sizes(face, SEED + pack))
        if grown:  # no tint of this face's colours is of that strength
            found.append(row("size", *first(grown, call)))
        changed = word(face, SEED + pack, height_px)
        if changed is not None:
            found.append(row("word", changed[0], call(changed[1]) == "different"))
    return found


def first(ladder: Sequence[tuple[float, Image]], call: Callable[[Image], str]) -> tuple[float, bool]:
    """The first difference of a ladder that is called different, and True; else the last and False."""
    rung = climbed(len(ladder), lambda k: call(ladder[k][1]) == "different")
    return (ladder[rung][0], True) if rung < len(ladder) else (ladder[-1][0], False)


def rows() -> list[Row]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for part in pool.map(rows_of, tasks()) for row in part]


def half(found: Sequence[Row], what: str, height_px: int, views: int) -> float:
    """What is called different on half of the packs of a height; infinite where on fewer."""
    part = [row for row in found if (row.what, row.height_px, row.views) == (what, height_px, views)]
    return middle([row.amount if row.told else float("inf") for row in part])


def untold(found: Sequence[Row], height_px: int, views: int) -> Share:
    part = [row for row in found if (row.what, row.height_px, row.views) == ("tint", height_px, views)]
    return share(row.untouched == "cannot_tell" for row in part)


def in_words(value: float, form: str) -> str:
    return form.format(value) if np.isfinite(value) else "none"


def by_height(found: Sequence[Row]) -> Table:
    head = (
        "height, px",
        "tint of 1 %, one view: CIEDE2000",
        f"the same, {max(PACKS)} views",
        "patch off by 12 to 20, one view: share of the face",
        "untouched, one view: cannot tell",
        f"the same, {max(PACKS)} views",
    )
    body = [
        (
            str(height),
            in_words(half(found, "tint", height, 1), "{:.1f}"),
            in_words(half(found, "tint", height, max(PACKS)), "{:.1f}"),
            in_words(half(found, "size", height, 1), "{:.1%}"),
            *(str(untold(found, height, views)) for views in PACKS),
        )
        for height in HEIGHTS_PX
    ]
    most = max(row.amount for row in found if row.what == "tint")
    text = (
        f"The smallest difference called different on half of the packs ({PACKS[1]} of each height, "
        f"{PACKS[max(PACKS)]} for {max(PACKS)} views). None: on fewer than half at "
        f"any strength and size tried, up to a CIEDE2000 of some "
        f"{most:.0f} and {max(SIZES):.0%} of the face. Beside it, how many could not be told with nothing planted."
    )
    return Table(text, head, tuple(body))


def by_letters(found: Sequence[Row]) -> Table:
    words = [row for row in found if row.what == "word"]
    body = []
    for low, high in pairwise(LETTERS_PX):
        told = share(row.told for row in words if low <= row.amount < high)
        if told.of:
            body.append((f"{low:.0f} to {high:.0f}", str(told)))
    return Table(
        "A changed word, by the height of its letters in the picture; one view.",
        ("letters, px", "called different"),
        tuple(body),
    )


def plot(found: Sequence[Row]) -> None:
    lines = {f"{n} view" + ("s" if n > 1 else ""): [(h, half(found, "tint", h, n)) for h in HEIGHTS_PX] for n in PACKS}
    shares = {"1 view": [(h, 100 * half(found, "size", h, 1)) for h in HEIGHTS_PX]}
    panels = {
        "1 % of the face: smallest CIEDE2000": lines,
        f"CIEDE2000 of {SIZED[0]:.0f} to {SIZED[1]:.0f}: smallest share of the face, %": shares,
    }
    smallest_by_height(panels, PICTURES / "sizes.svg")


def result(found: Sequence[Row]) -> Result:
    plot(found)
    false = share(row.untouched == "different" for row in found if row.what == "tint")
    return Result(
        name="sizes",
        title="The smallest difference by the size of the pack",
        question="How small may a difference be, and how small the pack, that it is still called different?",
        tables=(by_height(found), by_letters(found)),
        notes=(
            "A difference is only called where it is sure; what is in doubt is `cannot_tell`, and is not found here. "
            f"The smallest patch tried takes {min(SIZES):.1%} of the face. With nothing planted, different was called "
            f"of {false}.",
        ),
        pictures=(
            ("sizes.svg", "The smallest difference called different on half of the packs, against their height"),
        ),
        details=tuple(asdict(row) for row in found),
    )


if __name__ == "__main__":
    print(store(result(rows())))
