"""An anomaly detector as a peer: how far deep features of a photo lie from those of its reference, place by place.

After PaDiM (Defard et al. 2021, arXiv:2011.08785): at every place of the face a Gaussian over the features of a
pretrained network, fitted on normal pictures; a photo is off where its features are unlikely (Mahalanobis). Normal
pictures of one pack are not to be had here, so they are made from the reference: shifted by part of a pixel, softened,
shaded and noised, as cameras do. With so few, the covariance is its diagonal.

The network is one that a package in use here brings: the backbone of PP-OCR's text detector (PP-OCRv6, small, in
``rapidocr``), three stages of it, at 1/4, 1/8 and 1/16 of the picture. It learnt on text and not on ImageNet, as is
usual for PaDiM; packs are full of text. Its inner layers are made outputs by adding their names to the end of the
file: fields of a protocol buffer that come twice are merged.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import cv2
import numpy as np

from samegoods.records import Floats

MODEL = "PP-OCRv6_det_small.onnx"
STAGES = ("p2o.pd_op.add.14.0", "p2o.pd_op.add.27.0", "p2o.pd_op.add.50.0")
"""Ends of the stages of the backbone at strides of 4, 8 and 16, with 48, 96 and 192 channels."""
LONG_PX, STEP_PX = 384, 32
"""Pictures are brought to this long side, and to multiples of the largest stride and twice that."""
NORMAL = 10
_MEAN, _SD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_FLOOR = 0.3  # of a channel's spread over the face: ten pictures do not know a small variance


def anomaly(seen: Floats, expected: Floats) -> Floats:
    """How unlikely a registered photo's features are, (h, w), by Gaussians learnt at each place of its reference."""
    height, width = expected.shape[:2]
    normal = [stages(picture) for picture in (expected, *varied(expected))]
    total = np.zeros((height, width), np.float32)
    for own, *others in zip(stages(seen), *normal, strict=True):
        bank = np.stack(others)  # (n, channels, y, x)
        mean, variance = bank.mean(axis=0), bank.var(axis=0)
        floor = np.square(_FLOOR * mean.std(axis=(1, 2), keepdims=True)) + 1e-6
        distance = np.sqrt((np.square(own - mean) / (variance + floor)).mean(axis=0))
        total += cv2.resize(distance.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return total / len(STAGES)


def varied(picture: Floats) -> list[Floats]:
    """A picture (h, w, 3) as cameras would vary it: shift, softness, shade and noise, the same on every run."""
    rng = np.random.default_rng(17)
    height, width = picture.shape[:2]
    made = []
    for _ in range(NORMAL):
        move = np.array([[1, 0, rng.uniform(-0.8, 0.8)], [0, 1, rng.uniform(-0.8, 0.8)]])
        moved = cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(0.3, 1.3)))
        slope = rng.uniform(-0.2, 0.2, 2)
        shade = 1 + slope[0] * np.linspace(-1, 1, width)[None] + slope[1] * np.linspace(-1, 1, height)[:, None]
        noise = rng.normal(0, rng.uniform(1, 4), picture.shape)
        made.append(np.clip(soft * shade[..., None] + noise, 0, 255).astype(np.float32))
    return made


def stages(picture: Floats) -> list[Floats]:
    """The features of a picture (h, w, 3), RGB 0..255: (channels, y, x) for each of :data:`STAGES`."""
    scale = LONG_PX / max(picture.shape[:2])
    height, width = (max(STEP_PX, STEP_PX * round(side * scale / STEP_PX)) for side in picture.shape[:2])
    large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    scaled = ((large / 255 - _MEAN) / _SD)[..., ::-1]  # the network was trained on BGR
    tensor = np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], np.float32)  # (1, 3, h, w)
    return [np.asarray(features[0], np.float32) for features in _network().run(list(STAGES), {"x": tensor})]


@lru_cache(maxsize=1)
def _network() -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    model = files("rapidocr").joinpath("models", MODEL).read_bytes()
    return InferenceSession(model + with_outputs(STAGES), options)


def with_outputs(names: tuple[str, ...]) -> bytes:
    """What to add to an ONNX file so that it gives these inner values: ModelProto.graph.output.name of each."""
    return field(7, b"".join(field(12, field(1, name.encode())) for name in names))


def field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first."""
    if value < 128:
        return bytes([value])
    return bytes([value & 127 | 128]) + varint(value >> 7)
