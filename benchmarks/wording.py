"""Text as text: words, numbers and lines changed on drawn packs, told in words or not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from multiprocessing import get_context

import numpy as np

from comparison import alone
from nets import second_net
from pages import Result, Table, store
from pairs import Pair, conditions, rendered
from samegoods.edges.engines.local import usable_cores
from samegoods.edges.readers import ready
from samegoods.pipeline import compare_pictures
from samegoods.records import Comparison
from samegoods.render import edits
from samegoods.render.design import Design, draw
from samegoods.render.marks import text_lines
from samegoods.render.random_pack import random_design
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers
from samegoods.vision.reading.words import folded
from scorers import share

SEEDS = {"report": 61_000, "tune": 71_000}
COUNT = 30
HEIGHTS_PX = (180.0, 260.0, 360.0, 480.0)
READ_PX = 11.0
"""Lines of this height in the photo and more are asked for; smaller ones are shown beside them."""
CHANGES = ("weight", "number", "word", "missing", "added", "untouched")
_WORDS = {"sugar": "syrup", "milk": "soy", "cool": "warm", "board": "paper", "family": "house", "morning": "evening"}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one photo: ``words`` that the change was told in its words, ``quality`` the call on quality,
    ``declared`` that a declared difference was told, ``others`` differences in text told of something else."""

    change: str
    height_px: float
    line_px: float
    packaging: str
    words: bool
    declared: bool
    others: int
    contents: str
    read: int
    lines: int
    detail: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A design as the reference and as it is sold, the words before and after, and the element they stand in."""

    reference: Design
    sold: Design
    before: str
    after: str
    element: str


def wording(seed: int, change: str) -> Wording | None:
    """A drawn pack with one change of its words; None where its design has no place for it."""
    design = random_design(seed)
    rng = np.random.default_rng([seed, 81])
    if change == "untouched":
        return Wording(design, design, "", "", "")
    if change == "weight":
        if not design.shows("weight"):
            return None
        grams = int(design.weight.split()[0])
        other = f"{max(25, round(grams * 0.9 / 5) * 5)} g e"
        return Wording(design, replace(design, weight=other), design.weight, other, "weight")
    k = int(rng.integers(len(design.lines)))
    line, element = design.lines[k], f"line{k}"
    dropped = replace(design, drop=design.drop | {element})
    if change == "missing":
        return Wording(design, dropped, line, "", element)
    if change == "added":
        return Wording(dropped, design, "", line, element)
    other = _renumbered(line, rng) if change == "number" else _reworded(line)
    if other == line:
        return None
    lines = (*design.lines[:k], other, *design.lines[k + 1 :])
    return Wording(design, replace(design, lines=lines), line, other, element)


def _renumbered(line: str, rng: np.random.Generator) -> str:
    return re.sub(r"\d+", lambda m: str(int(m.group()) + int(rng.integers(1, 9))), line, count=1)


def _reworded(line: str) -> str:
    for word, other in _WORDS.items():
        if word in line:
            return line.replace(word, other)
    words = line.split()
    return " ".join([*words[:-1], "otherwise"])


def photo_of(one: Wording, seed: int, height_px: float) -> Pair:
    face, shown = draw(one.reference), draw(one.sold)
    rng = np.random.default_rng([seed, 82])
    edit = None if one.reference is one.sold else edits.measure(face, shown, "text", name="wording")
    return rendered("drawn", f"wording-{seed}", face, shown, edit, [conditions(height_px, rng)])


@lru_cache(maxsize=1)
def readers() -> Readers:
    return ready()


def judged(one: Wording, change: str, pair: Pair, *, reading: bool = True) -> Told:
    printed = Printed(readers()) if reading else None
    comparison = compare_pictures(pair.reference, pair.photos[0], search=second_net(), printed=printed).comparison
    return told_of(comparison, one, change, pair.height_px)


def told_of(comparison: Comparison, one: Wording, change: str, height_px: float) -> Told:
    texts = [d for d in comparison.packaging.differences if d.kind == "text"]
    said = [d for d in texts if _speaks_of(d.detail, one)]
    declared = [d for d in comparison.quality.differences if d.kind == "declared"]
    lines = [line for line in comparison.label.lines if line.due]
    return Told(
        change=change,
        height_px=round(height_px),
        line_px=round(_line_px(one, height_px), 1),
        packaging=comparison.packaging.call,
        words=bool(said),
        declared=any(_speaks_of(d.detail, one) for d in declared),
        others=len([d for d in (*texts, *declared) if not one.element or not _speaks_of(d.detail, one)]),
        contents=comparison.contents,
        read=sum(line.outcome == "same" for line in lines),
        lines=len(lines),
        detail="; ".join(d.detail for d in (*texts, *declared)),
    )


def _line_px(one: Wording, height_px: float) -> float:
    if not one.element:
        return 0.0
    scale = height_px / one.reference.size[1]
    if one.element == "weight":
        return one.reference.box("weight")[3] * scale
    boxes = text_lines(one.reference.box("lines"), max(1, len(one.sold.lines)))
    return boxes[int(one.element.removeprefix("line"))][3] * scale


def _speaks_of(detail: str, one: Wording) -> bool:
    """Whether a detail quotes what is missing and what is new."""
    said = folded(detail)
    gone = [folded(w) for w in one.before.split() if w not in one.after.split()]
    come = [folded(w) for w in one.after.split() if w not in one.before.split()]
    return bool(gone or come) and all(w in said for w in (*gone, *come))


Task = tuple[str, int, str, float, bool]


def tasks(fold: str, *, reading: bool = True) -> Iterator[Task]:
    for number in range(COUNT):
        for k, change in enumerate(CHANGES):
            yield fold, number, change, HEIGHTS_PX[(number + k) % len(HEIGHTS_PX)], reading


def row_of(task: Task) -> Told | None:
    fold, number, change, height, reading = task
    seed = SEEDS[fold] + number
    one = wording(seed, change)
    if one is None:
        return None
    try:
        return judged(one, change, photo_of(one, seed, height), reading=reading)
    except ValueError:  # the change cannot be seen: the words lie below something
        return None


def rows(fold: str, *, reading: bool = True) -> list[Told]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for row in pool.map(row_of, tasks(fold, reading=reading), chunksize=4) if row is not None]


def table(found: Sequence[Told]) -> Table:
    lines = []
    for change in CHANGES:
        for large in (True, False):
            of = [
                r for r in found if r.change == change and (change == "untouched" or (r.line_px >= READ_PX) == large)
            ]
            if not of or (change == "untouched" and not large):
                continue
            n = len(of)
            lines.append(
                (
                    change,
                    "" if change == "untouched" else f"{'from' if large else 'under'} {READ_PX:.0f} px",
                    str(n),
                    str(share(r.packaging == "different" for r in of)),
                    str(share(r.words for r in of)),
                    str(share(r.declared for r in of)),
                    str(sum(r.others > 0 for r in of)),
                    f"{sum(r.read for r in of)} of {sum(r.lines for r in of)}",
                )
            )
    head = (
        "change",
        "line",
        "packs",
        "different",
        "told in its words",
        "as declared",
        "other text told",
        "lines read",
    )
    return Table("Words, numbers and lines changed on drawn packs, one photo each", head, tuple(lines))


def pixels_table(found: Sequence[Told]) -> Table:
    """The same packs by pixels alone: what reading adds."""
    large = [row for row in found if row.change != "untouched" and row.line_px >= READ_PX]
    lines = []
    for change in CHANGES[:-1]:
        of = [row for row in large if row.change == change]
        lines.append((change, str(len(of)), str(share(row.packaging == "different" for row in of))))
    head = ("change", "packs", "different")
    return Table(f"By pixels alone, lines from {READ_PX:.0f} px", head, tuple(lines))


def measure() -> Result:
    found = rows("report")
    wrong = [f"`{row.change}` {row.detail}" for row in found if row.change == "untouched" and row.others]
    return Result(
        name="wording",
        title="Words, numbers and lines",
        question="Is a changed word, weight or line told, in its words, and as what the label declares?",
        tables=(table(found), pixels_table(rows("report", reading=False))),
        notes=(
            f"Drawn packs, seeds from {SEEDS['report']}; limits were set on others. A line counts by the height of "
            f"its box in the photo. False on untouched packs: {'; '.join(wrong) or 'none'}.",
        ),
        details=tuple(asdict(row) for row in found),
    )


def tune() -> None:
    found = rows("tune")
    for row in found:
        print(row)
    print(table(found))


if __name__ == "__main__":
    if sys.argv[1:] == ["tune"]:
        tune()
    else:
        print(store(measure()))
