"""The public notice of filming: one a site and language, as a page to print and as one to put on a site."""

from __future__ import annotations

from samegoods.edges.notice.files import write_notices
from samegoods.edges.notice.words import Notice, lacking, notice_of

__all__ = ["Notice", "lacking", "notice_of", "write_notices"]
