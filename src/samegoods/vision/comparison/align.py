"""Registration of a picture on a reference to a fraction of a pixel, and through a smooth bend.

The way a reference lies in a picture is a :class:`Placement`: a homography and, in the reference's frame, a
smooth displacement. Both are refined by Gauss-Newton steps on gradients (B. Lucas & T. Kanade 1981; symmetric
gradients as in S. Benhimane & E. Malis, "Real-time image-based tracking of planes using efficient
second-order minimization", IROS 2004; robust weights as in S. Baker, R. Gross & I. Matthews, CMU-RI-TR-03-35,
2003). The normal equations are gathered over cells of the picture, which makes a step cost a few passes over
the pixels whatever the number of unknowns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Mask, Matrix
from samegoods.vision.comparison.warps import CELLS, Warp, curve, plane


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where a reference lies in a picture.

    ``homography`` (3, 3) takes points of the reference's frame (w, h), after ``flow`` (h, w, 2) px is added
    to them, to the picture. ``fit`` is the correlation -1..1 of the two after light is taken out, over what
    is known; ``slack_px`` is what is left of the shifts of the parts, a median over the face.
    """

    homography: Matrix
    flow: Floats
    fit: float = 0.0
    slack_px: float = 0.0


def start(homography: Matrix, size: tuple[int, int]) -> Placement:
    """A placement without a bend; ``size`` is the reference's (width, height)."""
    return Placement(np.asarray(homography, np.float64), np.zeros((size[1], size[0], 2), np.float32))


def sample(picture: NDArray[Any], placement: Placement, *, border: float = 0.0) -> NDArray[Any]:
    """The picture (H, W[, C]) as it looks in the reference's frame, (h, w[, C]), bilinear; same dtype."""
    x, y = _positions(placement)
    return np.asarray(
        cv2.remap(
            picture,
            x,
            y,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(border, border, border, border),
        )
    )


def sample_mask(mask: Mask, placement: Placement) -> Mask:
    """A mask (H, W) in the reference's frame; True only where every pixel that is drawn on is True."""
    return np.asarray(sample(mask.astype(np.float32), placement) > 0.999)


def normalise(grey: Floats, known: Mask, *, reach: int) -> Floats:
    """Grey values (h, w) with the local mean and contrast taken out over a window of ``reach`` px.

    What is not known neither counts nor keeps a value (0).
    """
    k = known.astype(np.float32)
    window = (reach, reach)
    filled = grey * k
    share = cv2.blur(k, window) + 1e-6
    mean = cv2.blur(filled, window) / share
    spread = cv2.blur(filled * filled, window) / share - mean * mean
    # Contrast below 4 grey levels is noise: it must not be blown up to look like structure.
    return np.asarray((grey - mean) / np.sqrt(np.maximum(spread, 0) + 16.0) * k, np.float32)


def register(
    picture: Floats,
    known: Mask,
    template: Floats,
    weight: Mask,
    placement: Placement,
    *,
    bend: bool = True,
    steps: int = 8,
) -> Placement:
    """Refine where a reference lies in a picture.

    Args:
        picture: (H, W) float32 grey values; ``known`` (H, W) is False where they show something else.
        template: (h, w) float32 grey values of the reference, brought to about the picture's resolution;
            ``weight`` (h, w) is False where the reference shows no pack.
        placement: where to start, right to about a twentieth of the face's size.
        bend: whether to look for a smooth bend beyond the homography.
        steps: the most Gauss-Newton steps for each resolution and model.

    Returns:
        A placement at least as well correlated as the one to start from.
    """
    begun = _judged(picture, known, template, weight, placement)
    found = placement
    if min(template.shape) >= 96:
        found = _at_half(picture, known, template, weight, found, steps)
    size = template.shape[1], template.shape[0]
    found = _descend(picture, known, template, weight, found, plane(*size), steps)
    found = _better(begun, _judged(picture, known, template, weight, found))
    if bend:
        bent = _descend(picture, known, template, weight, found, curve(*size), max(2, steps // 2))
        found = _better(found, _judged(picture, known, template, weight, bent))
    return found


def _better(old: Placement, new: Placement) -> Placement:
    return new if new.fit > old.fit else old


def _positions(placement: Placement) -> tuple[Floats, Floats]:
    height, width = placement.flow.shape[:2]
    grid_x, grid_y = _grid(width, height)
    x, y = grid_x + placement.flow[..., 0], grid_y + placement.flow[..., 1]
    m = (placement.homography / placement.homography[2, 2]).astype(np.float32)
    depth = m[2, 0] * x + m[2, 1] * y + 1
    return (m[0, 0] * x + m[0, 1] * y + m[0, 2]) / depth, (m[1, 0] * x + m[1, 1] * y + m[1, 2]) / depth


@lru_cache(maxsize=32)
def _grid(width: int, height: int) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return x, y


def _at_half(
    picture: Floats, known: Mask, template: Floats, weight: Mask, placement: Placement, steps: int
) -> Placement:
    """The same at half the reference's resolution, which doubles the reach of the descent."""
    height, width = template.shape
    small = (width // 2, height // 2)
    sx, sy = width / small[0], height / small[1]
    up = np.array([[sx, 0, (sx - 1) / 2], [0, sy, (sy - 1) / 2], [0, 0, 1]])
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.float32)
    coarse = Placement(
        placement.homography @ up, np.asarray(cv2.resize(placement.flow, small) / np.array([sx, sy]), np.float32)
    )
    less = np.asarray(cv2.resize(template, small, interpolation=cv2.INTER_AREA), np.float32)
    seen = cv2.resize(weight.astype(np.uint8), small, interpolation=cv2.INTER_NEAREST).astype(bool)
    found = _descend(soft, known, less, seen, coarse, plane(*small), steps)
    flow = cv2.resize(found.flow, (width, height)) * np.array([sx, sy])
    return replace(placement, flow=np.asarray(flow, np.float32))


def _descend(
    picture: Floats,
    known: Mask,
    template: Floats,
    weight: Mask,
    placement: Placement,
    model: Warp,
    steps: int,
) -> Placement:
    flow = placement.flow
    reach = _reach(template)
    for _ in range(steps):
        here = replace(placement, flow=flow)
        seen, both = _seen(picture, known, weight, here)
        goal, look = normalise(template, both, reach=reach), normalise(seen, both, reach=reach)
        change = _step(goal, look, both, model)
        flow = flow + change
        if float(np.abs(change).max()) < 0.01:
            break
    return replace(placement, flow=flow)


def _reach(template: Floats) -> int:
    return int(max(9, min(template.shape) // 5) | 1)


def _seen(picture: Floats, known: Mask, weight: Mask, placement: Placement) -> tuple[Floats, Mask]:
    seen = sample(picture, placement)
    both = sample_mask(known, placement) & weight
    return seen, both


def _normal(goal: Floats, look: Floats, both: Mask) -> Floats:
    """Per cell: sums of gx gx, gx gy, gy gy, gx e, gy e, robustly weighted; (cells, cells, 5)."""
    error = goal - look
    mean = (goal + look) * np.float32(0.5)
    gx = cv2.Sobel(mean, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    gy = cv2.Sobel(mean, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    inner = cv2.erode(both.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    scale = 1.4826 * float(np.median(np.abs(error[::2, ::2][both[::2, ::2]]))) if both.any() else 1.0
    weight = inner / (1 + (error / (2.5 * scale + 0.05)) ** 2) ** 2 / (scale * scale + 0.01)
    wx, wy = weight * gx, weight * gy
    parts = (wx * gx, wx * gy, wy * gy, wx * error, wy * error)
    size = goal.shape[0] * goal.shape[1] / CELLS**2
    cells = [cv2.resize(part.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA) for part in parts]
    return np.asarray(np.dstack(cells) * size, np.float32)


def _step(goal: Floats, look: Floats, both: Mask, model: Warp) -> Floats:
    cells = _normal(goal, look, both).reshape(-1, 5).astype(np.float64)
    phi = model.at_cells  # (cells, K K)
    xx, xy, yy = (phi.T @ (cells[:, i : i + 1] * phi) for i in range(3))
    matrix = np.block([[xx, xy], [xy, yy]])
    right = np.concatenate([phi.T @ cells[:, 3], phi.T @ cells[:, 4]])
    t = model.combine
    normal = t.T @ matrix @ t + model.stiffness
    solved = t @ np.linalg.solve(normal, t.T @ right)
    k = model.across.shape[1]
    change = [model.down @ part.reshape(k, k).astype(np.float32) @ model.across.T for part in np.split(solved, 2)]
    # A linear step is good for about the width of an edge; a longer one is taken in pieces.
    limit = 2.0 / max(2.0, float(max(np.abs(c).max() for c in change)))
    return np.asarray(np.dstack(change) * limit, np.float32)


def _judged(picture: Floats, known: Mask, template: Floats, weight: Mask, placement: Placement) -> Placement:
    seen, both = _seen(picture, known, weight, placement)
    reach = _reach(template)
    goal, look = normalise(template, both, reach=reach), normalise(seen, both, reach=reach)
    energy = float(np.sqrt((goal * goal).sum() * (look * look).sum()))
    fit = float((goal * look).sum()) / energy if energy > 0 else 0.0
    cells = _normal(goal, look, both).reshape(-1, 5).astype(np.float64)
    return replace(placement, fit=fit, slack_px=_slack(cells))


def _slack(cells: NDArray[np.float64]) -> float:
    """The median length of the shifts that the cells with structure would still like to make."""
    xx, xy, yy, ex, ey = cells.T
    xx, yy = xx + 1.0, yy + 1.0
    det = xx * yy - xy * xy
    u, v = (yy * ex - xy * ey) / det, (xx * ey - xy * ex) / det
    firm = det > np.median(det)
    return float(np.median(np.hypot(u, v)[firm])) if firm.any() else 0.0
