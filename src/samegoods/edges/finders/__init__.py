"""Finders of faces and bodies: those of the privacy wall, and others for the audit of what it let through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from samegoods.edges.finders.base import Finder
from samegoods.edges.finders.mtcnn import MtcnnFinder
from samegoods.edges.finders.selfie import SelfieFinder
from samegoods.edges.finders.ssdlite import SsdliteFinder
from samegoods.edges.finders.yunet import YunetFinder
from samegoods.errors import MissingPart
from samegoods.records import Image, PersonBox

__all__ = [
    "Finder",
    "MtcnnFinder",
    "SelfieFinder",
    "SsdliteFinder",
    "YunetFinder",
    "audit_finders",
    "search_of",
    "wall_finders",
]


def wall_finders() -> tuple[Finder, ...]:
    """The wall's second net; making them loads no model."""
    return MtcnnFinder(), SsdliteFinder()


def audit_finders() -> tuple[Finder, ...]:
    """Eyes other than those that did the work: none of these stands in the wall."""
    return YunetFinder(), SelfieFinder()


def search_of(finders: Sequence[Finder]) -> Callable[[Image], tuple[PersonBox, ...]]:
    """One search by all of these finders, each loaded and tried on an empty picture now.

    Raises:
        MissingPart: one of them cannot be loaded, so nothing may be stored; the message says which, and what to do.
    """
    missing = [one.state() for one in finders if not one.state().available]
    if missing:
        commands = "; ".join(state.detail for state in missing)
        kinds = " and ".join(sorted({f"{state.kind} finder ({state.name})" for state in missing}))
        raise MissingPart(f"the wall's {kinds} is not installed, and without it nothing may be kept: {commands}")
    empty = np.zeros((64, 64, 3), np.uint8)
    for one in finders:
        one.find(empty)

    def search(picture: Image) -> tuple[PersonBox, ...]:
        return tuple(box for one in finders for box in one.find(picture))

    return search
