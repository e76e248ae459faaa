"""How much to film for a wanted margin, and which packs to review next."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from samegoods import campaign as campaigns
from samegoods.campaign import Campaign
from samegoods.custody.walk import FINDINGS, read_findings
from samegoods.errors import CaseError, SamegoodsError
from samegoods.records import CallName, Reviewed, worse
from samegoods.results import FindingsPart
from samegoods.results.parts import ItemPart
from samegoods.statistics.clusters import Visits, interval, likeness
from samegoods.statistics.correction import JUDGED
from samegoods.statistics.counting import Reviews, local_day
from samegoods.statistics.design import Pile, review_next, usual, visits_needed
from samegoods.wiring.deciding import said

PACKS = (1, 3, 10)
"""Judged packs of a product at a visit, of which the plan shows what they save."""
ALIKE = (0.1, 0.3, 1.0)
"""How alike packs of a visit may be: hardly, somewhat, wholly. A case says how alike its own are."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many visits to a site, with so many judged packs of a product at each that are alike by so much;
    ``filmed`` are the packs to film at each, with those that will not be told. None where no number of visits is
    enough."""

    packs: int
    alike: float
    visits: int | None
    filmed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a product at a site is: what there is, its margin (None: nothing judged), and the visits that the wanted
    one takes in all if the next ones are like these; None where no number is enough, or nothing is known yet."""

    product: str
    site: str
    visits: int
    judged: int
    margin: float | None
    needed: int | None


@dataclass(frozen=True, slots=True)
class ToReview:
    """A pack to review, with where it is seen, and how much of the variance of its finding's share that takes away."""

    item: str
    path: str
    time_s: float | None
    product: str
    site: str
    call: CallName
    gain: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a margin takes. ``progress`` and ``reviews`` are empty without a case; ``waiting`` packs are not
    reviewed."""

    margin: float
    share: float
    untold: float
    products: int
    sites: int
    needs: tuple[Need, ...]
    progress: tuple[Progress, ...]
    reviews: tuple[ToReview, ...]
    waiting: int


def design(
    campaign: Path | str,
    *,
    wanted: float,
    share: float = 0.5,
    untold: float = 0.0,
    case: Path | str | None = None,
    reviews: int = 10,
    reviewed: Reviews | None = None,
    references_from: Sequence[Path | str] = (),
) -> Plan:
    """What a campaign takes for a margin of ``wanted`` (0.1: ten points to each side) on each product at each site.

    Args:
        share: of packs that differ, as expected; 0.5 asks for most.
        untold: the share of packs that is not told, as expected.
        case: what there is already; it says what is still missing, and what to review.
        reviews: how many packs to name for review.
        reviewed: what people said of packs of the case, by source and item; None: what its findings tell of it.

    Raises:
        SamegoodsError: campaign or case cannot be used, or a number is out of its range.
    """
    if not (0 < wanted < 1 and 0 <= share <= 1 and 0 <= untold < 1):
        raise SamegoodsError(f"margin {wanted}, share {share}, untold {untold}: each is a share between 0 and 1")
    study = campaigns.load(campaign, references_from=references_from)
    goods = [one for one in study.products if study.order.passes_over(one.category) is None]
    found = None if case is None else _read(study, Path(case))
    piles = () if found is None else tuple(_piles(found, _decided(found) if reviewed is None else reviewed))
    named = {_key(item): (item, path) for pile in piles for item, path in pile.items}
    chosen = review_next([pile.pile for pile in piles], reviews)
    return Plan(
        margin=wanted,
        share=share,
        untold=untold,
        products=len(goods),
        sites=len(study.sites),
        needs=tuple(_needs(wanted, share=share, untold=untold)),
        progress=() if found is None else tuple(_progress(study, found, wanted)),
        reviews=tuple(_to_review(*named[one.id], one.gain) for one in chosen),
        waiting=sum(len(pile.pile.waiting) for pile in piles),
    )


def _needs(wanted: float, *, share: float, untold: float) -> Iterator[Need]:
    for packs in PACKS:
        for alike in ALIKE if packs > 1 else ALIKE[-1:]:
            visits = visits_needed(wanted, share=share, packs=packs, likeness=alike)
            yield Need(packs, alike, visits, -int(-packs // (1 - untold)))


def _read(study: Campaign, case: Path | str) -> FindingsPart:
    from samegoods.edges.case import folder_of

    file = folder_of(case) / FINDINGS
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise CaseError(f"{file}: cannot be read: {error.strerror or error}") from error
    found = read_findings(raw)
    if found.campaign.id != study.campaign:
        raise CaseError(f"{case}: holds the case of the campaign {found.campaign.id!r}, not of {study.campaign!r}")
    return found


def _decided(found: FindingsPart) -> Reviews:
    return {(item.source, item.id): said(item.reviews, item) for item in found.items if item.reviews}


def _progress(study: Campaign, found: FindingsPart, wanted: float) -> Iterator[Progress]:
    zones = {site.id: ZoneInfo(site.timezone) for site in found.campaign.sites}
    days = {one.id: local_day(one.captured_at, zones[one.site]) for one in found.sources if one.site in zones}
    outcomes: dict[tuple[str, str], list[tuple[str, bool]]] = defaultdict(list)
    for item in found.items:
        if item.in_scope and item.call in JUDGED:
            outcomes[item.product, item.site].append((str(days.get(item.source)), item.call == "different"))
    for product in study.products:
        for site in study.sites:
            if study.order.passes_over(product.category) is None:
                yield _progress_of(product.id, site.id, outcomes[product.id, site.id], wanted)


def _progress_of(product: str, site: str, outcomes: list[tuple[str, bool]], wanted: float) -> Progress:
    if not outcomes:
        return Progress(product, site, 0, 0, None, None)
    visits = Visits.of(outcomes)
    hits = int(visits.hits.sum())
    guess = (hits + 1) / (visits.packs + 2)  # that none of three differ does not promise that none will
    needed = visits_needed(wanted, share=guess, packs=usual(visits), likeness=likeness(visits))
    low, high = interval(visits)[0]
    return Progress(product, site, len(visits.sizes), visits.packs, (high - low) / 2, needed)


@dataclass(frozen=True, slots=True)
class _Named:
    pile: Pile
    items: tuple[tuple[ItemPart, str], ...]


def _piles(found: FindingsPart, reviewed: Reviews) -> Iterator[_Named]:
    """The packs that the order reaches, by finding and call; what is to be reviewed comes in an order that chance
    and the campaign give, so nobody chooses."""
    paths = {source.id: source.path for source in found.sources}
    findings: dict[tuple[str, str], list[ItemPart]] = defaultdict(list)
    for item in found.items:
        if item.in_scope and item.call is not None:
            findings[item.product, item.site].append(item)
    for items in findings.values():
        for call in ("same", "different", "cannot_tell"):
            here = [item for item in items if item.call == call]
            known = [reviewed[item.source, item.id] for item in here if (item.source, item.id) in reviewed]
            waiting = [item for item in here if (item.source, item.id) not in reviewed]
            waiting.sort(key=lambda item: hashlib.sha256(f"{found.campaign.id} {_key(item)}".encode()).digest())
            differ = sum(_differs(one, found) for one in known)
            pile = Pile(len(known), differ, tuple(map(_key, waiting)), len(here) / len(items))
            yield _Named(pile, tuple((item, paths[item.source]) for item in waiting))


def _key(item: ItemPart) -> str:
    """Of an item in its case: its id alone is its source's."""
    return f"{item.source} {item.id}"


def _differs(review: Reviewed, found: FindingsPart) -> bool:
    by_axis = {"packaging": review.packaging, "quality": review.quality}
    return worse(*(by_axis[axis] for axis in found.campaign.requires)) == "different"


def _to_review(item: ItemPart, path: str, gain: float) -> ToReview:
    return ToReview(item.id, path, item.first_s, item.product, item.site, item.call or "cannot_tell", gain)
