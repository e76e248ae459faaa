"""Endless distinct pack designs from a seed: strangers on a shelf, and near twins to tell apart."""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np

from samegoods.records import Image
from samegoods.render.barcode import ean13
from samegoods.render.design import LAYOUTS, Design, draw
from samegoods.render.marks import EMBLEMS
from samegoods.render.motifs import Palette
from samegoods.render.paint import Rgb
from samegoods.render.wares import MOTIFS

_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "co",
    "da",
    "do",
    "fe",
    "fi",
    "ga",
    "go",
    "ja",
    "ke",
    "la",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "na",
    "no",
    "pa",
    "po",
    "ra",
    "re",
    "ri",
    "sa",
    "so",
    "ta",
    "te",
    "va",
    "ve",
    "vo",
    "zu",
]
_ENDINGS = ["lin", "ra", "nel", "dor", "via", "ris", "tan", "mel", "sol", "nda", "rto", "lle", "x", "n", "s"]
_KINDS = [
    "Classic",
    "Original",
    "Special",
    "Select",
    "Forte",
    "Light",
    "Bianco",
    "Rosso",
    "Duo",
    "Grande",
    "Fino",
    "Extra",
    "Natural",
    "Crema",
    "Royal",
]
_STRAPS = (
    "made with care since 1927",
    "the taste of every day",
    "for the whole family",
    "gentle and pure",
    "light as the morning",
    "tested and trusted",
    "crafted by hand",
    "new larger size",
)
_LINES = (
    "Ingredients: wheat flour, sugar",
    "Store in a cool dry place",
    "Best before: see the base",
    "Net weight 250 g",
    "Batch L2047 - line 3",
    "Keep away from sunlight",
    "Contains milk and nuts",
    "Made to norm 22-105",
    "Open along this side",
    "Dermatologically tested",
    "100 % recycled board",
    "Serving size 25 g",
)
_SEALS = (
    "SELECTED QUALITY • ",
    "GOLD MEDAL 1931 • ",
    "BY APPOINTMENT • ",
    "100 % GENUINE • ",
    "CHOICE OF THE YEAR • ",
)
_FAMILIES = ("serif-bold", "sans-bold", "sans-oblique", "roman", "roman-italic", "serif-italic")


def _word(rng: np.random.Generator) -> str:
    count = int(rng.integers(1, 3))
    return ("".join(rng.choice(_SYLLABLES, count)) + str(rng.choice(_ENDINGS))).capitalize()


def _tone(hue: float, lightness: float, saturation: float) -> Rgb:
    r, g, b = colorsys.hls_to_rgb(hue % 1.0, lightness, saturation)
    return round(r * 255), round(g * 255), round(b * 255)


def random_palette(rng: np.random.Generator) -> Palette:
    """Five colours that go together: a ground, a panel, an accent, a dark ink and a light."""
    hue, gap = rng.uniform(), float(rng.choice([0.08, 0.33, 0.5, 0.58]))
    dark = rng.random() < 0.4
    ground = _tone(hue, rng.uniform(0.16, 0.35) if dark else rng.uniform(0.62, 0.93), rng.uniform(0.25, 0.8))
    panel = _tone(hue + gap, rng.uniform(0.25, 0.6), rng.uniform(0.35, 0.85))
    accent = _tone(hue + gap + rng.uniform(0.1, 0.4), rng.uniform(0.45, 0.62), rng.uniform(0.55, 0.95))
    return ground, panel, accent, _tone(hue, 0.1, 0.4), _tone(hue + 0.12, 0.94, 0.5)


def random_design(seed: int, *, size: tuple[int, int] | None = None) -> Design:
    """A design never seen before; the same for the same seed. ``size`` is width and height in pixels.

    Illustrations, seals and small print come from one stock, as they do in trade: two designs may share one.
    """
    rng = np.random.default_rng([seed, 71])
    long, short = 640, int(rng.integers(400, 560))
    chosen = size or ((short, long) if rng.random() < 0.65 else (long, short))
    drop = frozenset(str(e) for e in ("seal", "barcode", "panel", "rule", "weight") if rng.random() < 0.25)
    return Design(
        seed=int(rng.integers(1 << 30)),
        size=chosen,
        layout=str(rng.choice(list(LAYOUTS))),
        palette=random_palette(rng),
        motif=str(rng.choice(list(MOTIFS))),
        emblem=str(rng.choice(list(EMBLEMS))),
        brand=_word(rng).upper(),
        name=f"{_word(rng)} {rng.choice(_KINDS)}" if rng.random() < 0.6 else _word(rng),
        strap=str(rng.choice(_STRAPS)),
        lines=tuple(str(line) for line in rng.choice(_LINES, int(rng.integers(3, 7)), replace=False)),
        gtin=ean13("".join(str(d) for d in (4, *rng.integers(0, 10, 11)))),
        weight=f"{int(rng.integers(2, 40)) * 25} g e",
        seal_words=str(rng.choice(_SEALS)),
        seal_style=int(rng.integers(240)),
        families=(str(rng.choice(_FAMILIES)), str(rng.choice(_FAMILIES))),
        edge=int(rng.integers(4)),
        drop=drop,
    )


def random_pack(seed: int, *, size: tuple[int, int] | None = None) -> Image:
    """The front of a pack never seen before, (H, W, 3) uint8; 640 px on its long side, or as ``size``."""
    return draw(random_design(seed, size=size))


def near_twin(design: Design, seed: int) -> Design:
    """The same layout and artwork in another tint with another word: another kind of the same good."""
    rng = np.random.default_rng([seed, 72])
    turn = float(rng.uniform(0.12, 0.45))

    def turned(colour: Rgb) -> Rgb:
        h, light, s = colorsys.rgb_to_hls(*(v / 255 for v in colour))
        return _tone(h + turn, light, max(s, 0.3))

    ground, panel, accent, ink, light = design.palette
    palette = (ground, turned(panel), turned(accent), ink, light)
    digits = design.gtin[:8] + "".join(str(d) for d in rng.integers(0, 10, 4))
    kind = str(rng.choice([k for k in _KINDS if k not in design.name]))
    return replace(design, palette=palette, name=f"{design.name.split()[0]} {kind}", gtin=ean13(digits))
