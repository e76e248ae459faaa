"""Label: the lines and codes of an item's faces, read off few chosen crops and put to the vote.

What is due is known from the reference, and the pose says where: so a line is cut out upright and spelled, without
searching for it. To spell costs more than to compare, so a line is asked for only where it declares contents or where
the pixels leave room for another wording; and lines that the reference does not print are looked for only where the
fused view is off. Nothing is judged here: :mod:`samegoods.stages.compare` holds it against the pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.geometry import corners, holds, homography_between, project, resizing, sides
from samegoods.records import (
    Code,
    CodeRead,
    Crop,
    Floats,
    Item,
    Label,
    LineRead,
    Mask,
    Matrix,
    Quad,
    Reference,
    View,
    Withheld,
)
from samegoods.vision.comparison.face import strength
from samegoods.vision.comparison.look import view_scale
from samegoods.vision.comparison.regions import mask_of
from samegoods.vision.comparison.wording import LEAST_HINT
from samegoods.vision.reading.agreement import agreed
from samegoods.vision.reading.codes import votes_of
from samegoods.vision.reading.contacts import is_contact
from samegoods.vision.reading.lines import language_of, rectified, upright
from samegoods.vision.reading.printed import Printed, PrintedLine
from samegoods.vision.reading.views import FINISHES, turned
from samegoods.vision.reading.vote import LEAST_SCORE, Ballot, elected
from samegoods.vision.reading.words import declares, folded

MOST_SHOTS = 3
"""Crops of a face that are read at most: the largest."""
LEAST_LINE_PX = 10.0
"""A line of less height in the crop is not spelled: of drawn lines of 8 px a third of the letters came out wrong."""
_SETTLED = 0.85
"""A line that a view spells as it is due, at this score, needs no other view."""
_POOR = 0.7  # of the largest crop's scale
_SHOWN = 0.97  # of a line's area
_OFF = 14.0
"""Grey levels by which a place must be off, over 5 x 5 px, for added print to be looked for there."""
_OFF_SHARE = 0.002
_OFF_LETTERS = 0.1  # of the line's box
_ADDED_SCORE = 0.9
_ADDED_LETTERS = 3
_CODE_SCALES = (1.0, 2.0)
LEAST_CODE_PX = 280
"""Longer side of a crop from which bars are looked for: a symbol of 95 modules takes a third of a face, and under a
pixel to a module none is read."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """A crop of a face, and where the reference's pixels lie in it."""

    crop: Crop
    onto: Matrix

    @property
    def back(self) -> Matrix:
        return np.asarray(np.linalg.inv(self.onto), np.float64)


def label(item: Item, views: Sequence[View], references: Mapping[str, Reference], printed: Printed) -> Label:
    """Read an item's faces.

    Args:
        views: its fused faces, from :func:`samegoods.stages.fuse.fuse`: what they are compared with is what is due.
        printed: the readers, and what they read off the references.

    Returns:
        Every line that is due on the faces seen, with what the views say of it, and lines that are not due. With no
        reader of text, no line; ``lacking`` says so. ``withheld``: lines that may tell who somebody is, without text.
    """
    lines: list[LineRead] = []
    codes: list[CodeRead] = []
    withheld: list[Withheld] = []
    for view in views:
        reference = references[view.reference]
        shots = _shots(item, reference)
        if shots:
            due, added = _due(view, reference, shots, printed), _added(view, reference, shots[0], printed)
            private = _private(due, added)
            withheld += [Withheld(one.reference, one.face, one.region) for one in private]
            lines += [one for one in due if one not in private]
            lines += [one for one in added if one not in private and _is_sure(one)]
            codes += _codes(reference, shots, printed)
    return Label(tuple(lines), tuple(codes), printed.readers.lacking, tuple(withheld))


def _shots(item: Item, reference: Reference) -> list[_Shot]:
    crops = [crop for crop in item.crops if crop.sighting.face == reference.face]
    scales = [view_scale(crop.quad, reference.size) for crop in crops]
    largest = sorted(range(len(crops)), key=lambda i: (-scales[i], i))[:MOST_SHOTS]
    frame = corners(*reference.size)
    good = [crops[i] for i in largest if scales[i] >= _POOR * max(scales)]
    return [_Shot(crop, homography_between(frame, crop.quad)) for crop in good]


def _due(view: View, reference: Reference, shots: Sequence[_Shot], printed: Printed) -> list[LineRead]:
    lines = printed.lines(reference)
    if not lines:
        return []
    worth = _worth(view, reference, lines)
    ballots: list[list[Ballot]] = [[] for _ in lines]
    asked = [0] * len(lines)
    for shot in shots:
        open_lines = [i for i in worth if _is_open(lines[i], ballots[i])]
        legible = [i for i in open_lines if _legible(shot, lines[i])]
        for i, ballot in zip(legible, _spelled(shot, [lines[i] for i in legible], printed), strict=True):
            asked[i] += 1
            ballots[i].append(ballot)
    return [_line(reference, *told) for told in zip(lines, ballots, asked, strict=True)]


def _worth(view: View, reference: Reference, lines: Sequence[PrintedLine]) -> list[int]:
    """The lines that are worth spelling, by their places."""
    off = strength(view)
    scale = view.known.shape[1] / reference.size[0], view.known.shape[0] / reference.size[1]
    here = [float(off[mask_of(line.region, off.shape, scale)].max(initial=0)) for line in lines]
    return [i for i, line in enumerate(lines) if line.declared or here[i] >= LEAST_HINT]


def _is_open(line: PrintedLine, ballots: Sequence[Ballot]) -> bool:
    """Whether another crop should be asked: none has settled the line, and a larger one could make something of it."""
    return not _is_settled(line, ballots) and (not ballots or max(one.score for one in ballots) >= LEAST_SCORE)


def _is_settled(line: PrintedLine, ballots: Sequence[Ballot]) -> bool:
    return any(one.score >= _SETTLED and folded(one.text) == folded(line.text) for one in ballots)


def _legible(shot: _Shot, line: PrintedLine) -> bool:
    quad = project(shot.onto, line.region)
    top, right, bottom, left = sides(quad)
    if min((top + bottom) / 2, (left + right) / 2) < LEAST_LINE_PX:
        return False
    shown = rectified(shot.crop.known.astype(np.uint8) * 255, quad)
    return float(shown.mean()) >= _SHOWN * 255


def _spelled(shot: _Shot, lines: Sequence[PrintedLine], printed: Printed) -> list[Ballot]:
    """A ballot for each line, spelled by the reader that spelled the reference's."""
    ballots = [Ballot("", 0.0)] * len(lines)
    for name, spell in printed.readers.spell.items():
        mine = [i for i, line in enumerate(lines) if line.reader == name]
        cut = [rectified(shot.crop.pixels, project(shot.onto, lines[i].region)) for i in mine]
        for i, seen in zip(mine, spell(cut), strict=True):
            ballots[i] = Ballot(seen.text, seen.score)
    return ballots


def _line(reference: Reference, line: PrintedLine, ballots: Sequence[Ballot], asked: int) -> LineRead:
    settled = [one for one in ballots if _is_settled(line, [one])]
    told = elected(line.text, settled or ballots)
    return LineRead(
        reference=reference.id,
        face=reference.face,
        due=line.text,
        text=told.text,
        region=line.region,
        score=told.score,
        views=told.views,
        asked=asked,
        language=language_of(told.text or line.text),
        declared=line.declared,
    )


def _added(view: View, reference: Reference, shot: _Shot, printed: Printed) -> list[LineRead]:
    """Lines that stand where the reference prints none, in the largest crop, sure or not."""
    off = cv2.blur(np.abs(view.pixels - view.predicted).mean(axis=2), (5, 5)) * view.known
    find, spell = printed.readers.find, printed.readers.spell.get("rapidocr")
    if find is None or spell is None or float((off > _OFF).mean()) < _OFF_SHARE:
        return []
    due = printed.places(reference)
    width, height = reference.size
    scale = view.known.shape[1] / width, view.known.shape[0] / height
    flat = upright(shot.crop.pixels, shot.crop.quad)
    back = resizing((flat.shape[1], flat.shape[0]), reference.size)
    placed = [(quad, project(back, quad)) for quad in find(flat)]
    loose = [one for one in placed if not any(_on(one[1], box) for box in due)]
    new = [one for one in loose if _is_off(off, mask_of(one[1], off.shape, scale))]
    told = zip(new, spell([rectified(flat, quad) for quad, _ in new]), strict=True)
    return [_new(reference, seen.text, region, seen.score) for (_, region), seen in told]


def _is_sure(added: LineRead) -> bool:
    return added.score >= _ADDED_SCORE and sum(c.isalpha() for c in added.text) >= _ADDED_LETTERS


def _private(due: Sequence[LineRead], added: Sequence[LineRead]) -> list[LineRead]:
    """Lines that may tell who somebody is: a telephone number or an address of e-mail that the reference does not
    print, however badly it is spelled; and with it all that was added, for beside a number stands a name."""
    changed = [one for one in due if is_contact(one.text) and not is_contact(one.due)]
    return changed + (list(added) if changed or any(is_contact(one.text) for one in added) else [])


def _is_off(off: Floats, line: Mask) -> bool:
    """Whether letters of a line lie where the view is off, both (h, w): between them it need not be."""
    here = off[line]
    return bool(here.size) and float((here > _OFF).mean()) >= _OFF_LETTERS


def _on(region: Quad, due: Quad) -> bool:
    """Whether the centre of one line lies on the other's."""
    return holds(due, region.mean(axis=0)) or holds(region, due.mean(axis=0))


def _new(reference: Reference, text: str, region: Quad, score: float) -> LineRead:
    return LineRead(
        reference=reference.id,
        face=reference.face,
        due="",
        text=text,
        region=region,
        score=score,
        views=1,
        asked=1,
        language=language_of(text),
        declared=declares(text),
    )


def _codes(reference: Reference, shots: Sequence[_Shot], printed: Printed) -> list[CodeRead]:
    """Codes by the vote of all crops; those of the largest are only looked at closer where it shows any."""
    there = printed.readers.of_codes
    votes = []
    if max(shots[0].crop.pixels.shape[:2]) < LEAST_CODE_PX:
        return []
    for number, shot in enumerate(shots):
        grey = np.asarray(cv2.cvtColor(shot.crop.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        height, width = grey.shape
        plain = [turned(width, height, scale=scale, degrees=0) for scale in _CODE_SCALES]
        seen = list(votes_of(grey, plain, there, first=100 * number))
        if not seen:
            if number == 0:
                return []
            continue
        closer = [turned(width, height, scale=s, degrees=0, finish=f) for s in _CODE_SCALES for f in FINISHES]
        seen += votes_of(grey, closer, there, first=100 * number + len(plain))
        votes += [vote.placed(shot.back) for vote in seen]
    return [_code(reference, code, printed) for code in agreed(votes)]


def _code(reference: Reference, code: Code, printed: Printed) -> CodeRead:
    due = [one for one in printed.codes(reference) if _on(one.quad, code.quad)]
    return CodeRead(reference.id, reference.face, code.format, code.text, due[0].text if due else None, code.quad)
