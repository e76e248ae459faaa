"""The catalogue's edge: reference pictures from the files that a campaign names."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

from samegoods.campaign import Campaign, ReferenceSpec
from samegoods.edges.catalogue import background
from samegoods.edges.catalogue.background import plain_background
from samegoods.edges.catalogue.pictures import Pictures
from samegoods.edges.catalogue.prepared import Prepared, made_by
from samegoods.edges.catalogue.wanted import Wanted, wanted
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


def load_catalogue(campaign: Campaign, load_picture: LoadPicture, prepared: Prepared | None = None) -> Catalogue:
    """The catalogue of all references of a campaign, in the order of the file.

    Pictures that were prepared before are read when they are asked for.

    Raises:
        BadReference: a picture cannot be read or used; the message names it.
    """
    prepared = prepared or Prepared()
    pictures = Pictures(
        prepared.folder / f"{_read_by(load_picture)}.json", lambda one: load_reference(one, load_picture)
    )
    return prepared.catalogue_of(pictures.listed(wanted(campaign)))


def load_references(campaign: Campaign, load_picture: LoadPicture) -> dict[str, Reference]:
    """Every reference by its id, ``product/version/face``, with ``#2`` and so on for more of one face.

    Raises:
        BadReference: a picture cannot be read or used; the message names it.
    """
    return {one.name: load_reference(one, load_picture) for one in wanted(campaign)}


def lone_reference(image: Path, load_picture: LoadPicture) -> Reference:
    """One picture as the only reference there is.

    Raises:
        BadReference: it cannot be read or used.
    """
    spec = ReferenceSpec(image=image, face="face")
    return load_reference(Wanted("reference", "goods", "export", spec), load_picture)


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


def _read_by(load_picture: LoadPicture) -> str:
    """A name for what reads pictures: this code, what it calls, and its libraries."""
    files = __file__, str(background.__file__), str(sys.modules[load_picture.__module__].__file__)
    code = b"".join(Path(file).read_bytes() for file in files)
    libraries = "".join(version(name) for name in ("pillow", "pillow-heif", "opencv-python-headless"))
    return hashlib.sha256(made_by() + code + libraries.encode()).hexdigest()
