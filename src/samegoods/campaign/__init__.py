"""The campaign file: one study, its order, sites and products, read from YAML and checked to the last key."""

from samegoods.campaign.loading import load, skeleton
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

__all__ = [
    "Axis",
    "Campaign",
    "Exemption",
    "Order",
    "Price",
    "Product",
    "ReferenceSpec",
    "Site",
    "Version",
    "json_schema",
    "load",
    "skeleton",
]
