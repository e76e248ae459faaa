"""Photos as media: one frame, with no time of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from samegoods.edges.media.limits import LIMITS, MediaLimits
from samegoods.edges.media.picture import decoded_picture
from samegoods.edges.media.reading import LUMA_SIDE, Reading
from samegoods.edges.media.unchanged import Changed, check_hash
from samegoods.errors import MediaError
from samegoods.records import Frame, Image, Outcome, Source
from samegoods.strangers import read_bytes


class PhotoMedia(Reading):
    """A photo: one frame whose moment is None."""

    def __init__(self, source: Source, path: Path, *, limits: MediaLimits = LIMITS) -> None:
        super().__init__(source)
        self._path = path
        self._limits = limits

    def frames(self) -> Iterator[Frame]:
        self._outcome: Outcome | None = None
        try:
            data = read_bytes(self._path, self._limits.photo_bytes)
            check_hash(hashlib.sha256(data).hexdigest(), self.source.sha256)
            picture = decoded_picture(data, limits=self._limits)
            del data
        except OSError as error:
            self._outcome = Outcome("failed", error.strerror or "it cannot be read")
            return
        except (MediaError, Changed) as error:
            self._outcome = Outcome("failed", str(error))
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
