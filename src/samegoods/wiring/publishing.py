"""From the judged items of a case to its published results: the last step of a check, and of what changes a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import samegoods
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
    from samegoods.custody import Signer
    from samegoods.edges.case import CaseStore, Publication
    from samegoods.records import Finding, Survey
    from samegoods.results.ground import GroundGroupPart
    from samegoods.statistics.counting import Reviews


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the findings, the report's page and the audit."""

    findings: tuple[Finding, ...]
    page: Path
    audit: AuditPart


def publish(
    store: CaseStore, seal: Seal, *, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> Published:
    """Settle and count all that an open case holds; write results, report and audit; tell the log.

    Items go by one at a time, from their rows into the results; what counting needs of each is all that is held.
    Other writers of the case wait meanwhile.

    Args:
        sites: the ids of the campaign's sites; those with footage are counted.
    """
    found: list[Finding] = []

    def write(folder: Path) -> Sequence[str]:
        with store.publication(folder) as made:
            counted = _counted(store, made, order)
            told = _told(store, counted, order=order, products=products, sites=sites)
            found.extend(told.findings)
            return made.finish(told.findings, told.survey, told.ground)

    with store.publishing():
        store.put_files(write)
        page = put_report(store)
        audited = put_audit(store)
        store.conclude(stamp=seal.stamp)
    return Published(tuple(found), page, audited)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The items of a case, no more of each than is counted, and what people say of some."""

    items: tuple[Judgement, ...]
    reviews: Reviews


def _counted(store: CaseStore, made: Publication, order: Order) -> _Counted:
    from samegoods.stages.settle import settled
    from samegoods.statistics.counting import small

    standing, reviews, items = store.standing(), {}, []
    for one in made.take(settled(store.judgements, requires=order.requires)):
        place = (one.source, one.item)
        if standing.get(place):
            reviews[place] = said(standing[place], one)
        items.append(small(one))
    return _Counted(tuple(items), reviews)


@dataclass(frozen=True, slots=True)
class _Told:
    findings: tuple[Finding, ...]
    survey: Survey
    ground: tuple[GroundGroupPart, ...]


def _told(
    store: CaseStore, counted: _Counted, *, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> _Told:
    from samegoods.stages.count import count
    from samegoods.stages.hear import hear
    from samegoods.stages.survey import survey, visits_of

    items, reviews, sources = counted.items, counted.reviews, store.sources()
    there = {source.site for source, _ in sources}
    filmed = [one for one in sites if one in there]
    zones = {site.id: ZoneInfo(site.timezone) for site in store.campaign.sites}
    visits = visits_of([source for source, _ in sources], zones)
    findings = count(items, order=order, products=products, sites=filmed, visits=visits, reviews=reviews)
    surveyed = survey(items, order=order, products=products, zones=zones, sources=sources, reviews=reviews)
    ids = [one.id for one in products]
    return _Told(findings, surveyed, hear(store.accepted_reports(), items, products=ids, sites=sites, visits=visits))


def republish(store: CaseStore, seal: Seal) -> Published:
    """The same for a case as it stands, by the campaign that it was checked under."""
    known = store.campaign
    order, products = _judged_by(known)
    return publish(store, seal, order=order, products=products, sites=[site.id for site in known.sites])


@dataclass(frozen=True, slots=True)
class Settled:
    """The judged items of a case, settled; read from it anew whenever they are gone through, and not held."""

    case: Path | str
    signer: Signer | None

    def __iter__(self) -> Iterator[Judgement]:
        from samegoods.edges.case import CaseStore
        from samegoods.stages.settle import settled

        with CaseStore.open(self.case, campaign=None, software=samegoods.__version__, signer=self.signer) as store:
            yield from settled(store.judgements, requires=store.campaign.requires)


def put_report(store: CaseStore, progress: Callable[[Progress], None] | None = None) -> Path:
    """Write report and tables of an open case, from the findings that were published in it; the path of its page.

    Args:
        progress: told of every picture that was read.
    """
    from samegoods.edges.report import REPORT, write_report

    pictures: Pictures = store.pictures
    if progress is not None:
        pictures = Counted(pictures, lambda number: progress(Progress(number, None, f"pictures read: {number}")))
    store.put_files(lambda folder: write_report(store.folder, folder, store.vouched, pictures=pictures))
    # After the report, beside whose making another process runs: what writes tables keeps forty megabytes.
    from samegoods.edges.tables import write_tables

    store.put_files(lambda folder: write_tables(store.folder / "findings.json", folder))
    return store.folder / REPORT


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
