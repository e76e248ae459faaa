"""Reports from the ground of a case that is open: who decides on them, and what is deleted of what was published."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from samegoods.errors import SamegoodsError
from samegoods.results.ground import GroundModerationPart, GroundReportPart, ModerationName
from samegoods.wiring.custody import Seal
from samegoods.wiring.publishing import put_report

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore

_log = logging.getLogger(__name__)


class Moderated:
    """The reports of a case that is open for review, and what reviewers decide on them."""

    def __init__(self, store: CaseStore, seal: Seal) -> None:
        self._store = store
        self._seal = seal
        self._cleaning = ThreadPoolExecutor(1, thread_name_prefix="samegoods-ground")

    @property
    def number(self) -> int:
        """How many reports there are."""
        return len(self._store.told.ground.standing())

    def waiting(self) -> tuple[int, ...]:
        """Those that nobody has decided on, the oldest first."""
        return self._store.told.ground.waiting()

    def numbers(self) -> tuple[int, ...]:
        """All of them, the latest first."""
        return tuple(sorted(self._store.told.ground.standing(), reverse=True))

    def reports(self, numbers: Sequence[int]) -> tuple[GroundReportPart, ...]:
        return self._store.reports(numbers)

    def moderations(self, report: int) -> tuple[GroundModerationPart, ...]:
        return self._store.moderations(report)

    def moderate(self, report: int, decision: ModerationName, *, by: str, reason: str) -> GroundModerationPart:
        """Take a report in, or do not; what was published of one that is not any more is taken out.

        Raises:
            CaseError: there is no such report.
        """
        kept = self._store.moderate(report, decision, by=by, reason=reason)
        told = self._store.told
        if decision == "reject" and report in told.ground.accepted(before=told.findings_at):
            self.clean_later()
        return kept

    def clean_later(self) -> None:
        """Take what is gone out of the published results and of the pages of the data base, after what is at work."""
        self._cleaning.submit(self._clean)

    def _clean(self) -> None:
        try:
            redacted(self._store, self._seal)
            self._store.compact()
        except SamegoodsError as error:
            _log.warning("%s", error)

    def close(self) -> None:
        """Wait for what is being cleaned."""
        self._cleaning.shutdown(wait=True)


def redacted(store: CaseStore, seal: Seal) -> None:
    """Publish the results without the reports that are gone or no longer taken in.

    Raises:
        CaseError: the results are not those that were published, or cannot be written.
    """
    with store.publishing():
        if store.redact():
            put_report(store)
        store.conclude(stamp=seal.stamp, redacted=True)
