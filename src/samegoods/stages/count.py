"""Count the calls of a campaign: what is seen of each product at each site, with its uncertainty."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from statistics import median_low

import numpy as np
from numpy.typing import NDArray
from scipy import special

from samegoods.campaign import Order, Product
from samegoods.records import Appearance, AxisName, CallName, Finding, GridRow, Judgement, PriceRow, Tally

AXES: tuple[AxisName, ...] = ("packaging", "quality")
APPEARANCES: tuple[Appearance, ...] = ("identical", "similar", "different", "cannot_tell")

LEVEL = 0.95
"""The confidence of every interval."""

ENOUGH_SOURCES = 8
"""With fewer sources than this, the likeness of items within a source is not estimated but taken as full."""


def count(
    judgements: Iterable[Judgement], *, order: Order, products: Sequence[Product], sites: Sequence[str]
) -> tuple[Finding, ...]:
    """One finding for each product at each site, in the order of ``products`` and ``sites``.

    A product never seen at a site gets a finding as well, with no items and no share: not seen is a result.

    Args:
        judgements: the judged items, in any order.
        order: says which products it reaches at all.
        products: the campaign's products.
        sites: the ids of the sites that have footage; a site that only the judgements name is counted too.
    """
    judged = list(judgements)
    places = [*sites, *sorted({j.site for j in judged} - set(sites))]
    by_place: dict[tuple[str, str], list[Judgement]] = {(p.id, site): [] for p in products for site in places}
    for judgement in judged:
        by_place[judgement.product, judgement.site].append(judgement)
    excluded = {product.id: order.passes_over(product.category) for product in products}
    return tuple(
        _finding(product, site, here, excluded=excluded[product], rule=order.rule)
        for (product, site), here in by_place.items()
    )


def _finding(product: str, site: str, judged: list[Judgement], *, excluded: str | None, rule: str) -> Finding:
    reached = [j for j in judged if j.in_scope]
    passed_over = Counter(j.rule for j in judged if not j.in_scope)
    if not reached:
        rule = excluded or min(passed_over, default=rule)
    overall = tally([(j.source, j.call) for j in reached if j.call is not None])
    axes = tuple((axis, tally([(j.source, _on(j, axis)) for j in reached])) for axis in AXES)
    return Finding(
        product=product,
        site=site,
        in_scope=bool(reached) or (excluded is None and not judged),
        rule=rule,
        items=len(reached) if reached else len(judged),
        axes=axes,
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


def _on(judgement: Judgement, axis: AxisName) -> CallName:
    return judgement.packaging.call if axis == "packaging" else judgement.quality.call


def tally(calls: Sequence[tuple[str, CallName]]) -> Tally:
    """Count calls, each with the source that it comes from, and bound the share that differs.

    The items of one source are no independent draws: one stall, one delivery. The interval is Wilson's score
    interval on the effective sample size n / deff, with Kish's design effect
    deff = 1 + (sum(m^2) / n - 1) * rho for m judged items in each source.

    * Every source has one judged item: deff = 1, Wilson's interval as it is.
    * At least ``ENOUGH_SOURCES`` sources, and both outcomes seen: rho, the likeness of items within a source,
      is the analysis-of-variance estimate, and the effective size shrinks by (z / t)^2 with sources - 1
      degrees of freedom, because the design effect is itself estimated.
    * Otherwise rho = 1, the most cautious value: it cannot be told from so little.

    Sources: Wilson 1927 (JASA 22:209); Kish 1965, Survey Sampling, 5.4 and 8.2; Ridout, Demétrio & Firth 1999
    (Biometrics 55:137) for rho; Korn & Graubard 1998 (Survey Methodology 24:193) for the effective size;
    compared by Franco, Little, Louis & Slud 2019 (J. Survey Statistics and Methodology 7:334).
    """
    counts = Counter(call for _, call in calls)
    same, different, unknown = counts["same"], counts["different"], counts["cannot_tell"]
    judged, n = same + different, len(calls)
    low = high = share = None
    method = "nothing could be judged"
    if judged:
        share = different / judged
        size, method = _effective_size([(source, call == "different") for source, call in calls if call in _JUDGED])
        low, high = wilson(share, size)
    return Tally(
        same=same,
        different=different,
        cannot_tell=unknown,
        share_different=share,
        low=low,
        high=high,
        method=method,
        share_if_all_same=different / n if n else None,
        share_if_all_different=(different + unknown) / n if n else None,
    )


_JUDGED: tuple[CallName, ...] = ("same", "different")


def wilson(share: float, size: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a share seen in ``size`` observations; ``size`` need not be whole."""
    z2 = float(special.ndtri(0.5 + level / 2)) ** 2
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = np.sqrt(z2 * (share * (1 - share) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    # At none and at all the bound is the share itself, which rounding must not step over.
    return float(max(0.0, min(share, centre - half))), float(min(1.0, max(share, centre + half)))


def _effective_size(outcomes: list[tuple[str, bool]]) -> tuple[float, str]:
    """How many independent items these (source, differs) are worth, and by which method."""
    sizes, hits = _by_source(outcomes)
    n, k = int(sizes.sum()), len(sizes)
    if n == k:
        return float(n), "Wilson score, 95 %, one item a source"
    mean_mates = float((sizes**2).sum() / n)  # of an item, the items of its source, itself included
    rho = _likeness(sizes, hits) if k >= ENOUGH_SOURCES else None
    if rho is None:
        size = n / mean_mates
        return (
            size,
            f"Wilson score, 95 %, on an effective sample of {size:.1f} (items of one source count as one)",
        )
    z, t = float(special.ndtri(0.5 + LEVEL / 2)), float(special.stdtrit(k - 1, 0.5 + LEVEL / 2))
    size = n / (1 + (mean_mates - 1) * rho) * (z / t) ** 2
    return size, (
        f"Wilson score, 95 %, on an effective sample of {size:.1f} "
        f"(items of one source are alike by {rho:.2f}, estimated over {k} sources)"
    )


def _by_source(outcomes: list[tuple[str, bool]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each source the number of its items, and of those that differ, both (k,)."""
    sizes = Counter(source for source, _ in outcomes)
    hits = Counter(source for source, differs in outcomes if differs)
    names = sorted(sizes)
    return np.array([sizes[s] for s in names]), np.array([hits[s] for s in names])


def _likeness(sizes: NDArray[np.int64], hits: NDArray[np.int64]) -> float | None:
    """The intra-class correlation of yes/no outcomes by analysis of variance, cut to 0..1.

    None where all outcomes agree: then nothing tells likeness from chance.
    """
    n, k = int(sizes.sum()), len(sizes)
    if not 0 < hits.sum() < n:
        return None
    within = float((hits * (sizes - hits) / sizes).sum() / (n - k))
    between = float((((hits / sizes - hits.sum() / n) ** 2) * sizes).sum() / (k - 1))
    typical = float((n - (sizes**2).sum() / n) / (k - 1))
    return float(np.clip((between - within) / (between + (typical - 1) * within), 0.0, 1.0))
