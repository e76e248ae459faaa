"""Telling a pack cut out on a plain background from a face that fills its picture."""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Image, Mask

PLAIN = 6
"""Grey levels by which neighbouring pixels of a plain background may differ."""
LEAST_BACKGROUND = 0.08
SOLID = 0.85
"""How much of its convex hull a pack fills; print scattered over a plain ground fills less."""


def plain_background(pixels: Image) -> Mask:
    """True where a reference shows the pack; (H, W).

    All of it, unless the four corners lie in one plain colour from which a single solid shape stands out, as on
    a shop's product pictures. A white face with print on it is no such shape and stays whole.
    """
    height, width = pixels.shape[:2]
    everything = np.ones((height, width), np.bool_)
    spots = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    colours = np.array([pixels[y, x] for x, y in spots], np.int16)
    if np.ptp(colours, axis=0).max() > 2 * PLAIN:
        return everything
    flooded = np.zeros((height + 2, width + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8)
    for spot in spots:
        cv2.floodFill(pixels.copy(), flooded, spot, (0, 0, 0), (PLAIN,) * 3, (PLAIN,) * 3, flags)
    shape = cv2.morphologyEx(255 - flooded[1:-1, 1:-1], cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines or (shape == 0).mean() < LEAST_BACKGROUND:
        return everything
    outline = max(outlines, key=cv2.contourArea)
    area = cv2.contourArea(outline)
    alone = area >= 0.9 * sum(cv2.contourArea(o) for o in outlines)
    solid = area >= SOLID * cv2.contourArea(cv2.convexHull(outline))
    if not (alone and solid and area >= 0.1 * width * height):
        return everything
    filled = np.zeros((height, width), np.uint8)
    cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED)
    return np.asarray(filled > 0)
