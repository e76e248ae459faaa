"""Two cases, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samegoods.records.calls import AxisName

Ranged = tuple[float, float, float]
"""A value with its 95 % limits: value, low, high."""


@dataclass(frozen=True, slots=True)
class SideShare:
    """What one case says of a product at a site on one axis, by the program's calls.

    ``packs`` are those that its order reaches, ``judged`` those of them that could be told. ``corrected`` is the share
    corrected by reviews, of which ``reviewed`` packs have one.
    """

    packs: int
    judged: int
    different: int
    visits: int
    share: Ranged | None
    reviewed: int
    corrected: Ranged | None


@dataclass(frozen=True, slots=True)
class Opposed:
    """A product at a site on one axis, in both cases.

    ``difference`` is the share of the first less that of the second, ``p`` the chance of so large a one were the cases
    alike, ``p_adjusted`` allows for all comparisons of the two cases. These are None where the two cannot be held
    against each other, and ``why`` says for what reason. ``corrected`` is the difference of the corrected shares.
    """

    product: str
    site: str
    axis: AxisName
    first: SideShare
    second: SideShare
    difference: Ranged | None
    p: float | None
    p_adjusted: float | None
    corrected: Ranged | None
    why: str


@dataclass(frozen=True, slots=True)
class Parted:
    """Ids that only one of two cases has."""

    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherPicture:
    """A face of a version whose reference picture is not the same in both cases; ``None``: it has none there."""

    product: str
    version: str
    face: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class Sides:
    """Two cases against each other: what they say of what both have, and what keeps them from being compared.

    ``products`` and ``sites`` are those of one campaign alone. ``unlike`` are sites of one id that are not the same
    place by name or time zone, and so are not compared. ``shared`` counts recordings that both cases hold.
    """

    opposed: tuple[Opposed, ...]
    products: Parted
    sites: Parted
    unlike: tuple[str, ...]
    pictures: tuple[OtherPicture, ...]
    versions: tuple[str, ...]
    """Products of both that are listed with other versions."""
    shared: int
