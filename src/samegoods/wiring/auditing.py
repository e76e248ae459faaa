"""The leak audit: everything that a case holds, searched for people by finders that the wall does not use."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from PIL import Image as Pictures
from pydantic import ValidationError

import samegoods
from samegoods.edges.case.address import CaseAddress
from samegoods.edges.case.holdings import Holding, holdings
from samegoods.edges.case.opening import folder_of
from samegoods.records import Image, Mask, PersonBox, Reference
from samegoods.results.audit import AuditFinderPart, AuditFoundPart, AuditPart, Sheet, UnsearchedPart
from samegoods.vision.cutting.leaks import people_in, unprinted
from samegoods.vision.cutting.people import Search
from samegoods.wiring.custody import sealing

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore
    from samegoods.edges.finders import Finder

AUDIT = "audit.json"
LEVEL = 0.95
_BLOCK, _COMPRESSED = 8, 20.0
"""Side of the squares, px, and the grey levels by which compression changes their mean at most."""
_THREADS = 2
"""Searches at a time: OpenCV lets go of the interpreter while a network runs."""
_AT_A_TIME = 16
"""Pictures that are held at a time."""


def audit(
    case: Path | str,
    *,
    signing_key: Path | str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AuditPart:
    """Search every picture that a case holds, keep ``audit.json``, and tell the case's log of it.

    Where nothing was added since the last audit, that one stands.

    Raises:
        CaseError: there is no case in the folder, another key signs it, or the audit cannot be written.
    """
    from samegoods.edges.case import CaseStore, require_case

    require_case(case)  # before a key is made for nothing
    seal = sealing(signing_key)
    with (
        CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=seal.signer) as store,
        store.publishing(),
    ):
        finished = store.told.finished
        result = put_audit(store, now=now)
        if finished:  # the results of a run that did not end are for the next run to tell of
            store.conclude(stamp=seal.stamp)
    return result


def put_audit(store: CaseStore, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> AuditPart:
    """Search all that an open case holds, and write what came of it."""
    result = searched_case(store.address, now=now)
    store.put(AUDIT, result.model_dump_json(by_alias=True, indent=1) + "\n")
    return result


def searched_case(case: CaseAddress, *, now: Callable[[], datetime]) -> AuditPart:
    """What a search of all that a case holds finds; writes nothing."""
    from samegoods.edges.finders import audit_finders

    finders = [AuditFinderPart(**asdict(one.state())) for one in audit_finders()]
    more = _Noted()
    content = _content(more.noting(one for one in holdings(case) if one.path != AUDIT), finders)
    before = _before(folder_of(case) / AUDIT)
    if before is not None and before.content == content:
        return before
    files = (one for one in holdings(case, within_pages=False) if one.path != AUDIT)
    searched = _searched(_once(chain(files, more.within_pages)), more.references, finders)
    return searched.summed(finders, content, now().isoformat(timespec="seconds"))


@dataclass(slots=True)
class _Noted:
    """What is held of a case while it is searched, crops apart: its references, which crops are held against, and the
    pictures in its reports. Neither grows with the footage."""

    references: dict[str | None, Holding] = field(default_factory=dict)
    within_pages: list[Holding] = field(default_factory=list)

    def noting(self, held: Iterable[Holding]) -> Iterator[Holding]:
        """The same, noted as it goes by."""
        for one in held:
            if one.kind == "reference":
                self.references[one.reference] = one
            elif "#" in one.path and (one.kind == "embedded" or one.problem):
                self.within_pages.append(one)
            yield one


def _once(held: Iterable[Holding]) -> Iterator[Holding]:
    """All of it, but no picture of the report on paper that is one of the page: it is the same, as JPEG."""
    from samegoods.edges.report.sheets import on_paper

    seen: dict[tuple[int, ...], list[Image]] = {}
    for one in held:
        if one.kind == "embedded":
            try:
                with Pictures.open(io.BytesIO(one.content)) as picture:
                    printed = on_paper(np.asarray(picture.convert("RGBA"), np.uint8))
            except (OSError, ValueError, Pictures.DecompressionBombError):
                yield one  # and whoever searches it says so
                continue
            known = seen.setdefault(printed.shape, [])
            if any(_is_copy(printed, other) for other in known):
                continue
            known.append(printed)
        yield one


def _is_copy(picture: Image, other: Image) -> bool:
    """Whether two pictures of one size differ by no more than compression does, anywhere."""
    apart = np.asarray(cv2.absdiff(picture, other), np.uint8)
    return float(cv2.blur(apart, (_BLOCK, _BLOCK)).max()) <= _COMPRESSED


def _content(held: Iterable[Holding], finders: Sequence[AuditFinderPart]) -> str:
    """One hash of all pictures that are searched and of what searches them."""
    whole = hashlib.sha256(json.dumps([samegoods.__version__, [one.model_dump() for one in finders]]).encode())
    for one in held:
        part = (one.path, one.kind, hashlib.sha256(one.content).hexdigest(), one.problem)
        whole.update(f"{json.dumps(part)}\n".encode())
    return whole.hexdigest()


def _before(file: Path) -> AuditPart | None:
    try:
        return AuditPart.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


@dataclass(slots=True)
class _Searched:
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


def _searched(
    held: Iterator[Holding], references: dict[str | None, Holding], finders: Sequence[AuditFinderPart]
) -> _Searched:
    """Search all pictures; a few are held at a time."""
    from samegoods.edges.finders import audit_finders

    missing = [f"no {one.kind} could be looked for: {one.detail}" for one in finders if not one.available]
    there = {one.name for one in finders if one.available}
    own = local()

    def look(one: Holding) -> tuple[list[AuditFoundPart], UnsearchedPart | None]:
        if not hasattr(own, "finders"):
            own.finders = [one for one in audit_finders() if one.name in there]
        return _look(one, references, cast("list[Finder]", own.finders))

    result = _Searched()
    with ThreadPoolExecutor(_THREADS) as pool:
        while some := list(islice(held, _AT_A_TIME)):
            result.problems += [UnsearchedPart(path=one.path, reason=one.problem) for one in some if one.problem]
            pictures = [one for one in some if one.kind in ("crop", "embedded", "reference")]
            for one, (found, blind) in zip(pictures, pool.map(look, pictures), strict=True):
                result.take(one, found, [part for part in (_lacking(one, missing), blind) if part is not None])
    return result


def _lacking(one: Holding, missing: Sequence[str]) -> UnsearchedPart | None:
    return UnsearchedPart(path=one.path, reason="; ".join(missing)) if missing else None


def _look(
    one: Holding, references: dict[str | None, Holding], finders: Sequence[Finder]
) -> tuple[list[AuditFoundPart], UnsearchedPart | None]:
    try:
        pixels, known = _opened(one.content)
    except (OSError, ValueError, Pictures.DecompressionBombError) as error:
        return [], UnsearchedPart(path=one.path, reason=f"it cannot be opened as a picture: {error}")
    # The pictures in a page are close-ups of crops, and one of plain print looks like skin to a finder of bodies.
    search = _search([f for f in finders if one.kind != "embedded" or f.kind == "face"])
    found = people_in(pixels, search)
    suspects: Sequence[PersonBox] = found
    if one.kind == "reference":
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


def told(result: AuditPart) -> Iterator[str]:
    """The audit in lines for a reader: the outcome first, then what it rests on."""
    rate = "" if result.rate is None else f", {result.rate:.1%} ({result.low:.1%} to {result.high:.1%})"
    yield f"privacy audit: {result.status}: {result.suspect} of {result.searched} pictures may show a person{rate}"
    for one in result.found:
        if not one.printed:
            at = [round(v) for v in one.box]
            yield f"  {one.path}: a {one.kind} by {one.finder}, score {one.score:.2f}, at {at}"
    reasons: dict[str, list[str]] = {}
    for part in result.unsearched:
        reasons.setdefault(part.reason, []).append(part.path)
    for reason, paths in reasons.items():
        yield f"  not searched: {paths[0] if len(paths) == 1 else f'{len(paths)} files'}: {reason}"
