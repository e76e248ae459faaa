"""How records become rows of ``case.db``, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from numpy.typing import NDArray

from samegoods.edges.case.evidence import ReadyReference
from samegoods.edges.case.tables import CropRow, ItemRow, ReferenceRow, SightingRow, SourceRow
from samegoods.records import (
    CallName,
    Examined,
    Judgement,
    Outcome,
    Sighting,
    Source,
    SourceKind,
    Status,
    TimeFrom,
)
from samegoods.results.label import LabelPart, OfferPart, label_part, label_record, offer_part, offer_record
from samegoods.results.making import plain, verdict, verdict_part
from samegoods.results.verdicts import VerdictPart


def utc(time: datetime) -> str:
    """An aware time as ISO 8601 in UTC, of one length, so that text sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def done_key(source: Source, *, digest: str, software: str) -> str:
    """What the outcome of a source follows from: content, place and time, the campaign and the software."""
    captured = None if source.captured_at is None else utc(source.captured_at)
    parts = [source.sha256, source.site, captured, digest, software]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def source_row(source: Source, outcome: Outcome, *, digest: str, software: str, saved_at: str) -> SourceRow:
    return SourceRow(
        id=source.id,
        path=source.path,
        sha256=source.sha256,
        kind=source.kind,
        site=source.site,
        captured_at=None if source.captured_at is None else utc(source.captured_at),
        captured_from=source.captured_from,
        status=outcome.status,
        reason=outcome.reason,
        duration_s=outcome.duration_s,
        done_key=done_key(source, digest=digest, software=software),
        digest=digest,
        software=software,
        saved_at=saved_at,
    )


def failed_as_before(stored: SourceRow, row: SourceRow) -> bool:
    """Whether a source has failed again, and in the same way under the same campaign and software."""
    what = "path", "status", "reason", "done_key"
    return row.status == "failed" and all(getattr(stored, name) == getattr(row, name) for name in what)


def content_rows(
    examined: Examined, pictures: Iterable[tuple[str, ...]]
) -> tuple[list[SightingRow], list[ItemRow], list[CropRow]]:
    """The rows of a source's sightings, items and crops; ``pictures`` are the crops' paths, item by item."""
    item_of = {sighting: judgement.item for judgement, _ in examined.items for sighting in judgement.sightings}
    sightings = [
        _sighting_row(sighting, rank, item_of.get(sighting.id)) for rank, sighting in enumerate(examined.sightings)
    ]
    items: list[ItemRow] = []
    kept: list[CropRow] = []
    for rank, ((judgement, crops), paths) in enumerate(zip(examined.items, pictures, strict=True)):
        items.append(_item_row(judgement, rank))
        kept.extend(
            CropRow(
                source=judgement.source,
                item=judgement.item,
                rank=place,
                sighting=crop.sighting.id,
                face=crop.sighting.face,
                picture=path,
                quad=numbers(crop.quad),
            )
            for place, (crop, path) in enumerate(zip(crops, paths, strict=True))
        )
    return sightings, items, kept


def _sighting_row(sighting: Sighting, rank: int, item: str | None) -> SightingRow:
    moment = sighting.moment
    return SightingRow(
        source=sighting.source,
        id=sighting.id,
        rank=rank,
        pts=None if moment is None else moment.pts,
        time_base=None if moment is None else str(moment.time_base),
        reference=sighting.reference,
        product=sighting.product,
        version=sighting.version,
        face=sighting.face,
        score=float(sighting.score),
        margin=float(sighting.margin),
        quad=numbers(sighting.quad),
        candidates=[[one.product, one.version, float(one.score)] for one in sighting.candidates],
        inliers=int(sighting.inliers),
        item=item,
    )


def _item_row(judgement: Judgement, rank: int) -> ItemRow:
    return ItemRow(
        source=judgement.source,
        id=judgement.item,
        rank=rank,
        site=judgement.site,
        product=judgement.product,
        version=judgement.version,
        views=judgement.views,
        sightings=list(judgement.sightings),
        packaging=plain(verdict_part(judgement.packaging)),
        quality=plain(verdict_part(judgement.quality)),
        contents=judgement.contents,
        label=plain(label_part(judgement.label)),
        offer=None if judgement.offer is None else plain(offer_part(judgement.offer)),
        nearest=judgement.nearest,
        in_scope=judgement.in_scope,
        rule=judgement.rule,
        call=judgement.call,
    )


def reference_row(reference: ReadyReference) -> ReferenceRow:
    width, height = reference.size
    return ReferenceRow(
        id=reference.id,
        product=reference.product,
        version=reference.version,
        face=reference.face,
        picture=reference.picture.path,
        width=width,
        height=height,
        width_mm=reference.width_mm,
    )


def same_references(stored: Iterable[ReferenceRow], rows: Iterable[ReferenceRow]) -> bool:
    """Whether rows say what is stored, in whatever order."""
    names = [column.key for column in ReferenceRow.__table__.columns]

    def told(some: Iterable[ReferenceRow]) -> dict[str, list[object]]:
        return {row.id: [getattr(row, name) for name in names] for row in some}

    return told(stored) == told(rows)


def source_record(row: SourceRow) -> tuple[Source, Outcome]:
    source = Source(
        id=row.id,
        path=row.path,
        sha256=row.sha256,
        kind=cast(SourceKind, row.kind),
        site=row.site,
        captured_at=None if row.captured_at is None else datetime.fromisoformat(row.captured_at),
        captured_from=cast(TimeFrom | None, row.captured_from),
    )
    return source, Outcome(cast(Status, row.status), row.reason, row.duration_s)


def judgement_record(row: ItemRow) -> Judgement:
    return Judgement(
        item=row.id,
        source=row.source,
        site=row.site,
        product=row.product,
        version=row.version,
        views=row.views,
        sightings=tuple(row.sightings),
        packaging=verdict(VerdictPart.model_validate(row.packaging)),
        quality=verdict(VerdictPart.model_validate(row.quality)),
        in_scope=row.in_scope,
        rule=row.rule,
        call=cast(CallName | None, row.call),
        contents=cast(CallName, row.contents),
        label=label_record(LabelPart.model_validate(row.label)),
        offer=None if row.offer is None else offer_record(OfferPart.model_validate(row.offer)),
        nearest=row.nearest,
    )


def numbers(points: NDArray[Any]) -> list[list[float]]:
    """Points (n, 2) as plain numbers."""
    return cast(list[list[float]], points.astype(float).tolist())
