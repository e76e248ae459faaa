"""Searching the pictures of a case for people, by finders that the wall does not use."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from threading import local
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PIL import Image as Pictures

import samegoods
from samegoods.edges.case.holdings import Holding
from samegoods.edges.catalogue.noted import Noted, code_in
from samegoods.records import Image, Mask, PersonBox, Reference
from samegoods.results.audit import AuditFinderPart, AuditFoundPart, AuditPart, Sheet, UnsearchedPart
from samegoods.vision.cutting import leaks
from samegoods.vision.cutting.leaks import people_in, unprinted
from samegoods.vision.cutting.people import Search

if TYPE_CHECKING:
    from samegoods.edges.finders import Finder

LEVEL = 0.95
_Before = Noted[tuple[PersonBox, ...]]
"""What was seen on reference pictures, by the bytes of their files."""
_THREADS = 2
"""Searches at a time: OpenCV lets go of the interpreter while a network runs."""
_AT_A_TIME = 16
"""Pictures that are held at a time."""


@dataclass(slots=True)
class Searched:
    """What came of searching: pictures are counted, and only those with something to tell are named. Crops and
    pictures in reports are ``of_footage``; references were given by the campaign."""

    pictures: int = 0
    blind: int = 0
    of_footage: int = 0
    suspects: int = 0
    found: list[AuditFoundPart] = field(default_factory=list)
    unsearched: list[UnsearchedPart] = field(default_factory=list)
    problems: list[UnsearchedPart] = field(default_factory=list)

    def take(self, one: Holding, found: Sequence[AuditFoundPart], blind: Sequence[UnsearchedPart]) -> None:
        """Take in what came of a picture."""
        self.found += found
        self.unsearched += blind
        self.pictures += 1
        if blind or one.problem:
            self.blind += 1
        elif one.kind != "reference":
            self.of_footage += 1
            self.suspects += any(not part.printed for part in found)

    def summed(self, finders: Sequence[AuditFinderPart], content: str, made_at: str) -> AuditPart:
        from samegoods.statistics.intervals import exact

        suspect = len({one.path for one in self.found if not one.printed})
        unsearched = (*self.unsearched, *self.problems)
        rate = low = high = None
        if self.of_footage:
            rate = self.suspects / self.of_footage
            low, high = exact(rate, self.of_footage, level=LEVEL)
        return AuditPart(
            schema="samegoods/audit/1",
            made_at=made_at,
            software=samegoods.__version__,
            status="needs review" if suspect or unsearched else "clean",
            content=content,
            pictures=self.pictures,
            searched=self.pictures - self.blind,
            suspect=suspect,
            rate=rate,
            low=low,
            high=high,
            method="Clopper-Pearson, 95 %, of crops and of pictures in reports, each once",
            finders=tuple(finders),
            found=tuple(self.found),
            unsearched=unsearched,
        )


def searched(
    held: Iterator[Holding], references: dict[str | None, Holding], finders: Sequence[AuditFinderPart]
) -> Searched:
    """Search all pictures of a case; a few are held at a time.

    Args:
        references: those of the case by id, which crops are held against.
        finders: what searches them, and what would if it were there.
    """
    from samegoods.edges.finders import audit_finders

    missing = [f"no {one.kind} could be looked for: {one.detail}" for one in finders if not one.available]
    there = {one.name for one in finders if one.available}
    own = local()

    def finders_of_thread() -> list[Finder]:
        if not hasattr(own, "finders"):
            own.finders = [one for one in audit_finders() if one.name in there]
        return cast("list[Finder]", own.finders)

    before = _Before("searched", _searched_by(finders), tuple[PersonBox, ...])
    look = partial(_look, references=references, finders=finders_of_thread, before=before)
    result = Searched()
    with ThreadPoolExecutor(_THREADS) as pool:
        while some := list(islice(held, _AT_A_TIME)):
            result.problems += [UnsearchedPart(path=one.path, reason=one.problem) for one in some if one.problem]
            pictures = [one for one in some if one.kind in ("crop", "embedded", "reference")]
            for one, (found, blind) in zip(pictures, pool.map(look, pictures), strict=True):
                result.take(one, found, [part for part in (_lacking(one, missing), blind) if part is not None])
    return result


def _searched_by(finders: Sequence[AuditFinderPart]) -> Iterator[bytes]:
    """All that the outcome of a search of one picture follows from: the finders, what runs them, what calls them."""
    from samegoods.edges import finders as edge

    yield from (one.model_dump_json().encode() for one in finders)
    yield cv2.__version__.encode()
    yield from code_in(edge, leaks, sys.modules[__name__])


def _lacking(one: Holding, missing: Sequence[str]) -> UnsearchedPart | None:
    return UnsearchedPart(path=one.path, reason="; ".join(missing)) if missing else None


def _look(
    one: Holding,
    *,
    references: dict[str | None, Holding],
    finders: Callable[[], Sequence[Finder]],
    before: _Before,
) -> tuple[list[AuditFoundPart], UnsearchedPart | None]:
    known_boxes = before.get(one.content) if one.kind == "reference" else None
    if known_boxes is not None:
        return [_part(one, box, printed=True) for box in known_boxes], None
    try:
        pixels, known = _opened(one.content)
    except (OSError, ValueError, Pictures.DecompressionBombError) as error:
        return [], UnsearchedPart(path=one.path, reason=f"it cannot be opened as a picture: {error}")
    # The pictures in a page are close-ups of crops, and one of plain print looks like skin to a finder of bodies.
    search = _search([f for f in finders() if one.kind != "embedded" or f.kind == "face"])
    found = people_in(pixels, search)
    suspects: Sequence[PersonBox] = found
    if one.kind == "reference":
        before.put(one.content, tuple(found))
        suspects = ()
    elif found and one.quad is not None and one.reference in references:
        suspects = unprinted(pixels, known, _quad(one.quad), found, _reference(references[one.reference]), search)
    return [_part(one, box, printed=box not in suspects) for box in found], None


def _search(finders: Sequence[Finder]) -> Search:
    return lambda picture: [box for one in finders for box in one.find(picture)]


def _opened(content: bytes) -> tuple[Image, Mask]:
    with Pictures.open(io.BytesIO(content)) as picture:
        rgba = np.asarray(picture.convert("RGBA"), np.uint8)
    return np.ascontiguousarray(rgba[..., :3]), rgba[..., 3] > 0


def _quad(points: Sequence[tuple[float, float]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(points, np.float32)


def _reference(one: Holding) -> Reference:
    pixels, mask = _opened(one.content)
    return Reference(str(one.reference), "", "", "", pixels, mask)


def _part(one: Holding, box: PersonBox, *, printed: bool) -> AuditFoundPart:
    return AuditFoundPart(
        path=one.path,
        sheet=cast(Sheet, one.kind),
        finder=box.finder,
        kind=box.kind,
        box=(round(box.box[0], 1), round(box.box[1], 1), round(box.box[2], 1), round(box.box[3], 1)),
        score=round(box.score, 3),
        printed=printed,
    )
