"""The plain methods that the project's own are measured against, in the same run and on the same pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between
from samegoods.records import Floats, Image, Mask, Quad, Reference
from samegoods.vision.colour import lab

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


def inliers(seen: Spots, known: Spots) -> int:
    """Matches that pass the ratio test and agree on one homography (MAGSAC)."""
    if min(len(seen.points), len(known.points)) < 4:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(known.descriptors, seen.descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < RATIO * pair[1].distance]
    if len(good) < 4:
        return 0
    there = np.array([known.points[m.queryIdx] for m in good])
    here = np.array([seen.points[m.trainIdx] for m in good])
    _, agree = cv2.findHomography(there, here, cv2.USAC_MAGSAC, INLIER_PX, maxIters=10_000, confidence=0.999)
    return 0 if agree is None else int(agree.sum())


def most_inliers(pixels: Image, catalogue: Mapping[str, Spots]) -> str | None:
    """Forced choice by inlier counting: the name with the most, None where none has any."""
    seen = spots(pixels)
    counts = {name: inliers(seen, known) for name, known in catalogue.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def absolute_difference(photo: Image, quad: Quad, reference: Reference) -> float:
    """Registered absolute difference: the largest over windows of a tenth of the face, in CIELAB.

    The photo is brought onto the reference by its *true* corners, the reference blurred to the photo's size, the
    light levelled by one gain for each channel: what a careful engineer would do first.
    """
    width, height = reference.size
    scale = min(1.0, float(np.sqrt(cv2.contourArea(quad) / (width * height))))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    to_face = homography_between(quad, corners(*size))
    seen = cv2.warpPerspective(photo, to_face, size, flags=cv2.INTER_AREA).astype(np.float32)
    expected = cv2.resize(reference.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    gain = np.median(expected.reshape(-1, 3), axis=0) / np.maximum(np.median(seen.reshape(-1, 3), axis=0), 1.0)
    levelled = np.clip(seen * gain, 0, 255).astype(np.float32)
    off = np.abs(lab(levelled) - lab(expected)).sum(axis=2)
    window = max(3, round(0.1 * float(np.sqrt(size[0] * size[1])))) | 1
    return float(cv2.blur(off, (window, window)).max())
