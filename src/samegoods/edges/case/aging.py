"""What a case holds grows old: when it was filmed, and deleting it for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samegoods.edges.case import rows, telling
from samegoods.edges.case.publishing import PublishedCase
from samegoods.edges.case.tables import ReviewRow, SourceRow
from samegoods.errors import CaseError
from samegoods.records import Source


class AgingCase(PublishedCase):
    """A case that loses what it may not hold any longer."""

    def dated(self) -> tuple[tuple[Source, datetime], ...]:
        """Every source that the case holds anything of, and when it was filmed, or saved if nobody knows."""
        with Session(self._engine) as session:
            found = list(session.scalars(select(SourceRow).order_by(SourceRow.id)))
            return tuple(
                (rows.source_record(row)[0], datetime.fromisoformat(row.captured_at or row.saved_at)) for row in found
            )

    def remove(
        self, sources: Iterable[str], body: Mapping[str, Any], *, reports: Sequence[int] = ()
    ) -> tuple[str, ...]:
        """Delete sources and reports with all their rows, and the pictures that nothing else rests on.

        ``purged`` tells of it, and ``body`` beside what is gone; the results have to be published anew. Returns the
        paths of the pictures that were deleted.
        """
        gone = tuple(dict.fromkeys(sources))
        with self.alone, self._writers.only() as only:
            if not only:
                raise CaseError(f"{self.address}: another run is writing to this case: wait for it to end")
            self._refresh()
            self._work()
            lost = self._lost_pictures(sources=gone, reports=reports)
            self._take_out(gone, body, reports, lost)
            self._evidence.delete(lost)
        return tuple(sorted(lost))

    def _take_out(self, gone: Sequence[str], body: Mapping[str, Any], reports: Sequence[int], lost: set[str]) -> None:
        with self.writing() as change:
            for name in gone:
                change.notes.extend(telling.source_removed(self.told, name))
                change.session.execute(delete(SourceRow).where(SourceRow.id == name))
                change.session.execute(delete(ReviewRow).where(ReviewRow.source == name))
            self._remove_reports(change, reports)
            told = {"sources": list(gone), "pictures": sorted(lost)} | ({"ground": list(reports)} if reports else {})
            change.note("purged", {**body, **told})
