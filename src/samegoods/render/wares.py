"""Illustrations of the goods themselves: biscuits, chocolate, a jar, a shoe, a violin, a ball, honey."""

from __future__ import annotations

import numpy as np

from samegoods.render.motifs import Motif as Motif
from samegoods.render.motifs import Palette, branch, crane, facets, flower, guilloche, hills, rays, sea, waves
from samegoods.render.paint import Box, Canvas, Point, Rgb, mix

_BLACK: Rgb = (0, 0, 0)
_WHITE: Rgb = (255, 255, 255)
_BAKED: Rgb = (203, 142, 70)


def biscuits(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A fan of round biscuits with holes and nuts."""
    x, y, w, h = box
    r = min(w, h) * 0.26
    for k in range(6):
        cx = x + w * (0.18 + 0.13 * k) + rng.uniform(-5, 5)
        cy = y + h * (0.55 + 0.16 * np.sin(k * 1.9 + rng.uniform(0, 1)))
        tone = mix(_BAKED, palette[2], rng.uniform(0, 0.2))
        c.ellipse((cx - r + 4, cy - r + 6, 2 * r, 2 * r), _BLACK, alpha=60)
        c.ellipse((cx - r, cy - r, 2 * r, 2 * r), mix(tone, _BLACK, 0.25))
        c.ellipse((cx - r * 0.92, cy - r * 0.94, 1.84 * r, 1.84 * r), tone)
        for i in range(16):
            a = 2 * np.pi * i / 16
            px, py = cx + r * 0.8 * np.cos(a), cy + r * 0.8 * np.sin(a)
            c.ellipse((px - r * 0.05, py - r * 0.05, r * 0.1, r * 0.1), mix(tone, _BLACK, 0.45))
        for _ in range(7):
            px, py = np.array([cx, cy]) + rng.uniform(-0.5, 0.5, 2) * r
            c.ellipse((px, py, r * 0.2, r * 0.13), mix(_WHITE, tone, 0.25), line=mix(tone, _BLACK, 0.3))


def chocolate(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A bar of chocolate, broken, seen at an angle."""
    x, y, w, h = box
    brown = (86, 48, 28)
    for j in range(3):
        for i in range(5):
            if (i, j) == (4, int(rng.integers(3))):
                continue
            px, py = x + w * (0.08 + 0.165 * i + 0.03 * j), y + h * (0.16 + 0.22 * j + 0.03 * i)
            a, b = w * 0.155, h * 0.2
            lean = w * 0.028
            tile = [
                (px, py),
                (px + a, py + h * 0.028),
                (px + a + lean, py + b),
                (px + lean, py + b - h * 0.02),
            ]
            c.polygon(tile, mix(brown, _BLACK, 0.3))
            middle = np.mean(tile, axis=0)
            c.polygon([tuple(middle + (np.array(p) - middle) * 0.86) for p in tile], mix(brown, _WHITE, 0.18))
            c.polygon([tuple(middle + (np.array(p) - middle) * 0.66) for p in tile], brown)
            c.stroke([tile[0], tile[1]], mix(brown, palette[4], 0.5), width=1.5)


def jar(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A cream jar with a metal lid and a drop."""
    x, y, w, h = box
    shine = float(rng.uniform(0.15, 0.3))
    c.ellipse((x + w * 0.12, y + h * 0.82, w * 0.76, h * 0.12), _BLACK, alpha=70)
    c.rect((x + w * 0.18, y + h * 0.42, w * 0.64, h * 0.46), mix(palette[4], palette[1], 0.15), radius=w * 0.1)
    c.rect((x + w * 0.14, y + h * 0.26, w * 0.72, h * 0.18), mix(palette[2], _WHITE, 0.1), radius=w * 0.03)
    for k in range(16):
        left = x + w * (0.16 + 0.043 * k)
        tone = mix(palette[2], _BLACK if k % 2 else _WHITE, 0.3)
        c.rect((left, y + h * 0.28, w * 0.02, h * 0.14), tone)
    c.rect((x + w * (0.18 + shine / 2), y + h * 0.46, w * 0.05, h * 0.36), _WHITE, radius=w * 0.02)
    c.rect((x + w * 0.36, y + h * 0.55, w * 0.36, h * 0.2), palette[1], line=palette[2], width=2)
    drop = [
        (x + w * 0.5, y),
        (x + w * 0.57, y + h * 0.13),
        (x + w * 0.5, y + h * 0.19),
        (x + w * 0.43, y + h * 0.13),
    ]
    c.polygon(drop, mix(palette[2], _WHITE, 0.4))


def shoe(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A running shoe from the side."""
    x, y, w, h = box

    def at(points: list[Point]) -> list[Point]:
        return [(x + u * w, y + v * h) for u, v in points]

    upper = [(0.06, 0.74), (0.05, 0.4), (0.12, 0.22), (0.2, 0.3), (0.3, 0.34), (0.4, 0.2), (0.47, 0.18)]
    upper += [(0.6, 0.42), (0.78, 0.5), (0.93, 0.56), (0.97, 0.74)]
    c.polygon(at(upper), palette[1])
    c.polygon(at([(0.06, 0.74), (0.05, 0.4), (0.12, 0.22), (0.2, 0.3), (0.22, 0.74)]), mix(palette[1], _BLACK, 0.3))
    c.polygon(at([(0.76, 0.74), (0.78, 0.5), (0.93, 0.56), (0.97, 0.74)]), mix(palette[1], palette[2], 0.5))
    stripe = float(rng.uniform(0.3, 0.4))
    for k in range(3):
        s = stripe + 0.09 * k
        c.polygon(at([(s, 0.74), (s + 0.06, 0.74), (s + 0.13, 0.4), (s + 0.08, 0.38)]), palette[2])
    for k in range(5):
        c.stroke(
            at([(0.42 + 0.05 * k, 0.24 + 0.055 * k), (0.5 + 0.045 * k, 0.22 + 0.06 * k)]),
            palette[4],
            width=w * 0.013,
        )
    c.polygon(at([(0.03, 0.72), (0.98, 0.72), (0.99, 0.8), (0.9, 0.88), (0.06, 0.88)]), palette[4])
    for k in range(14):
        c.rect((x + w * (0.07 + 0.062 * k), y + h * 0.83, w * 0.03, h * 0.05), palette[3])


def violin(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A violin standing, with strings and scroll."""
    x, y, w, h = box
    wood = mix((150, 72, 24), palette[2], float(rng.uniform(0, 0.15)))
    mid = x + w / 2
    s = min(w, h * 0.5)
    t = np.linspace(0, 2 * np.pi, 80)
    swell = 0.30 + 0.06 * np.cos(2 * t) - 0.05 * np.cos(t)
    waist = 1 - 0.34 * np.exp(-(((np.sin(t * 1.0)) ** 2 - 1.0) ** 2) / 0.03) * 0.8
    px, py = mid + s * 1.25 * swell * np.sin(t) * waist, y + h * 0.66 - h * 0.31 * np.cos(t)
    c.polygon([(u + 5, v + 6) for u, v in zip(px, py, strict=True)], _BLACK, alpha=60)
    c.polygon(list(zip(px, py, strict=True)), mix(wood, _BLACK, 0.35))
    qx, qy = mid + (px - mid) * 0.9, y + h * 0.66 + (py - y - h * 0.66) * 0.93
    c.polygon(list(zip(qx, qy, strict=True)), wood)
    c.rect((mid - s * 0.045, y + h * 0.06, s * 0.09, h * 0.56), (30, 22, 20))
    c.ellipse((mid - s * 0.08, y, s * 0.16, h * 0.08), mix(wood, _BLACK, 0.2), line=_BLACK, width=2)
    for side in (-1, 1):
        hole = [
            (mid + side * s * (0.14 + 0.03 * np.sin(v)), y + h * (0.62 + 0.03 * v)) for v in np.linspace(-2, 2, 16)
        ]
        c.stroke(hole, _BLACK, width=3)
    c.rect((mid - s * 0.13, y + h * 0.74, s * 0.26, h * 0.015), (30, 22, 20))
    for k in range(4):
        c.stroke(
            [(mid - s * 0.03 + s * 0.02 * k, y + h * 0.06), (mid - s * 0.05 + s * 0.033 * k, y + h * 0.86)],
            palette[4],
            width=1.2,
        )


def ball(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """A ball with curved panels and trails of speed."""
    x, y, w, h = box
    r = min(w, h) * 0.33
    cx, cy = x + w * 0.6, y + h * 0.48
    for k in range(9):
        v = cy + r * (-0.9 + 0.225 * k)
        left = x + w * float(rng.uniform(0.0, 0.2))
        c.polygon([(left, v), (cx, v - r * 0.05), (cx, v + r * 0.05)], mix(palette[2], palette[4], k / 9), alpha=210)
    c.ellipse((cx - r, cy - r, 2 * r, 2 * r), palette[4], line=palette[3], width=r * 0.05)
    t = np.linspace(-1, 1, 24)
    for bend in (-0.55, 0.0, 0.55):
        arc = np.column_stack([cx + r * bend * np.sqrt(1 - t**2 * 0.99), cy + r * t])
        c.stroke(arc, palette[1], width=r * 0.09)
        c.stroke(
            np.column_stack([cx + r * t, cy + r * bend * np.sqrt(1 - t**2 * 0.99)]),
            palette[2],
            width=r * 0.06,
        )


def tobacco(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """Crossed broad leaves before a shield."""
    x, y, w, h = box
    c.ellipse(
        (x + w * 0.12, y + h * 0.12, w * 0.76, h * 0.76),
        mix(palette[1], palette[4], 0.15),
        line=palette[2],
        width=4,
    )
    for shift in (-0.2, 0.2, 0.0):
        branch(c, (x + w * (0.2 + shift), y + h * 0.1, w * 0.6, h * 0.8), palette, rng)
    ring = np.linspace(0, 2 * np.pi, 48)
    for t in ring:
        px, py = x + w * (0.5 + 0.43 * np.cos(t)), y + h * (0.5 + 0.43 * np.sin(t))
        c.ellipse((px - 2.5, py - 2.5, 5, 5), palette[2])


def capsules(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """Capsules in two colours, scattered, with a pulse line."""
    x, y, w, h = box
    for _ in range(7):
        cx, cy = x + w * rng.uniform(0.15, 0.85), y + h * rng.uniform(0.15, 0.65)
        a = rng.uniform(0, np.pi)
        d = np.array([np.cos(a), np.sin(a)]) * w * 0.11
        ends = np.array([cx, cy]) + np.array([-d, 0 * d, d])
        wide = w * 0.09
        c.stroke(ends + 3, mix(palette[3], _WHITE, 0.4), width=wide)
        c.stroke(ends[:2], palette[2], width=wide)
        c.stroke(ends[1:], palette[4], width=wide)
        c.stroke(ends + np.array([d[1], -d[0]]) * 0.2, _WHITE, width=wide * 0.15, alpha=170)
    beat = [
        (0, 0.85),
        (0.3, 0.85),
        (0.36, 0.72),
        (0.44, 0.98),
        (0.52, 0.62),
        (0.6, 0.9),
        (0.65, 0.85),
        (1, 0.85),
    ]
    c.stroke([(x + u * w, y + v * h) for u, v in beat], palette[1], width=h * 0.02)


def honeycomb(c: Canvas, box: Box, palette: Palette, rng: np.random.Generator) -> None:
    """Cells of honeycomb, some full."""
    x, y, w, h = box
    r = w * 0.085
    t = np.linspace(0, 2 * np.pi, 7)[:-1] + np.pi / 6
    for j in range(int(h / (1.5 * r)) - 1):
        for i in range(6):
            cx, cy = x + r * (1.2 + 1.74 * i + 0.87 * (j % 2)), y + r * (1.2 + 1.5 * j)
            cell = [(cx + r * 0.93 * np.cos(a), cy + r * 0.93 * np.sin(a)) for a in t]
            tone = mix((236, 168, 32), palette[2], float(rng.uniform(0, 0.5)))
            c.polygon(cell, tone if rng.random() < 0.72 else mix(palette[4], tone, 0.3))
            c.stroke([*cell, cell[0]], mix(tone, _BLACK, 0.4), width=2)
            c.ellipse((cx - r * 0.5, cy - r * 0.6, r * 0.5, r * 0.3), _WHITE, alpha=110)


MOTIFS: dict[str, Motif] = {
    "rays": rays,
    "hills": hills,
    "branch": branch,
    "flower": flower,
    "sea": sea,
    "crane": crane,
    "guilloche": guilloche,
    "waves": waves,
    "facets": facets,
    "biscuits": biscuits,
    "chocolate": chocolate,
    "jar": jar,
    "shoe": shoe,
    "violin": violin,
    "ball": ball,
    "tobacco": tobacco,
    "capsules": capsules,
    "honeycomb": honeycomb,
}
"""Every illustration by name."""
