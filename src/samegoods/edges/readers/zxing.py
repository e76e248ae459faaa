"""Codes by zxing-cpp."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from samegoods.edges.readers.base import grey_of
from samegoods.geometry import area
from samegoods.records import CodeFormat, Image, Quad, ReaderName, ReaderState
from samegoods.vision.reading.seen import Seen

_FORMATS: dict[str, CodeFormat] = {
    "EAN13": "ean_13",
    "EAN8": "ean_8",
    "UPCA": "upc_a",
    "UPCE": "upc_e",
    "Code128": "code_128",
    "ITF14": "itf_14",
    "DataBarOmni": "databar",
    "DataBarStk": "databar",
    "DataBarStkOmni": "databar",
    "DataBarExp": "databar_expanded",
    "DataBarExpStk": "databar_expanded",
    "DataBarLtd": "databar_limited",
    "QRCodeModel1": "qr_code",
    "QRCodeModel2": "qr_code",
    "QRCode": "qr_code",
    "MicroQRCode": "micro_qr_code",
    "RMQRCode": "rmqr_code",
    "DataMatrix": "data_matrix",
    "Aztec": "aztec",
    "AztecCode": "aztec",
    "PDF417": "pdf417",
}
"""Left out: Codabar, Code 39, Code 93 and plain ITF, which carry no check digit or a weak one, and are not printed on
retail packs."""

_ASKED = (
    *("EAN13", "EAN8", "UPCE", "Code128", "ITF14", "DataBar", "DataBarExp", "DataBarLtd"),
    *("QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417"),
)


class ZxingReader:
    """zxing-cpp, all formats that samegoods knows. A part of every installation."""

    name: ReaderName = "zxing"

    def state(self) -> ReaderState:
        return ReaderState(self.name, True, f"zxing-cpp {version('zxing-cpp')}")

    def read(self, picture: Image) -> Sequence[Seen]:
        import zxingcpp

        grey = grey_of(picture)
        formats: Any = tuple(getattr(zxingcpp.BarcodeFormat, name) for name in _ASKED)
        found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=formats, text_mode=zxingcpp.TextMode.Plain)
        return [_seen(one) for one in found if one.valid and one.format.name in _FORMATS]


def _seen(found: Any) -> Seen:
    kind, text = _FORMATS[found.format.name], str(found.text)
    if kind == "upc_e":  # the text is the whole number; what is printed stands beside it
        text = str((found.extra or {}).get("UPCE", text))
    return Seen(text, _quad(found.position), format=kind)


def _quad(position: Any) -> Quad:
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    points = [getattr(position, name) for name in names]
    quad = np.array([(point.x, point.y) for point in points], np.float32)
    # Bars have no up and down, so zxing-cpp takes the upper end for the top even where the code runs leftwards.
    return quad if area(quad) >= 0 else quad[[3, 2, 1, 0]]
