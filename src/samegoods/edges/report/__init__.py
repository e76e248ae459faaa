"""The report of a case, and the page on one comparison: for readers, in one file each."""

from __future__ import annotations

from pathlib import Path

from samegoods.custody.replay import Vouched
from samegoods.edges.report.comparison import comparison_page, write_comparison
from samegoods.edges.report.page import REPORT, contents, report_page, report_text
from samegoods.edges.report.reading import read_case
from samegoods.edges.report.sheets import SHEETS, report_sheets
from samegoods.fetching import Pictures

__all__ = ["REPORT", "comparison_page", "report_files", "report_text", "write_comparison"]


def report_files(
    folder: Path, vouched: Vouched | None = None, *, pictures: Pictures | None = None, room: Path | None = None
) -> dict[str, str | bytes]:
    """The report of the case in a folder, as a page and on paper, by the names of their files.

    Args:
        vouched: how far the log of the case vouches for it.
        pictures: those of the case; None where they lie in the folder.
        room: a folder for what print is made of, which the caller deletes; None for one that is gone afterwards.

    Raises:
        CaseError: there is no case, a picture is missing, or the report cannot be set.
        MissingPart: a typeface is not installed.
    """
    told = contents(read_case(folder, pictures), vouched)
    return {REPORT: report_page(told), SHEETS: report_sheets(told, room)}
