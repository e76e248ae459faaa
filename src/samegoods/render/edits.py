"""Planted differences: what was done to a face, where, and how strongly, as ground truth.

``plant`` applies one of :data:`EDITS` to any picture of a face; ``measure`` tells what differs between two
drawings of one design, so that a departure in the drawing itself (a line left out) has the same record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import DifferenceKind, Floats, Image, Mask
from samegoods.render import alterations
from samegoods.render.paint import Box
from samegoods.vision.colour import ciede2000, lab

Polygon = tuple[tuple[float, float], ...]

GOOD_SIZE = 0.01
"""Below this share of the face a planted difference is called subtle."""
GOOD_DELTA_E = 12.0
"""Below this mean CIEDE2000 over the changed pixels a planted difference is called subtle."""
_SEEN_DELTA_E = 3.0  # a pixel counts as changed above this: about three just-noticeable differences


@dataclass(frozen=True, slots=True)
class Edit:
    """One planted difference.

    ``region`` is a polygon in pixels of the unedited face, ``size`` its share of the face, ``delta_e`` the
    mean CIEDE2000 of the pixels that changed, ``name`` the entry of the catalogue.
    """

    kind: DifferenceKind
    name: str
    face: str
    region: Polygon
    size: float
    delta_e: float

    @property
    def subtle(self) -> bool:
        """Too small or too faint to be asked of any judge."""
        return self.size < GOOD_SIZE or self.delta_e < GOOD_DELTA_E


Alter = Callable[[Image, Box, np.random.Generator, float], Image]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an edit is made: its kind, what it does within a box, and what sort of place it wants."""

    kind: DifferenceKind
    alter: Alter
    place: str  # "any", "busy", "text" or "whole"
    size: float  # share of the face it takes where nobody says


EDITS: dict[str, Recipe] = {
    "tint": Recipe("colour", alterations.tint, "any", 0.12),
    "tint all": Recipe("colour", alterations.tint, "whole", 1.0),
    "line missing": Recipe("text", alterations.erase_line, "text", 0.02),
    "word changed": Recipe("text", alterations.reword, "text", 0.02),
    "badge": Recipe("mark", alterations.badge, "any", 0.04),
    "mark missing": Recipe("mark", alterations.erase, "busy", 0.05),
    "graphic changed": Recipe("graphic", alterations.other_graphic, "busy", 0.08),
    "graphic moved": Recipe("graphic", alterations.move, "busy", 0.05),
    "cheap print": Recipe("print", alterations.cheap_print, "whole", 1.0),
    "scratch": Recipe("damage", alterations.scratch, "any", 0.04),
    "stain": Recipe("damage", alterations.stain, "any", 0.05),
    "dent": Recipe("damage", alterations.dent, "any", 0.06),
}
"""The catalogue, by name."""


def plant(
    picture: Image,
    name: str,
    *,
    seed: int,
    size: float | None = None,
    strength: float = 1.0,
    box: Box | None = None,
    face: str = "front",
) -> tuple[Image, Edit]:
    """A face with one difference planted, and the truth about it.

    Args:
        picture: (H, W, 3) uint8 RGB, the face as it should be.
        name: an entry of :data:`EDITS`.
        size: share of the face that the edit should take; None: the usual for its kind.
        strength: 1 is clearly visible, below 0.5 subtle.
        box: where; None: chosen from the seed, in a place that suits the kind.

    Raises:
        KeyError: no such edit.
    """
    recipe = EDITS[name]
    rng = np.random.default_rng([seed, 73])
    where = box or alterations.choose_box(picture, recipe.place, size or recipe.size, rng)
    changed = recipe.alter(picture, where, rng, strength)
    return changed, measure(picture, changed, recipe.kind, name=name, face=face)


def changed_pixels(before: Image, after: Image) -> tuple[Mask, Floats]:
    """Where two pictures of one face visibly differ (H, W), and the CIEDE2000 of those pixels (n,).

    Raises:
        ValueError: the pictures differ in shape.
    """
    if before.shape != after.shape:
        raise ValueError(f"expected two pictures of one shape, found {before.shape} and {after.shape}")
    touched = (before != after).any(axis=2)
    if not touched.any():
        return touched, np.empty(0, np.float32)
    ys, xs = np.nonzero(touched)
    delta = ciede2000(lab(before[ys, xs][None]), lab(after[ys, xs][None]))[0]  # only what was touched: it is slow
    seen = delta > _SEEN_DELTA_E
    mask = np.zeros(touched.shape, np.bool_)
    mask[ys[seen], xs[seen]] = True
    return mask, delta[seen].astype(np.float32)


def measure(before: Image, after: Image, kind: DifferenceKind, *, name: str, face: str = "front") -> Edit:
    """The truth about what differs between two pictures of one face of the same size.

    Raises:
        ValueError: the two do not differ visibly, or their shapes do.
    """
    changed, delta = changed_pixels(before, after)
    if not changed.any():
        raise ValueError(f"{name}: nothing changed that can be seen")
    ys, xs = np.nonzero(changed)
    hull = cv2.convexHull(np.column_stack([xs, ys]).astype(np.float32))
    outline = cv2.approxPolyDP(hull, 1.0, closed=True)[:, 0]  # (n, 2)
    share = max(float(cv2.contourArea(hull)), float(changed.sum())) / changed.size
    region = tuple((float(x), float(y)) for x, y in outline)
    return Edit(kind, name, face, region, min(1.0, share), float(delta.mean()))
