"""Pictures as the page shows them: laid flat by the case's own means, and made small."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samegoods.results.parts import CropPart, ItemPart, ReferencePart
from samegoods.results.statistics import TallyPart

Rgba = NDArray[np.uint8]
SIDE_PX = 900
SMALL_PX = 160
_QUALITY = 84


class Studio(Protocol):
    """Whoever reads pictures from the evidence of a case; raises CaseError where one is missing or damaged."""

    def reference(self, reference: ReferencePart) -> Rgba:
        """The pixels of a reference, (H, W, 4)."""

    def flat(self, crop: CropPart, onto: ReferencePart, side_px: int) -> Rgba:
        """A crop laid flat onto its reference, (h, w, 4)."""

    def shares(self, drawn: Sequence[tuple[str, TallyPart]]) -> bytes:
        """A chart of shares with their labels, as SVG."""

    def heat(self, item: ItemPart, onto: ReferencePart) -> Rgba | None:
        """How far each place of a face is off; None where that cannot be told."""


def webp(pixels: Rgba, side_px: int) -> bytes:
    """A picture as WebP, no side longer than this."""
    picture = Pictures.fromarray(pixels)
    if max(picture.size) > side_px:
        picture.thumbnail((side_px, side_px), Pictures.Resampling.BILINEAR)
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=_QUALITY, method=0)
    return stream.getvalue()
