"""What covers a pack's face in a picture: hands, passers-by, stickers, other goods.

A place of the face *agrees* with the reference, or it disagrees but belongs to the print (another logo,
another colour), or it is *covered*. What covers a pack comes from outside: it reaches the edge of the face
and goes on beyond it, in the same colours. Print ends at the edge. Where neither can be said, it counts as
print, and the comparison judges it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from samegoods.records import Floats, Mask
from samegoods.vision.cutting.raster import TOLERANCE, Reading, window_mean

CONTINUES = 24.0
"""Grey levels within which the two sides of the face's edge count as one surface."""
CLINGS = 0.12
"""How far from a cover what disagrees is taken for more of it, in longer sides of the crop."""
_SPECK = 5
"""Px: what is taken out and narrower is the ragged edge of a mask."""


def covered(reading: Reading, others: Sequence[Reading] = ()) -> Mask:
    """The places (h, w) of the face where something that is not the pack stands before it.

    ``others`` are the readings of the other faces in the same picture. Where they are confirmed, there is a
    pack and nothing before it; and what another pack of the same reference shows at the same place is print.
    """
    lost = reading.textured & ~reading.alike & (reading.excess > TOLERANCE / 3)
    suspect = ((reading.excess > TOLERANCE) | lost) & reading.shown
    # Thin lines of disagreement are edges of the print a little out of place, and start nothing.
    strong = _opened((reading.excess > TOLERANCE) & reading.shown, 3) | _opened(lost & reading.shown, 7)
    if not strong.any():
        return strong
    goods = _goods(reading, others)
    mask, doubtful = np.zeros_like(reading.shown), []
    for part in _parts(suspect, strong):
        if _covers(reading, part, others, goods):
            mask |= part
            continue
        # A thumb and a badly fitting rim may touch: judge them apart, cut where the picture has an edge.
        for piece in _parts(part & ~_edges(reading.seen), strong):
            if _covers(reading, piece, others, goods):
                mask |= piece
            else:
                doubtful.append(piece)
    for piece in doubtful:
        if _leans(reading, piece, mask):
            mask |= piece
    if not mask.any():
        return mask
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    mask = np.asarray(cv2.dilate(closed, reach) > 0) & reading.shown
    return mask | _islands(reading, reading.shown & ~mask)


def clinging(known: Mask, whole: Mask, agrees: Mask) -> Mask:
    """What is still to be shown of a face, disagrees with the reference and lies against what was taken out.

    It is most likely more of the same hand or sleeve, in front of print that it happens to resemble. Further away than
    :data:`CLINGS` it is left to the comparison, for print may differ beside a hand, too.

    Args:
        known: (h, w) what would be shown; whole: all of the face; agrees: where it agrees with the reference.
    """
    taken = _opened(whole & ~known, _SPECK)
    doubtful = known & ~agrees
    if not taken.any() or not doubtful.any():
        return np.zeros_like(known)
    away = cv2.distanceTransform((~taken).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    near = doubtful & (away <= CLINGS * max(known.shape))
    _, labels = cv2.connectedComponents(near.astype(np.uint8), connectivity=8)
    touching = np.unique(labels[near & (away <= _SPECK)])
    return np.asarray(np.isin(labels, touching[touching > 0]) & near, bool)


def _parts(mask: Mask, strong: Mask) -> Iterator[Mask]:
    """The connected parts of a mask that hold something of ``strong``."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    for label in np.unique(labels[strong & mask]):
        yield labels == label


def _edges(seen: Floats) -> Mask:
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray((cv2.dilate(seen, kernel) - cv2.erode(seen, kernel)).max(axis=2) > 40)


def _goods(reading: Reading, others: Sequence[Reading]) -> Mask:
    """The places of the raster where another face in the picture is confirmed."""
    goods = np.zeros_like(reading.shown)
    size = goods.shape[1], goods.shape[0]
    for other in others:
        to_here = np.linalg.inv(reading.to_frame) @ other.to_frame
        sure = other.confirmed().astype(np.uint8) * 255
        goods |= cv2.warpPerspective(sure, to_here, size, flags=cv2.INTER_LINEAR, borderValue=(0,)) > 128
    return np.asarray(cv2.morphologyEx(goods.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0)


def _opened(mask: Mask, size: int) -> Mask:
    kernel = np.ones((size, size), np.uint8)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0)


def _islands(reading: Reading, left: Mask) -> Mask:
    """What is ``left`` of the face in pieces that show too little of the reference to stand alone."""
    count, labels = cv2.connectedComponents(left.astype(np.uint8), connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count)
    sure = np.bincount(labels.ravel(), weights=reading.confirmed().ravel(), minlength=count)
    weak = (sure < 0.02 * reading.shown.sum()) | (sure < 0.4 * sizes)
    weak[0] = False
    return np.asarray(weak[labels])


def _covers(reading: Reading, part: Mask, others: Sequence[Reading], goods: Mask) -> bool:
    """Whether a part of the face that disagrees is something before the pack and not print."""
    structure = part & reading.textured
    if structure.any() and float(reading.alike[structure].mean()) > 0.6:
        return False  # the drawing shows through: another colour, not another thing
    if any(_same_print(reading, other, part) for other in others):
        return False
    return float(part.sum()) > 0.5 * float(reading.shown.sum()) or _goes_on(reading, part, goods)


def _leans(reading: Reading, piece: Mask, mask: Mask) -> bool:
    """Whether a piece without the print's structure borders on what covers the pack: a nail, a cuff."""
    structure = piece & reading.textured
    if not mask.any() or (structure.any() and float(reading.alike[structure].mean()) > 0.6):
        return False
    reach = np.ones((5, 5), np.uint8)
    ring = (cv2.dilate(piece.astype(np.uint8), reach) > 0) & ~piece
    return float((cv2.dilate(mask.astype(np.uint8), reach) > 0)[ring].mean()) > 0.3


def _same_print(reading: Reading, other: Reading, part: Mask) -> bool:
    """Whether another pack of the same reference shows the same at the same place."""
    if other.raster is not reading.raster:
        return False
    both = part & other.shown
    off = np.abs(reading.seen - other.seen).max(axis=2)[both]
    return bool(off.size > 0.7 * part.sum() and (off < CONTINUES).mean() > 0.7)


def _goes_on(reading: Reading, part: Mask, goods: Mask) -> bool:
    """Whether ``part`` reaches the face's edge and what lies beyond looks like it and is no other pack."""
    face = reading.raster.face.astype(np.uint8)
    band = np.ones((9, 9), np.uint8)
    rim = (part & (cv2.erode(face, band) == 0)).astype(np.float32)  # places of the part within four of the edge
    if not rim.any():
        return False
    near = window_mean(rim, 9) * 81
    # The places next to the edge are mixtures of both sides.
    around = (cv2.dilate(face, band) > 0) & (cv2.dilate(face, np.ones((3, 3), np.uint8)) == 0) & (near >= 6)
    if int(around.sum()) < 6:
        return False
    off = np.abs(window_mean(reading.seen * rim[..., None], 9) * 81 / np.maximum(near, 1)[..., None] - reading.seen)
    # Beyond the picture nothing can be seen: what reaches its border may come from there.
    alike = (off.max(axis=2) < CONTINUES) | ~reading.valid
    return float((alike & ~goods)[around].mean()) > 0.4
