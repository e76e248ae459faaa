"""Count the calls of a campaign: what is seen of each product at each site, with its uncertainty."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from statistics import median_low

from samegoods.campaign import Order, Product
from samegoods.records import Appearance, CallName, Finding, GridRow, Judgement, PriceRow, Tally
from samegoods.statistics.counting import AXES, UNREVIEWED, Basis, Reviews

APPEARANCES: tuple[Appearance, ...] = ("identical", "similar", "different", "cannot_tell")


def count(
    judgements: Iterable[Judgement],
    *,
    order: Order,
    products: Sequence[Product],
    sites: Sequence[str],
    visits: Mapping[str, str] | None = None,
    reviews: Reviews = UNREVIEWED,
) -> tuple[Finding, ...]:
    """One finding for each product at each site, in the order of ``products`` and ``sites``.

    A product never seen at a site gets a finding as well, with no items and no share: not seen is a result.

    Args:
        judgements: the judged items, in any order.
        order: says which products it reaches at all.
        products: the campaign's products.
        sites: the ids of the sites that have footage; a site that only the judgements name is counted too.
        visits: the visit of each source; a source that is not named is a visit of its own.
        reviews: what people say of some of the items; the calls are the program's own.
    """
    judged = list(judgements)
    places = [*sites, *sorted({j.site for j in judged} - set(sites))]
    by_place: dict[tuple[str, str], list[Judgement]] = {(p.id, site): [] for p in products for site in places}
    for judgement in judged:
        by_place[judgement.product, judgement.site].append(judgement)
    excluded = {product.id: order.passes_over(product.category) for product in products}
    basis = Basis.of(judged, requires=order.requires, visits=visits or {}, reviews=reviews)
    return tuple(
        _finding(product, site, here, excluded=excluded[product], rule=order.rule, basis=basis)
        for (product, site), here in by_place.items()
    )


def _finding(
    product: str, site: str, judged: list[Judgement], *, excluded: str | None, rule: str, basis: Basis
) -> Finding:
    reached = [j for j in judged if j.in_scope]
    passed_over = Counter(j.rule for j in judged if not j.in_scope)
    if not reached:
        rule = excluded or min(passed_over, default=rule)
    overall = basis.tally(reached, "order")
    return Finding(
        product=product,
        site=site,
        in_scope=bool(reached) or (excluded is None and not judged),
        rule=rule,
        items=len(reached) if reached else len(judged),
        axes=tuple((axis, basis.tally(reached, axis)) for axis in AXES),
        not_judged=tuple(sorted(passed_over.items())),
        grid=grid(reached),
        prices=prices(reached),
        **{field.name: getattr(overall, field.name) for field in fields(Tally)},
    )


def prices(judged: Iterable[Judgement]) -> tuple[PriceRow, ...]:
    """What items are offered at, by their call and the currency of the tag; items without a tag are left out."""
    seen: dict[tuple[CallName, str | None], list[Decimal]] = defaultdict(list)
    for one in judged:
        if one.offer is not None and one.call is not None:
            seen[one.call, one.offer.price.currency].append(Decimal(one.offer.price.amount))
    return tuple(
        PriceRow(call, currency, len(some), str(min(some)), str(median_low(some)), str(max(some)))
        for (call, currency), some in sorted(seen.items(), key=lambda pair: (pair[0][0], pair[0][1] or ""))
    )


def grid(judged: Iterable[Judgement]) -> tuple[GridRow, ...]:
    """Items by appearance against contents, as the dual-quality study of the EU shows them (JRC, EUR 29778, 2019)."""
    number = Counter((one.appearance, one.contents) for one in judged)
    return tuple(
        GridRow(row, number[row, "same"], number[row, "different"], number[row, "cannot_tell"]) for row in APPEARANCES
    )
