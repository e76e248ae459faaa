"""Withhold: fill what was read on a pack and may tell who somebody is, before anything is compared or stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between, project, sides
from samegoods.records import Crop, Item, Mask, Quad, Reference, Withheld

BESIDE, GROWN = 3.0, 0.5
"""Finders break numbers up, and strokes of a hand leave their line: so much more is filled before and after a line,
and above and below it, in heights of the line."""


def withhold(item: Item, withheld: Sequence[Withheld], references: Mapping[str, Reference]) -> Item:
    """The item with the regions filled in all its crops; the same where there are none."""
    if not withheld:
        return item
    return replace(item, crops=tuple(_without(crop, withheld, references) for crop in item.crops))


def _without(crop: Crop, withheld: Sequence[Withheld], references: Mapping[str, Reference]) -> Crop:
    hidden = np.zeros(crop.known.shape, bool)
    for one in withheld:
        if one.face == crop.sighting.face:
            onto = homography_between(corners(*references[one.reference].size), crop.quad)
            hidden |= _line(project(onto, one.region), crop.known.shape)
    return crop.without(hidden)


def _line(quad: Quad, shape: tuple[int, ...]) -> Mask:
    top, right, bottom, left = sides(quad)
    height, width = (left + right) / 2, (top + bottom) / 2
    along = (quad[1] + quad[2] - quad[0] - quad[3]) / 2 * (BESIDE * height / max(width, 1e-6))
    longer = quad + np.array([-along, along, along, -along])
    side = 2 * max(1, round(GROWN * height)) + 1
    line = np.zeros(shape, np.uint8)
    cv2.fillPoly(line, [np.round(longer).astype(np.int32)], (1,))
    return np.asarray(cv2.dilate(line, np.ones((side, side), np.uint8)) > 0, bool)
