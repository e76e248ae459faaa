"""What can be done to a picture of a face within a box: tint, erase, reword, move, print cheaply, damage."""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Floats, Image
from samegoods.render.marks import EMBLEMS
from samegoods.render.paint import Box, Canvas, Rgb, mix
from samegoods.render.wares import MOTIFS
from samegoods.vision.colour import lab

_TINT_LAB = 26.0  # shift in the a*b* plane at strength 1
_REGISTER_PX = 2.4  # shift of a colour plate at strength 1


def _ints(box: Box, picture: Image) -> tuple[int, int, int, int]:
    """The box as x0, y0, x1, y1, cut to the picture."""
    x, y, w, h = box
    height, width = picture.shape[:2]
    x0, y0 = max(0, round(x)), max(0, round(y))
    return x0, y0, min(width, max(x0 + 2, round(x + w))), min(height, max(y0 + 2, round(y + h)))


def choose_box(picture: Image, place: str, size: float, rng: np.random.Generator) -> Box:
    """A box of about ``size`` of the face: anywhere, where most is drawn, or on a line of text."""
    height, width = picture.shape[:2]
    if place == "whole":
        return 0.0, 0.0, float(width), float(height)
    if place == "text":
        lines = text_boxes(picture)
        if lines:
            wanted = size * width * height
            best = sorted(lines, key=lambda b: abs(np.log(b[2] * b[3] / wanted)))[:3]
            return best[int(rng.integers(len(best)))]
    aspect = float(np.exp(rng.uniform(-0.4, 0.4))) * (4.0 if place == "text" else 1.0)
    w = min(0.95 * width, np.sqrt(size * width * height * aspect))
    h = min(0.95 * height, size * width * height / w)
    tries = [(float(rng.uniform(0, width - w)), float(rng.uniform(0, height - h)), w, h) for _ in range(24)]
    if place == "any":
        return tries[0]
    energy = cv2.integral(_edges(picture))
    return max(tries, key=lambda b: _sum(energy, b))


def _edges(picture: Image) -> Image:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.uint8)


def _sum(integral: np.ndarray, box: Box) -> float:
    x, y, w, h = (int(v) for v in box)
    return float(integral[y + h, x + w] - integral[y, x + w] - integral[y + h, x] + integral[y, x])


def text_boxes(picture: Image) -> list[Box]:
    """Boxes that look like one line of text: long, low, full of edges."""
    height, width = picture.shape[:2]
    bright = (_edges(picture) > 60).astype(np.uint8)
    reach = max(5, width // 40)
    joined = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for x, y, w, h, filled in stats[1:count]:
        if w > 3.5 * h and 0.01 * height < h < 0.09 * height and w < 0.95 * width and filled > 0.5 * w * h:
            found.append((x - 3.0, y - 3.0, w + 6.0, h + 6.0))
    return found


def tint(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """Another colour of the paint: the a*b* plane shifted, lightness kept."""
    x0, y0, x1, y1 = _ints(box, picture)
    part = lab(picture[y0:y1, x0:x1])
    turn = rng.uniform(0, 2 * np.pi)
    shift = _TINT_LAB * strength * np.array([np.cos(turn), np.sin(turn)], np.float32)
    # white paper and black ink take no tint, and a saturated colour may leave sRGB: darken whites a little
    part[..., 0] = np.minimum(part[..., 0], 100 - 8 * strength)
    part[..., 1:] += shift
    out = picture.copy()
    out[y0:y1, x0:x1] = _rgb_of(part)
    return out


def _rgb_of(values: Floats) -> Image:
    """The sRGB picture of CIE L*a*b* values; what lies outside sRGB is clipped."""
    rgb = cv2.cvtColor(values.astype(np.float32), cv2.COLOR_Lab2RGB)
    return np.asarray(np.clip(rgb * 255 + 0.5, 0, 255), np.uint8)


def erase(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """What stood there is gone: filled smoothly from the box's surroundings."""
    del rng, strength
    x0, y0, x1, y1 = _ints(box, picture)
    out = picture.copy()
    out[y0:y1, x0:x1] = _coons(picture, x0, y0, x1, y1)
    return out


def erase_line(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """A line of text is gone: each column takes its median pixel, since ink is the smaller part."""
    del rng, strength
    x0, y0, x1, y1 = _ints(box, picture)
    columns = np.median(picture[y0:y1, x0:x1].astype(np.float32), axis=0)[None]  # (1, w, 3)
    out = picture.copy()
    out[y0:y1, x0:x1] = cv2.medianBlur(columns.astype(np.uint8), 5)
    return out


def _coons(picture: Image, x0: int, y0: int, x1: int, y1: int) -> Image:
    """A box filled from its four sides (a Coons patch over the medians along each side)."""
    height, width = picture.shape[:2]

    def side(ys: slice, xs: slice) -> np.ndarray:
        return np.asarray(np.median(picture[ys, xs].reshape(-1, 3), axis=0), np.float32)

    up, down = slice(max(0, y0 - 3), max(1, y0)), slice(min(height - 1, y1), min(height, y1 + 3))
    left, right = slice(max(0, x0 - 3), max(1, x0)), slice(min(width - 1, x1), min(width, x1 + 3))
    rows, cols = slice(y0, y1), slice(x0, x1)
    v = np.linspace(0, 1, y1 - y0, dtype=np.float32)[:, None, None]
    u = np.linspace(0, 1, x1 - x0, dtype=np.float32)[None, :, None]
    vertical = side(up, cols) * (1 - v) + side(down, cols) * v
    horizontal = side(rows, left) * (1 - u) + side(rows, right) * u
    return np.asarray((vertical + horizontal) / 2, np.uint8)


def _spread(picture: Image, x0: int, y0: int, x1: int, y1: int) -> tuple[Rgb, Rgb]:
    """The commonest colour of a box and the one farthest from it: the ground and the ink."""
    part = picture[y0:y1, x0:x1].reshape(-1, 3).astype(np.float32)
    ground = np.median(part, axis=0)
    far = part[np.linalg.norm(part - ground, axis=1).argsort()[-max(1, len(part) // 20) :]].mean(axis=0)
    return _rgb(ground), _rgb(far)


def _rgb(values: np.ndarray) -> Rgb:
    r, g, b = (int(v) for v in values)
    return r, g, b


def reword(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """Other words in the place of a line, in its ink."""
    x0, y0, x1, y1 = _ints(box, picture)
    ground, ink = _spread(picture, x0, y0, x1, y1)
    canvas = Canvas(x1 - x0, y1 - y0, ground)
    words = "".join(str(v) for v in rng.choice(list("abdegiklmnoprstuvz"), max(4, int(1.6 * (x1 - x0) / (y1 - y0)))))
    canvas.text(
        (2, 2, x1 - x0 - 4, y1 - y0 - 4),
        words.capitalize(),
        "sans-bold",
        mix(ground, ink, min(1.0, strength)),
    )
    out = picture.copy()
    out[y0:y1, x0:x1] = canvas.picture()
    return out


def badge(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """A maker's mark where there was none, or another one over it."""
    x0, y0, x1, y1 = _ints(box, picture)
    side = min(x1 - x0, y1 - y0)
    ground, _ = _spread(picture, x0, y0, x1, y1)
    tone: Rgb = _rgb(rng.integers(0, 256, 3))
    tone = mix(ground, tone if np.abs(np.subtract(tone, ground)).max() > 90 else (255 - tone[0], 20, 60), strength)
    canvas = Canvas(side, side, ground)
    emblem = EMBLEMS[str(rng.choice(list(EMBLEMS)))]
    emblem(canvas, (1, 1, side - 2, side - 2), (ground, ground, tone, (10, 10, 10), (250, 250, 250)))
    mark = canvas.picture()
    shown = (np.abs(mark.astype(int) - np.array(ground)).max(axis=2) > 6)[..., None]
    out = picture.copy()
    part = out[y0 : y0 + side, x0 : x0 + side]
    out[y0 : y0 + side, x0 : x0 + side] = np.where(shown, mark, part)
    return out


def other_graphic(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """Another illustration in the colours of the box."""
    x0, y0, x1, y1 = _ints(box, picture)
    ground, ink = _spread(picture, x0, y0, x1, y1)
    ink = mix(ground, ink, min(1.0, strength))
    canvas = Canvas(x1 - x0, y1 - y0, ground)
    palette = (
        ground,
        mix(ground, ink, 0.5),
        ink,
        mix(ink, (0, 0, 0), 0.5),
        mix(ground, (255, 255, 255), 0.6),
    )
    MOTIFS[str(rng.choice(list(MOTIFS)))](canvas, (0, 0, x1 - x0, y1 - y0), palette, rng)
    out = picture.copy()
    out[y0:y1, x0:x1] = canvas.picture()
    return out


def move(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """What stood there stands a third of its width beside it."""
    x0, y0, x1, y1 = _ints(box, picture)
    w, h = x1 - x0, y1 - y0
    reach = 0.35 * min(w, h) * strength
    turn = rng.uniform(0, 2 * np.pi)
    nx = int(np.clip(x0 + reach * np.cos(turn), 0, picture.shape[1] - w))
    ny = int(np.clip(y0 + reach * np.sin(turn), 0, picture.shape[0] - h))
    out = erase(picture, box, rng, strength)
    out[ny : ny + h, nx : nx + w] = picture[y0:y1, x0:x1]
    return out


def cheap_print(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """Plates out of register by 1.5 to 3 px, thinner ink, less colour, softer."""
    del box
    out = picture.astype(np.float32)
    for channel in (0, 2):
        turn = rng.uniform(0, 2 * np.pi)
        reach = _REGISTER_PX * strength * rng.uniform(0.8, 1.2)
        shift = np.array([[1, 0, reach * np.cos(turn)], [0, 1, reach * np.sin(turn)]], np.float32)
        plate = np.ascontiguousarray(out[..., channel])
        size = (picture.shape[1], picture.shape[0])
        out[..., channel] = cv2.warpAffine(plate, shift, size, borderMode=cv2.BORDER_REPLICATE)
    out = np.asarray(cv2.GaussianBlur(out, (0, 0), 0.9 * strength), np.float32)
    grey = out.mean(axis=2, keepdims=True)
    out = grey + (out - grey) * (1 - 0.38 * strength)
    out += (255 - out) * 0.16 * strength  # thin ink lets the board through
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _blob(shape: tuple[int, int], box: Box, rng: np.random.Generator) -> np.ndarray:
    """A ragged soft-edged spot filling a box, 0..1, (H, W)."""
    x, y, w, h = box
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    r = 0.42 + sum(rng.uniform(-0.06, 0.06) * np.cos(k * t + rng.uniform(0, 6)) for k in range(2, 7))
    outline = np.column_stack([x + w * (0.5 + r * np.cos(t)), y + h * (0.5 + r * np.sin(t))])
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), np.float32) / 255


def stain(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """A brown spill with a darker rim; on a dark ground a pale one, since brown would not show."""
    spot = _blob(picture.shape[:2], box, rng)
    inner = cv2.GaussianBlur(spot, (0, 0), max(2.0, 0.06 * min(box[2], box[3])))
    rim = np.clip(spot * (1 - inner) * 2, 0, 1)
    depth = (0.55 * spot + 0.35 * rim)[..., None] * strength
    out = picture.astype(np.float32)
    dark = float((out.mean(axis=2) * spot).sum() / max(1.0, float(spot.sum()))) < 100
    spill = np.array((214, 196, 160) if dark else (84, 50, 18), np.float32)
    return np.asarray(np.clip(out + (spill - out) * depth, 0, 255), np.uint8)


def scratch(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """Parallel scuffs down to the board, with a dark edge."""
    x, y, w, h = box
    out = picture.copy()
    for _ in range(3):
        n = 6
        px = x + np.linspace(0.03, 0.97, n) * w
        py = y + h * (rng.uniform(0.15, 0.85) + np.linspace(-0.1, 0.1, n) + rng.uniform(-0.04, 0.04, n))
        path = np.round(np.column_stack([px, py]) * 16).astype(np.int32)
        wide = max(2, round(0.09 * h * strength))
        cv2.polylines(out, [path + 16], False, (60, 50, 45), wide + 2, cv2.LINE_AA, 4)
        cv2.polylines(out, [path], False, (236, 230, 218), wide, cv2.LINE_AA, 4)
    return out


def dent(picture: Image, box: Box, rng: np.random.Generator, strength: float) -> Image:
    """A pressed-in spot: one side in shadow, the other catching light, a crease across."""
    x, y, w, h = box
    spot = _blob(picture.shape[:2], box, rng)
    deep = cv2.GaussianBlur(spot, (0, 0), 0.08 * min(w, h))
    slope = np.asarray(cv2.Sobel(deep, cv2.CV_32F, 1, 1, ksize=5), np.float32)
    slope = slope / max(1e-6, float(np.abs(slope).max()))
    shade = 1 - (0.5 * deep - 0.6 * slope)[..., None] * strength
    out = np.clip(picture * shade, 0, 255).astype(np.uint8)
    crease = np.array([[x + 0.15 * w, y + 0.3 * h], [x + 0.5 * w, y + 0.55 * h], [x + 0.85 * w, y + 0.6 * h]])
    cv2.polylines(out, [np.round(crease * 16).astype(np.int32)], False, (240, 236, 228), 2, cv2.LINE_AA, 4)
    return out
