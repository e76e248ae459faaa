"""Is a person in a picture that was kept? What the reference shows there as well is print, and no person.

There are two ways to know print: the crop's pixels agree with the reference where a finder sees somebody; or the
finder sees somebody at the same place of the reference, brought to where the crop shows it and filled as the crop is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between
from samegoods.records import Image, Mask, PersonBox, Quad, Reference
from samegoods.vision.cutting.people import Search, is_printed
from samegoods.vision.cutting.raster import in_picture, read_face

LEAST_PX = 320
"""Smaller pictures are enlarged to this before they are searched: finders miss what is tiny."""
SAME_PLACE = 0.3
"""Boxes that share more than this, intersection over union, show the same thing."""


def people_in(picture: Image, search: Search) -> tuple[PersonBox, ...]:
    """What a search sees in a picture (H, W, 3), in px of it; small pictures are enlarged for it."""
    height, width = picture.shape[:2]
    scale = max(1.0, LEAST_PX / max(height, width))
    if scale == 1:
        return tuple(search(picture))
    size = round(width * scale), round(height * scale)
    large = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    back = np.array([width / size[0], height / size[1]] * 2)
    return tuple(replace(one, box=_four(np.array(one.box) * back)) for one in search(large))


def unprinted(
    crop: Image, known: Mask, quad: Quad, found: Sequence[PersonBox], reference: Reference, search: Search
) -> tuple[PersonBox, ...]:
    """Those of ``found`` that the reference does not show at the same place.

    Args:
        crop: (h, w, 3), what was kept; known: (h, w) what it shows, one flat colour elsewhere.
        quad: where the reference's corners lie in the crop.
        found: what ``search`` saw in the crop, in px of it.
    """
    reading = read_face(crop, quad, reference) if found else None
    if reading is not None:
        agrees = in_picture(reading.confirmed(), reading.to_frame, known.shape) > 128
        found = [one for one in found if not is_printed(one.box, known, agrees)]
    if not found:
        return ()
    onto = homography_between(corners(*reference.size), quad)
    size = known.shape[1], known.shape[0]
    due = cv2.warpPerspective(reference.pixels, onto, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    due[~known] = crop[~known]
    expected = people_in(np.asarray(due, np.uint8), search)
    return tuple(one for one in found if not any(_same(one, other) for other in expected))


def _same(a: PersonBox, b: PersonBox) -> bool:
    low, high = np.maximum(a.box[:2], b.box[:2]), np.minimum(a.box[2:], b.box[2:])
    both = float(np.prod(np.maximum(high - low, 0)))
    every = sum((one.box[2] - one.box[0]) * (one.box[3] - one.box[1]) for one in (a, b)) - both
    return (a.kind, a.finder) == (b.kind, b.finder) and both > SAME_PLACE * every


def _four(values: np.ndarray) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(v) for v in values)
    return x0, y0, x1, y1
