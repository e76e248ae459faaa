"""Lines of text by RapidOCR (PP-OCR models): Latin, Chinese and Japanese; it finds lines of any script."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import cv2
import numpy as np

from samegoods.errors import MissingPart
from samegoods.geometry import area, corners
from samegoods.records import Image, Quad, ReaderName, ReaderState
from samegoods.vision.reading.lines import rectified
from samegoods.vision.reading.seen import Seen

_MISSING = "install the extra: pip install 'samegoods[read]'"
_LONGEST_PX = 1600
"""Long side at which lines are looked for. The digits of a price tag are 25 px tall on a 1080p picture of a shelf;
at the library's own 736 they are lost."""
_LEAST_PX = 8


class RapidocrReader:
    """PP-OCRv6, small, with the weights that come inside the package; nothing is fetched."""

    name: ReaderName = "rapidocr"

    def __init__(self) -> None:
        self._engine: Any = None

    def state(self) -> ReaderState:
        try:
            return ReaderState(self.name, True, f"rapidocr {version('rapidocr')} on {version('onnxruntime')}")
        except PackageNotFoundError:
            return ReaderState(self.name, False, _MISSING)

    def read(self, picture: Image) -> Sequence[Seen]:
        """Lines with their text; the text is empty where it has no letters for what it sees."""
        engine = self._loaded()
        if min(picture.shape[:2]) < _LEAST_PX:
            return []
        bgr = _bgr(picture)
        quads = self._found(engine, bgr)
        return _spelled(engine, bgr, quads) if quads else []

    def find(self, picture: Image) -> Sequence[Quad]:
        """Where it sees lines in a picture, (H, W) or (H, W, 3); to find them takes a third of the time of reading."""
        engine = self._loaded()
        return self._found(engine, _bgr(picture)) if min(picture.shape[:2]) >= _LEAST_PX else []

    def _found(self, engine: Any, bgr: Image) -> list[Quad]:
        boxes = engine(bgr, use_det=True, use_cls=False, use_rec=False).boxes
        quads = [] if boxes is None else [np.asarray(box, np.float32) for box in boxes]
        return [quad for quad in quads if abs(area(quad)) >= 1]

    def spell(self, pictures: Sequence[Image]) -> Sequence[Seen]:
        """The text of pictures that are one upright line each, (h, w, 3); empty where it can spell nothing."""
        engine = self._loaded()
        if not pictures:
            return []
        found = engine.recognize_txt([_bgr(one) for one in pictures])
        told = zip(pictures, found.txts, found.scores, strict=True)
        return [_spelled_line(picture, text, score) for picture, text, score in told]

    def _loaded(self) -> Any:
        if self._engine is None:
            if not self.state().available:
                raise MissingPart(f"RapidOCR is not installed: {_MISSING}")
            self._engine = _engine()
        return self._engine


def _bgr(picture: Image) -> Image:
    conversion = cv2.COLOR_GRAY2BGR if picture.ndim == 2 else cv2.COLOR_RGB2BGR
    return np.asarray(cv2.cvtColor(picture, conversion), np.uint8)


def _engine() -> Any:
    """The models are named one by one: a missing one is an error, and never fetched."""
    # ONNX Runtime sends reports of its use to its maker unless told not to, and notes an id of them in a file.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from rapidocr import RapidOCR

    models = files("rapidocr") / "models"
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": 0.0,
            "Global.max_side_len": _LONGEST_PX,
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONGEST_PX,
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Cls.model_path": str(models / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _spelled(engine: Any, bgr: Image, quads: list[Quad]) -> list[Seen]:
    """Lines upright, turned by the angle classifier where they stand on their heads, then read in batches."""
    crops = [rectified(bgr, quad) for quad in quads]
    turned, sides = engine.cls_and_rotate(crops)
    spelled = engine.recognize_txt(turned)
    lines = zip(quads, sides.cls_res, spelled.txts, spelled.scores, strict=True)
    return [_seen(quad, side, text, score) for quad, side, text, score in lines]


def _spelled_line(picture: Image, text: str, score: float) -> Seen:
    quad = corners(picture.shape[1], picture.shape[0])
    return Seen(text.strip(), quad, float(np.clip(score, 0, 1)) if text.strip() else 0.0)


def _seen(quad: Quad, side: tuple[str, float], text: str, score: float) -> Seen:
    """The classifier turns what it surely (0.9) holds to be upside down; its corners then begin elsewhere."""
    label, sure = side
    upright = quad[[2, 3, 0, 1]] if "180" in str(label) and sure > 0.9 else quad
    return Seen(text.strip(), upright, float(np.clip(score, 0, 1)) if text.strip() else 0.0)
