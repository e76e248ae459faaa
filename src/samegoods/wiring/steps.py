"""The steps in which a long video is examined, and what comes of each: they travel to workers and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from samegoods.edges.media import Media, StretchRead
from samegoods.records import Comparison, Item, Span

if TYPE_CHECKING:
    from samegoods.pipeline import Part

Packs = tuple[tuple[Item, Comparison], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Work: look through a stretch."""

    media: Media
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Weigh:
    """Work: compare packs that were in view where stretches meet, once it is known what all saw of them."""

    media: Media
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Prove:
    """Work: see that the file is what was hashed, once it is read."""

    media: Media


Step = Look | Weigh | Prove


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What came of :class:`Look`."""

    source: str
    number: int
    part: Part
    read: StretchRead


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What came of :class:`Weigh`."""

    source: str
    name: str
    packs: Packs


@dataclass(frozen=True, slots=True)
class Proven:
    """What came of :class:`Prove`: the state of the file (see :class:`samegoods.edges.media.StretchRead`)."""

    source: str
    state: tuple[int, int]


Came = Looked | Weighed | Proven
