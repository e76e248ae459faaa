"""The ground truth of rendered footage: which face of which pack lies where in which frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from samegoods.records import Quad, SourceKind, Status
from samegoods.render.edits import Edit

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """A face in a frame.

    ``quad`` places the corners of its reference, px; ``visible`` is the share of it that nothing covers and
    the frame shows, 0..1; ``height_px`` the mean length of its upright sides.
    """

    item: str
    product: str
    version: str
    face: str
    quad: Corners
    visible: float
    height_px: float

    @property
    def corners(self) -> Quad:
        return np.array(self.quad, np.float32)


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """All faces of the campaign's goods in one frame; ``time_s`` is None for a photo."""

    time_s: float | None
    faces: tuple[FaceSeen, ...]


@dataclass(frozen=True, slots=True)
class ItemTruth:
    """One physical pack, and all that is planted in it against the export form."""

    id: str
    product: str
    version: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class SourceTruth:
    """One file of footage. ``status`` is how reading it should end: some files are planted as broken."""

    path: str
    site: str
    captured_at: str
    in_force: bool
    kind: SourceKind
    status: Status
    items: tuple[ItemTruth, ...]
    frames: tuple[FrameTruth, ...]

    def item(self, name: str) -> ItemTruth:
        """The item of that id.

        Raises:
            KeyError: none has it.
        """
        for item in self.items:
            if item.id == name:
                return item
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class MarketTruth:
    """A whole rendered market.

    ``exempt`` are the products that the order leaves out, ``software`` is the release that drew it.
    """

    seed: int
    software: str
    exempt: tuple[str, ...]
    sources: tuple[SourceTruth, ...]

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_bytes(TypeAdapter(MarketTruth).dump_json(self))


def read_truth(path: Path) -> MarketTruth:
    """What :meth:`MarketTruth.write` wrote.

    Raises:
        pydantic.ValidationError: the file holds something else.
    """
    return TypeAdapter(MarketTruth).validate_json(path.read_bytes())
