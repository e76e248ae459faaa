"""From an item to its comparison: its faces fused, its label read, what may tell who somebody is withheld."""

from __future__ import annotations

from collections.abc import Mapping

from samegoods.campaign import Campaign
from samegoods.records import Comparison, Item, Label, Reference, View
from samegoods.stages.compare import compare
from samegoods.stages.fuse import fuse
from samegoods.stages.label import label
from samegoods.stages.withhold import withhold
from samegoods.vision.reading.printed import Printed


def compared(
    item: Item, references: Mapping[str, Reference], printed: Printed, campaign: Campaign
) -> tuple[Item, Comparison]:
    """The item as it may be kept, and how it compares with its references."""
    item, views, read = read_off(item, references, printed)
    return item, compare(views, references, label=read, gtins=campaign.product(item.product).gtins)


def read_off(
    item: Item, references: Mapping[str, Reference], printed: Printed
) -> tuple[Item, tuple[View, ...], Label]:
    """The item as it may be kept, its fused faces and its label."""
    views = fuse(item, references)
    read = label(item, views, references, printed)
    if not read.withheld:
        return item, views, read
    item = withhold(item, read.withheld, references)
    return item, fuse(item, references), read
