"""Two pictures of a pack: is a planted difference found, and is an untouched pack left alone?

Drawn packs, each photographed untouched and with one difference planted, in the same pose, light and blur, and
compared with its reference by the way that ``samegoods compare`` goes. The seeds are used nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from pages import Result, Table, store
from peers import absolute_difference
from samegoods.pipeline import compare_pictures
from samegoods.records import Comparison, Image, Reference
from samegoods.render.edits import EDITS, plant
from samegoods.render.photo import Light, Pose, photograph
from samegoods.render.random_pack import random_pack
from scorers import auc, calls

SEED = 60_000
EDIT_NAMES = tuple(EDITS)
HEIGHTS_PX = (100.0, 160.0, 240.0, 340.0, 480.0)
UNTOUCHED = "nothing"
PRINT = frozenset({"cheap print"})
"""Edits that show on the axis of quality; the others show on that of packaging."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One photo against its reference: what was planted, how it was called, and how sure of a difference each
    method is. ``subtle`` edits are smaller or fainter than is asked of any judge."""

    edit: str
    subtle: bool
    height_px: float
    blur_px: float
    packaging: str
    quality: str
    surest: float
    absolute: float

    @property
    def call(self) -> str:
        """The call on the axis on which the edit shows; for an untouched pack the packaging."""
        return self.quality if self.edit in PRINT else self.packaging


def surest(comparison: Comparison) -> float:
    """The confidence of the surest difference told on either axis, 0 where none is."""
    told = (*comparison.packaging.differences, *comparison.quality.differences)
    return max((one.confidence for one in told), default=0.0)


def random_pose(height_px: float, rng: np.random.Generator) -> tuple[Pose, Light]:
    pose = Pose(
        height_px=height_px,
        tilt_deg=float(rng.uniform(0, 40)),
        tilt_towards_deg=float(rng.uniform(0, 360)),
        turn_deg=float(rng.uniform(-20, 20)),
    )
    light = Light(
        gain=float(rng.uniform(0.6, 1.1)),
        cast=(float(rng.uniform(0.85, 1.15)), 1.0, float(rng.uniform(0.85, 1.15))),
        gradient=float(rng.uniform(0, 0.4)),
    )
    return pose, light


def judged(face: Image, reference: Reference, edit: str, subtle: bool, height_px: float, seed: int) -> Pair:
    """Photograph a face under the conditions of a seed, and compare it."""
    rng = np.random.default_rng([seed, 6])
    pose, light = random_pose(height_px, rng)
    noise, quality = float(rng.uniform(1, 4)), int(rng.integers(75, 95))
    blur_px = round(float(rng.uniform(0.4, 1.3)), 2)
    photo = photograph(face, pose=pose, seed=seed, light=light, blur_px=blur_px, noise=noise, jpeg_quality=quality)
    comparison = compare_pictures(reference, photo.pixels).comparison
    plain = absolute_difference(photo.pixels, photo.quad, reference)
    calls_told = comparison.packaging.call, comparison.quality.call
    return Pair(edit, subtle, height_px, blur_px, *calls_told, round(surest(comparison), 3), round(plain, 2))


def pairs() -> list[Pair]:
    """Every edit at every height, each on a pack of its own; every second of these packs untouched besides."""
    made: list[Pair] = []
    for number, (name, height) in enumerate((n, h) for n in EDIT_NAMES for h in HEIGHTS_PX):
        seed = SEED + number
        picture = random_pack(seed)
        changed, edit = plant(picture, name, seed=seed)
        whole = np.ones(picture.shape[:2], np.bool_)
        reference = Reference("goods/export/front", "goods", "export", "front", picture, whole)
        made.append(judged(changed, reference, name, edit.subtle, height, seed))
        if number % 2 == 0:  # the number of heights is odd: all of them come round
            made.append(judged(picture, reference, UNTOUCHED, False, height, seed))
    return made


def call_table(rows: Sequence[Pair], caption: str, groups: Sequence[tuple[str, Pair]]) -> Table:
    table = calls((group, pair.call) for group, pair in groups)
    cells = tuple(
        (group, str(sum(count.values())), *(str(count[c]) for c in ("different", "cannot_tell", "same")))
        for group, count in table.items()
    )
    return Table(caption, ("", "photos", "different", "cannot tell", "same"), cells)


def tables(rows: Sequence[Pair]) -> tuple[Table, ...]:
    touched = [row for row in rows if row.edit != UNTOUCHED and not row.subtle]
    plain = [row for row in rows if row.edit == UNTOUCHED]
    subtle = [row for row in rows if row.subtle]
    edits = [(row.edit, row) for row in touched]
    edits += [("too small or faint to be asked for", row) for row in subtle] + [("nothing planted", r) for r in plain]
    by_height = [
        (f"{what}, {height:.0f} px", row)
        for what, part in (("planted", touched), ("nothing", plain))
        for height in HEIGHTS_PX
        for row in part
        if row.height_px == height
    ]
    text = "Calls by what was planted (cheap print: the call on quality; all others: on packaging)."
    return call_table(rows, text, edits), call_table(rows, "The same by the pack's height in the photo.", by_height)


def ranking(rows: Sequence[Pair]) -> Table:
    touched = [row for row in rows if row.edit != UNTOUCHED and not row.subtle]
    plain = [row for row in rows if row.edit == UNTOUCHED]
    ours = auc([r.surest for r in touched], [r.surest for r in plain])
    peer = auc([r.absolute for r in touched], [r.absolute for r in plain])
    cells = (("surest difference told", f"{ours:.3f}"), ("registered absolute difference", f"{peer:.3f}"))
    text = "Planted against untouched: area under the ROC curve (0.5 is chance)."
    return Table(text, ("ranked by", "area"), cells)


def measure() -> Result:
    rows = pairs()
    return Result(
        name="comparison",
        title="Comparing two pictures",
        question="From one photo: is a planted difference found, and is an untouched pack left alone?",
        tables=(*tables(rows), ranking(rows)),
        notes=(
            "The absolute difference is given the true corners and levelled light; ours finds the pack by itself. "
            "One photo is the hardest case: in footage the views of an item are fused.",
        ),
        details=tuple(asdict(row) for row in rows),
    )


if __name__ == "__main__":
    print(store(measure()))
