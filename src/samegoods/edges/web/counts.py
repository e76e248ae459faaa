"""The statistics of a case in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.words import GROUPS, Say
from samegoods.records import GroupedBy
from samegoods.results.statistics import ContrastPart, GroupSharePart, StatisticsPart

BY_CHANCE = 0.05
"""A difference that chance alone gives in fewer than 5 of 100 studies is called more than chance."""


def groups(
    found: StatisticsPart, requires: Sequence[str], say: Say, kinds: Sequence[GroupedBy] = tuple(GROUPS)
) -> list[tuple[str, list[GroupSharePart]]]:
    """The shares by kind of group, each with its heading; of the axes those that the order requires."""
    told = []
    for by in kinds:
        rows = [one for one in found.shares if one.by == by and one.counted in requires]
        if rows:
            told.append((say(GROUPS[by]), rows))
    return told


def charted(found: StatisticsPart, requires: Sequence[str]) -> list[GroupSharePart]:
    """Those of them that are drawn: of products, sites and months in which something was judged."""
    drawn = [one for one in found.shares if one.by in ("product", "site", "period") and one.counted in requires]
    return [one for one in drawn if one.judged and one.tally.same + one.tally.different]


def standing_out(found: StatisticsPart) -> tuple[ContrastPart, ...]:
    """The sites that differ from the others by more than chance."""
    return tuple(one for one in found.sites if one.p_adjusted < BY_CHANCE)


def labels(desk: Desk) -> Callable[[GroupSharePart], str]:
    """What each group is called in the chart, which is the same in every language: names as the campaign has them."""
    products = {one.id: one.name for one in desk.products.values()}
    sites = {one.id: one.name for one in desk.sites.values()}
    names = {"product": products, "site": sites}

    def label(one: GroupSharePart) -> str:
        name = names.get(one.by, {}).get(one.key, one.key)
        return name if one.counted == "order" else f"{name}: {one.counted}"

    return label
