"""Which references a campaign names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samegoods.campaign import Campaign, ReferenceSpec


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reference that is to be loaded: its id, what it shows, and where it is."""

    name: str
    product: str
    version: str
    spec: ReferenceSpec


def wanted(campaign: Campaign) -> tuple[Wanted, ...]:
    """Every reference that a campaign names, in the order of the file; opens none."""
    found: dict[str, Wanted] = {}
    for product in campaign.products:
        for version, form in product.versions.items():
            for spec in form.references:
                name = _free_name(f"{product.id}/{version}/{spec.face}", found)
                found[name] = Wanted(name, product.id, version, spec)
    return tuple(found.values())


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free
