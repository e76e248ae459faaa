"""Judge a compared item under the order: does the order reach it, and what does it say of it?"""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from samegoods.campaign import Order, Product
from samegoods.records import AxisName, CallName, Comparison, Item, Judgement, Label, Offer, Verdict, worse

UNKNOWN_TIME = "capture time unknown"


def judge(
    item: Item,
    comparison: Comparison,
    *,
    product: Product,
    order: Order,
    site: str,
    captured_at: datetime | None,
    timezone: ZoneInfo,
    offer: Offer | None = None,
) -> Judgement:
    """What the order says of a compared item.

    The first rule that applies decides: an exempt category, a category that the order does not name, an
    unknown capture time, footage from before the order was in force (at the site's own time). An item that
    passes all four is judged: its call is the worse over the axes that the order requires.

    Earlier or undated footage keeps the outcome of its comparison, as a description; goods that the order
    never reaches are not described either.

    Raises:
        ValueError: ``captured_at`` carries no time zone.
    """
    excluded = order.passes_over(product.category)
    untimely = _untimely(captured_at, order=order, timezone=timezone)
    packaging, quality = _seen(item, comparison.packaging), _seen(item, comparison.quality)
    if excluded:
        packaging = quality = Verdict("cannot_tell", f"not judged: {excluded}")
    passed_over = excluded or untimely
    outcome: dict[AxisName, CallName] = {"packaging": packaging.call, "quality": quality.call}
    return Judgement(
        item=item.id,
        source=item.source,
        site=site,
        product=item.product,
        version=comparison.version,
        views=len(item.sightings),
        sightings=tuple(sighting.id for sighting in item.sightings),
        packaging=packaging,
        quality=quality,
        in_scope=passed_over is None,
        rule=passed_over or order.rule,
        call=None if passed_over else worse(*(outcome[axis] for axis in order.requires)),
        contents="cannot_tell" if excluded else comparison.contents,
        label=Label() if excluded else comparison.label,
        offer=offer,
        nearest=None if excluded else comparison.nearest,
    )


def _untimely(captured_at: datetime | None, *, order: Order, timezone: ZoneInfo) -> str | None:
    """The rule that keeps footage of this time from being judged, if any."""
    if captured_at is None:
        return UNKNOWN_TIME
    if captured_at.utcoffset() is None:
        raise ValueError(f"captured_at: expected a time with its zone, found {captured_at.isoformat()}")
    start = order.in_force
    begins = start if isinstance(start, datetime) else datetime.combine(start, time(), timezone)
    return f"before the order was in force ({start.isoformat()})" if captured_at < begins else None


def _seen(item: Item, verdict: Verdict) -> Verdict:
    """The verdict; never ``same`` of an item that no kept picture shows, as nothing seen is not the same."""
    if verdict.call == "same" and not item.crops:
        return Verdict("cannot_tell", "no picture of it was kept")
    return verdict
