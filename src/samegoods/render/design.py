"""A pack face as a design: what stands on it, where, in which words and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from samegoods.records import Image
from samegoods.render.barcode import draw_barcode
from samegoods.render.marks import EMBLEMS, border, readable, seal, text_lines, warning
from samegoods.render.motifs import Palette
from samegoods.render.paint import Box, Canvas, Rgb, mix
from samegoods.render.wares import MOTIFS

LAYOUTS: dict[str, dict[str, Box]] = {
    "banner": {
        "panel": (0, 0.36, 1, 0.24),
        "motif": (0.18, 0.03, 0.64, 0.31),
        "brand": (0.3, 0.375, 0.64, 0.05),
        "name": (0.06, 0.435, 0.88, 0.1),
        "strap": (0.1, 0.55, 0.8, 0.036),
        "emblem": (0.06, 0.37, 0.18, 0.06),
        "lines": (0.07, 0.64, 0.5, 0.17),
        "seal": (0.66, 0.63, 0.27, 0.17),
        "barcode": (0.57, 0.83, 0.37, 0.13),
        "warning": (0.05, 0.83, 0.48, 0.12),
        "weight": (0.78, 0.3, 0.17, 0.04),
    },
    "medallion": {
        "panel": (0.1, 0.24, 0.8, 0.42),
        "motif": (0.2, 0.27, 0.6, 0.36),
        "brand": (0.2, 0.035, 0.6, 0.06),
        "name": (0.08, 0.105, 0.84, 0.095),
        "strap": (0.12, 0.205, 0.76, 0.03),
        "emblem": (0.06, 0.03, 0.12, 0.07),
        "lines": (0.07, 0.68, 0.54, 0.14),
        "seal": (0.66, 0.6, 0.28, 0.2),
        "barcode": (0.56, 0.84, 0.38, 0.12),
        "warning": (0.05, 0.84, 0.46, 0.11),
        "weight": (0.82, 0.05, 0.13, 0.035),
    },
    "split": {
        "panel": (0, 0, 0.42, 1),
        "motif": (0.46, 0.3, 0.5, 0.42),
        "brand": (0.46, 0.05, 0.5, 0.07),
        "name": (0.46, 0.13, 0.5, 0.1),
        "strap": (0.46, 0.24, 0.5, 0.04),
        "emblem": (0.08, 0.06, 0.26, 0.17),
        "lines": (0.04, 0.42, 0.34, 0.28),
        "seal": (0.06, 0.72, 0.3, 0.24),
        "barcode": (0.62, 0.79, 0.34, 0.17),
        "warning": (0.44, 0.84, 0.17, 0.1),
        "weight": (0.46, 0.755, 0.14, 0.05),
    },
    "stack": {
        "panel": (0, 0.72, 1, 0.28),
        "motif": (0.05, 0.27, 0.6, 0.43),
        "brand": (0.3, 0.05, 0.64, 0.07),
        "name": (0.06, 0.14, 0.88, 0.095),
        "strap": (0.06, 0.24, 0.6, 0.032),
        "emblem": (0.06, 0.03, 0.2, 0.09),
        "lines": (0.06, 0.75, 0.5, 0.17),
        "seal": (0.68, 0.28, 0.27, 0.2),
        "barcode": (0.58, 0.76, 0.37, 0.14),
        "warning": (0.68, 0.52, 0.27, 0.13),
        "weight": (0.06, 0.935, 0.2, 0.04),
    },
    "stripe": {
        "panel": (0.06, 0.06, 0.88, 0.3),
        "motif": (0.06, 0.38, 0.56, 0.42),
        "brand": (0.28, 0.085, 0.6, 0.07),
        "name": (0.1, 0.17, 0.8, 0.11),
        "strap": (0.14, 0.3, 0.72, 0.034),
        "emblem": (0.09, 0.08, 0.16, 0.08),
        "lines": (0.65, 0.4, 0.29, 0.2),
        "seal": (0.66, 0.62, 0.27, 0.18),
        "barcode": (0.56, 0.83, 0.38, 0.13),
        "warning": (0.06, 0.83, 0.46, 0.12),
        "weight": (0.8, 0.36, 0.14, 0.035),
    },
}
"""Where each element stands, as shares of the face's width and height."""


@dataclass(frozen=True, slots=True)
class Design:
    """All that is needed to draw a face, the same every time.

    ``drop`` names elements left out, ``moved`` shifts them by shares of the face, ``repainted`` gives an
    element its own colour; these three are how a version departs from another.
    """

    seed: int
    size: tuple[int, int]
    layout: str
    palette: Palette
    motif: str
    emblem: str
    brand: str
    name: str
    strap: str
    lines: tuple[str, ...]
    gtin: str
    weight: str = "250 g e"
    seal_words: str = "SELECTED QUALITY • "
    seal_style: int = 0
    warning_words: str = ""
    families: tuple[str, str] = ("serif-bold", "sans-bold")
    edge: int = 0
    drop: frozenset[str] = frozenset()
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    repainted: Mapping[str, Rgb] = field(default_factory=dict)

    def box(self, element: str) -> Box:
        """Where an element stands, in pixels of the face."""
        x, y, w, h = LAYOUTS[self.layout][element]
        dx, dy = self.moved.get(element, (0.0, 0.0))
        return (x + dx) * self.size[0], (y + dy) * self.size[1], w * self.size[0], h * self.size[1]

    def shows(self, element: str) -> bool:
        return element not in self.drop


def draw(design: Design) -> Image:
    """The face as printed: (height, width, 3) uint8 RGB. The same design always gives the same pixels."""
    canvas = Canvas(*design.size, design.palette[0])
    _ground(canvas, design)
    if design.shows("motif"):
        rng = np.random.default_rng(design.seed)
        MOTIFS[design.motif](canvas, design.box("motif"), design.palette, rng)
    _words(canvas, design)
    _marks(canvas, design)
    return canvas.picture()


def _ground(canvas: Canvas, design: Design) -> None:
    p = design.palette
    ground = design.repainted.get("ground", p[0])
    canvas.gradient((0, 0, *design.size), mix(ground, (255, 255, 255), 0.12), mix(ground, (0, 0, 0), 0.12))
    if design.shows("panel"):
        tone = design.repainted.get("panel", p[1])
        box = design.box("panel")
        canvas.gradient(box, mix(tone, (255, 255, 255), 0.1), mix(tone, (0, 0, 0), 0.14), angle=20.0)
        canvas.rect(box, None, line=p[2], width=3)
    border(canvas, p, design.edge)


def _words(canvas: Canvas, design: Design) -> None:
    p = design.palette
    for element, words, family in (
        ("brand", design.brand, design.families[1]),
        ("name", design.name, design.families[0]),
        ("strap", design.strap, "serif-italic"),
        ("weight", design.weight, "sans-bold"),
    ):
        if design.shows(element) and words:
            canvas.text(design.box(element), words, family, _ink(design, element))
    boxes = text_lines(design.box("lines"), max(1, len(design.lines)))
    for k, (line, box) in enumerate(zip(design.lines, boxes, strict=False)):
        if design.shows(f"line{k}"):
            family = "sans-bold" if k == 0 else "sans"
            canvas.text(box, line, family, _ink(design, "lines"), align="left")
    if design.shows("rule"):
        x, y, w, _ = design.box("lines")
        canvas.stroke([(x, y - 4), (x + w, y - 4)], p[2], width=2)


def _ink(design: Design, element: str) -> Rgb:
    """Ink that can be read on what lies below the element: the panel or the ground."""
    x, y, w, h = design.box(element)
    px, py, pw, ph = design.box("panel")
    on_panel = design.shows("panel") and px <= x + w / 2 <= px + pw and py <= y + h / 2 <= py + ph
    return readable(design.palette[1] if on_panel else design.palette[0], design.palette)


def _marks(canvas: Canvas, design: Design) -> None:
    p = design.palette
    if design.shows("emblem"):
        x, y, w, h = design.box("emblem")
        side = min(w, h)
        EMBLEMS[design.emblem](canvas, (x + (w - side) / 2, y + (h - side) / 2, side, side), p)
    if design.warning_words and design.shows("warning"):
        warning(canvas, design.box("warning"), p, design.warning_words)
    if design.shows("seal"):
        seal(canvas, design.box("seal"), design.seal_words, design.seal_style)
    if design.shows("barcode"):
        draw_barcode(canvas, design.box("barcode"), design.gtin)
