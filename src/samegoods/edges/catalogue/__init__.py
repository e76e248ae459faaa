"""The catalogue's edge: reference pictures from the files that a campaign names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from samegoods.campaign import Campaign, ReferenceSpec
from samegoods.edges.catalogue.background import plain_background
from samegoods.edges.catalogue.prepared import Prepared
from samegoods.errors import BadReference, MediaError
from samegoods.geometry import corners, homography_between, sides
from samegoods.records import Image, Quad, Reference
from samegoods.vision.recognition.catalogue import Catalogue

__all__ = [
    "Prepared",
    "Wanted",
    "load_catalogue",
    "load_reference",
    "load_references",
    "lone_reference",
    "plain_background",
    "wanted",
]

LONGEST_PX = 1600
"""References are brought down to this: finer than any footage shows a pack."""
LEAST_PX = 40

LoadPicture = Callable[[Path], Image]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reference that is to be loaded: its id, what it shows, and where it is."""

    name: str
    product: str
    version: str
    spec: ReferenceSpec


def load_catalogue(campaign: Campaign, load_picture: LoadPicture) -> Catalogue:
    """The catalogue of all references of a campaign, in the order of the file.

    Raises:
        BadReference: a picture cannot be read or used; the message names it.
    """
    return Prepared().catalogue(tuple(load_references(campaign, load_picture).values()))


def load_references(campaign: Campaign, load_picture: LoadPicture) -> dict[str, Reference]:
    """Every reference by its id, ``product/version/face``, with ``#2`` and so on for more of one face.

    Raises:
        BadReference: a picture cannot be read or used; the message names it.
    """
    return {one.name: load_reference(one, load_picture) for one in wanted(campaign)}


def wanted(campaign: Campaign) -> tuple[Wanted, ...]:
    """Every reference that a campaign names, in the order of the file; opens none."""
    found: dict[str, Wanted] = {}
    for product in campaign.products:
        for version, form in product.versions.items():
            for spec in form.references:
                name = _free_name(f"{product.id}/{version}/{spec.face}", found)
                found[name] = Wanted(name, product.id, version, spec)
    return tuple(found.values())


def lone_reference(image: Path, load_picture: LoadPicture) -> Reference:
    """One picture as the only reference there is.

    Raises:
        BadReference: it cannot be read or used.
    """
    spec = ReferenceSpec(image=image, face="face")
    return load_reference(Wanted("reference", "goods", "export", spec), load_picture)


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}#{number}"
    return free


def load_reference(one: Wanted, load_picture: LoadPicture) -> Reference:
    """One reference, cut to its face and brought to a size.

    Raises:
        BadReference: the picture cannot be read or used; the message names it.
    """
    spec = one.spec
    try:
        pixels = load_picture(spec.image)
    except MediaError as error:
        raise BadReference(str(error)) from error
    if spec.corners is not None:
        quad = np.asarray(spec.corners, np.float32)
        height, width = pixels.shape[:2]
        if (quad > (width, height)).any():
            raise BadReference(f"{spec.image}: corners lie outside the picture of {width} x {height} px")
        pixels = _cut(pixels, quad)
        mask = np.ones(pixels.shape[:2], np.bool_)
    else:
        mask = plain_background(pixels)
    if min(pixels.shape[:2]) < LEAST_PX:
        height, width = pixels.shape[:2]
        raise BadReference(f"{spec.image}: {width} x {height} px is too small; at least {LEAST_PX} px a side")
    shrink = min(1.0, LONGEST_PX / max(pixels.shape[:2]))
    if shrink < 1:
        size = round(pixels.shape[1] * shrink), round(pixels.shape[0] * shrink)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        mask = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return Reference(one.name, one.product, one.version, spec.face, pixels, mask, spec.width_mm)


def _cut(pixels: Image, quad: Quad) -> Image:
    """The face that four corners (top left first, clockwise) outline in a picture, upright."""
    top, right, bottom, left = sides(quad)
    width, height = max(2, round((top + bottom) / 2)), max(2, round((left + right) / 2))
    matrix = homography_between(quad, corners(width, height))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC), np.uint8)
