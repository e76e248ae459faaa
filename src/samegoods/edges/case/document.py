"""What the findings document says of the rows of a case, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from itertools import chain
from typing import Any

from sqlalchemy import Row

from samegoods.campaign import Campaign
from samegoods.edges.case.tables import SightingRow, SourceRow
from samegoods.records import Finding, GridRow, Judgement
from samegoods.results.making import verdict_part
from samegoods.results.parts import CampaignPart, ItemPart, SightingPart, SourcePart
from samegoods.results.review import ReviewPart
from samegoods.results.statistics import tally_values
from samegoods.strangers import as_cell


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


def columns(row: Any) -> dict[str, Any]:
    """A row's values by the names of its columns."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def source_part(row: SourceRow, *, stale: bool) -> SourcePart:
    return SourcePart.model_validate(columns(row) | {"stale": stale})


def sighting_part(row: SightingRow, version: str | None) -> SightingPart:
    """A sighting; that it is of no listed version was said of its item, so ``version`` goes where the item's goes."""
    candidates = [
        {"product": product, "version": version, "score": round(score, 4)}
        for product, version, score in row.candidates
    ]
    return SightingPart.model_validate(
        columns(row)
        | {
            "version": version,
            "time_s": seconds(row.pts, row.time_base),
            "score": round(row.score, 4),
            "margin": round(row.margin, 4),
            "quad": _rounded(row.quad),
            "candidates": candidates,
        }
    )


def seconds(pts: int | None, time_base: str | None) -> float | None:
    """A time stamp in seconds; None of a photo."""
    return None if pts is None or time_base is None else round(float(pts * Fraction(time_base)), 4)


def _rounded(points: Iterable[Iterable[float]]) -> list[list[float]]:
    return [[round(value, 2) for value in point] for point in points]


def item_part(
    row: Row[Any], judged: Judgement, crops: Sequence[Row[Any]], times: Iterable[float], stand: Sequence[ReviewPart]
) -> ItemPart:
    """An item: what its row says, and what became of it once all were held against each other."""
    seen = sorted(times)
    shown = {
        "evidence": list(dict.fromkeys(crop.picture for crop in crops)),
        "first_s": seen[0] if seen else None,
        "last_s": seen[-1] if seen else None,
        "crops": [
            {"path": one.picture, "sighting": one.sighting, "face": one.face, "quad": _rounded(one.quad)}
            for one in crops
        ],
    }
    return ItemPart.model_validate(dict(row._mapping) | shown | _outcome(judged) | _reviewed(stand))


def _reviewed(stand: Sequence[ReviewPart]) -> dict[str, Any]:
    """What an item says of its reviewers."""
    return {"review": stand[-1] if stand else None, "reviews": tuple(stand)}


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


def finding_values(finding: Finding) -> dict[str, Any]:
    """A finding as its part takes it."""
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
SIGHTINGS_HEAD = (*_TABLE, "margin", *(f"{corner}_{axis}" for corner in _CORNERS for axis in "xy"), "item")
"""The columns of the sightings as CSV; the corners are those of the reference in the frame, px."""


def sighting_cells(one: SightingPart, *, path: str, site: str, captured_at: datetime | None) -> list[object]:
    """A row of that table; the rest is of its source."""
    captured = None if captured_at is None else captured_at.isoformat()
    what = (one.product, one.version, one.face, one.score, one.margin)
    row = (one.id, one.source, path, site, captured, one.time_s, *what, *chain.from_iterable(one.quad), one.item)
    return [as_cell(cell) for cell in row]
