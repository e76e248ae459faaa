"""The statistics of a case in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.words import GROUPS, Say
from samegoods.records import GroupedBy
from samegoods.results.statistics import BY_CHANCE, ContrastPart, GroupSharePart, StatisticsPart


def groups(
    found: StatisticsPart, requires: Sequence[str], say: Say, kinds: Sequence[GroupedBy] = tuple(GROUPS)
) -> list[tuple[str, tuple[GroupSharePart, ...]]]:
    """The shares by kind of group, each with its heading; of the axes those that the order requires."""
    told = ((say(GROUPS[by]), found.told(requires, by)) for by in kinds)
    return [(head, rows) for head, rows in told if rows]


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
