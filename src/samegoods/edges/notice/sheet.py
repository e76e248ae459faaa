"""A notice on paper: one page of A4, set by typst, in a typeface that the installation brings along."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Literal

from samegoods.edges.notice.words import Notice
from samegoods.errors import MissingPart, NoticeError

_CARRIER = "koreanize-matplotlib"
"""The package that carries NanumGothic (SIL Open Font License), which has Latin letters and Hangul. It is not
imported: that would change matplotlib's settings."""
_TYPEFACES = ("NanumGothic.ttf", "NanumGothicBold.ttf", "NanumGothicExtraBold.ttf")


def sheet(notice: Notice, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """The page as PDF, or as a picture of it; the same bytes for the same words.

    Raises:
        NoticeError: the words do not fit, or the typeface lacks a letter.
        MissingPart: the typeface is not installed.
    """
    import typst

    _see_letters(notice)
    words = {**asdict(notice), "operator": notice.rows[0][1]}
    inputs = {"notice": json.dumps(words, ensure_ascii=False), "sign": template("sign.svg")}
    try:
        made = typst.compile(
            template("notice.typ").encode(),
            format=form,
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_folders()),
            sys_inputs=inputs,
            timestamp=0,
            ppi=100.0,
        )
    except typst.TypstError as error:
        if "too long" not in str(error):
            raise
        raise NoticeError(
            f"the notice of {notice.site} in {notice.language!r} does not fit on one page in letters that can be read "
            "from two metres: shorten public_notice.operator, contact or purpose"
        ) from error
    return made


def template(name: str) -> str:
    """The text of a template of this package."""
    return resources.files("samegoods.edges.notice").joinpath("templates", name).read_text("utf-8")


@cache
def _files() -> tuple[Path, ...]:
    try:
        held = metadata.files(_CARRIER) or ()
    except metadata.PackageNotFoundError as error:
        raise MissingPart(f"notices need a typeface: pip install {_CARRIER}") from error
    found = tuple(Path(str(one.locate())) for one in held if one.name in _TYPEFACES)
    if len(found) != len(_TYPEFACES):
        raise MissingPart(f"notices need a typeface that is not where it should be: pip install {_CARRIER}")
    return found


def _folders() -> list[str]:
    return sorted({str(file.parent) for file in _files()})


@cache
def _letters() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset.intersection(*(frozenset(FT2Font(str(file)).get_charmap()) for file in _files()))


def _see_letters(notice: Notice) -> None:
    """An empty box on a wall says nothing: better to say so here."""
    words = "".join((notice.place, *(text for _, text in notice.rows)))
    lacking = sorted({letter for letter in words if ord(letter) not in _letters() and not letter.isspace()})
    if lacking:
        raise NoticeError(
            f"the notice of {notice.site} in {notice.language!r}: the typeface has no {' '.join(lacking[:10])}: "
            "write it in Latin letters or Hangul"
        )
