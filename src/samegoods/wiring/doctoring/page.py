"""What shows the results: the page for review, and paper. No browser is needed to make either."""

from __future__ import annotations

import importlib.metadata
import importlib.util

from samegoods.errors import MissingPart
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works

_LINE = '#set page(width: 90mm, height: 20mm)\n#set text(font: ("DejaVu Sans", "NanumGothic", "Noto Sans SC"))\n'
_WORDS = "samegoods Ж 소비품 净含量"


def _review(_: Asked) -> Found:
    from samegoods.wiring.serving import require_installed

    try:
        require_installed(reports=True)
    except MissingPart as error:
        return missing(str(error))
    from samegoods.edges.web import make_app

    del make_app  # to import it loads all that the page is made of
    return works(f"FastAPI {importlib.metadata.version('fastapi')}, uvicorn {importlib.metadata.version('uvicorn')}")


def _accounts(_: Asked) -> Found:
    """Hash a password and know it again; no file of accounts is opened."""
    if importlib.util.find_spec("argon2") is None:
        return missing("argon2-cffi is not installed")
    from samegoods.edges.accounts import Passwords

    words, made = "only for a moment", Passwords()
    kept = made.hashed(words)
    if not made.fits(kept, words) or made.fits(kept, f"{words}!"):
        return broken("a password is not known again, or another is taken for it")
    return works(f"Argon2 by argon2-cffi {importlib.metadata.version('argon2-cffi')}")


def _tables(_: Asked) -> Found:
    """Write a table as Parquet and read it back."""
    import io

    import pyarrow
    from pyarrow import parquet

    table, written = pyarrow.table({"product": ["biscuits"], "price": [3.2]}), io.BytesIO()
    parquet.write_table(table, written)
    if not parquet.read_table(io.BytesIO(written.getvalue())).equals(table):
        return broken("a table is not read as it was written")
    return works(f"Arrow {pyarrow.__version__}: Parquet")


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
    Part("tables", "no tables are written, so no check ends well", "pip install --force-reinstall pyarrow", _tables),
    Part(
        "review page",
        "samegoods serve is refused: no decision is kept, and no report from the ground is taken",
        "pip install 'samegoods[serve]'",
        _review,
        needed=False,
    ),
    Part(
        "accounts",
        "no team can sign in: serve --accounts and samegoods account are refused",
        "pip install 'samegoods[serve]'",
        _accounts,
        needed=False,
    ),
)
