"""The campaign file: one study, its order, sites and products, read from YAML and checked to the last key."""

from samegoods.campaign.loading import load, refused, skeleton
from samegoods.campaign.models import (
    Axis,
    Campaign,
    Exemption,
    Order,
    Price,
    Product,
    ReferenceSpec,
    Site,
    Version,
    json_schema,
)
from samegoods.campaign.notice import NoticeWords, PublicNotice

__all__ = [
    "Axis",
    "Campaign",
    "Exemption",
    "NoticeWords",
    "Order",
    "Price",
    "Product",
    "PublicNotice",
    "ReferenceSpec",
    "Site",
    "Version",
    "json_schema",
    "load",
    "refused",
    "skeleton",
]
