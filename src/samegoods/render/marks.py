"""Logos, seals, warnings, stars and small text: the marks that stand on nearly every pack."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from samegoods.render.motifs import Palette
from samegoods.render.paint import Box, Canvas, Point, Rgb, inset, luma, mix

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)


def readable(ground: Rgb, palette: Palette) -> Rgb:
    """Whichever of the palette's ink and light stands out more from a ground."""
    return max((palette[3], palette[4]), key=lambda colour: abs(luma(colour) - luma(ground)))


def star(centre: Point, radius: float, *, points: int = 5, inner: float = 0.45) -> list[Point]:
    """The outline of a star."""
    turns = np.arange(2 * points) * np.pi / points - np.pi / 2
    r = np.where(np.arange(2 * points) % 2 == 0, radius, radius * inner)
    return [
        (float(centre[0] + a * np.cos(t)), float(centre[1] + a * np.sin(t))) for a, t in zip(r, turns, strict=True)
    ]


_METALS: tuple[Rgb, ...] = ((201, 162, 62), (168, 174, 182), (186, 112, 62), (60, 128, 84))
_HEARTS: tuple[Rgb, ...] = ((170, 30, 38), (24, 60, 130), (20, 100, 60), (90, 40, 110))


def seal(c: Canvas, box: Box, words: str, style: int) -> None:
    """A round seal with a toothed edge and words around a star; ``style`` picks metal, heart and teeth."""
    x, y, w, h = box
    r = min(w, h) / 2
    middle = (x + w / 2, y + h / 2)
    metal, heart = _METALS[style % 4], _HEARTS[style // 4 % 4]
    c.polygon(star(middle, r, points=16 + style % 5 * 4, inner=0.9), metal)
    for share, tone in ((0.86, mix(metal, _BLACK, 0.55)), (0.83, mix(metal, _WHITE, 0.75)), (0.5, heart)):
        q = r * share
        c.ellipse((middle[0] - q, middle[1] - q, 2 * q, 2 * q), tone)
    c.ring_text(middle, r * 0.67, words, "sans-bold", mix(heart, _BLACK, 0.5))
    c.polygon(star(middle, r * 0.4, points=4 + style % 3), mix(metal, _WHITE, 0.6))


def warning(c: Canvas, box: Box, palette: Palette, words: str) -> None:
    """A framed notice in black on white, two lines."""
    x, y, w, h = box
    c.rect(box, (250, 250, 247), line=(12, 12, 12), width=max(2.0, h * 0.05))
    half = len(words) // 2
    cut = words.rfind(" ", 0, half + 6)
    for k, line in enumerate((words[:cut], words[cut + 1 :])):
        c.text((x + w * 0.05, y + h * (0.14 + 0.38 * k), w * 0.9, h * 0.32), line, "sans-bold", (12, 12, 12))


def _emblem_ring(c: Canvas, box: Box, palette: Palette) -> None:
    c.ellipse(box, palette[2], line=palette[4], width=box[3] * 0.06)
    x, y, w, h = inset(box, 0.24)
    c.polygon([(x, y + h), (x + w / 2, y), (x + w, y + h), (x + w / 2, y + h * 0.7)], palette[4])


def _emblem_shield(c: Canvas, box: Box, palette: Palette) -> None:
    x, y, w, h = box
    outline = [(x, y), (x + w, y), (x + w, y + h * 0.55), (x + w / 2, y + h), (x, y + h * 0.55)]
    c.polygon(outline, palette[2])
    c.stroke([*outline, outline[0]], palette[4], width=h * 0.05)
    c.polygon(
        [
            (x + w * 0.12, y + h * 0.5),
            (x + w * 0.88, y + h * 0.22),
            (x + w * 0.88, y + h * 0.45),
            (x + w * 0.2, y + h * 0.68),
        ],
        palette[4],
    )


def _emblem_diamond(c: Canvas, box: Box, palette: Palette) -> None:
    x, y, w, h = box
    for share, tone in ((1.0, palette[4]), (0.86, palette[2]), (0.45, palette[4])):
        a, b = w * share / 2, h * share / 2
        m, n = x + w / 2, y + h / 2
        c.polygon([(m - a, n), (m, n - b), (m + a, n), (m, n + b)], tone)


def _emblem_wing(c: Canvas, box: Box, palette: Palette) -> None:
    x, y, w, h = box
    for k in range(4):
        low = y + h * (0.25 + 0.22 * k)
        c.polygon(
            [(x + w * 0.15 * k, low), (x + w, low - h * 0.3), (x + w * 0.7, low + h * 0.14)],
            (palette[2], palette[4])[k % 2],
        )


def _emblem_star(c: Canvas, box: Box, palette: Palette) -> None:
    x, y, w, h = box
    c.rect(box, palette[2], radius=h * 0.2, line=palette[4], width=h * 0.05)
    c.polygon(star((x + w / 2, y + h / 2), min(w, h) * 0.4), palette[4])


EMBLEMS: dict[str, Callable[[Canvas, Box, Palette], None]] = {
    "ring": _emblem_ring,
    "shield": _emblem_shield,
    "diamond": _emblem_diamond,
    "wing": _emblem_wing,
    "star": _emblem_star,
}
"""Every maker's mark by name."""


def text_lines(box: Box, count: int) -> list[Box]:
    """The boxes of ``count`` lines of small print that share a box."""
    x, y, w, h = box
    step = h / count
    return [(x, y + step * k, w, step * 0.72) for k in range(count)]


def border(c: Canvas, palette: Palette, style: int) -> None:
    """An ornamental frame just inside the face's edge."""
    w, h = c.width, c.height
    d = min(w, h) * 0.025
    if style == 0:
        c.rect((d, d, w - 2 * d, h - 2 * d), None, line=palette[2], width=d * 0.35)
        c.rect((2 * d, 2 * d, w - 4 * d, h - 4 * d), None, line=palette[4], width=d * 0.12)
    elif style == 1:
        for x in np.arange(d, w - d, 2.4 * d):
            for y in (d * 0.6, h - d * 1.8):
                c.ellipse((x, y, 1.2 * d, 1.2 * d), palette[2])
    elif style == 2:
        for x in np.arange(0, w, 4 * d):
            c.polygon([(x, h), (x + 2 * d, h - 2.2 * d), (x + 4 * d, h)], palette[2])
            c.polygon([(x, 0), (x + 2 * d, 2.2 * d), (x + 4 * d, 0)], palette[2])
