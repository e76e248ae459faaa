"""Illustrations of landscape, plants and ornament for pack fronts; goods are drawn in ``wares``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from samegoods.render.paint import Box, Canvas, Rgb, mix

Palette = tuple[Rgb, Rgb, Rgb, Rgb, Rgb]
"""Ground, panel, accent, ink, light."""
Motif = Callable[[Canvas, Box, Palette, np.random.Generator], None]
_BLACK: Rgb = (0, 0, 0)
_WHITE: Rgb = (255, 255, 255)


def rays(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A sunburst with a ringed disc."""
    x, y, w, h = box
    n = int(rng.integers(12, 28))
    centre = np.array([x + w / 2, y + h * 0.62])
    for i in range(n):
        a, b = 2 * np.pi * (i - 0.25) / n, 2 * np.pi * (i + 0.25) / n
        tips = centre + np.array([[np.cos(a), np.sin(a)], [np.cos(b), np.sin(b)]]) * (w / 2, h * 0.38)
        c.polygon([tuple(centre), *map(tuple, tips)], palette[2], alpha=200)
    for k, share in enumerate((0.34, 0.28, 0.2)):
        r = min(w, h) * share
        c.ellipse((centre[0] - r, centre[1] - r, 2 * r, 2 * r), (palette[4], palette[2], palette[1])[k])


def hills(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """Hills behind hills under a sun, with rows of trees."""
    x, y, w, h = box
    c.gradient(box, mix(palette[4], palette[2], 0.1), mix(palette[2], palette[4], 0.3))
    r = h * rng.uniform(0.12, 0.2)
    sun = x + w * rng.uniform(0.25, 0.75)
    c.ellipse((sun - r, y + h * 0.12, 2 * r, 2 * r), palette[4], line=palette[2], width=2)
    u = np.linspace(0, 1, 40)
    for k in range(4):
        base = 0.45 + 0.14 * k
        crest = base + 0.1 * np.sin(u * rng.uniform(4, 9) + rng.uniform(0, 6)) * (1 - 0.15 * k)
        outline = np.column_stack([x + u * w, y + np.clip(crest, 0, 1) * h])
        colour = mix(palette[1], mix(palette[3], _BLACK, 0.2), 0.2 + 0.2 * k)
        c.polygon([*map(tuple, outline), (x + w, y + h), (x, y + h)], colour)
        for j in range(3, 37, 3 + k):
            px, py = outline[j]
            t = h * (0.03 + 0.012 * k)
            c.polygon([(px - t * 0.5, py), (px, py - 2.2 * t), (px + t * 0.5, py)], mix(colour, _BLACK, 0.35))


def branch(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A branch with leaves and berries."""
    x, y, w, h = box
    t = np.linspace(0, 1, 30)
    bend = rng.uniform(-0.2, 0.2)
    path = np.column_stack([x + w * (0.5 + bend * np.sin(t * 3)), y + h * (1 - t)])
    c.stroke(path, mix(palette[3], palette[2], 0.3), width=w * 0.02)
    for i in range(2, 28, 3):
        for side in (-1, 1):
            a = side * rng.uniform(0.7, 1.2) - np.pi / 2
            _leaf(c, path[i], a, w * rng.uniform(0.24, 0.36) * (1.1 - t[i] * 0.6), palette)
    for _ in range(int(rng.integers(5, 12))):
        px, py = path[rng.integers(4, 26)] + rng.uniform(-0.2, 0.2, 2) * (w, h * 0.3)
        r = w * 0.035
        c.ellipse((px - r, py - r, 2 * r, 2 * r), palette[2], line=mix(palette[2], _BLACK, 0.4), width=1)
        c.ellipse((px - r * 0.5, py - r * 0.6, r * 0.6, r * 0.6), _WHITE, alpha=170)


def _leaf(c: Canvas, root: np.ndarray, angle: float, length: float, palette: Palette) -> None:
    t = np.linspace(0, 1, 12)
    half = 0.24 * np.sin(np.pi * t) * length
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    spine = root + t[:, None] * along * length
    green = mix(palette[1], palette[3], 0.25)
    upper, lower = spine + half[:, None] * across, spine - half[:, None] * across
    c.polygon([*map(tuple, upper), *map(tuple, spine[::-1])], mix(green, palette[4], 0.25))
    c.polygon([*map(tuple, lower), *map(tuple, spine[::-1])], green)
    c.stroke(spine, mix(green, palette[4], 0.6), width=max(1.0, length * 0.02))


def flower(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A large flower in three rings of petals, with small ones beside it."""
    x, y, w, h = box
    r = min(w, h) * 0.34
    _bloom(c, (x + w / 2, y + h * 0.45), r, palette, int(rng.integers(7, 14)))
    for _ in range(4):
        place = (x + w * rng.uniform(0.12, 0.88), y + h * rng.uniform(0.65, 0.92))
        _bloom(c, place, r * rng.uniform(0.22, 0.4), palette, 6)


def _bloom(c: Canvas, centre: tuple[float, float], r: float, palette: Palette, n: int) -> None:
    for ring, tone in ((1.0, palette[2]), (0.72, mix(palette[2], palette[4], 0.45)), (0.45, palette[4])):
        for i in range(n):
            a = 2 * np.pi * (i + 0.5 * (ring == 0.72)) / n
            t = np.linspace(0, 2 * np.pi, 20)
            px = ring * r * (0.55 + 0.45 * np.cos(t))
            py = ring * r * 0.25 * np.sin(t)
            turned = np.column_stack([px * np.cos(a) - py * np.sin(a), px * np.sin(a) + py * np.cos(a)])
            petal = [(float(u) + centre[0], float(v) + centre[1]) for u, v in turned]
            c.polygon(petal, tone)
            c.stroke([*petal, petal[0]], mix(tone, palette[3], 0.35), width=max(1.0, r * 0.012))
    q = r * 0.17
    c.ellipse((centre[0] - q, centre[1] - q, 2 * q, 2 * q), mix(palette[3], palette[2], 0.3))


def sea(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A sailing ship on waves."""
    x, y, w, h = box
    c.gradient(box, palette[4], mix(palette[4], palette[1], 0.45))
    ship = x + w * rng.uniform(0.4, 0.6)
    c.polygon(
        [
            (ship - w * 0.26, y + h * 0.6),
            (ship + w * 0.26, y + h * 0.6),
            (ship + w * 0.17, y + h * 0.74),
            (ship - w * 0.18, y + h * 0.74),
        ],
        mix(palette[3], palette[2], 0.25),
    )
    for side, top in ((-1, 0.14), (1, 0.2)):
        tip = (ship + side * w * 0.02, y + h * top)
        far = (ship + side * w * 0.26, y + h * 0.55)
        c.polygon([tip, far, (ship + side * w * 0.02, y + h * 0.55)], (palette[2], palette[1])[side > 0])
        for k in (0.35, 0.6, 0.8):
            c.stroke(
                [
                    (tip[0], tip[1] + (far[1] - tip[1]) * k),
                    (tip[0] + (far[0] - tip[0]) * k, tip[1] + (far[1] - tip[1]) * k),
                ],
                palette[4],
                width=2,
            )
    u = np.linspace(0, 1, 120)
    for k in range(6):
        crest = 0.68 + 0.055 * k + 0.018 * np.sin(u * 40 + k * 1.7 + rng.uniform(0, 3))
        line = np.column_stack([x + u * w, y + crest * h])
        tone = mix(palette[1], palette[3], 0.12 * k)
        c.polygon([*map(tuple, line), (x + w, y + h), (x, y + h)], tone)
        c.stroke(line, mix(tone, _WHITE, 0.5), width=1.5)


def crane(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A folded-paper bird before a disc."""
    x, y, w, h = box
    r = min(w, h) * rng.uniform(0.34, 0.42)
    c.ellipse((x + w / 2 - r, y + h / 2 - r, 2 * r, 2 * r), palette[2], line=palette[4], width=r * 0.04)
    shape = np.array(
        [
            [0.05, 0.62],
            [0.4, 0.55],
            [0.33, 0.12],
            [0.56, 0.48],
            [0.93, 0.3],
            [0.62, 0.7],
            [0.5, 0.88],
            [0.36, 0.7],
        ]
    )
    shape += rng.uniform(-0.03, 0.03, shape.shape)
    points = np.array([x, y]) + shape * (w, h)
    faces = ((0, 1, 7), (1, 2, 3), (1, 3, 7), (3, 5, 7), (3, 4, 5), (7, 5, 6))
    for i, face in enumerate(faces):
        tone = mix(palette[4], palette[1], (0.0, 0.5, 0.2, 0.35, 0.6, 0.15)[i])
        c.polygon([tuple(points[j]) for j in face], tone)
        c.stroke([tuple(points[j]) for j in (*face, face[0])], palette[3], width=1.5)


def guilloche(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A rosette of interlaced lines, as on bank notes."""
    x, y, w, h = box
    t = np.linspace(0, 2 * np.pi, 260)
    lobes = int(rng.integers(5, 13))
    for k in range(12):
        r = 0.2 + 0.024 * k + 0.05 * np.sin(lobes * t + k * 0.5)
        path = np.column_stack([x + w * (0.5 + r * np.cos(t)), y + h * (0.5 + r * np.sin(t))])
        c.stroke(path, (palette[2], palette[4], palette[3])[k % 3], width=1.6)
    d = 0.32
    c.ellipse((x + w * (0.5 - d / 2), y + h * (0.5 - d / 2), w * d, h * d), palette[1], line=palette[2], width=3)


def waves(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """Broad bands that flow across."""
    x, y, w, h = box
    u = np.linspace(0, 1, 60)
    phase, turns = rng.uniform(0, 6), rng.uniform(2, 6)
    tones = (palette[2], palette[4], palette[1], mix(palette[2], palette[3], 0.4))
    for k in range(8):
        top = (k + 0.35 * np.sin(u * turns + phase + k * 0.4)) / 8
        low = (k + 0.7 + 0.35 * np.sin(u * turns + phase + 0.5 + k * 0.4)) / 8
        upper = np.column_stack([x + u * w, y + np.clip(top, 0, 1) * h])
        lower = np.column_stack([x + u * w, y + np.clip(low, 0, 1) * h])
        c.polygon([*map(tuple, upper), *map(tuple, lower[::-1])], tones[k % 4])


def facets(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A mosaic of triangles."""
    x, y, w, h = box
    n, m = 6, max(3, round(6 * h / w))
    grid = np.stack(np.meshgrid(np.linspace(0, 1, n + 1), np.linspace(0, 1, m + 1)), axis=-1)
    grid[1:-1, 1:-1] += rng.uniform(-0.05, 0.05, grid[1:-1, 1:-1].shape)
    points = np.array([x, y]) + grid * (w, h)
    tones = (palette[1], palette[2], palette[4], palette[3])
    for j in range(m):
        for i in range(n):
            a, b, d, e = points[j, i], points[j, i + 1], points[j + 1, i], points[j + 1, i + 1]
            for triangle in ((a, b, d), (b, e, d)):
                tone = mix(tones[rng.integers(4)], tones[rng.integers(3)], rng.uniform(0, 0.6))
                c.polygon([tuple(p) for p in triangle], tone)
