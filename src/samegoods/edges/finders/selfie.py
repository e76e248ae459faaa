"""Hands, arms and bodies near the camera by MediaPipe's selfie segmentation, for the audit alone.

The weights come in ``mediapipe`` and run in OpenCV; the package is not imported, for it asks for much that
is not used.

Method: MediaPipe Selfie Segmentation, model card of 2021; a MobileNetV3 with a decoder, on 256 x 256 px.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from samegoods.edges.finders.base import Package, suppressed, weights_fault
from samegoods.records import FinderName, FinderState, Image, PersonBox, PersonKind

_PACKAGE = Package(
    "mediapipe",
    "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
    # The last release that carries the file; it exists up to Python 3.12.
    install="pip install --no-deps mediapipe==0.10.21",
)
_SIDE = 256
_SURE = 0.5


class SelfieFinder:
    """Finds people of whom a part takes ``least_share`` of the picture or more, ``least_score`` sure on average.

    Plain print close to the colour of skin gives regions with scores up to 0.75; hands and bodies give 0.8 and more.
    """

    name: FinderName = "selfie"
    kind: PersonKind = "body"

    def __init__(self, *, least_share: float = 0.03, least_score: float = 0.8) -> None:
        self.least_share = least_share
        self.least_score = least_score

    def state(self) -> FinderState:
        return _PACKAGE.state(self.name, self.kind)

    @cached_property
    def _net(self) -> cv2.dnn.Net:
        try:
            return cv2.dnn.readNetFromTFLite(str(_PACKAGE.weights()))
        except cv2.error as error:
            raise weights_fault(_PACKAGE, error) from error

    def find(self, picture: Image) -> Sequence[PersonBox]:
        height, width = picture.shape[:2]
        self._net.setInput(cv2.dnn.blobFromImage(picture, 1 / 255, (_SIDE, _SIDE)))
        sure = np.asarray(self._net.forward(), np.float32).reshape(_SIDE, _SIDE)
        count, labels, stats, _ = cv2.connectedComponentsWithStats((sure > _SURE).astype(np.uint8), connectivity=8)
        score = {i: float(sure[labels == i].mean()) for i in range(1, count)}
        size_of = stats[:, cv2.CC_STAT_AREA]
        large = [i for i in score if size_of[i] >= self.least_share * _SIDE**2 and score[i] >= self.least_score]
        low = np.array([[stats[i, 0], stats[i, 1]] for i in large], float).reshape(-1, 2)
        size = np.array([[stats[i, 2], stats[i, 3]] for i in large], float).reshape(-1, 2)
        boxes = np.hstack([low, low + size]) * [width, height, width, height] / _SIDE
        scores = np.array([score[i] for i in large])
        return suppressed(boxes, scores, kind="body", finder=self.name, most_overlap=1.0, shape=picture.shape)
