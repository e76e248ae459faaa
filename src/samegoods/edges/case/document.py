"""The findings document, put together from what the case holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from samegoods.campaign import Campaign
from samegoods.edges.case.tables import CaseRow, CropRow, ItemRow, ReferenceRow, SightingRow, SourceRow
from samegoods.records import UNLISTED, Finding, GridRow, Judgement, Survey
from samegoods.results.ground import GroundGroupPart
from samegoods.results.making import verdict_part
from samegoods.results.parts import CampaignPart, FindingsPart
from samegoods.results.review import ReviewPart
from samegoods.results.statistics import statistics_part, tally_values
from samegoods.strangers import as_cell

Settled = Mapping[tuple[str, str], Judgement]
"""Every item's judgement, by source and item."""
Reviews = Mapping[tuple[str, str], Sequence[ReviewPart]]
"""The decisions that stand, by source and item."""
_Row = TypeVar("_Row", SightingRow, ItemRow, CropRow)


def campaign_part(campaign: Campaign) -> CampaignPart:
    """What the results say of the campaign."""
    order = campaign.order
    return CampaignPart.model_validate(
        {
            "id": campaign.campaign,
            "title": order.title,
            "in_force": order.in_force.isoformat(),
            "requires": order.requires,
            "categories": order.categories,
            "exempt": [{"category": one.category, "reason": one.reason} for one in order.exempt],
            "sites": [
                {"id": site.id, "name": site.name, "timezone": site.timezone.key, "notice": site.notice}
                for site in campaign.sites
            ],
            "products": [
                {
                    "id": one.id,
                    "name": one.name,
                    "category": one.category,
                    "versions": tuple(one.versions),
                    "prices": {
                        version: {"amount": str(form.price.amount), "currency": form.price.currency}
                        for version, form in one.versions.items()
                        if form.price is not None
                    },
                }
                for one in campaign.products
            ],
            "digest": campaign.digest,
            "retention_days": campaign.retention_days,
        }
    )


def findings_document(
    session: Session,
    findings: Sequence[Finding],
    judged: Sequence[Judgement],
    reviews: Reviews,
    statistics: Survey | None,
    ground: Sequence[GroundGroupPart] = (),
) -> FindingsPart:
    """All that the case says now, made at the time of the last saved work: a rerun changes nothing."""
    case = session.scalars(select(CaseRow)).one()
    sources = session.scalars(select(SourceRow).order_by(SourceRow.id)).all()
    current = [row.id for row in sources if row.digest == case.digest]
    sightings = _of(session, SightingRow, current)
    items = _of(session, ItemRow, current)
    references = session.scalars(select(ReferenceRow).order_by(ReferenceRow.id))
    settled = {(one.source, one.item): one for one in judged}
    return FindingsPart.model_validate(
        {
            "schema": "samegoods/findings/1",
            "campaign": case.campaign,
            "made_at": max([case.changed_at, *(row.saved_at for row in sources)]),
            "software": {"name": "samegoods", "version": case.software},
            "sources": [_source(row, stale=row.digest != case.digest) for row in sources],
            "references": [columns(row) for row in references],
            "sightings": [_sighting(row, settled) for row in sightings],
            "items": _items(items, _of(session, CropRow, current), sightings, settled, reviews),
            "findings": [_finding(finding) for finding in findings],
            "statistics": None if statistics is None else statistics_part(statistics),
            "ground": tuple(ground),
        }
    )


def _of(session: Session, table: type[_Row], sources: list[str]) -> list[_Row]:
    """The rows of these sources, in the order in which they were saved."""
    rows = session.scalars(select(table).order_by(table.source, table.rank))
    wanted = set(sources)
    return [row for row in rows if row.source in wanted]


def columns(row: Any) -> dict[str, Any]:
    """A row's values by the names of its columns."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _source(row: SourceRow, *, stale: bool) -> dict[str, Any]:
    return columns(row) | {"stale": stale}


def _sighting(row: SightingRow, settled: Settled) -> dict[str, Any]:
    candidates = [
        {"product": product, "version": version, "score": round(score, 4)}
        for product, version, score in row.candidates
    ]
    item = settled.get((row.source, row.item or ""))
    # That it is of no listed version was said of the item, and goes where the item's goes.
    version = item.version if item is not None and row.version == UNLISTED else row.version
    return columns(row) | {
        "version": version,
        "time_s": _seconds(row),
        "score": round(row.score, 4),
        "margin": round(row.margin, 4),
        "quad": _rounded(row.quad),
        "candidates": candidates,
    }


def _seconds(row: SightingRow) -> float | None:
    if row.pts is None or row.time_base is None:
        return None
    return round(float(row.pts * Fraction(row.time_base)), 4)


def _rounded(points: Iterable[Iterable[float]]) -> list[list[float]]:
    return [[round(value, 2) for value in point] for point in points]


def _items(
    items: list[ItemRow], crops: list[CropRow], sightings: list[SightingRow], settled: Settled, reviews: Reviews
) -> list[dict[str, Any]]:
    times: dict[tuple[str, str | None], list[float]] = {}
    for sighting in sightings:
        time = _seconds(sighting)
        if time is not None:
            times.setdefault((sighting.source, sighting.item), []).append(time)
    pictures: dict[tuple[str, str], list[CropRow]] = {}
    for crop in crops:
        pictures.setdefault((crop.source, crop.item), []).append(crop)
    return [
        _item(row, pictures.get((row.source, row.id), []), times.get((row.source, row.id), []))
        | _outcome(settled[row.source, row.id])
        | reviewed(reviews.get((row.source, row.id), ()))
        for row in items
    ]


def reviewed(stand: Sequence[ReviewPart]) -> dict[str, Any]:
    """What an item says of its reviewers."""
    return {"review": stand[-1] if stand else None, "reviews": tuple(stand)}


def _item(row: ItemRow, crops: list[CropRow], times: list[float]) -> dict[str, Any]:
    pictures = sorted(crops, key=lambda crop: crop.rank)
    return columns(row) | {
        "evidence": list(dict.fromkeys(crop.picture for crop in pictures)),
        "first_s": min(times, default=None),
        "last_s": max(times, default=None),
        "crops": [
            {"path": one.picture, "sighting": one.sighting, "face": one.face, "quad": _rounded(one.quad)}
            for one in pictures
        ],
    }


def _outcome(judged: Judgement) -> dict[str, Any]:
    """What may have changed since the item's own source was examined."""
    return {
        "version": judged.version,
        "packaging": verdict_part(judged.packaging),
        "quality": verdict_part(judged.quality),
        "call": judged.call,
        "appearance": judged.appearance,
        "features": [
            asdict(one) | {"share": round(one.share, 5), "delta_e": round(one.delta_e, 2)} for one in judged.features
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return tally_values(finding) | {
        "product": finding.product,
        "site": finding.site,
        "in_scope": finding.in_scope,
        "rule": finding.rule,
        "items": finding.items,
        "axes": {axis: tally_values(tally) for axis, tally in finding.axes},
        "not_judged": [{"rule": rule, "items": items} for rule, items in finding.not_judged],
        "prices": [asdict(row) for row in finding.prices],
        "grid": {row.appearance: _by_contents(row) for row in finding.grid},
    }


def _by_contents(row: GridRow) -> dict[str, int]:
    return {"same": row.same, "different": row.different, "cannot_tell": row.cannot_tell}


_TABLE = ("id", "source", "path", "site", "captured_at", "time_s", "product", "version", "face", "score")
_CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")


def sightings_table(document: FindingsPart) -> str:
    """The sightings as CSV, one to a row; the corners are those of the reference in the frame, px."""
    stream = io.StringIO()
    corners = [f"{corner}_{axis}" for corner in _CORNERS for axis in "xy"]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*_TABLE, "margin", *corners, "item"])
    sources = {source.id: source for source in document.sources}
    for one in document.sightings:
        source = sources[one.source]
        captured = None if source.captured_at is None else source.captured_at.isoformat()
        place = (one.id, source.id, source.path, source.site, captured, one.time_s)
        what = (one.product, one.version, one.face, one.score, one.margin)
        row = (*place, *what, *(value for point in one.quad for value in point), one.item)
        writer.writerow([as_cell(cell) for cell in row])
    return stream.getvalue()
