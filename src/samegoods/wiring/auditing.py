"""The leak audit: everything that a case holds, searched for people by finders that the wall does not use."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image as Pictures
from pydantic import ValidationError

import samegoods
from samegoods.edges.case.address import CaseAddress
from samegoods.edges.case.holdings import Holding, holdings
from samegoods.edges.case.opening import folder_of
from samegoods.records import Image
from samegoods.results.audit import AuditFinderPart, AuditPart
from samegoods.wiring.custody import sealing
from samegoods.wiring.searching import searched

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore

AUDIT = "audit.json"
_BLOCK, _COMPRESSED = 8, 20.0
"""Side of the squares, px, and the grey levels by which compression changes their mean at most."""


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
    found = searched(_once(chain(files, more.within_pages)), more.references, finders)
    return found.summed(finders, content, now().isoformat(timespec="seconds"))


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
