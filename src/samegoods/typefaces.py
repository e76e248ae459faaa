"""Typefaces that the installation brings along, for what is printed: the same on every machine.

DejaVu Sans comes with matplotlib and has every Latin letter, Greek and Cyrillic. The others come in packages that are
not imported, for those would change matplotlib's settings; they are under the SIL Open Font Licence. NanumGothic has
Hangul and kana in three weights, Noto Sans SC the Chinese characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from samegoods.errors import MissingPart

DEJAVU, NANUM, NOTO = "DejaVu Sans", "NanumGothic", "Noto Sans SC"
_CARRIERS = {
    DEJAVU: ("matplotlib", ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")),
    NANUM: ("koreanize-matplotlib", ("NanumGothic.ttf", "NanumGothicBold.ttf", "NanumGothicExtraBold.ttf")),
    NOTO: ("zhplot", ("NotoSansSC-Regular.ttf",)),
}


def files(*families: str) -> list[Path]:
    """The files of these families.

    Raises:
        MissingPart: one is not installed; the message says what is to be done.
    """
    return [file for family in families for file in _files(family)]


def folders(*families: str) -> list[str]:
    """The folders that hold the files of these families.

    Raises:
        MissingPart: see :func:`files`.
    """
    return sorted({str(file.parent) for file in files(*families)})


def lacking(text: Iterable[str], *families: str) -> list[str]:
    """The letters of a text that no one of these families has, each once.

    Raises:
        MissingPart: see :func:`files`.
    """
    known = frozenset[int]().union(*(_letters(family) for family in families))
    return sorted({letter for letter in text if ord(letter) not in known and not letter.isspace()})


@cache
def _files(family: str) -> tuple[Path, ...]:
    carrier, names = _CARRIERS[family]
    try:
        held = metadata.files(carrier) or ()
    except metadata.PackageNotFoundError as error:
        raise MissingPart(f"print needs the typeface {family}: pip install {carrier}") from error
    found = tuple(Path(str(one.locate())) for one in held if one.name in names)
    if len(found) != len(names):
        raise MissingPart(f"the typeface {family} is not where it should be: pip install --force-reinstall {carrier}")
    return found


@cache
def _letters(family: str) -> frozenset[int]:
    """Those that every weight of a family has."""
    from matplotlib.ft2font import FT2Font

    return frozenset.intersection(*(frozenset(FT2Font(str(file)).get_charmap()) for file in _files(family)))
