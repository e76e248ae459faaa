"""The plain methods that the project's own are measured against, in the same run and on the same pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from features import anomaly
from samegoods.geometry import corners, homography_between
from samegoods.records import Floats, Image, Mask, Quad, Reference
from samegoods.vision.colour import lab, luma

RATIO = 0.8
INLIER_PX = 5.0
LONGEST_PX = 720
"""Photographs and references are brought to a long side of at least this, by a factor of two at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """RootSIFT of a picture: ``points`` (n, 2), ``descriptors`` (n, 128)."""

    points: Floats
    descriptors: Floats


def spots(pixels: Image, mask: Mask | None = None) -> Spots:
    """Describe a picture straight on (Lowe 2004; Arandjelovic & Zisserman 2012)."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(2.0, max(1.0, LONGEST_PX / max(grey.shape)))
    big = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    held = None
    if mask is not None:
        held = cv2.resize(mask.astype(np.uint8) * 255, (big.shape[1], big.shape[0]), interpolation=cv2.INTER_NEAREST)
    keypoints, raw = cv2.SIFT.create().detectAndCompute(big, held)
    if raw is None:
        return Spots(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    points = np.array([k.pt for k in keypoints], np.float32) / scale
    return Spots(points, np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-9)))


def matched(known: Spots, seen: Spots) -> tuple[Floats, Floats]:
    """The points (n, 2) of two pictures that pass the ratio test (Lowe 2004)."""
    if min(len(seen.points), len(known.points)) < 4:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(known.descriptors, seen.descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance]
    return known.points[[m.queryIdx for m in good]], seen.points[[m.trainIdx for m in good]]


def inliers(seen: Spots, known: Spots) -> int:
    """Matches that pass the ratio test and agree on one homography (MAGSAC)."""
    there, here = matched(known, seen)
    if len(there) < 4:
        return 0
    _, agree = cv2.findHomography(there, here, cv2.USAC_MAGSAC, INLIER_PX, maxIters=10_000, confidence=0.999)
    return 0 if agree is None else int(agree.sum())


def most_inliers(pixels: Image, catalogue: Mapping[str, Spots]) -> str | None:
    """Forced choice by inlier counting: the name with the most, None where none has any."""
    seen = spots(pixels)
    counts = {name: inliers(seen, known) for name, known in catalogue.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


@dataclass(frozen=True, slots=True)
class Peer:
    """What a plain method says of a photo: how different it is at most, and where that is, in the reference's px."""

    score: float
    place: tuple[float, float]


def registered(photo: Image, quad: Quad, reference: Reference) -> tuple[Floats, Floats]:
    """A photo brought onto its reference, and the reference at the photo's size: (h, w, 3) each, RGB 0..255.

    By its *true* corners; the reference is averaged down to the photo's size, the light levelled by one gain for each
    channel: what a careful engineer would do first, and more than the project's own way is given.
    """
    width, height = reference.size
    scale = min(1.0, float(np.sqrt(cv2.contourArea(quad) / (width * height))))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    to_face = homography_between(quad, corners(*size))
    seen = cv2.warpPerspective(photo, to_face, size, flags=cv2.INTER_AREA).astype(np.float32)
    expected = cv2.resize(reference.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    gain = np.median(expected.reshape(-1, 3), axis=0) / np.maximum(np.median(seen.reshape(-1, 3), axis=0), 1.0)
    return np.clip(seen * gain, 0, 255).astype(np.float32), expected


def absolute_difference(seen: Floats, expected: Floats) -> Floats:
    """The absolute difference in CIELAB, summed over its three axes, (h, w)."""
    return np.asarray(np.abs(lab(seen) - lab(expected)).sum(axis=2), np.float32)


def dissimilarity(seen: Floats, expected: Floats) -> Floats:
    """1 - SSIM of the luma, (h, w), in a Gaussian window of 1.5 px (Wang et al. 2004, doi:10.1109/TIP.2003.819861)."""
    x, y = luma(seen), luma(expected)

    def mean(field: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(field, (11, 11), 1.5), np.float32)

    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    similar = (2 * mx * my + low) * (2 * both + high) / ((mx * mx + my * my + low) * (vx + vy + high))
    return np.asarray(1 - similar, np.float32)


def perceptual(seen: Floats, expected: Floats) -> Floats:
    """Pixels that differ to the eye, (h, w) of 0 and 1: the YIQ distance of Kotsarenko & Ramos (2010) at pixelmatch's
    usual threshold of 0.1."""
    off = (seen - expected) @ _TO_YIQ.T
    distance = np.square(off) @ np.array([0.5053, 0.299, 0.1957], np.float32)
    return np.asarray(distance > 35215 * 0.1**2, np.float32)


PEERS = {
    "registered absolute difference": absolute_difference,
    "registered SSIM": dissimilarity,
    "perceptual pixel difference": perceptual,
    "deep features (PaDiM)": anomaly,
}
"""Maps (h, w) of how different two registered pictures are, by name."""


def strongest(field: Floats, reference: Reference) -> Peer:
    """The largest mean of a map over windows of a tenth of the face's side, and where it is."""
    height, width = field.shape
    window = max(3, round(0.1 * float(np.sqrt(height * width)))) | 1
    means = cv2.blur(field, (window, window))
    y, x = np.unravel_index(int(means.argmax()), means.shape)
    scale = reference.size[0] / width, reference.size[1] / height
    return Peer(float(means.max()), ((float(x) + 0.5) * scale[0] - 0.5, (float(y) + 0.5) * scale[1] - 0.5))


_TO_YIQ = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ],
    np.float32,
)
