"""Reports from the ground in a case: kept, moderated, taken back, each told in the signed log."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samegoods.custody import bodies
from samegoods.custody.ledger import SourceTold
from samegoods.custody.walk import FINDINGS
from samegoods.edges.case import rows, telling
from samegoods.edges.case.document import columns
from samegoods.edges.case.logged import Change
from samegoods.edges.case.reviewing import ReviewedCase
from samegoods.edges.case.tables import GroundRow, ModerationRow
from samegoods.errors import CaseError
from samegoods.records.ground import GroundPhoto
from samegoods.results.ground import (
    GroundGroupPart,
    GroundModerationPart,
    GroundReportPart,
    ModerationName,
    SentPart,
)
from samegoods.results.making import json_lines, plain
from samegoods.stages.hear import group


class GroundCase(ReviewedCase):
    """A case that people on the spot send reports to; several threads may write."""

    def keep_report(
        self, sent: SentPart, *, receipt: str, photos: Sequence[GroundPhoto] = (), withheld: bool = False
    ) -> GroundReportPart:
        """Keep a report, and the crops of its photos; it is not published before a reviewer takes it in.

        Args:
            receipt: SHA-256 of the code that the sender has.
            withheld: whether something was taken out of the remark.

        Raises:
            CaseError: there is a report with this receipt, or it cannot be written.
        """
        with self.publishing():  # so that what is concluded below is this report alone
            if self.told.ground.of_receipt(receipt) is not None:
                raise CaseError("there is a report with this receipt")
            finished = self.told.finished
            if any(one.items for one in photos):
                self._work()  # a run that is killed as it writes pictures leaves a case that is unfinished, not wrong
            kept = [self._kept_photo(one) for one in photos]
            with self.writing() as change:
                part = GroundReportPart.model_validate(
                    plain(sent)
                    | {"n": self.told.ground.last + 1, "at": self._now(), "withheld": withheld, "photos": kept}
                )
                values = plain(part) | {"at": rows.utc(part.at), "receipt": receipt, "salt": secrets.token_hex(16)}
                change.session.add(GroundRow(**values))
                digest = telling.contents_of(change.session).numbered_digest("ground", part.n)
                body = bodies.GroundReported(n=part.n, receipt=receipt, pictures=part.pictures, sha256=digest)
                change.note("ground_reported", body)
            if finished and not self.told.finished:
                self.conclude()
        return part

    def _kept_photo(self, photo: GroundPhoto) -> dict[str, Any]:
        def kept(crops: Iterable[Any]) -> list[dict[str, Any]]:
            return [
                {
                    "path": self._evidence.keep_crop(crop),
                    "face": crop.sighting.face,
                    "reference": crop.sighting.reference,
                    "quad": rows.numbers(crop.quad),
                }
                for crop in crops
            ]

        told = ("product", "version", "packaging", "quality")
        items = [{name: getattr(one, name) for name in told} | {"crops": kept(one.crops)} for one in photo.items]
        return {"outcome": photo.outcome, "items": items}

    def reports(self, numbers: Iterable[int] | None = None) -> tuple[GroundReportPart, ...]:
        """The reports that are in the case, or those of them with these numbers, by number."""
        query = select(GroundRow).order_by(GroundRow.n)
        if numbers is not None:
            query = query.where(GroundRow.n.in_(list(numbers)))
        with Session(self._engine) as session:
            return tuple(_report(row) for row in session.scalars(query))

    def accepted_reports(self) -> tuple[GroundReportPart, ...]:
        """The reports that reviewers took in."""
        return self.reports(self.told.ground.accepted())

    def moderate(self, report: int, decision: ModerationName, *, by: str, reason: str = "") -> GroundModerationPart:
        """Take a report in, or do not; what was decided on it before stays, and is followed by this.

        Raises:
            CaseError: there is no such report, or it was taken back.
        """
        with self.saving(), self.writing() as change:
            if not self.told.ground.has(report):
                raise CaseError(f"there is no report {report}: its sender may have taken it back")
            part = GroundModerationPart(
                n=self.told.ground.last_moderation + 1,
                at=self._now(),
                by=by,
                report=report,
                decision=decision,
                reason=reason,
            )
            change.session.add(ModerationRow(**plain(part) | {"at": rows.utc(part.at)}))
            digest = telling.contents_of(change.session).numbered_digest("moderations", part.n)
            body = bodies.GroundModerated(n=part.n, report=report, by=by, decision=decision, sha256=digest)
            change.note("ground_moderated", body)
        return part

    def moderations(self, report: int) -> tuple[GroundModerationPart, ...]:
        """What was decided on a report, in the order in which it was."""
        query = select(ModerationRow).where(ModerationRow.report == report).order_by(ModerationRow.n)
        with Session(self._engine) as session:
            return tuple(GroundModerationPart.model_validate(columns(row)) for row in session.scalars(query))

    def withdraw_report(self, report: int) -> None:
        """Delete what somebody sent and takes back: its text, what was decided on it, its pictures.

        What was published of it has to be redacted and concluded; until then the case is unfinished.

        Raises:
            CaseError: there is no such report, or it cannot be written.
        """
        with self.publishing():
            if not self.told.ground.has(report):
                raise CaseError(f"there is no report {report}")
            self._work()
            with self.writing() as change:
                lost = self._lost_pictures(reports=[report])
                self._remove_reports(change, [report])
                change.note("ground_withdrawn", bodies.GroundWithdrawn(report=report, pictures=tuple(sorted(lost))))
            self._evidence.delete(lost)

    def reports_before(self, day: date) -> tuple[int, ...]:
        """The reports on what was seen before a day."""
        with Session(self._engine) as session:
            return tuple(session.scalars(select(GroundRow.n).where(GroundRow.day < day.isoformat())))

    @property
    def decided_anew(self) -> bool:
        """Whether anybody decided on anything since the findings were counted, or other reports are taken in."""
        return super().decided_anew or self.heard_anew

    @property
    def heard_anew(self) -> bool:
        """Whether other reports are taken in than when the findings were counted."""
        return self.told.ground.accepted() != self.told.ground.accepted(before=self.told.findings_at)

    def redact(self) -> bool:
        """Take out of the published findings the reports that are no longer taken in, or gone; count nothing anew.

        Returns:
            Whether there was anything to take out.

        Raises:
            CaseError: the findings are not those that were published, or cannot be written.
        """
        self.refuse_unpublished(FINDINGS)
        accepted = self.told.ground.accepted()

        def write(folder: Path) -> Sequence[str]:
            with (
                (self.folder / FINDINGS).open(encoding="utf-8", newline="") as there,
                (folder / FINDINGS).open("w", encoding="utf-8", newline="") as redacted,
            ):
                redacted.writelines(_redacted(there, accepted))
            return [FINDINGS]

        self.put_files(write)
        published = self.told.published
        return published is None or published[1].files.get(FINDINGS) != self._put[FINDINGS]

    def _remove_reports(self, change: Change, reports: Sequence[int]) -> None:
        change.session.execute(delete(GroundRow).where(GroundRow.n.in_(reports)))
        change.session.execute(delete(ModerationRow).where(ModerationRow.report.in_(reports)))

    def _lost_pictures(self, *, sources: Sequence[str] = (), reports: Sequence[int] = ()) -> set[str]:
        """The pictures that nothing rests on once these sources and reports are gone."""
        told, gone, taken = self.told, set(sources), set(reports)
        lost = {path for name in gone for path in _pictures_of(told.ledger.get(name))}
        rest = {body.picture for _, body in told.references.values()}
        for n, one in told.ground.standing().items():
            (lost if n in taken else rest).update(one.body.pictures)
        return lost - rest - lost.intersection(told.ledger.pictures(without=gone))


def _pictures_of(source: SourceTold | None) -> Iterator[str]:
    return (path for some in source.pictures.values() for path in some) if source is not None else iter(())


def _report(row: GroundRow) -> GroundReportPart:
    return GroundReportPart.model_validate(columns(row))


def _redacted(lines: Iterable[str], accepted: Set[int]) -> Iterator[str]:
    """The lines of a findings file, the reports in it left out but these; a group of them stands on a line."""
    groups: list[GroundGroupPart] | None = None
    for line in lines:
        if line == _OPEN:
            groups = []
        elif groups is None:
            yield line
        elif line.startswith("  "):
            groups.append(GroundGroupPart.model_validate_json(line.rstrip("\n").removesuffix(",")))
        else:
            yield f'"ground": {json_lines([plain(one) for one in _left(groups, accepted)])}{line[1:]}'
            groups = None


_OPEN = '"ground": [\n'


def _left(groups: Iterable[GroundGroupPart], accepted: Set[int]) -> Iterator[GroundGroupPart]:
    for one in groups:
        reports = [report for report in one.reports if report.n in accepted]
        if reports:
            yield group(one.product, one.site, reports, one.footage)
