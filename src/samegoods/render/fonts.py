"""The typefaces that the renderer prints with: those that matplotlib carries, so no system font is needed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FAMILIES = {
    "sans": "DejaVuSans.ttf",
    "sans-bold": "DejaVuSans-Bold.ttf",
    "sans-oblique": "DejaVuSans-BoldOblique.ttf",
    "serif": "DejaVuSerif.ttf",
    "serif-bold": "DejaVuSerif-Bold.ttf",
    "serif-italic": "DejaVuSerif-BoldItalic.ttf",
    "mono": "DejaVuSansMono-Bold.ttf",
    "roman": "STIXGeneralBol.ttf",
    "roman-italic": "STIXGeneralBolIta.ttf",
}
"""Family names and the files that hold them."""


@lru_cache(maxsize=1)
def _folder() -> Path:
    import matplotlib  # costs 0.1 s: paid only by those who draw

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=512)
def font(family: str, size: int) -> ImageFont.FreeTypeFont:
    """One of :data:`FAMILIES` at ``size`` pixels an em."""
    return ImageFont.truetype(str(_folder() / FAMILIES[family]), max(4, size))


def fitted(
    words: str, family: str, *, width: float, height: float
) -> tuple[ImageFont.FreeTypeFont, tuple[float, float, float, float]]:
    """The largest size at which ``words`` fit into a box, and the ink's bounds at that size."""
    probe = font(family, 100).getbbox(words or " ")
    em = 100 * min(width / max(1.0, probe[2] - probe[0]), height / max(1.0, probe[3] - probe[1]))
    chosen = font(family, int(em))
    return chosen, chosen.getbbox(words or " ")
