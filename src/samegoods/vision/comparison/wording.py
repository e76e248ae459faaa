"""Text against pixels: what was read of a face's lines, held against where the face differs from its reference.

Neither is believed alone. A reader slips on soft letters that are quite the same, so another spelling counts only
where the pixels speak for it as well, at half of what they would need by themselves; and a difference in the pixels of
a line is told in the words that stood there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from samegoods.geometry import area
from samegoods.records import CallName, CodeRead, Difference, Floats, LineOutcome, LineRead, Mask, Verdict
from samegoods.vision.comparison.face import Face
from samegoods.vision.comparison.place import place_of
from samegoods.vision.comparison.regions import Region, mask_of
from samegoods.vision.comparison.sameness import CLEAR
from samegoods.vision.reading.lines import language_of
from samegoods.vision.reading.words import change, distance, folded, is_other

_COVERED = 0.4
"""The share of a line that a region has to cover to be about it."""
_MOSTLY = 0.3
"""The share of a region that lines have to fill for it to be a difference in text."""
_SURE, _QUITE_SURE = 0.85, 0.95
"""The mean score of a spelling from which it is told at all, and from which it is weighed as sure."""
_HINT, LEAST_HINT, _FAR = 0.45, 0.25, 3.0
"""The part of its limit that the face's score has to reach at a line for another spelling, of which the reader is
quite sure, to be believed; and where that is far from the due one. Of 250 lines of untouched packs (tuning seeds) 15
were spelled otherwise, two of them at 0.94 and more: by a digit, at 0.35 and 0.24 of the limit."""
_UNSURE = 4.5
"""How much more hint is asked for each unit of score below quite sure: a spelling at 0.85 needs 0.45 more."""
_OUTRIGHT = 1.0
"""The part of the limit at which a line that is not read as it is due differs whatever it reads. The limit holds for
all windows of a face; on the few lines it is strict: of the 250 none came to more than 0.54."""
_WINDOW = 0.1  # of the face's side: half of the largest compact window
_WHOLE = 0.8
"""A spelling shorter than this share of the line is believed only where a region confirms it."""
_READ = 0.8
"""The mean score from which a line that is spelled as it is due counts as read."""
CONFIDENCE = 0.9
"""Of a changed line that pixels alone would not have told."""
CODE_CONFIDENCE = 0.99
"""Of a code that reads otherwise: no wrong one was read in the benchmark."""


@dataclass(frozen=True, slots=True, eq=False)
class Worded:
    """A face's lines with their outcomes, and its differences told in words; ``declared`` are those in what the
    label states."""

    lines: tuple[LineRead, ...]
    differences: tuple[Difference, ...]
    declared: tuple[Difference, ...]


def worded(face: Face, lines: Sequence[LineRead], told: Sequence[tuple[Region, Difference]]) -> Worded:
    """Hold the lines read off a face against its differences.

    Args:
        lines: of this face, outcomes still open.
        told: the face's regions, each with the difference that the pixels say it is.
    """
    masks = [mask_of(line.region, face.view.known.shape, face.scale) for line in lines]
    near = [[i for i, mask in enumerate(masks) if _covers(region.mask, mask)] for region, _ in told]
    within = {i: difference for group, (_, difference) in zip(near, told, strict=True) for i in group}
    regions = [region.mask for region, _ in told]
    pairs = zip(lines, masks, strict=True)
    hints = [_hint(face.strength, mask, regions) if _in_doubt(line) else 0.0 for line, mask in pairs]
    settled = [replace(line, outcome=_outcome(line, within.get(i), hints[i])) for i, line in enumerate(lines)]
    differences = [
        _in_words(difference, region, [settled[i] for i in group], [masks[i] for i in group])
        for group, (region, difference) in zip(near, told, strict=True)
    ]
    alone = [i for i, line in enumerate(settled) if line.outcome in ("changed", "added") and i not in within]
    differences += [_of_line(face, settled[i], masks[i]) for i in alone]
    declared = [_declared(face, line, mask) for line, mask in zip(settled, masks, strict=True) if _states_other(line)]
    return Worded(tuple(settled), tuple(differences), tuple(declared))


def _covers(region: Mask, line: Mask) -> bool:
    return float((region & line).sum()) >= _COVERED * max(1, int(line.sum()))


def _in_doubt(line: LineRead) -> bool:
    return bool(line.asked) and (not line.due or not line.text or is_other(line.due, line.text))


def _hint(strength: Floats, line: Mask, regions: Sequence[Mask]) -> float:
    """The best score at a line, away from what is told beside it: a window that holds some of that says nothing of the
    line."""
    reach = 2 * round(_WINDOW * float(np.sqrt(line.size))) + 1
    free = line.copy()
    for mask in regions:
        if not (mask & line).any():
            free &= ~cv2.dilate(mask.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(bool)
    return float(strength[free].max(initial=0))


def _outcome(line: LineRead, told: Difference | None, hint: float) -> LineOutcome:
    if line.due and line.text and not is_other(line.due, line.text):
        return "same" if line.score >= _READ else "unread"
    if told is not None and told.kind == "colour":  # the drawing is the same, and so are its letters
        return "unread"
    if told is not None and line.text and line.score >= _SURE:
        return "changed" if line.due else "added"
    if told is not None and line.due and not line.text:
        return "missing" if line.asked or "is missing" in told.detail else "unread"
    if line.score >= _SURE and 2 * line.views > line.asked and hint >= _hint_asked(line):
        return "changed" if line.due else "added"
    return "changed" if line.due and line.asked and hint >= _OUTRIGHT else "unread"


def _hint_asked(line: LineRead) -> float:
    """What part of its limit the face's score has to reach at a line for another spelling to be believed."""
    if len(folded(line.text)) < _WHOLE * len(folded(line.due)):  # a reader stops short where print grows faint
        return _OUTRIGHT
    least = _HINT if line.due and distance(line.due, line.text) < _FAR else LEAST_HINT
    return least + _UNSURE * max(0.0, _QUITE_SURE - line.score)


def _in_words(difference: Difference, region: Region, lines: Sequence[LineRead], masks: Sequence[Mask]) -> Difference:
    """A difference of the pixels, told in the words that it is about, where it is mostly about words."""
    telling = [line for line in lines if line.outcome in ("changed", "missing", "added")]
    if not telling or difference.kind == "colour":
        return difference
    lettered = np.any(masks, axis=0) & region.mask
    if difference.kind != "text" and float(lettered.sum()) < _MOSTLY * float(region.mask.sum()):
        return difference
    letters = sum(_letters(line) for line in telling)
    read = any(map(_reads_otherwise, telling))
    return replace(
        difference,
        kind="text",
        detail="; ".join(map(said, telling)),
        letters=letters,
        score=max(difference.score, CLEAR) if read else difference.score,
        read=any(line.outcome != "missing" for line in telling),
    )


def _reads_otherwise(line: LineRead) -> bool:
    """Whether reading says by itself that a line differs: a missing one is only gone where it could be read."""
    return line.outcome in ("changed", "added") or (line.outcome == "missing" and line.asked > 0)


def _letters(line: LineRead) -> int:
    return max(1, change(line.due, "" if line.outcome == "missing" else line.text).letters)


def said(line: LineRead) -> str:
    """What became of a line, in words: what is missing, what was added, and in another script if it is."""
    if line.outcome == "missing":
        return f"“{line.due}” is missing"
    if line.outcome == "added":
        return f"“{line.text}” was added{_script(line)}"
    if line.score < _SURE:
        return f"“{line.due}” reads otherwise, in words too soft to be spelled"
    what = change(line.due, line.text)
    gone, come = " ".join(what.missing), " ".join(what.added)
    if gone and come:
        return f"“{come}” instead of “{gone}”{_script(line)}"
    return f"“{gone}” is missing from “{line.due}”" if gone else f"“{come}” was added to “{line.due}”"


_SCRIPTS = {
    **{"latin": "Latin", "cyrillic": "Cyrillic", "greek": "Greek", "han": "Chinese", "japanese": "Japanese"},
    **{"korean": "Korean", "thai": "Thai", "arabic": "Arabic"},
}


def _script(line: LineRead) -> str:
    now, before = language_of(line.text), language_of(line.due)
    if now == before or now not in _SCRIPTS or (now == "latin" and not line.due):
        return ""
    return f", in {_SCRIPTS[now]} letters" + (f", not {_SCRIPTS[before]}" if before in _SCRIPTS else "")


def _states_other(line: LineRead) -> bool:
    return line.declared and line.outcome in ("changed", "missing", "added")


def _declared(face: Face, line: LineRead, mask: Mask) -> Difference:
    return replace(_of_line(face, line, mask), kind="declared", detail=f"the label states otherwise: {said(line)}")


def _of_line(face: Face, line: LineRead, mask: Mask) -> Difference:
    off = np.linalg.norm(face.residual.off, axis=2)
    return Difference(
        kind="text",
        reference=face.reference.id,
        face=face.reference.face,
        region=line.region,
        size=float(mask.mean()),
        delta_e=float(off[mask].mean()) if mask.any() else 0.0,
        confidence=CONFIDENCE,
        detail=said(line),
        place=place_of(mask) if mask.any() else "",
        letters=_letters(line),
        score=CLEAR,
        read=line.outcome != "missing",
    )


def other_codes(codes: Sequence[CodeRead], sizes: Mapping[str, tuple[int, int]]) -> tuple[Difference, ...]:
    """Codes that say something else than the reference's at the same place; ``sizes`` of the references, px."""
    return tuple(_of_code(one, sizes[one.reference]) for one in codes if one.due is not None and one.due != one.text)


def _of_code(code: CodeRead, size: tuple[int, int]) -> Difference:
    return Difference(
        kind="mark",
        reference=code.reference,
        face=code.face,
        region=code.region,
        size=min(1.0, abs(area(code.region)) / (size[0] * size[1])),
        delta_e=0.0,
        confidence=CODE_CONFIDENCE,
        detail=f"the bar code reads {code.text}, the reference's {code.due}",
        score=CLEAR,
        read=True,
    )


def stating(quality: Verdict, declared: Sequence[Difference]) -> Verdict:
    """A call on the quality, with what the label declares otherwise."""
    if not declared:
        return quality
    reason = "; ".join(f"{d.detail} ({d.face})" for d in declared)
    rest = f"; {quality.reason}" if quality.call == "different" else ""
    return replace(
        quality,
        call="different",
        reason=reason + rest,
        differences=(*declared, *quality.differences),
        needed=None,
    )


def read_words(lines: Sequence[LineRead]) -> str:
    """The end of a reason: how much of what is due was read."""
    due = [line for line in lines if line.due]
    same = sum(line.outcome == "same" for line in due)
    return f"; {same} of {len(due)} lines of text were read and say the same" if same else ""


def contents_of(lines: Sequence[LineRead]) -> CallName:
    """The call on what the label declares: ``same`` only where all of it was read and reads as it is due."""
    stated = [line for line in lines if line.declared]
    if any(_states_other(line) for line in stated):
        return "different"
    return "same" if stated and all(line.outcome == "same" for line in stated) else "cannot_tell"
