"""Codes by OpenCV's detector of bars: EAN and UPC-A, at any turn; places of bars that it cannot spell."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from samegoods.edges.readers.base import grey_of
from samegoods.records import CodeFormat, Image, Quad, ReaderName, ReaderState
from samegoods.vision.reading.seen import Seen

_FORMATS: dict[str, CodeFormat] = {"EAN_13": "ean_13", "EAN_8": "ean_8", "UPC_A": "upc_a"}
_LEAST_PX = 40
"""The detector returns nothing on smaller pictures, and warns."""


class OpencvReader:
    """``cv2.barcode``. A part of every installation."""

    name: ReaderName = "opencv"

    def __init__(self) -> None:
        self._detector = cv2.barcode.BarcodeDetector()

    def state(self) -> ReaderState:
        return ReaderState(self.name, True, f"opencv {cv2.__version__}")

    def read(self, picture: Image) -> Sequence[Seen]:
        if min(picture.shape[:2]) < _LEAST_PX:
            return []
        grey = grey_of(picture)
        _, texts, kinds, points = self._detector.detectAndDecodeWithType(np.ascontiguousarray(grey))
        if points is None:
            return []
        found = zip(texts, kinds, np.asarray(points, np.float32).reshape(-1, 4, 2), strict=False)
        return [_seen(text, kind, quad) for text, kind, quad in found if np.isfinite(quad).all()]


def _seen(text: str, kind: str, quad: Quad) -> Seen:
    """Its corners begin at the bottom left; ours at the top left."""
    format = _FORMATS.get(kind)
    return Seen(text if format else "", quad[[1, 2, 3, 0]], format=format)
