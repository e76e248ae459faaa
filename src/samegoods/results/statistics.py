"""What the counts of a case amount to, as parts of the findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from samegoods.records import Counted, GroupedBy, Survey, Tally
from samegoods.results.base import Count, Part, Share

Signed = Annotated[float, Field(ge=-1, le=1)]
"""A difference of two shares."""
_DIGITS = 4
BY_CHANCE = 0.05
"""A difference that chance alone gives in fewer than 5 of 100 studies is called more than chance."""
_DRAWN: tuple[GroupedBy, ...] = ("product", "site", "period")


class BoundsPart(Part):
    """What the packs that cannot be told leave open: the share among all, were they the same or different, and the
    95 % limits that hold both."""

    all_same: Share
    all_different: Share
    low: Share
    high: Share


class CorrectedPart(Part):
    """The share corrected for wrong calls by ``reviewed`` items; ``whole``: the limits of the share among all
    items, with those that the program could not judge."""

    share: Share
    low: Share
    high: Share
    method: str
    reviewed: Count
    whole: tuple[Share, Share] | None = None


class TallyPart(Part):
    """Calls, counted; ``share_different`` with ``low`` and ``high`` is of the program's calls, ``corrected`` stands
    beside it, and ``correction`` says by which method, or why there is none."""

    same: Count
    different: Count
    cannot_tell: Count
    share_different: Share | None
    low: Share | None
    high: Share | None
    method: str
    share_if_all_same: Share | None
    share_if_all_different: Share | None
    visits: Count = 0
    """Sites times days that the items come from: items of one visit are taken to be alike."""
    bounds: BoundsPart | None = None
    corrected: CorrectedPart | None = None
    correction: str = ""


class GroupSharePart(Part):
    """The items of a group, counted on one thing; ``judged`` is false for a month before the order."""

    by: GroupedBy
    key: str
    counted: Counted
    judged: bool
    tally: TallyPart


class SidePart(Part):
    name: str
    visits: Count
    judged: Count
    different: Count


class ContrastPart(Part):
    """The share of the second side less that of the first; ``p_adjusted`` allows for all such comparisons."""

    product: str
    counted: Counted
    first: SidePart
    second: SidePart
    difference: Signed
    low: Signed
    high: Signed
    p: Share
    p_adjusted: Share
    method: str


class TrendPart(Part):
    """How the share of a product changes at a site in 30 days."""

    product: str
    site: str
    counted: Counted
    visits: Count
    first_day: str
    last_day: str
    per_30_days: float
    low: float
    high: float
    p: Share
    p_adjusted: Share
    method: str


class PriceGapPart(Part):
    """Mean prices of items that differ against those of items that are the same; ``unit`` null: of a pack."""

    product: str
    currency: str | None
    unit: str | None
    same: Count
    different: Count
    price_same: float
    price_different: float
    ratio: float
    low: float | None
    high: float | None
    share_different: Share | None
    method: str


class SiteHoursPart(Part):
    """When a site was filmed, by its own clock."""

    site: str
    days: tuple[str, ...]
    hours: tuple[Annotated[int, Field(ge=0, le=23)], ...]
    undated: Count


class NotSeenPart(Part):
    """What the footage cannot speak of; ``absent`` are pairs of product and site."""

    sites: tuple[str, ...]
    products: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]
    hours: tuple[SiteHoursPart, ...]


class StatisticsPart(Part):
    visits: Count
    reviewed: Count
    correction: str
    """Why nothing is corrected; empty where something is."""
    shares: tuple[GroupSharePart, ...]
    changes: tuple[ContrastPart, ...]
    """Before against since the order."""
    sites: tuple[ContrastPart, ...]
    """All other sites against one."""
    trends: tuple[TrendPart, ...]
    prices: tuple[PriceGapPart, ...]
    not_seen: NotSeenPart

    def told(self, requires: Sequence[str], *kinds: GroupedBy) -> tuple[GroupSharePart, ...]:
        """The shares of these kinds of group, on each axis that the order requires: a clear packaging is not hidden by
        a quality that nobody could tell."""
        return tuple(one for one in self.shares if one.by in kinds and one.counted in requires)

    def drawn(self, requires: Sequence[str]) -> tuple[GroupSharePart, ...]:
        """Those of products, sites and months in which something was judged: what a chart shows."""
        shown = self.told(requires, *_DRAWN)
        return tuple(one for one in shown if one.judged and one.tally.same + one.tally.different)


def statistics_part(survey: Survey) -> StatisticsPart:
    """A survey as a part; numbers to four digits."""
    return StatisticsPart.model_validate(_rounded(asdict(survey)))


def tally_values(tally: Tally) -> dict[str, Any]:
    """The values of a :class:`TallyPart`, to four digits."""
    values = asdict(tally)
    return {name: _rounded(values[name]) for name in TallyPart.model_fields}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_rounded(one) for one in value)
    return value
