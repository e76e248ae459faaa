"""Reports from the ground that are made up, and photos as they come out of the wall."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from fakes import cases
from samegoods.edges.case import CaseStore
from samegoods.records.ground import GroundItem, GroundPhoto
from samegoods.results.ground import GroundReportPart, SentPart

SENT = SentPart(
    product="camellia-biscuits",
    version="domestic",
    site="songsin",
    day=date(2026, 7, 18),
    amount="12.50",
    currency="KRW",
    remark="the seal is missing on every box",
)


def receipt(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def photo(seed: int = 1, **more: Any) -> GroundPhoto:
    """A photo that shows one pack of biscuits without its seal."""
    sighting = replace(cases.examined_sighting(), id=f"photo-{seed}")
    crop = cases.crop(sighting, cases.face("Camellia butter", (196, 120, 40), seal=False), seed=seed)
    values = {"product": SENT.product, "version": "domestic", "packaging": "different", "quality": "cannot_tell"}
    return GroundPhoto("kept", (GroundItem(**(values | more), crops=(crop,)),))


def reported(store: CaseStore, code: str = "a", *, photos: int = 0, **more: Any) -> GroundReportPart:
    """A report in a case; photos follow from the code."""
    seen = [photo(seed=sum(code.encode()) * 10 + n) for n in range(photos)]
    return store.keep_report(SENT.model_copy(update=more), receipt=receipt(code), photos=seen)
