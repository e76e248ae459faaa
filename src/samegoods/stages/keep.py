"""Keep: the privacy wall. Only the pixels of verified goods leave a frame.

The wall does not rest on finding people, so none can be missed: a pixel passes if it lies within the quad of a
recognised pack face, shows the pack and not what is before it, and the face as a whole is proven to be there by
agreeing with its reference. Finders of faces and bodies are a second net behind it: what they see in the frame around
the goods, or in what would be kept, is taken out as well. Everything else is one flat colour in the crop, never a
blurred or darkened copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    PersonBox,
    Quad,
    Reference,
    Sighting,
    Strip,
)
from samegoods.records.goods import _WARRANT, FILL
from samegoods.vision.cutting.cover import clinging, covered
from samegoods.vision.cutting.people import Search, of_people
from samegoods.vision.cutting.raster import Reading, in_picture, read_face
from samegoods.vision.recognition.answers import LIKELY

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
BELOW, UNDER, BESIDE = 0.45, 0.2, 0.25
"""How far below a face the middle of its price tag hangs and how much further the tag reaches, in heights of the
face; how far it may stand out, in widths."""
LEAST_STRIP_PX = 14

_NONE: Mapping[str, Reference] = MappingProxyType({})
_SEARCH_PX = 800
"""Longer side of the pictures that are searched for people: a face of 20 px there can be found."""
_AROUND = 0.5
"""How far around the faces of packs the frame is searched, in sides of the largest."""


@dataclass(slots=True, eq=False)
class _Cut:
    """A face about to be cut out: its window in the frame (x0, y0, x1, y1), and in px of the window its quad, the
    whole of it, what of that may be shown, and where it agrees with the reference."""

    sighting: Sighting
    window: tuple[int, int, int, int]
    quad: Quad
    whole: Mask
    known: Mask
    agrees: Mask


def keep(looks: Iterable[Look], references: Mapping[str, Reference], search: Search) -> Iterator[Kept]:
    """Cut the verified goods out of each look and let the frame go.

    Args:
        search: the second net: it sees the frame around the goods, and then what would be kept of it.

    Yields one :class:`Kept` a look, also where no crop remains: the camera's motion is needed further on.

    Raises:
        KeyError: a sighting names a reference that ``references`` does not hold.
    """
    for look in looks:
        if not look.sightings:
            yield Kept(look.frame.moment, (), look.motion)
            continue
        pixels = look.frame.pixels
        likely = [s for s in look.sightings if s.score >= LIKELY]
        readings = [read_face(pixels, s.quad, references[s.reference]) for s in likely]
        cuts: list[_Cut] = []
        for i, sighting in enumerate(likely):
            others = [r for j, r in enumerate(readings) if j != i and r is not None]
            rivals = [s for j, s in enumerate(likely) if j != i]
            placed = _placed(pixels, sighting, references[sighting.reference], readings[i], rivals, others)
            cuts += [] if placed is None else [placed]
        people = _shield(pixels, cuts, search)
        crops = [crop for one in cuts if (crop := _cut(pixels, one)) is not None]
        shown = {crop.sighting.id for crop in crops}
        unkept = [s for s in look.sightings if s.id not in shown and s.inliers >= TOLD_INLIERS]
        strips = tuple(strip for c in crops if (strip := _below(pixels, c.sighting, people)) is not None)
        yield Kept(look.frame.moment, tuple(crops), look.motion, tuple(unkept), strips)


def cut(
    frame: Frame,
    sighting: Sighting,
    reference: Reference,
    others: Sequence[Sighting] = (),
    references: Mapping[str, Reference] = _NONE,
    *,
    search: Search,
) -> Crop | None:
    """The pixels of ``frame`` that are proven to be the face of ``sighting``, on a flat ground; one crop.

    ``others`` are the other sightings of the frame. Where one of them claims the same pixels, only those that
    agree with ``reference`` are kept; with their ``references``, they also tell a neighbour from a hand.
    None where less than :data:`LEAST_SUPPORT` of the face is confirmed.
    """
    known = {reference.id: reference, **references}
    readings = (read_face(frame.pixels, o.quad, known[o.reference]) for o in others if o.reference in known)
    reading = read_face(frame.pixels, sighting.quad, reference)
    there = [r for r in readings if r is not None]
    placed = _placed(frame.pixels, sighting, reference, reading, others, there)
    if placed is None:
        return None
    _shield(frame.pixels, [placed], search)
    return _cut(frame.pixels, placed)


def _placed(
    frame: Image,
    sighting: Sighting,
    reference: Reference,
    reading: Reading | None,
    rivals: Sequence[Sighting],
    others: Sequence[Reading],
) -> _Cut | None:
    """What of a face is proven to be the pack itself; None where too little is."""
    if reading is None or reading.support() < LEAST_SUPPORT or not is_convex(sighting.quad):
        return None
    window = bounding_box(sighting.quad, frame.shape[1], frame.shape[0])
    x0, y0, x1, y1 = window
    if x1 <= x0 or y1 <= y0:
        return None
    quad = sighting.quad - np.array([x0, y0], np.float32)
    whole = _within(quad, x1 - x0, y1 - y0)
    if not reference.mask.all():
        whole &= in_picture(reference.mask, homography_between(corners(*reference.size), quad), whole.shape) > 250
    agrees = _in_crop(reading.confirmed(), reading, sighting.quad, quad, whole.shape) > 128
    known = whole & _shows_pack(sighting.quad, quad, reference, reading, rivals, others, whole.shape)
    return _Cut(sighting, window, quad, whole, known, agrees)


def _shield(frame: Image, cuts: Sequence[_Cut], search: Search) -> tuple[PersonBox, ...]:
    """Take people out of what is about to be cut: first by the frame around it, then by what would be left.

    Returns what was seen in the frame, in its px.
    """
    if not cuts:
        return ()
    windows = np.array([one.window for one in cuts])
    low, high = windows[:, :2].min(axis=0), windows[:, 2:].max(axis=0)
    around = _AROUND * float((windows[:, 2:] - windows[:, :2]).max())
    x0, y0 = np.maximum(low - around, 0).astype(int)
    x1, y1 = np.minimum(high + around, (frame.shape[1], frame.shape[0])).astype(int)
    people = _searched(frame[y0:y1, x0:x1], (x0, y0), search)
    _fill(cuts, people)
    left = np.full((y1 - y0, x1 - x0, 3), FILL, np.uint8)
    for one in cuts:
        a, b, c, d = one.window
        left[b - y0 : d - y0, a - x0 : c - x0][one.known] = frame[b:d, a:c][one.known]
    _fill(cuts, _searched(left, (x0, y0), search))
    for one in cuts:
        one.known &= ~clinging(one.known, one.whole, one.agrees)
    return people


def _searched(picture: Image, corner: tuple[int, int], search: Search) -> tuple[PersonBox, ...]:
    """What the second net sees in a part of the frame whose top left is ``corner``; in px of the frame."""
    scale = min(1.0, _SEARCH_PX / max(picture.shape[:2]))
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    small = picture if scale == 1 else np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    fx, fy = picture.shape[1] / size[0], picture.shape[0] / size[1]
    moved = []
    for one in search(np.ascontiguousarray(small)):
        a, b, c, d = one.box
        moved.append(
            replace(one, box=(a * fx + corner[0], b * fy + corner[1], c * fx + corner[0], d * fy + corner[1]))
        )
    return tuple(moved)


def _fill(cuts: Sequence[_Cut], people: Sequence[PersonBox]) -> None:
    for one in cuts:
        x0, y0 = one.window[:2]
        here = [replace(p, box=(p.box[0] - x0, p.box[1] - y0, p.box[2] - x0, p.box[3] - y0)) for p in people]
        one.known &= ~of_people(here, one.known, one.agrees)


def _cut(frame: Image, placed: _Cut) -> Crop | None:
    """The one way through the wall."""
    known = placed.known
    if int(known.sum()) < LEAST_PX:
        return None
    x0, y0, x1, y1 = placed.window
    # A fresh picture, into which only the known pixels are written: nothing of the frame can be left in it.
    pixels = np.full((y1 - y0, x1 - x0, 3), FILL, np.uint8)
    pixels[known] = frame[y0:y1, x0:x1][known]
    return Crop(sighting=placed.sighting, pixels=pixels, quad=placed.quad, known=known, warrant=_WARRANT)


def _below(frame: Image, sighting: Sighting, people: Sequence[PersonBox]) -> Strip | None:
    """The strip below a face in which its price tag hangs, people filled; None where the picture ends before it."""
    left, right = sighting.quad[3], sighting.quad[2]
    height = ((left - sighting.quad[0]) + (right - sighting.quad[1])) / 2
    down, whole = height * BELOW, height * (BELOW + UNDER)
    beside = (right - left) * BESIDE
    reach = np.array([left - beside, right + beside, right + beside + whole, left - beside + whole], np.float32)
    x0, y0, x1, y1 = bounding_box(reach, frame.shape[1], frame.shape[0])
    if min(x1 - x0, y1 - y0) < LEAST_STRIP_PX:
        return None
    pixels = frame[y0:y1, x0:x1].copy()
    for one in people:
        a, b, c, d = (round(v) for v in one.box)
        pixels[max(b - y0, 0) : max(d - y0, 0), max(a - x0, 0) : max(c - x0, 0)] = FILL
    quad = np.asarray([left, right, right + down, left + down], np.float32) - np.array([x0, y0], np.float32)
    return Strip(sighting=sighting.id, corner=(x0, y0), pixels=pixels, quad=quad)


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
    shape: tuple[int, ...],
) -> Mask:
    """True for the pixels of the crop that show the pack itself: no background, cover or neighbour."""
    shift = quad[0] - placed[0]
    shows = np.ones(shape, bool)
    if not reference.mask.all():
        shows &= _in_crop(reading.shown, reading, placed, quad, shape) > 128  # no specks of the mask
    hidden = covered(reading, others)
    if hidden.any():
        shows &= _in_crop(hidden, reading, placed, quad, shape) < 5
    overlapping = [r.quad + shift for r in rivals if coverage(r.quad, placed) > OVERLAP]
    if overlapping:
        mine = _in_crop(reading.confirmed(), reading, placed, quad, shape) > 250
        for rival in overlapping:
            shows &= mine | ~_within(rival, shape[1], shape[0])
    return shows


def _in_crop(mask: Mask, reading: Reading, placed: Quad, quad: Quad, shape: tuple[int, ...]) -> Image:
    """A mask of a reading's raster in the crop's pixels, uint8; the face lies at ``placed`` in the frame."""
    x, y = quad[0] - placed[0]
    return in_picture(mask, np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) @ reading.to_frame, shape)
