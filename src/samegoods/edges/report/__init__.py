"""The report of a case, and the page on one comparison: for readers, in one file each."""

from samegoods.edges.report.comparison import comparison_page, write_comparison
from samegoods.edges.report.page import report_text, write_report

__all__ = ["comparison_page", "report_text", "write_comparison", "write_report"]
