"""From the judged items of a case to its published results: the last step of a check, and of what changes a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from samegoods.campaign import Order, Product
from samegoods.results.audit import AuditPart
from samegoods.wiring.auditing import put_audit
from samegoods.wiring.custody import Seal, put_report

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore
    from samegoods.records import Finding, Judgement

Published = tuple[tuple["Finding", ...], tuple["Judgement", ...], Path, AuditPart]


def publish(
    store: CaseStore, seal: Seal, *, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> Published:
    """Settle and count all that an open case holds; write results, report and audit; tell the log.

    Args:
        sites: the ids of the campaign's sites; those with footage are counted.

    Returns:
        The findings, the settled items, the report's path and the audit.
    """
    from samegoods.stages.count import count
    from samegoods.stages.settle import settle
    from samegoods.stages.survey import survey, visits_of

    sources = store.sources()
    filmed = [one for one in sites if any(source.site == one for source, _ in sources)]
    zones = {site.id: ZoneInfo(site.timezone) for site in store.campaign.sites}
    visits = visits_of([source for source, _ in sources], zones)
    items = settle(store.judgements(), requires=order.requires)
    findings = count(items, order=order, products=products, sites=filmed, visits=visits)
    statistics = survey(items, order=order, products=products, zones=zones, sources=sources)
    store.publish(findings, items, statistics)
    page = put_report(store)
    audited = put_audit(store)
    store.conclude(stamp=seal.stamp)
    return findings, items, page, audited
