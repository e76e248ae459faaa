"""From the judged items of a case to its published results: the last step of a check, and of what changes a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from samegoods.campaign import Order, Product
from samegoods.fetching import Counted, Pictures
from samegoods.records import Judgement
from samegoods.results.audit import AuditPart
from samegoods.results.parts import CampaignPart
from samegoods.wiring.auditing import put_audit
from samegoods.wiring.custody import Seal
from samegoods.wiring.deciding import said
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore
    from samegoods.records import Finding

Published = tuple[tuple["Finding", ...], tuple[Judgement, ...], Path, AuditPart]


def publish(
    store: CaseStore, seal: Seal, *, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> Published:
    """Settle and count all that an open case holds; write results, report and audit; tell the log.

    Other writers of the case wait meanwhile.

    Args:
        sites: the ids of the campaign's sites; those with footage are counted.

    Returns:
        The findings, the settled items, the report's path and the audit.
    """
    with store.publishing():
        return _published(store, seal, order, products, sites)


def _published(
    store: CaseStore, seal: Seal, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> Published:
    from samegoods.stages.count import count
    from samegoods.stages.hear import hear
    from samegoods.stages.settle import settle
    from samegoods.stages.survey import survey, visits_of

    sources = store.sources()
    filmed = [one for one in sites if any(source.site == one for source, _ in sources)]
    zones = {site.id: ZoneInfo(site.timezone) for site in store.campaign.sites}
    visits = visits_of([source for source, _ in sources], zones)
    items = settle(store.judgements(), requires=order.requires)
    standing = store.standing()
    reviews = {place: said(standing[place], one) for one in items if standing.get(place := (one.source, one.item))}
    findings = count(items, order=order, products=products, sites=filmed, visits=visits, reviews=reviews)
    statistics = survey(items, order=order, products=products, zones=zones, sources=sources, reviews=reviews)
    ids = [one.id for one in products]
    ground = hear(store.accepted_reports(), items, products=ids, sites=sites, visits=visits)
    store.publish(findings, items, statistics, ground)
    page = put_report(store)
    audited = put_audit(store)
    store.conclude(stamp=seal.stamp)
    return findings, items, page, audited


def republish(store: CaseStore, seal: Seal) -> Published:
    """The same for a case as it stands, by the campaign that it was checked under."""
    known = store.campaign
    order, products = _judged_by(known)
    return publish(store, seal, order=order, products=products, sites=[site.id for site in known.sites])


def put_report(store: CaseStore, progress: Callable[[Progress], None] | None = None) -> Path:
    """Write tables and report of an open case, from the findings that were published in it; the path of its page.

    Args:
        progress: told of every picture that was read.
    """
    from samegoods.edges.report import report_files
    from samegoods.edges.tables import write_tables

    store.put_files(lambda folder: write_tables(store.folder / "findings.json", folder))
    pictures: Pictures = store.pictures
    if progress is not None:
        pictures = Counted(pictures, lambda number: progress(Progress(number, None, f"pictures read: {number}")))
    files = report_files(store.folder, store.vouched, pictures=pictures)
    page, _ = [store.put(name, content) for name, content in files.items()]
    return page


def _judged_by(known: CampaignPart) -> tuple[Order, tuple[Product, ...]]:
    """What counting needs of the campaign, from what the case keeps of it: the order, ids and categories."""
    order = Order.model_validate(
        {
            "title": known.title,
            "in_force": known.in_force,
            "requires": known.requires,
            "categories": known.categories,
            "exempt": [{"category": one.category, "reason": one.reason} for one in known.exempt],
        }
    )
    products = [
        Product.model_construct(id=one.id, name=one.name, category=one.category, versions={}) for one in known.products
    ]
    return order, tuple(products)
