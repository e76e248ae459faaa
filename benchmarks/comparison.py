"""Two pictures of a pack: is a planted difference found and placed, and is an untouched pack left alone?

Every photo is taken twice, with one difference planted and with none, and compared with its reference by the way
that ``samegoods compare`` goes: the pack is found, registered and judged without being told where it is. The plain
methods beside it are given the true corners.

``python benchmarks/comparison.py tune`` prints the same tables for other seeds, packages and frames: what is changed
in the judgement is changed on those, and reported on these.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

import cv2
import numpy as np

from nets import second_net
from pages import Result, Table, store
from pairs import Pair, drawn, filmed, printed
from peers import PEERS, registered, strongest
from samegoods.edges.engines.local import usable_cores
from samegoods.pipeline import compare_pictures
from samegoods.records import Comparison, Floats
from samegoods.render.edits import EDITS, Edit
from scorers import auc, brier, calibration_error, calls, probability_bins, share

SEEDS = {"report": 60_000, "tune": 70_000}
PARITY = {"report": 1, "tune": 0}
"""Of the real packages and frames, every second one is tuned on, the others are reported."""
UNTOUCHED = "nothing"
OVERALL = "tint all"
"""One tint over a whole face: seen alone it is lamp or paint, and no method can know which."""
LOCAL_EDITS = tuple(name for name in EDITS if name != OVERALL)
HEIGHTS_PX = (120.0, 200.0, 260.0, 340.0, 480.0)
ASKED_PX, READABLE_PX = 200.0, 8.0
COUNTS = {"drawn": 99, "printed": 55, "clip": 44}
"""Pairs of each sort; every one is taken with a difference and without."""
BINS = 8
"""Bins of equal size for the calibration error."""
PADIM = (
    "Deep features: PaDiM (Defard et al. 2021) on the backbone of PP-OCR's text detector, which learnt on text and "
    "not, as is usual, on ImageNet; its normal pictures are the reference, shifted, softened, shaded and noised."
)
NEAR = 0.05
"""A place is right within this share of the face's longer side around what was planted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One photo against its reference: what was planted, how it was called and placed, and what the peers say.

    ``asked`` is whether it is large and strong enough to be asked of a judge. ``call`` is the worse
    of the two axes for a planted difference, that of the packaging for an untouched pack unless the quality is
    called different. ``told`` is (confidence, whether it was planted) of every difference told, the surest first.
    ``peers`` are their scores, ``peer_places`` whether they point at it.
    """

    sort: str
    name: str
    edit: str
    asked: bool
    height_px: float
    call: str
    surest: float
    placed: bool | None
    told: tuple[tuple[float, bool], ...]
    seconds: float
    peers: tuple[float, ...]
    peer_places: tuple[bool | None, ...]

    @property
    def tall(self) -> bool:
        """Whether the pack is as tall as is asked for; a tilt makes a face of 200 px a little shorter."""
        return self.height_px >= 0.9 * ASKED_PX


def asked(pair: Pair) -> bool:
    """Whether a difference is large and strong enough to be asked for: 1 % of the face and CIEDE2000 of 12, or a
    changed word whose letters are readable."""
    edit = pair.edit
    if edit is None or edit.name == OVERALL:
        return False
    if edit.name == "word changed":
        scale = pair.height_px / pair.reference.size[1]
        _, (one, other), _ = cv2.minAreaRect(np.array(edit.region, np.float32))
        return min(one, other) * scale >= READABLE_PX
    return not edit.subtle


def covers(edit: Edit, place: tuple[float, float], reference_px: int) -> bool:
    """Whether a place (x, y), px of the reference, is on what was planted, or near it."""
    outline = np.array(edit.region, np.float32)
    return cv2.pointPolygonTest(outline, place, measureDist=True) >= -NEAR * reference_px


def touches(edit: Edit, region: Floats, reference_px: int) -> bool:
    """Whether a region told, (n, 2) px of the reference, is what was planted: its middle is on it, or half of the
    smaller of the two lies in the other."""
    x, y = region.mean(axis=0)
    if covers(edit, (float(x), float(y)), reference_px):
        return True
    one, other = (cv2.convexHull(np.asarray(p, np.float32)) for p in (region, edit.region))
    shared, _ = cv2.intersectConvexConvex(one, other)
    return shared >= 0.5 * min(cv2.contourArea(one), cv2.contourArea(other)) > 0


def called(comparison: Comparison, edit: Edit | None) -> str:
    if edit is None and comparison.quality.call != "different":
        return comparison.packaging.call
    return comparison.call


def judged(pair: Pair) -> Row:
    begin = time.process_time()
    comparison = compare_pictures(pair.reference, pair.photos[0], search=second_net()).comparison
    seconds = time.process_time() - begin
    told = sorted((*comparison.packaging.differences, *comparison.quality.differences), key=lambda d: -d.confidence)
    seen, expected = registered(pair.photos[0], pair.quads[0], pair.reference)
    said = [strongest(peer(seen, expected), pair.reference) for peer in PEERS.values()]
    longest = max(pair.reference.size)
    placed, peer_places = None, tuple[bool | None, ...](None for _ in said)
    if pair.edit is not None:
        middles = [tuple(float(v) for v in d.region.mean(axis=0)) for d in told]
        placed = covers(pair.edit, middles[0], longest) if middles else False
        peer_places = tuple(covers(pair.edit, one.place, longest) for one in said)
    return Row(
        sort=pair.sort,
        name=pair.name,
        edit=UNTOUCHED if pair.edit is None else pair.edit.name,
        asked=asked(pair),
        height_px=round(pair.height_px, 1),
        call=called(comparison, pair.edit),
        surest=round(max((d.confidence for d in told), default=0.0), 3),
        placed=placed,
        told=tuple((d.confidence, pair.edit is not None and touches(pair.edit, d.region, longest)) for d in told),
        seconds=round(seconds, 3),
        peers=tuple(round(one.score, 3) for one in said),
        peer_places=peer_places,
    )


Task = tuple[str, str, int, str | None, float]


def tasks(fold: str) -> Iterator[Task]:
    """Fold, sort, number, edit and height of every photo; an edit meets every height."""
    for sort, count in COUNTS.items():
        for number in range(count):
            edit = LOCAL_EDITS[number % len(LOCAL_EDITS)]
            height = HEIGHTS_PX[(number // len(LOCAL_EDITS) + number) % len(HEIGHTS_PX)]
            yield fold, sort, number, edit, height
            yield fold, sort, number, None, height
    for number in range(10):
        yield fold, "drawn", COUNTS["drawn"] + number, OVERALL, HEIGHTS_PX[number % len(HEIGHTS_PX)]


def row_of(task: Task) -> Row | None:
    """One photo made and judged; None where the edit leaves nothing to be seen on this face."""
    fold, sort, number, edit, height = task
    real = 2 * number + PARITY[fold]
    try:
        if sort == "drawn":
            return judged(drawn(SEEDS[fold] + number, edit, height))
        return judged(printed(real, edit, height) if sort == "printed" else filmed(real, edit))
    except ValueError:  # the place chosen for the edit was as the edit would make it
        return None


def alone() -> None:
    """Each worker keeps to one core."""
    cv2.setNumThreads(1)
    import faiss

    faiss.omp_set_num_threads(1)


def rows(fold: str) -> list[Row]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for row in pool.map(row_of, tasks(fold), chunksize=4) if row is not None]


def call_table(caption: str, first: str, groups: Sequence[tuple[str, Row]]) -> Table:
    table = calls((group, row.call) for group, row in groups)
    cells = []
    for group, count in table.items():
        placed = share(
            bool(r.placed) for g, r in groups if g == group and r.call == "different" and r.edit != UNTOUCHED
        )
        different = share(r.call == "different" for g, r in groups if g == group)
        counts = (str(sum(count.values())), *(str(count[c]) for c in ("different", "cannot_tell", "same")))
        cells.append((group, *counts, str(different), str(placed) if placed.of else ""))
    head = (first, "photos", "different", "cannot tell", "same", "called different", "placed rightly")
    return Table(caption, head, tuple(cells))


def tables(found: Sequence[Row]) -> tuple[Table, ...]:
    must = [row for row in found if row.asked and row.tall]
    smaller = [row for row in found if row.asked and not row.tall]
    plain = [row for row in found if row.edit == UNTOUCHED]
    rest = [row for row in found if not row.asked and row.edit not in (UNTOUCHED, OVERALL)]
    whole = [row for row in found if row.edit == OVERALL]
    sorts = [("all that must be found", row) for row in must]
    sorts += [(f"planted, {row.sort}", row) for row in must]
    sorts += [("all untouched", row) for row in plain] + [(f"untouched, {row.sort}", row) for row in plain]
    sorts += [(f"planted, {row.sort}, packs under {ASKED_PX:.0f} px", row) for row in smaller]
    sorts += [("too small or faint to be asked for", row) for row in rest]
    sorts += [("one tint over the whole face", row) for row in whole]
    text = (
        "Differences that must be found: 1 % of the face and CIEDE2000 of 12, or a changed word with letters of 8 px, "
        "on packs of 200 px and more. Untouched: the same photos with nothing planted, at all heights from 120 px."
    )
    kinds = [(row.edit, row) for row in sorted(must, key=lambda row: row.edit)]
    return call_table(text, "photos", sorts), call_table("By what was planted, of those.", "planted", kinds)


def area(positives: Sequence[float], negatives: Sequence[float]) -> str:
    return f"{auc(positives, negatives):.3f}" if positives and negatives else ""


def ranking(found: Sequence[Row]) -> Table:
    must, plain = [row for row in found if row.asked], [row for row in found if row.edit == UNTOUCHED]
    parts = {
        "all, 200 px and more": ([r for r in must if r.tall], [r for r in plain if r.tall]),
        **{s: ([r for r in must if r.sort == s], [r for r in plain if r.sort == s]) for s in COUNTS},
    }
    ours = [area([r.surest for r in a], [r.surest for r in b]) for a, b in parts.values()]
    cells = [("surest difference told", *ours, str(share(bool(r.placed) for r in must)))]
    for k, name in enumerate(PEERS):
        areas = [area([r.peers[k] for r in a], [r.peers[k] for r in b]) for a, b in parts.values()]
        cells.append((name, *areas, str(share(bool(r.peer_places[k]) for r in must))))
    text = (
        "Area under the ROC curve (0.5 is chance), planted against untouched, at all heights; and how often the "
        "strongest place is the right one."
    )
    return Table(text, ("ranked by", *parts, "place right"), tuple(cells))


def trust(found: Sequence[Row]) -> Table:
    parts = {"all": list(found), **{sort: [row for row in found if row.sort == sort] for sort in COUNTS}}
    cells = [(name, *trusted([one for row in part for one in row.told])) for name, part in parts.items()]
    text = (
        "Every difference told, also where the call is that it cannot be told: its confidence against how often "
        "something was planted there. Half of the packs differ."
    )
    return Table(text, ("photos", "mean confidence", "right", "Brier score", "calibration error"), tuple(cells))


def trusted(told: Sequence[tuple[float, bool]]) -> tuple[str, str, str, str]:
    """The cells that say how far confidences are probabilities: mean, share right, Brier score, calibration error."""
    if not told:
        return "", "none told", "", ""
    mean = sum(confidence for confidence, _ in told) / len(told)
    error = calibration_error(probability_bins(told, BINS))
    return f"{mean:.1%}", str(share(right for _, right in told)), f"{brier(told):.3f}", f"{error:.3f}"


def measure() -> Result:
    found = rows("report")
    seconds = sorted(row.seconds for row in found)
    return Result(
        name="comparison",
        title="Comparing two pictures",
        question="From one photo: is a planted difference found, and is an untouched pack left alone?",
        tables=(*tables(found), ranking(found), trust(found)),
        notes=(
            "The plain methods are given the true corners and levelled light; ours finds the pack by itself. "
            "One photo is the hardest case: in footage the views of an item are fused.",
            PADIM,
            f"Processor time for a comparison, recognition included: {seconds[len(seconds) // 2]:.2f} s in the "
            f"middle, {seconds[int(0.95 * len(seconds))]:.2f} s for the slowest twentieth.",
        ),
        details=tuple(asdict(row) for row in found),
    )


def tune() -> None:
    """Print the tables of the other fold, and every photo that was called wrongly."""
    found = rows("tune")
    for table in (*tables(found), ranking(found), trust(found)):
        print("\n".join(" | ".join(cells) for cells in (table.head, *table.rows)), end="\n\n")
    for row in found:
        if row.call != ("different" if row.asked else "same") and (row.asked or row.edit == UNTOUCHED) and row.tall:
            print(row)


if __name__ == "__main__":
    if sys.argv[1:] == ["tune"]:
        tune()
    else:
        print(store(measure()))
