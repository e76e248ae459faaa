"""Light is not paint: the smooth field of light that lies between a picture and its reference.

A channel of the picture is modelled as ``gain(x, y) * predicted + tone * predicted (255 - predicted) / 255 +
leak . others + offset``: the light that falls on the face, a camera's tone curve, the leak between its colour
channels, and haze. The gain is a quadratic of position; the rest is one number for the face, held near
nothing by a prior, so that it can take up what cameras do and not what printers do. The fit is robust and
starts from the consensus of small samples, so a change of a large panel's colour does not drag the light
along: areas of other colours would be off.

Sources: M. Fischler & R. Bolles 1981 (consensus); P. Holland & R. Welsch 1977 (reweighted least squares with
Tukey's biweight); the gain field is as in retrospective shading correction, B. Likar et al. 2001.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Mask

_CELL_PX = 7
_MOST_CELLS = 40
_FLOOR = 3.0  # grey levels: below this the cells' scatter is compression and rounding
_SAMPLES = 48
# Standard deviations of the prior, in grey levels at full scale: level, slopes, curvatures of the gain,
# tone curve, leak from the two other channels, offset.
_PRIOR = np.array([150.0, 90.0, 90.0, 45.0, 45.0, 45.0, 45.0, 14.0, 14.0, 12.0])


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """The light between a prediction and what was seen of it.

    ``gain`` (h, w, 3) is the factor at each pixel; ``model`` (h, w, 3) the prediction under this light;
    ``agree`` is the share of the cells that it explains; ``scatter`` the robust spread of the cells'
    residuals, grey levels; ``offset`` (3,) the haze, grey levels; ``saturation`` how much of the reference's
    colour is seen, 1 for
    all: light alone does not take colour away, but cameras and thin ink do.
    """

    gain: Floats
    model: Floats
    agree: float
    scatter: float
    offset: Floats
    saturation: float


def fit_light(seen: NDArray[Any], predicted: NDArray[Any], known: Mask) -> Light | None:
    """Find the light under which ``predicted`` looks like ``seen``.

    Args:
        seen, predicted: (h, w, 3) RGB, 0..255, registered on each other and of like blur.
        known: (h, w), False where either shows something else.

    Returns:
        None where too little is known (fewer than 12 cells of about 7 x 7 px).
    """
    s, p, held = _cells(seen, known), _cells(predicted, known), _share(known)
    rows, columns = held.shape
    keep = (held > 0.5).ravel()
    if keep.sum() < 12:
        return None
    s, p, held = s.reshape(-1, 3)[keep], p.reshape(-1, 3)[keep], held.ravel()[keep]
    place = _powers(columns, rows).reshape(-1, 6)[keep]
    design = np.stack([_design(p, place, channel) for channel in range(3)])  # (3, cells, 10)
    theta, agree, scatter = _fit(design, s, _consensus(s, p), held)
    return _spread(np.asarray(predicted, np.float32), theta, agree, scatter)


def level(seen: NDArray[Any], predicted: NDArray[Any], light: Light) -> Floats:
    """What was seen, (h, w, 3), brought to the light of the reference."""
    residual = np.asarray(seen, np.float32) - light.model
    return np.asarray(np.asarray(predicted, np.float32) + residual / light.gain, np.float32)


def _cells(image: NDArray[Any], known: Mask) -> NDArray[np.float64]:
    held = known.astype(np.float32)
    size = _grid_of(known.shape)
    total = cv2.resize(np.asarray(image, np.float32) * held[..., None], size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(held, size, interpolation=cv2.INTER_AREA)
    return np.asarray(total / np.maximum(share, 1e-6)[..., None], np.float64)


def _share(known: Mask) -> NDArray[np.float64]:
    size = _grid_of(known.shape)
    return np.asarray(cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float64)


def _grid_of(shape: tuple[int, ...]) -> tuple[int, int]:
    """Columns and rows of cells."""
    rows, columns = (int(np.clip(side // _CELL_PX, 4, _MOST_CELLS)) for side in shape[:2])
    return columns, rows


@lru_cache(maxsize=32)
def _powers(width: int, height: int) -> NDArray[np.float64]:
    """1, x, y, x x, x y, y y at each place, on -1..1; (height, width, 6)."""
    y, x = np.meshgrid(
        (np.arange(height) + 0.5) / height * 2 - 1, (np.arange(width) + 0.5) / width * 2 - 1, indexing="ij"
    )
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)


def _design(p: NDArray[np.float64], place: NDArray[np.float64], channel: int) -> NDArray[np.float64]:
    """Columns, each about 1 at full scale: the gain's powers, tone, leaks, offset; (cells, 10)."""
    own = p[:, channel : channel + 1] / 255
    others = np.delete(p, channel, axis=1) / 255 - own
    return np.hstack([place * own, own * (1 - own) * 4, others, np.ones_like(own)])


def _consensus(s: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The (gain, offset) per channel, (2, 3), that most cells agree to within 22 grey levels."""
    draw = np.random.default_rng(len(s)).integers(0, len(s), (_SAMPLES, 6))
    draw[0] = np.linspace(0, len(s) - 1, 6).astype(int)
    sp, ss = p[draw], s[draw]  # (samples, 6, 3)
    # Ridge: a gain near 1 within 0.7, an offset near 0 within 15, cells right to 8 grey levels.
    pp, pm, ps, sm = (sp * sp).sum(1) + 131.0, sp.sum(1), (sp * ss).sum(1) + 131.0, ss.sum(1)
    n = 6 + 0.28
    det = pp * n - pm * pm
    gain, offset = (ps * n - pm * sm) / det, (pp * sm - pm * ps) / det
    off = gain[:, None] * p[None] + offset[:, None] - s[None]  # (samples, cells, 3)
    cost = np.minimum((off / 22.0) ** 2, 1).mean(axis=2).sum(axis=1)
    best = int(np.argmin(np.where((gain > 0.05).all(axis=1), cost, np.inf)))
    return np.stack([gain[best], offset[best]])


def _fit(
    design: NDArray[np.float64],
    s: NDArray[np.float64],
    begin: NDArray[np.float64],
    held: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, float]:
    mean = np.zeros((3, design.shape[2]))
    mean[:, 0] = 255.0  # a gain of one, in the columns' scale
    theta = mean.copy()
    theta[:, 0], theta[:, -1] = begin[0] * 255, begin[1]
    cut, scatter = 40.0, 40.0
    for _ in range(7):
        residual = s - np.einsum("ckn,cn->kc", design, theta)
        distance = np.sqrt((residual**2).mean(axis=1))
        scatter = max(_FLOOR, 1.4826 * float(np.median(distance)) / 1.2)
        cut = max(4.7 * scatter, cut * 0.6) if cut > 4.7 * scatter else 4.7 * scatter
        weight = np.maximum(0, 1 - (distance / cut) ** 2) ** 2 * held
        theta = _solve(design, s, weight / scatter**2 / 4, mean)
    agree = float((held * (distance < 3 * scatter)).sum() / held.sum())
    return theta, agree, scatter


def _solve(
    design: NDArray[np.float64],
    s: NDArray[np.float64],
    weight: NDArray[np.float64],
    mean: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weighted ridge per channel; cells are alike, so four count as one (see the caller's weight)."""
    prior = np.diag(1 / _PRIOR**2)
    weighted = design * weight[None, :, None]
    normal = np.einsum("ckn,ckm->cnm", weighted, design, optimize=True) + prior
    right = np.einsum("ckn,kc->cn", weighted, s, optimize=True) + mean @ prior
    return np.asarray(np.linalg.solve(normal, right[..., None])[..., 0])


def _spread(predicted: Floats, theta: NDArray[np.float64], agree: float, scatter: float) -> Light:
    """The fitted model at every pixel."""
    height, width = predicted.shape[:2]
    t = theta.astype(np.float32)
    gain = _powers(width, height).astype(np.float32).reshape(-1, 6) @ t[:, :6].T / np.float32(255)
    gain = np.maximum(gain.reshape(height, width, 3), np.float32(0.05))
    unit = predicted / np.float32(255)
    model = gain * predicted + t[:, 6] * (unit * (1 - unit) * 4) + t[:, 9]
    leak = np.zeros((3, 3), np.float32)
    for channel in range(3):
        others = [c for c in range(3) if c != channel]
        leak[others, channel] += t[channel, 7:9]
        leak[channel, channel] -= t[channel, 7:9].sum()
    model += (unit.reshape(-1, 3) @ leak).reshape(model.shape)
    saturation = 1 - 1.5 * float(t[:, 7:9].sum(axis=1).mean()) / 255
    return Light(gain, model.astype(np.float32), agree, scatter, t[:, 9].copy(), saturation)
