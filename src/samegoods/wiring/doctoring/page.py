"""What shows the results: the page for review, and paper. No browser is needed to make either."""

from __future__ import annotations

import importlib.metadata

from samegoods.errors import MissingPart
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works

_LINE = '#set page(width: 90mm, height: 20mm)\n#set text(font: ("DejaVu Sans", "NanumGothic", "Noto Sans SC"))\n'
_WORDS = "samegoods Ж 소비품 净含量"


def _review(_: Asked) -> Found:
    from samegoods.wiring.serving import require_installed

    try:
        require_installed()
    except MissingPart as error:
        return missing(str(error))
    from samegoods.edges.web import make_app

    del make_app  # to import it loads all that the page is made of
    return works(f"FastAPI {importlib.metadata.version('fastapi')}, uvicorn {importlib.metadata.version('uvicorn')}")


def _paper(_: Asked) -> Found:
    """Set one line in three scripts, in the typefaces that the installation brings."""
    import typst

    from samegoods.typefaces import DEJAVU, NANUM, NOTO, folders, lacking

    without = lacking(_WORDS, DEJAVU, NANUM, NOTO)
    if without:
        return broken(f"no typeface has {' '.join(without)}")
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=folders(DEJAVU, NANUM, NOTO)
    )
    made: bytes = typst.compile((_LINE + _WORDS).encode(), format="pdf", font_paths=fonts, timestamp=0)
    if not made.startswith(b"%PDF-"):
        return broken("what is made is no PDF")
    return works(f"typst {importlib.metadata.version('typst')}: {len(made) / 1000:.0f} kB for a line in four scripts")


PARTS = (
    Part(
        "report on paper",
        "no report and no notice is made",
        "pip install --force-reinstall typst koreanize-matplotlib zhplot",
        _paper,
    ),
    Part(
        "review page",
        "samegoods serve is refused: packs are reviewed in report.html alone, and no decision is kept",
        "pip install 'samegoods[serve]'",
        _review,
        needed=False,
    ),
)
