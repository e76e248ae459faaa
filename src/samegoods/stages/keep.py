"""Keep: the privacy wall. Only the pixels of verified goods leave a frame.

People are not looked for, so none can be missed: a pixel passes if it lies within the quad of a recognised
pack face, shows the pack and not what is before it, and the face as a whole is proven to be there by agreeing
with its reference. Everything else is one flat colour in the crop, never a blurred or darkened copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np

from samegoods.geometry import bounding_box, corners, coverage, homography_between, is_convex
from samegoods.records import (
    Crop,
    Frame,
    Image,
    Kept,
    Look,
    Mask,
    Matrix,
    Quad,
    Reference,
    Sighting,
)
from samegoods.records.goods import _WARRANT
from samegoods.vision.cutting.cover import covered
from samegoods.vision.cutting.raster import Reading, read_face

FILL = (128, 128, 128)
"""The flat colour (RGB) of every pixel that is not shown; packs may have it too, so ``known`` decides."""
INSET_PX = 1.0
"""A pixel counts as inside when its centre is this far within the quad: no part of its footprint crosses."""
LEAST_SUPPORT = 0.5
"""The share of a face that must agree with its reference before anything of it is kept."""
TOLD_INLIERS = 12
"""A face of which no picture may be kept is still told as seen when this many spots support it."""
LEAST_PX = 64
"""Fewer known pixels than this show nothing of a pack."""
OVERLAP = 0.01
"""Quads that share less than this share of the smaller one only touch."""


_NONE: Mapping[str, Reference] = MappingProxyType({})


def keep(looks: Iterable[Look], references: Mapping[str, Reference]) -> Iterator[Kept]:
    """Cut the verified goods out of each look and let the frame go.

    Yields one :class:`Kept` a look, also where no crop remains: the camera's motion is needed further on.

    Raises:
        KeyError: a sighting names a reference that ``references`` does not hold.
    """
    for look in looks:
        pixels = look.frame.pixels
        readings = [read_face(pixels, s.quad, references[s.reference]) for s in look.sightings]
        crops: list[Crop] = []
        unkept: list[Sighting] = []
        for i, sighting in enumerate(look.sightings):
            others = [r for j, r in enumerate(readings) if j != i and r is not None]
            rivals = [s for j, s in enumerate(look.sightings) if j != i]
            crop = _cut(pixels, sighting, references[sighting.reference], readings[i], rivals, others)
            if crop is not None:
                crops.append(crop)
            elif sighting.inliers >= TOLD_INLIERS:
                unkept.append(sighting)
        yield Kept(look.frame.moment, tuple(crops), look.motion, tuple(unkept))


def cut(
    frame: Frame,
    sighting: Sighting,
    reference: Reference,
    others: Sequence[Sighting] = (),
    references: Mapping[str, Reference] = _NONE,
) -> Crop | None:
    """The pixels of ``frame`` that are proven to be the face of ``sighting``, on a flat ground; one crop.

    ``others`` are the other sightings of the frame. Where one of them claims the same pixels, only those that
    agree with ``reference`` are kept; with their ``references``, they also tell a neighbour from a hand.
    None where less than :data:`LEAST_SUPPORT` of the face is confirmed.
    """
    known = {reference.id: reference, **references}
    readings = (read_face(frame.pixels, o.quad, known[o.reference]) for o in others if o.reference in known)
    reading = read_face(frame.pixels, sighting.quad, reference)
    return _cut(frame.pixels, sighting, reference, reading, others, [r for r in readings if r is not None])


def _cut(
    frame: Image,
    sighting: Sighting,
    reference: Reference,
    reading: Reading | None,
    rivals: Sequence[Sighting],
    others: Sequence[Reading],
) -> Crop | None:
    """The one way through the wall."""
    if reading is None or reading.support() < LEAST_SUPPORT or not is_convex(sighting.quad):
        return None
    x0, y0, x1, y1 = bounding_box(sighting.quad, frame.shape[1], frame.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    quad = sighting.quad - np.array([x0, y0], np.float32)
    known = _within(quad, x1 - x0, y1 - y0)
    known &= _shows_pack(sighting.quad, quad, reference, reading, rivals, others, (y1 - y0, x1 - x0))
    if int(known.sum()) < LEAST_PX:
        return None
    # A fresh picture, into which only the known pixels are written: nothing of the frame can be left in it.
    pixels = np.full((y1 - y0, x1 - x0, 3), FILL, np.uint8)
    pixels[known] = frame[y0:y1, x0:x1][known]
    return Crop(sighting=sighting, pixels=pixels, quad=quad, known=known, warrant=_WARRANT)


def _within(quad: Quad, width: int, height: int) -> Mask:
    """True for the pixels (height, width) whose centres lie at least :data:`INSET_PX` within the quad."""
    x, y = np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64)[:, None]
    mask = np.ones((height, width), bool)
    points = quad.astype(np.float64)
    for a, b in zip(points, np.roll(points, -1, axis=0), strict=True):
        dx, dy = (b - a) / np.hypot(*(b - a))
        mask &= dx * (y - a[1]) - dy * (x - a[0]) >= INSET_PX
    return mask


def _shows_pack(
    placed: Quad,
    quad: Quad,
    reference: Reference,
    reading: Reading,
    rivals: Sequence[Sighting],
    others: Sequence[Reading],
    shape: tuple[int, int],
) -> Mask:
    """True for the pixels of the crop that show the pack itself: no background, cover or neighbour."""
    shift = quad[0] - placed[0]
    to_crop = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ reading.to_frame
    shows = np.ones(shape, bool)
    if not reference.mask.all():
        shows &= _warped(reference.mask, homography_between(corners(*reference.size), quad), shape) > 250
        shows &= _warped(reading.shown, to_crop, shape) > 128  # no specks of the mask
    hidden = covered(reading, others)
    if hidden.any():
        shows &= _warped(hidden, to_crop, shape) < 5
    overlapping = [r.quad + shift for r in rivals if coverage(r.quad, placed) > OVERLAP]
    if overlapping:
        mine = _warped(reading.confirmed(), to_crop, shape) > 250
        for rival in overlapping:
            shows &= mine | ~_within(rival, shape[1], shape[0])
    return shows


def _warped(mask: Mask, matrix: Matrix, shape: tuple[int, int]) -> Image:
    """A mask through a homography, (height, width) uint8: 255 where it holds, less where its edge passes."""
    size, picture = (shape[1], shape[0]), mask.astype(np.uint8) * 255
    return np.asarray(cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=(0,)), np.uint8)
