"""Quads, homographies and overlaps: plain functions on arrays, no records, no pictures."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Matrix, Quad

Points = NDArray[np.float32]
_NEXT = [1, 2, 3, 0]  # the corner after each


def corners(width: float, height: float) -> Quad:
    """The corners of a picture of this size, clockwise from the top left, as points of pixel centres."""
    w, h = width - 1, height - 1
    return np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)


def homography_between(source: Quad, target: Quad) -> Matrix:
    """The homography that takes the four corners of ``source`` to those of ``target``; (3, 3)."""
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(matrix, np.float64)


def resizing(source: tuple[int, int], target: tuple[int, int]) -> Matrix:
    """Where points go when a picture is resized; (3, 3). Its edges keep their places, its corner pixels do not."""
    x, y = target[0] / source[0], target[1] / source[1]
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def project(matrix: Matrix, points: NDArray[np.floating]) -> Points:
    """Points (n, 2) through a homography (3, 3); (n, 2) float32."""
    flat = np.asarray(points, np.float64).reshape(-1, 2)
    ones = np.ones((len(flat), 1))
    mapped = np.hstack([flat, ones]) @ matrix.T  # (n, 3)
    w = mapped[:, 2:]
    w = np.where(np.abs(w) < 1e-12, 1e-12, w)
    return (mapped[:, :2] / w).astype(np.float32)


def area(quad: NDArray[np.floating]) -> float:
    """Signed area of a polygon (n, 2); positive when clockwise as seen on a screen (y down)."""
    x, y = np.asarray(quad, np.float64).T
    return float(0.5 * (x[:-1] @ y[1:] - x[1:] @ y[:-1] + x[-1] * y[0] - x[0] * y[-1]))


def is_convex(quad: Quad) -> bool:
    """True for a quad that turns clockwise at every corner: neither mirrored nor folded."""
    q = np.asarray(quad, np.float64)
    e = q[_NEXT] - q  # (4, 2) edges
    n = e[_NEXT]
    return bool((e[:, 0] * n[:, 1] - e[:, 1] * n[:, 0] > 0).all())


def sides(quad: Quad) -> NDArray[np.float64]:
    """The lengths of the four sides: top, right, bottom, left."""
    q = np.asarray(quad, np.float64)
    return np.asarray(np.linalg.norm(q[_NEXT] - q, axis=1))


MAX_TAPER = 3.5
"""How much longer one side may look than the one across. A pack tilted by 60 degrees that fills most of a phone's
picture tapers by 1.6; the rest is room for poses that are held by a part of the face."""


def is_plausible(quad: Quad, aspect: float, *, min_side: float = 12.0, max_squeeze: float = 5.0) -> bool:
    """Whether a pinhole camera could show a rectangle of this aspect (width by height) so.

    Refuses quads that are mirrored, folded, tiny, or squeezed along one axis by more than ``max_squeeze``
    against the other (a plane seen at 60 degrees is squeezed by 2; the rest is room for perspective).
    """
    if not np.isfinite(quad).all() or not is_convex(quad):
        return False
    top, right, bottom, left = sides(quad)
    if min(top, right, bottom, left) < min_side:
        return False
    if max(top, bottom) > MAX_TAPER * min(top, bottom) or max(left, right) > MAX_TAPER * min(left, right):
        return False
    seen = (top + bottom) / (left + right) / aspect
    return bool(1 / max_squeeze <= seen <= max_squeeze)


def intersection(a: Quad, b: Quad) -> float:
    """The area that two convex quads share."""
    shared, _ = cv2.intersectConvexConvex(a.astype(np.float32), b.astype(np.float32))
    return float(shared)


def iou(a: Quad, b: Quad) -> float:
    """Intersection over union of two convex quads, 0..1."""
    shared = intersection(a, b)
    union = abs(area(a)) + abs(area(b)) - shared
    return shared / union if union > 0 else 0.0


def coverage(a: Quad, b: Quad) -> float:
    """The share of the smaller of two convex quads that the other covers, 0..1."""
    smaller = min(abs(area(a)), abs(area(b)))
    return intersection(a, b) / smaller if smaller > 0 else 0.0


def bounding_box(quad: Quad, width: int, height: int) -> tuple[int, int, int, int]:
    """The box x0, y0, x1, y1 (half open) around a quad, cut to a picture of this size."""
    x0, y0 = np.floor(np.asarray(quad).min(axis=0)).astype(int)
    x1, y1 = np.ceil(np.asarray(quad).max(axis=0)).astype(int) + 1
    return max(0, int(x0)), max(0, int(y0)), min(width, int(x1)), min(height, int(y1))


def holds(quad: Quad, point: NDArray[np.floating]) -> bool:
    """Whether a point (2,) lies in a convex quad or on its edge."""
    x, y = float(point[0]), float(point[1])
    return cv2.pointPolygonTest(np.asarray(quad, np.float32).reshape(-1, 1, 2), (x, y), False) >= 0


def inside(quad: Quad, width: int, height: int) -> NDArray[np.bool_]:
    """A mask (height, width) that is True for pixels whose centres lie in the quad."""
    canvas = np.zeros((height, width), np.uint8)
    fixed = np.round(np.asarray(quad) * 256).astype(np.int32)
    cv2.fillConvexPoly(canvas, fixed, 1, lineType=cv2.LINE_8, shift=8)
    return canvas.astype(bool)


def share_in_picture(quad: Quad, width: int, height: int) -> float:
    """The share of a quad that lies within a picture of this size, 0..1."""
    whole = abs(area(quad))
    return intersection(quad, corners(width, height)) / whole if whole > 0 else 0.0
