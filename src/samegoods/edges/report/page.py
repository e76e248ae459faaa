"""The report of a case: one page that holds all it shows."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from jinja2.environment import TemplateStream
from markupsafe import Markup

from samegoods.custody.replay import Vouched
from samegoods.edges.report import answer, labels, looks, prose, remains
from samegoods.edges.report.chart import chart
from samegoods.edges.report.heard import heard
from samegoods.edges.report.numbers import numbers
from samegoods.edges.report.products import sections
from samegoods.edges.report.reading import Case, read_case
from samegoods.edges.report.vouching import vouching
from samegoods.edges.report.words import packs, percent
from samegoods.errors import CaseError
from samegoods.languages import templates

REPORT = "report.html"
_PIECES = 100
"""Pieces of a page that are written at once."""
Contents = dict[str, Any]


def report_text(folder: Path) -> str:
    """The report of the case in a folder, from the files of the folder alone, its pictures among them.

    Raises:
        CaseError: there is no case, or a picture is missing.
    """
    return report_page(contents(read_case(folder)))


def write_page(file: Path, page: str | bytes) -> Path:
    """Replace a page as a whole: a reader sees the old or the new.

    Raises:
        CaseError: it cannot be written.
    """
    unfinished = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(page.encode() if isinstance(page, str) else page)
        unfinished.replace(file)
    except OSError as error:
        raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error
    return file


def report_page(told: Contents) -> str:
    """The report as HTML; it needs no other file, no script and no network."""
    return render("report.html.j2", **_drawn(told))


def write_report_page(told: Contents, file: Path) -> None:
    """Write the same, piece by piece: with its pictures a page has megabytes, which need not be held once more.

    Raises:
        OSError: it cannot be written.
    """
    pieces = _stream("report.html.j2", **_drawn(told))
    pieces.enable_buffering(_PIECES)
    pieces.dump(str(file), encoding="utf-8")


def _drawn(told: Contents) -> Contents:
    numbers = told["numbers"]
    charts = {"chart": Markup(chart(told["bars"])), "group_chart": Markup(chart(numbers.bars)) if numbers else ""}
    return told | charts


def contents(case: Case, vouched: Vouched | None = None) -> Contents:
    """What the report says, for the page and for print, by the names that their templates use."""
    sure, (reasons, rarer) = numbers(case), remains.reasons(case)
    unread, stale = remains.unread(case), remains.stale(case)
    return {
        "case": case,
        "bars": answer.bars(case),
        "prose": prose,
        "campaign": case.document.campaign,
        "headline": answer.headline(case),
        "grid": answer.grid(case),
        "statements": answer.statements(case),
        "most_first": answer.MOST_FIRST,
        "rows": answer.rows(case),
        "grids": looks.grids(case),
        "offers": labels.offers(case),
        "lacking": prose.not_read(labels.lacking(case)),
        "sections": sections(case),
        "not_seen": remains.not_seen(case),
        "reasons": reasons,
        "rarer": rarer,
        "not_judged": remains.not_judged(case),
        "unread": unread[: remains.SOURCES_AT_MOST],
        "stale": stale[: remains.SOURCES_AT_MOST],
        "sources": remains.sources(case),
        "left_out": {
            "unread": remains.left_out(len(unread)),
            "stale": remains.left_out(len(stale)),
            "sources": remains.left_out(len(case.document.sources)),
        },
        "vouching": vouching(case, vouched),
        "study": prose.study(case),
        "checked": prose.checked(case),
        "required": prose.required(case),
        "numbers": sure,
        "heard": heard(case),
        "limits": prose.LIMITS if sure and not sure.correction else f"{prose.LIMITS} {prose.WRONG_CALLS}",
        "made": prose.made(case),
        "methods": prose.computed(
            {
                tally.method
                for finding in case.document.findings
                for _, tally in answer.axes(case, finding)
                if tally.share_different is not None
            }
        ),
    }


def render(template: str, **values: Any) -> str:
    """A template of this package with its values; all text is escaped."""
    return "".join(_stream(template, **values))


def _stream(template: str, **values: Any) -> TemplateStream:
    pages = templates("samegoods.edges.report")
    pages.filters |= {"percent": percent, "packs": packs}
    style = resources.files("samegoods.edges.report").joinpath("templates/style.css").read_text("utf-8")
    return pages.get_template(template).stream(**values, style=Markup(style))
