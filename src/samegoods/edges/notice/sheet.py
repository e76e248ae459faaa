"""A notice on paper: one page of A4, set by typst, in a typeface that the installation brings along."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from typing import Literal

from samegoods.edges.notice.words import Notice
from samegoods.errors import NoticeError
from samegoods.typefaces import NANUM, folders, lacking


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
            font_paths=typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=False, font_paths=folders(NANUM)
            ),
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


def _see_letters(notice: Notice) -> None:
    """An empty box on a wall says nothing: better to say so here."""
    words = "".join((notice.place, *(text for _, text in notice.rows)))
    missing = lacking(words, NANUM)
    if missing:
        raise NoticeError(
            f"the notice of {notice.site} in {notice.language!r}: the typeface has no {' '.join(missing[:10])}: "
            "write it in Latin letters or Hangul"
        )
