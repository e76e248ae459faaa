"""Notices as files: a PDF to hang up and a page of HTML for each site and language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from samegoods.campaign import Campaign, Site
from samegoods.edges.notice.sheet import sheet, template
from samegoods.edges.notice.words import Notice, notice_of
from samegoods.errors import NoticeError


def write_notices(campaign: Campaign, folder: Path, *, sites: Iterable[Site], languages: Sequence[str]) -> list[Path]:
    """Write ``SITE-LANGUAGE.pdf`` and ``.html`` for each; what stands there is replaced.

    Raises:
        NoticeError: the words do not fit, or a file cannot be written.
        ValueError: the campaign says too little (see :func:`samegoods.edges.notice.words.lacking`).
    """
    notices = [notice_of(campaign, site, language) for site in sites for language in languages]
    made = [(one, sheet(one), page(one)) for one in notices]  # all or none
    written: list[Path] = []
    for one, pdf, html in made:
        for suffix, content in (("pdf", pdf), ("html", html.encode())):
            path = folder / f"{one.site}-{one.language}.{suffix}"
            _write(path, content)
            written.append(path)
    return written


def page(notice: Notice) -> str:
    """The notice as one HTML page that asks for nothing from outside; all words are escaped."""
    pages = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made = pages.from_string(template("notice.html.j2"))
    return made.render(notice=notice, sign=Markup(template("sign.svg"))) + "\n"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise NoticeError(f"{path}: cannot be written: {error.strerror or error}") from error
