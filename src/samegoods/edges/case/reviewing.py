"""Decisions of reviewers in a case: rows that are added and never changed, each told in the signed log."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from samegoods.custody import bodies
from samegoods.edges.case import rows, telling
from samegoods.edges.case.logged import LoggedCase
from samegoods.edges.case.tables import ReviewRow
from samegoods.errors import CaseError
from samegoods.results.making import plain
from samegoods.results.review import ReviewPart, Wish, standing


class ReviewedCase(LoggedCase):
    """A case that reviewers decide on; several threads may."""

    def decide(self, wish: Wish, *, source: str, item: str, by: str, blind: bool = False) -> ReviewPart:
        """Keep a decision on an item. Whatever was decided on it before stays, and is followed by this one.

        Raises:
            CaseError: there is no such item, or no such decision of this reviewer to take back.
        """
        with self.saving(), self.writing() as change:
            judged = self.told.judged(source, item)
            if judged is None:
                raise CaseError(f"{self.address}: there is no item {item!r} of the source {source!r}")
            if wish.withdraws is not None:
                self._refuse_withdrawal(wish.withdraws, source, item, by)
            values = plain(wish) | {"source": source, "item": item, "by": by, "blind": blind, "judged": judged}
            row = ReviewRow(n=self.told.last_review + 1, at=rows.utc(self._now()), **values)
            part = _part(row)
            change.session.add(row)
            digest = telling.contents_of(change.session).numbered_digest("reviews", part.n)
            told = {name: values[name] for name in bodies.Reviewed.model_fields if name in values}
            change.note("reviewed", bodies.Reviewed(n=part.n, sha256=digest, **told))
        return part

    def reviews(self) -> tuple[ReviewPart, ...]:
        """All decisions, in the order in which they were taken."""
        with Session(self._engine) as session:
            return tuple(_part(row) for row in session.scalars(select(ReviewRow).order_by(ReviewRow.n)))

    def standing(self) -> dict[tuple[str, str], tuple[ReviewPart, ...]]:
        """The decisions that stand, by source and item; those alone that somebody decided on."""
        of: dict[tuple[str, str], list[ReviewPart]] = {}
        for one in self.reviews():
            of.setdefault((one.source, one.item), []).append(one)
        return {place: standing(some, self.told.judged(*place)) for place, some in of.items()}

    @property
    def decided_anew(self) -> bool:
        """Whether anybody decided on anything since the findings were published."""
        return any(entry > self.told.findings_at for entry, _ in self.told.reviews.values())

    def _refuse_withdrawal(self, n: int, source: str, item: str, by: str) -> None:
        stand = [body.n for body in self.told.standing(source, item) if body.by == by]
        if n not in stand:
            raise CaseError(f"decision {n} is none of yours that stands on this item: there is nothing to take back")


def _part(row: ReviewRow) -> ReviewPart:
    return ReviewPart.model_validate({column.key: getattr(row, column.key) for column in row.__table__.columns})
