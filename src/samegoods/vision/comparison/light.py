"""Light is not paint: the smooth field of light that lies between a picture and its reference.

The picture is modelled as ``cast * shade(x, y) * print + haze``, where the print may be a little less saturated and
differ by a tone curve: light has one colour for the face and falls off smoothly, cameras have a curve and a
saturation, and that is all. Only a slight slope of the colour of light across the face is allowed on top. What is
bound together so cannot follow the print: a panel of another colour cannot be explained by light that leaves white
paper and black lettering as they are. The fit is robust and starts from the consensus of small samples, so a change
of a large panel's colour does not drag the light along.

Sources: M. Fischler & R. Bolles 1981 (consensus); P. Holland & R. Welsch 1977 (reweighted least squares with
Tukey's biweight); the shade is as in retrospective shading correction, B. Likar et al. 2001; one colour of light
times shading is the dichromatic model's diffuse part, S. Shafer 1985.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.records import Floats, Mask
from samegoods.vision.colour import lab, mean

_CELL_PX = 7
_MOST_CELLS = 26
_FLOOR = 3.0  # grey levels: below this the cells' scatter is compression and rounding
_SAMPLES = 80
_ENOUGH = 40.0  # cells that count as independent, at most: more of them are alike
_CAST_SD = 0.25  # relative: lamps against a camera's white balance

# Columns: cast (3), shade's x y xx xy yy (5), slopes of the cast in x and y per channel (6), tone, saturation,
# haze, haze per channel (3). Standard deviations of the prior, relative to full scale.
_PRIOR = np.array([0.2] * 3 + [0.5, 0.5, 0.25, 0.25, 0.25] + [0.03] * 6 + [0.1, 0.15, 0.06] + [0.015] * 3)
_TONE, _SATURATION, _HAZE = 14, 15, 16
_MOST_PALE = 0.3
_GREY = 190.0
_LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """The light between a prediction and what was seen of it.

    ``gain`` (h, w, 3) is the factor at each pixel, ``cast`` (3,) the part of it that is the colour of the light;
    ``offset`` (3,) is the haze, grey levels. ``tone`` bends the camera's curve; ``saturation`` says how much of the
    reference's colour is seen, 1 for all: light alone takes none away, but cameras and thin ink do. ``agree`` is
    the share of the cells that all this explains; ``scatter`` the robust spread of their residuals, grey levels.
    """

    gain: Floats
    cast: Floats
    offset: Floats
    tone: float
    saturation: float
    agree: float
    scatter: float


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
    s, p = s / 255, p / 255
    begin = _consensus(s, p, place)
    cast = begin[:3]
    theta, agree, scatter = _fit(_design(p, place), s, begin, held)
    return _light((known.shape[1], known.shape[0]), theta, cast, agree, scatter * 255)


def cast_of(light: Light, known: Mask) -> tuple[float, float]:
    """What a light grey looks like in a light: its a* and b* in CIELAB, meaned over what is known."""
    gain = light.gain[known].mean(axis=0) if known.any() else light.gain.mean(axis=(0, 1))
    even = gain / float(gain @ np.array(_LUMA, np.float32))
    grey = np.clip(np.float32(_GREY) * even, 0, 255).reshape(1, 1, 3)
    _, a, b = (float(v) for v in lab(grey)[0, 0])
    return a, b


def level(seen: NDArray[Any], light: Light) -> Floats:
    """What was seen, (h, w, 3), brought to the light of the reference.

    It holds nothing of the reference's drawing, so it can be held against any other one as well.
    """
    return np.asarray((np.asarray(seen, np.float32) - light.offset) / light.gain, np.float32)


def shown(predicted: NDArray[Any], light: Light) -> Floats:
    """What a reference, (h, w, 3), looks like to this camera, in the reference's own light."""
    unit = np.asarray(predicted, np.float32) / np.float32(255)
    grey = mean(unit)[..., None]
    extra = light.tone * 4 * unit * (1 - unit) + (1 - light.saturation) * (grey - unit)
    return np.asarray(predicted + extra * (255 * light.cast) / light.gain, np.float32)


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


def _design(p: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """The columns of the model for each channel, before the cast is put on; (3, cells, 20)."""
    design = np.zeros((3, len(p), len(_PRIOR)))
    grey = p.mean(axis=1)
    for channel in range(3):
        own = p[:, channel]
        design[channel, :, channel] = own
        design[channel, :, 3:8] = place[:, 1:] * own[:, None]
        design[channel, :, 8 + 2 * channel : 10 + 2 * channel] = place[:, 1:3] * own[:, None]
        design[channel, :, _TONE] = own * (1 - own) * 4
        design[channel, :, _SATURATION] = grey - own
        design[channel, :, [_HAZE, _HAZE + 1 + channel]] = 1
    return design


def _consensus(s: NDArray[np.float64], p: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """The light that most cells agree to within 16 grey levels: gain of each channel, slopes in x and y, haze; (6,).

    A cell agrees in all channels or in none: one that is right in lightness and wrong in hue is another print.
    """
    draw = np.random.default_rng(len(s)).integers(0, len(s), (_SAMPLES, 4))
    columns = np.zeros((len(p), 3, 6))
    columns[:, (0, 1, 2), (0, 1, 2)] = p
    columns[:, :, 3:5] = p[:, :, None] * place[:, None, 1:3]
    columns[:, :, 5] = 1
    rows, seen = columns[draw].reshape(_SAMPLES, 12, 6), s[draw].reshape(_SAMPLES, 12, 1)
    # Ridge: gains near 0.9 within 0.7, slopes near 0 within 0.25, haze within 15, cells right to 8 grey levels.
    mean = np.array([0.9, 0.9, 0.9, 0, 0, 0])
    prior = (8 / 255 / np.array([0.7, 0.7, 0.7, 0.25, 0.25, 15 / 255])) ** 2
    across = rows.transpose(0, 2, 1)
    found = np.linalg.solve(across @ rows + np.diag(prior), across @ seen + (prior * mean)[:, None])[..., 0]
    found[:, :3] = np.maximum(found[:, :3], 0.05)
    off = np.einsum("kcn,jn->jkc", columns, found) - s  # (samples, cells, 3)
    cost = np.minimum(np.square(off).max(axis=2) / (16 / 255) ** 2, 1).mean(axis=1)
    gain = found[:, :3]
    cost += 0.03 * np.square((gain / gain.mean(axis=1, keepdims=True) - 1) / _CAST_SD).sum(axis=1)
    cost += 0.01 * np.square(found[:, 5] * 255 / 15)
    return np.asarray(found[int(np.argmin(cost))])


def _fit(
    design: NDArray[np.float64], s: NDArray[np.float64], begin: NDArray[np.float64], held: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, float]:
    """Parameters, the share of cells that agree, and their scatter; all on a scale of 0..1."""
    lit = design * begin[:3, None, None]
    mean = np.zeros(len(_PRIOR))
    mean[:3] = 1
    theta, floor = mean.copy(), _FLOOR / 255
    theta[3:5], theta[_HAZE] = begin[3:5] / begin[:3].mean(), begin[5] / begin[:3].mean()
    cut = scatter = 30.0 / 255
    for _ in range(8):
        residual = s - np.einsum("ckn,n->kc", lit, theta)
        distance = np.sqrt(np.square(residual).mean(axis=1))
        scatter = max(floor, 1.4826 * float(np.median(distance)) / 1.2)
        cut = max(4.7 * scatter, 0.6 * cut) if cut > 4.7 * scatter else 4.7 * scatter
        weight = np.square(np.maximum(0, 1 - np.square(distance / cut))) * held
        theta = _solve(lit, s, weight * min(0.25, _ENOUGH / max(weight.sum(), 1e-6)) / scatter**2, mean)
    agree = float((held * (distance < 3 * scatter)).sum() / held.sum())
    return theta, agree, scatter


def _solve(
    lit: NDArray[np.float64], s: NDArray[np.float64], weight: NDArray[np.float64], mean: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted ridge of all channels together."""
    columns = lit.reshape(-1, lit.shape[2])  # channel by channel
    weighted = columns * np.tile(weight, 3)[:, None]
    normal, right = weighted.T @ columns, weighted.T @ s.T.ravel()
    prior, middle = 1 / _PRIOR**2, mean.copy()
    theta = np.linalg.solve(normal + np.diag(prior), right + middle * prior)
    if abs(theta[_SATURATION]) > _MOST_PALE:  # more is another print
        prior[_SATURATION], middle[_SATURATION] = 1e9, np.copysign(_MOST_PALE, theta[_SATURATION])
        theta = np.linalg.solve(normal + np.diag(prior), right + middle * prior)
    return np.asarray(theta)


def _light(
    size: tuple[int, int], theta: NDArray[np.float64], cast: NDArray[np.float64], agree: float, scatter: float
) -> Light:
    """The fitted light at every pixel of a picture of this width and height."""
    t, c = theta.astype(np.float32), cast.astype(np.float32)
    coefficients = np.zeros((6, 3), np.float32)
    coefficients[0] = t[:3]
    coefficients[1:] = t[3:8, None]
    coefficients[1:3] += t[8:14].reshape(3, 2).T
    powers = _powers(*size).astype(np.float32).reshape(-1, 6)
    gain = np.maximum((powers @ coefficients).reshape(size[1], size[0], 3), np.float32(0.1)) * c
    offset = c * 255 * (t[_HAZE] + t[_HAZE + 1 :])
    return Light(gain, c, offset, float(t[_TONE]), 1 - float(t[_SATURATION]), agree, scatter)
