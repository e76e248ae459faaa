"""Pictures on quads: pyramids against aliasing, antialiased edges, transparent parts."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.geometry import corners, homography_between, project, sides
from samegoods.records import Image, Matrix, Quad

_STEP = 2**-0.5  # from one level of the pyramid to the next
_LEVELS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A picture with its smaller copies.

    ``levels`` are (h, w, 4) uint8, colour already multiplied by alpha; those of a ``backdrop`` are (h, w, 3),
    drawn faster, with hard edges.
    """

    levels: tuple[Image, ...]
    backdrop: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.levels[0].shape[1], self.levels[0].shape[0]


def texture(picture: Image, alpha: Image | None = None, *, backdrop: bool = False) -> Texture:
    """A picture (H, W, 3) uint8, with its cover (H, W) uint8 unless it is opaque, ready to be drawn."""
    if backdrop:
        return Texture(_pyramid(picture), backdrop=True)
    if alpha is None:
        alpha = np.full(picture.shape[:2], 255, np.uint8)
    else:
        thick = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB)
        picture = np.asarray(cv2.multiply(picture, thick, scale=1 / 255), np.uint8)
    return Texture(_pyramid(np.dstack([picture, alpha])))


def _pyramid(first: Image) -> tuple[Image, ...]:
    levels = [first]
    height, width = first.shape[:2]
    for k in range(1, _LEVELS):
        size = round(width * _STEP**k), round(height * _STEP**k)
        if min(size) < 8:
            break
        levels.append(np.asarray(cv2.resize(first, size, interpolation=cv2.INTER_AREA), np.uint8))
    return tuple(levels)


def outer(width: float, height: float) -> Quad:
    """The edges of a picture of this size: half a pixel outside the centres of its corner pixels."""
    return corners(width, height) + np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]], np.float32)


def centres_quad(size: tuple[int, int], edges: Quad) -> Quad:
    """Where the centres of the corner pixels lie when the picture's edges lie on ``edges``."""
    return project(homography_between(outer(*size), edges), corners(*size))


def _choose(picture: Texture, edges: Quad) -> Image:
    """The level that is minified by 0.9 to 1.27 along its more squeezed axis."""
    width, height = picture.size
    top, right, bottom, left = sides(edges)
    scale = 0.9 * min((top + bottom) / (2 * width), (left + right) / (2 * height))
    level = int(np.clip(np.floor(np.log(max(scale, 1e-6)) / np.log(_STEP) + 1e-9), 0, len(picture.levels) - 1))
    return picture.levels[level]


def _region(edges: Quad, width: int, height: int) -> tuple[int, int, int, int] | None:
    x0, y0 = np.floor(edges.min(axis=0)).astype(int) - 1
    x1, y1 = np.ceil(edges.max(axis=0)).astype(int) + 2
    x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None


def draw_quad(canvas: Image, picture: Texture, edges: Quad) -> None:
    """Draw a picture into a canvas (H, W, 3) uint8, in place, its edges on a quad."""
    region = _region(edges, canvas.shape[1], canvas.shape[0])
    if region is None:
        return
    x0, y0, x1, y1 = region
    level = _choose(picture, edges)
    matrix = homography_between(outer(level.shape[1], level.shape[0]), edges - np.array([x0, y0], np.float32))
    part, size = canvas[y0:y1, x0:x1], (x1 - x0, y1 - y0)
    if picture.backdrop:
        cv2.warpPerspective(level, matrix, size, part, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
        return
    drawn = cv2.warpPerspective(level, matrix, size, flags=cv2.INTER_LINEAR)
    cover = drawn[..., 3]
    beneath = cv2.cvtColor(cv2.bitwise_not(cover), cv2.COLOR_GRAY2RGB)
    part[:] = cv2.add(cv2.multiply(part, beneath, scale=1 / 255), drawn[..., :3])


def cover_of(picture: Texture, edges: Quad, *, size: tuple[int, int], shrink: int) -> Image:
    """How a picture covers a frame of this width and height, ``shrink`` times smaller: (h, w) uint8."""
    level = picture.levels[-1]
    small = (edges + 0.5) / shrink - 0.5
    matrix: Matrix = homography_between(outer(level.shape[1], level.shape[0]), small.astype(np.float32))
    frame = (size[0] // shrink, size[1] // shrink)
    return np.asarray(cv2.warpPerspective(np.ascontiguousarray(level[..., 3]), matrix, frame), np.uint8)
