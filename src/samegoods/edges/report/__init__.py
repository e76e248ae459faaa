"""The report of a case, and the page on one comparison: for readers, in one file each."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from samegoods.custody.replay import Vouched
from samegoods.edges.report.comparison import comparison_page, write_comparison
from samegoods.edges.report.page import REPORT, contents, report_text, write_report_page
from samegoods.edges.report.reading import read_case
from samegoods.edges.report.sheets import SHEETS, report_sheets
from samegoods.errors import CaseError
from samegoods.fetching import Pictures

__all__ = ["REPORT", "comparison_page", "report_files", "report_text", "write_comparison", "write_report"]


def report_files(
    folder: Path, vouched: Vouched | None = None, *, pictures: Pictures | None = None
) -> dict[str, str | bytes]:
    """The report of the case in a folder, as a page and on paper, by the names of their files.

    Args and errors are those of :func:`write_report`.
    """
    with TemporaryDirectory(prefix="samegoods-") as made:
        write_report(folder, Path(made), vouched, pictures=pictures)
        page, sheets = ((Path(made) / name).read_bytes() for name in (REPORT, SHEETS))
    return {REPORT: page.decode(), SHEETS: sheets}


def write_report(
    folder: Path, into: Path, vouched: Vouched | None = None, *, pictures: Pictures | None = None
) -> tuple[str, ...]:
    """Write the report of the case in a folder into another, as a page and on paper; the names of the files.

    Args:
        into: an empty folder, in which there is room for what print is made of as well.
        vouched: how far the log of the case vouches for it.
        pictures: those of the case; None where they lie in the folder.

    Raises:
        CaseError: there is no case, a picture is missing, or the report cannot be set or written.
        MissingPart: a typeface is not installed.
    """
    try:
        told = contents(read_case(folder, pictures), vouched)
        write_report_page(told, into / REPORT)
        (into / SHEETS).write_bytes(report_sheets(told, into))
    except OSError as error:
        raise CaseError(f"{error.filename or into}: cannot be written: {error.strerror or error}") from error
    return REPORT, SHEETS
