"""Typefaces that the installation brings along, for what is printed: the same on every machine.

They come in packages that are not imported, for those would change matplotlib's settings. Both are under the SIL Open
Font Licence. NanumGothic has Latin, Greek, Cyrillic, kana and Hangul, in three weights; Noto Sans SC has the Chinese
characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from samegoods.errors import MissingPart

NANUM, NOTO = "NanumGothic", "Noto Sans SC"
_CARRIERS = {
    NANUM: ("koreanize-matplotlib", ("NanumGothic.ttf", "NanumGothicBold.ttf", "NanumGothicExtraBold.ttf")),
    NOTO: ("zhplot", ("NotoSansSC-Regular.ttf",)),
}


def folders(*families: str) -> list[str]:
    """The folders that hold the files of these families.

    Raises:
        MissingPart: one is not installed; the message says what is to be done.
    """
    return sorted({str(file.parent) for family in families for file in _files(family)})


def lacking(text: Iterable[str], *families: str) -> list[str]:
    """The letters of a text that no one of these families has, each once.

    Raises:
        MissingPart: see :func:`folders`.
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
