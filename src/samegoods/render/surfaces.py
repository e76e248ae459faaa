"""What stalls and walls are made of: wood, brick, plaster, cloth, and the small print of prices."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from samegoods.records import Floats, Image
from samegoods.render.paint import Canvas, Rgb


def smooth_noise(shape: tuple[int, int], cell: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Noise of about unit size that varies over ``cell`` (height, width) pixels; (H, W)."""
    small = (max(2, int(shape[0] / cell[0]) + 2), max(2, int(shape[1] / cell[1]) + 2))
    grid = rng.standard_normal(small).astype(np.float32)
    return np.asarray(cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _coloured(base: Rgb, shade: Floats) -> Image:
    return np.asarray(np.clip(np.array(base, np.float32) * shade[..., None], 0, 255), np.uint8)


def wood(width: int, height: int, base: Rgb, seed: int) -> Image:
    """Boards lying across, with grain and dark seams."""
    rng = np.random.default_rng([seed, 75])
    shape = (height, width)
    shade = 1 + 0.05 * smooth_noise(shape, (2.0, 90), rng) + 0.05 * smooth_noise(shape, (9, 260), rng)
    for top in range(0, height, max(24, height // 4)):
        shade[top : top + 2] *= 0.55
        shade[top : top + height // 4] *= rng.uniform(0.92, 1.08)
    return _coloured(base, shade)


def bricks(width: int, height: int, base: Rgb, seed: int) -> Image:
    """A wall of bricks with pale joints."""
    rng = np.random.default_rng([seed, 76])
    wall = np.empty((height, width, 3), np.uint8)
    wall[:] = (176, 168, 156)
    tall, wide = 22, 66
    for row, y in enumerate(range(0, height, tall)):
        for x in range(-wide // 2 * (row % 2), width, wide):
            tone = np.clip(np.array(base) * rng.uniform(0.8, 1.15) + rng.uniform(-8, 8, 3), 0, 255)
            wall[y + 2 : y + tall - 1, max(0, x + 2) : max(0, x + wide - 1)] = tone
    shade = 1 + 0.05 * smooth_noise((height, width), (3, 3), rng)
    return np.asarray(np.clip(wall * shade[..., None], 0, 255), np.uint8)


def plaster(width: int, height: int, base: Rgb, seed: int) -> Image:
    """A painted wall with stains."""
    rng = np.random.default_rng([seed, 77])
    shape = (height, width)
    return _coloured(base, 1 + 0.04 * smooth_noise(shape, (80, 80), rng) + 0.02 * smooth_noise(shape, (4, 4), rng))


def cloth(width: int, height: int, base: Rgb, seed: int) -> Image:
    """A striped cloth that hangs in folds."""
    rng = np.random.default_rng([seed, 78])
    x = np.arange(width, dtype=np.float32)
    folds = sum(np.sin(x / rng.uniform(18, 60) + rng.uniform(0, 6)) for _ in range(4)) / 4
    shade = np.repeat((1 + 0.16 * folds)[None], height, axis=0)
    shade += 0.03 * smooth_noise((height, width), (1.5, 1.5), rng)
    out = _coloured(base, shade)
    stripes = ((np.arange(width) + 8 * folds) // 34 % 3 == 0)[None, :, None]
    light = np.clip(out.astype(np.float32) * 0.45 + 120 * shade[..., None], 0, 255).astype(np.uint8)
    return np.where(stripes, light, out)


def price_label(words: str, seed: int) -> Image:
    """A card with a price in large figures and a line of small print."""
    rng = np.random.default_rng([seed, 79])
    grounds: tuple[Rgb, ...] = ((250, 236, 90), (248, 248, 244), (226, 60, 52))
    ground = grounds[int(rng.integers(3))]
    ink: Rgb = (250, 250, 250) if ground[1] < 100 else (20, 20, 24)
    canvas = Canvas(150, 84, ground)
    canvas.rect((2, 2, 146, 80), None, line=ink, width=2)
    canvas.text((12, 8, 126, 48), words, "sans-bold", ink)
    canvas.text((18, 64, 114, 11), "per piece, tax included", "sans", ink)
    return canvas.picture()


@lru_cache(maxsize=12)
def clutter(width: int, height: int, seed: int) -> Image:
    """A busy background that shows no goods: a wall, boards, cloths, plain boxes. Not to be written to."""
    rng = np.random.default_rng([seed, 80])
    base: Rgb = (int(rng.integers(90, 200)), int(rng.integers(80, 180)), int(rng.integers(70, 160)))
    make = (bricks, plaster, cloth, wood)[int(rng.integers(4))]
    scene = make(width, height, base, seed).copy()
    for _ in range(14):
        w, h = int(rng.integers(60, 320)), int(rng.integers(40, 260))
        x, y = int(rng.integers(-40, width - 40)), int(rng.integers(0, height - 30))
        tone: Rgb = (int(rng.integers(20, 235)), int(rng.integers(20, 235)), int(rng.integers(20, 235)))
        patch = (plaster, cloth, wood)[int(rng.integers(3))](w, h, tone, int(rng.integers(1 << 20)))
        x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + w), min(height, y + h)
        scene[y0:y1, x0:x1] = patch[: y1 - y0, : x1 - x0]
    soft = cv2.GaussianBlur(scene, (0, 0), 1.2)
    soft.setflags(write=False)
    return np.asarray(soft, np.uint8)
