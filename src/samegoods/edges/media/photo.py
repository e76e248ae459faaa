"""Photos as media: one frame, with no time of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from samegoods.edges.media.picture import read_picture
from samegoods.edges.media.reading import LUMA_SIDE, Reading
from samegoods.errors import MediaError
from samegoods.records import Frame, Image, Outcome, Source


class PhotoMedia(Reading):
    """A photo: one frame whose moment is None."""

    def __init__(self, source: Source, path: Path) -> None:
        super().__init__(source)
        self._path = path

    def frames(self) -> Iterator[Frame]:
        self._outcome = None
        try:
            picture = read_picture(self._path)
        except MediaError as error:
            reason = str(error).removeprefix(f"{self._path}: ")
            self._outcome: Outcome | None = Outcome("failed", reason)
            return
        pixels = picture.pixels
        yield Frame(source=self.source.id, moment=None, luma=_grey(pixels), render=lambda: pixels)
        self._outcome = Outcome("ok" if picture.loss is None else "partial", picture.loss)


def _grey(pixels: Image) -> Image:
    height, width = pixels.shape[:2]
    scale = min(1.0, LUMA_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
