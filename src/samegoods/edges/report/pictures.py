"""Pictures for a page: read from the evidence, laid flat, made small, and put into the page itself."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samegoods.errors import EvidenceError
from samegoods.fetching import Pictures as Evidence
from samegoods.geometry import corners, homography_between
from samegoods.records import Image, Mask, Quad
from samegoods.results.parts import CropPart, ReferencePart

LARGE_PX = 480
SMALL_PX = 150
QUALITY = 82

Rgba = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a page: its data and its size in the units of what is drawn over it."""

    data: str
    width: float
    height: float


def read(evidence: Evidence, path: str) -> Rgba:
    """A picture of the evidence, (H, W, 4); what is not the pack is transparent.

    Raises:
        EvidenceError: it is missing or damaged, or cannot be read.
    """
    content = evidence.read(path)
    try:
        with Pictures.open(io.BytesIO(content)) as picture:
            return np.asarray(picture.convert("RGBA"))
    except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError for a broken PNG
        raise EvidenceError(f"{evidence.where(path)}: this evidence is damaged") from error


def reference_picture(evidence: Evidence, reference: ReferencePart, *, side_px: int = LARGE_PX) -> Picture:
    """A reference, drawn in its own pixels."""
    return embed(read(evidence, reference.picture), side_px=side_px, size=(reference.width, reference.height))


def flat_picture(evidence: Evidence, crop: CropPart, onto: ReferencePart, *, side_px: int = LARGE_PX) -> Picture:
    """A pack as a crop shows it, laid flat into the frame of a reference, to be seen side by side."""
    return embed(flat(evidence, crop, onto, side_px=side_px), side_px=side_px, size=(onto.width, onto.height))


def flat(evidence: Evidence, crop: CropPart, onto: ReferencePart, *, side_px: int = LARGE_PX) -> Rgba:
    """The pixels (h, w, 4) of a pack, laid flat; where the crop does not show the pack they are transparent."""
    width, height = _fitted((onto.width, onto.height), side_px)
    quad: Quad = np.array(crop.quad, np.float32)
    matrix = homography_between(quad, corners(width, height))
    pixels = read(evidence, crop.path)
    known = cv2.warpPerspective(pixels[:, :, 3], matrix, (width, height), flags=cv2.INTER_NEAREST)
    colour = cv2.warpPerspective(pixels[:, :, :3], matrix, (width, height), flags=cv2.INTER_LINEAR)
    return np.dstack([colour, known])


def pixels_picture(pixels: Image, known: Mask, *, size: tuple[int, int], side_px: int = LARGE_PX) -> Picture:
    """Pixels in memory as a picture; transparent where they are not known."""
    return embed(with_alpha(pixels, known), side_px=side_px, size=size)


def with_alpha(pixels: Image, known: Mask) -> Rgba:
    """Pixels (H, W, 4), transparent where they are not known."""
    return np.dstack([pixels, np.where(known, np.uint8(255), np.uint8(0))])


def embed(pixels: Rgba, *, side_px: int, size: tuple[float, float]) -> Picture:
    """A picture as data in the page, ``side_px`` at most; ``size`` is the frame that it is drawn in."""
    height, width = pixels.shape[:2]
    target = _fitted((width, height), min(side_px, max(width, height)))
    small = Pictures.fromarray(pixels).resize(target, Pictures.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "WEBP", quality=QUALITY, method=2)
    data = base64.b64encode(stream.getvalue()).decode()
    return Picture(f"data:image/webp;base64,{data}", *size)


def _fitted(size: tuple[float, float], side_px: int) -> tuple[int, int]:
    """A size of this shape whose longer side is ``side_px``."""
    scale = side_px / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
