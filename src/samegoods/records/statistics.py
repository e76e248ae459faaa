"""What the counts of a campaign amount to: shares by group, changes, trends, prices, and what was not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from samegoods.records.calls import CallName, Tally

Counted = Literal["order", "packaging", "quality"]
"""Which call is counted: that on all that the order requires, or that on one axis alone."""
GroupedBy = Literal["all", "product", "category", "site", "period"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people say of an item, by axis."""

    packaging: CallName
    quality: CallName


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the packs that could not be told leave open: the share among all, were they all the same (``all_same``)
    or all different. ``low`` and ``high`` hold both of these, sampling allowed for."""

    all_same: float
    all_different: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Corrected:
    """A share corrected for wrong calls by ``reviewed`` packs, with its limits, by ``method``.

    ``whole`` are the limits of the share among all packs, with those that the program could not judge; None where the
    reviews do not tell, or none is left out.
    """

    share: float
    low: float
    high: float
    method: str
    reviewed: int
    whole: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class GroupShare:
    """The packs of one group, counted on one thing. ``key`` is the product's, category's or site's id, or the month;
    empty for all. ``judged`` is False for a month before the order, which is described and not judged."""

    by: GroupedBy
    key: str
    counted: Counted
    judged: bool
    tally: Tally


@dataclass(frozen=True, slots=True)
class Side:
    """One of two sides that are held against each other."""

    name: str
    visits: int
    judged: int
    different: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """The share that differs on one side less that on the other, for one product.

    ``difference`` is second less first; ``p`` the chance of so large a one were the sides alike; ``p_adjusted``
    allows for all such comparisons of the campaign.
    """

    product: str
    counted: Counted
    first: Side
    second: Side
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float
    method: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How the share of a product changes at a site: by so much in 30 days, with limits; p as in a contrast."""

    product: str
    site: str
    counted: Counted
    visits: int
    first_day: str
    last_day: str
    per_30_days: float
    low: float
    high: float
    p: float
    p_adjusted: float
    method: str


@dataclass(frozen=True, slots=True)
class PriceGap:
    """Prices of packs that differ against those of packs that are the same, for one product in one currency.

    ``unit`` is the measure that the tags price (``kg``), None for the price of a pack. ``same`` and ``different`` are
    numbers of packs with a price, ``price_same`` and ``price_different`` their geometric means; ``ratio`` is the
    second over the first, with limits; all three None where too few visits have both. ``share_different`` is the
    product's, over all sites.
    """

    product: str
    currency: str | None
    unit: str | None
    same: int
    different: int
    price_same: float
    price_different: float
    ratio: float
    low: float | None
    high: float | None
    share_different: float | None
    method: str


@dataclass(frozen=True, slots=True)
class SiteHours:
    """When a site was filmed, by its own clock: days (ISO), and the hours of the day (0..23) with footage in
    any of them. ``undated`` counts sources whose time nobody knows."""

    site: str
    days: tuple[str, ...]
    hours: tuple[int, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class NotSeen:
    """What the footage cannot speak of: sites without footage that could be read, products that no filmed site
    showed (``products``), or not this one (``absent``: product and site), and when each filmed site was filmed."""

    sites: tuple[str, ...]
    products: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]
    hours: tuple[SiteHours, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All statistics of a case beyond its findings."""

    visits: int
    reviewed: int
    correction: str
    """Why nothing is corrected; empty where something is."""
    shares: tuple[GroupShare, ...]
    changes: tuple[Contrast, ...]
    sites: tuple[Contrast, ...]
    trends: tuple[Trend, ...]
    prices: tuple[PriceGap, ...]
    not_seen: NotSeen
