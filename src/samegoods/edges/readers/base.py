"""What every reader promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from samegoods.records import Image, ReaderName, ReaderState
from samegoods.vision.reading.seen import Seen


def grey_of(picture: Image) -> Image:
    """A picture (H, W) or (H, W, 3) as grey (H, W)."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


class Reader(Protocol):
    """Reads codes or text off a picture in memory. Every implementation passes one contract suite."""

    name: ReaderName

    def state(self) -> ReaderState:
        """Whether it is installed: its version, or what to install. Never raises, and loads no model."""
        ...

    def read(self, picture: Image) -> Sequence[Seen]:
        """All that it sees in a picture, (H, W) grey or (H, W, 3) RGB uint8; the same for the same picture.

        Quads are clockwise from the top left of the thing itself, in px of the picture. A picture with nothing
        on it, or of one pixel, gives nothing.

        Raises:
            MissingPart: the reader is not installed.
        """
        ...


@runtime_checkable
class Speller(Reader, Protocol):
    """A reader of text that takes lines that were found before."""

    def spell(self, pictures: Sequence[Image]) -> Sequence[Seen]:
        """One answer for each picture, (h, w, 3) RGB uint8, that is one upright line; its text may be empty.

        Raises:
            MissingPart: the reader is not installed.
        """
        ...
