"""What is seen on a photo that somebody on the spot sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samegoods.records.calls import CallName
from samegoods.records.goods import Crop


@dataclass(frozen=True, slots=True, eq=False)
class GroundItem:
    """One pack on a photo: the calls on it, and the crops that alone are kept."""

    product: str
    version: str | None
    packaging: CallName
    quality: CallName
    crops: tuple[Crop, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroundPhoto:
    """A photo after it was looked at; nothing of it is left but the crops of ``items``."""

    outcome: Literal["kept", "no_goods", "unreadable", "no_wall"]
    items: tuple[GroundItem, ...] = ()
