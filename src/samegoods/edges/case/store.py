"""The case store: one case for one campaign, in a folder or in PostgreSQL, a transaction for each source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Self

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samegoods.campaign import Campaign
from samegoods.custody import bodies
from samegoods.custody.signing import Signer
from samegoods.edges.case import rows, telling
from samegoods.edges.case.address import CaseAddress, address_of
from samegoods.edges.case.aging import AgingCase
from samegoods.edges.case.database import vacuum
from samegoods.edges.case.document import campaign_part, columns
from samegoods.edges.case.evidence import Evidence, ReadyReference, ready
from samegoods.edges.case.logged import Change
from samegoods.edges.case.opening import opened, require_case
from samegoods.edges.case.placing import place_at, place_of
from samegoods.edges.case.tables import Base, CaseRow, ReferenceRow, SourceRow
from samegoods.errors import CaseError, MissingPart
from samegoods.records import Examined, Outcome, Reference, Source
from samegoods.results.making import plain
from samegoods.results.parts import CampaignPart, ReferencePart

AT_A_TIME = 16
"""Reference pictures that are held: each takes two megabytes, and a campaign may have ten thousand."""


class CaseStore(AgingCase):
    """A case, open for writing; use it as a context manager, or close it.

    Whatever is saved stays: a case grows by more footage. A killed process loses at most the source in work:
    pictures are written before the rows that name them, and the rows of a source in one transaction, with the
    entries of the log that tell of them.
    """

    @classmethod
    def open(
        cls,
        case: CaseAddress | Path | str,
        *,
        campaign: Campaign | None,
        software: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        signer: Signer | None = None,
        evidence: str | None = None,
        results: Path | str | None = None,
    ) -> Self:
        """Open the case of a campaign, or begin one.

        A case whose campaign file has changed since goes on under the new form: what was examined under an
        earlier one is no longer counted until its footage is checked again.

        Args:
            case: the case folder, or an address in PostgreSQL; made where there is none.
            campaign: None to open a case as it is, which must be there.
            software: the version that examines.
            now: the clock.
            signer: who signs the log; None for a case that is not kept.
            evidence: ``s3://bucket/prefix``, below which the pictures of a case that begins are to lie; None for the
                folder of results, or to go on where they are.
            results: the folder of results, log and evidence, for a case that is begun in PostgreSQL.

        Raises:
            CaseError: it is the case of another campaign or of nobody's, is in use by another run, was written by a
                later release, its log is not whole or signed by another key, it cannot be written, or its pictures
                are elsewhere than in ``evidence``.
            MissingPart: what reaches PostgreSQL or object storage is not installed.
        """
        address = address_of(case)
        if campaign is None:
            require_case(address)
        found = opened(address, results)
        store = cls(
            found.folder,
            address=address,
            engine=found.engine,
            writers=found.writers,
            software=software,
            now=now,
            signer=signer,
        )
        try:
            store._begin(campaign, evidence)
        except (CaseError, MissingPart):
            store.close()
            raise
        return store

    def _begin(self, campaign: Campaign | None, evidence: str | None) -> None:
        """Take up the log, find the place of the pictures, note the campaign."""
        with self._writers.appending(lambda _: None), self._writers.session() as session, session.begin():
            self._read_log(session)
            begun = session.scalars(select(CaseRow)).first() is not None
        self._evidence = Evidence(place_of(self.folder, begun=begun, told=self.told.evidence, asked=evidence))
        self._enter(campaign)
        if self.told.evidence != self._evidence.place.address:  # another run has begun the case in the meantime
            self._evidence = Evidence(place_at(self.folder, self.told.evidence))
        self._form = self.told.content
        if not self._writers.are_several and not self.told.finished:  # no other run leaves anything half written
            self._evidence.tidy()

    def _enter(self, campaign: Campaign | None) -> None:
        """Note the campaign in its present form; begin the log of a case that has none."""
        with self.writing() as change:
            known = change.session.scalars(select(CaseRow)).one_or_none()
            self._digest = campaign.digest if campaign is not None else known.digest if known is not None else ""
            if campaign is not None and self._has_changed(known, campaign):
                if known is None:
                    known = CaseRow(campaign_id=campaign.campaign)
                    change.session.add(known)
                known.digest, known.software = self._digest, self._software
                known.campaign = plain(campaign_part(campaign))
                known.changed_at = rows.utc(self._now())
            self._tell_campaign(change)

    def _has_changed(self, known: CaseRow | None, campaign: Campaign) -> bool:
        if known is not None and known.campaign_id != campaign.campaign:
            raise CaseError(
                f"{self.address}: holds the case of the campaign {known.campaign_id!r}, "
                f"not of {campaign.campaign!r}: choose another place for it"
            )
        return known is None or (known.digest, known.software) != (self._digest, self._software)

    def _tell_campaign(self, change: Change) -> None:
        contents = telling.contents_of(change.session)
        known = contents.campaign()
        if known is None:
            raise CaseError(f"{self.address}: holds no campaign: begin the case with samegoods check")
        ident, content = known
        form = {"campaign": ident, "digest": self._digest, "content": content}
        if self._log.is_empty:
            change.note("begun", form | {"public_key": self._log.public_key})
            if self._evidence.place.address is not None:
                change.note("evidence", bodies.EvidenceAt(address=self._evidence.place.address))
            before = telling.everything(contents)
            if before:
                change.notes.extend([("adopted", {"entries": len(before)}), *before])
        elif content != self.told.content:
            change.note("campaign", form)

    def done(self, source: Source) -> bool:
        """Whether this very content, of this place and time, was examined under this campaign and software.

        A source that failed is not done: the next run tries it again.
        """
        key = rows.done_key(source, digest=self._digest, software=self._software)
        query = select(SourceRow.id).where(SourceRow.done_key == key, SourceRow.status != "failed")
        with Session(self._engine) as session:
            return session.scalars(query.limit(1)).first() is not None

    def keep_references(self, references: Iterable[Reference | ReadyReference]) -> dict[str, tuple[int, int]]:
        """Store the campaign's reference pictures, so that the case can be read on its own; a few are held at a time.

        Args:
            references: those, too, that were encoded elsewhere.

        Returns:
            Width and height of each, px.
        """
        there = iter(references)
        new: list[ReferenceRow] = []
        with Session(self._engine) as session:
            before = {row.id: row for row in session.scalars(select(ReferenceRow))}
        with self.saving():
            while some := list(islice(there, AT_A_TIME)):
                encoded = [one if isinstance(one, ReadyReference) else ready(one) for one in some]
                listed = [rows.reference_row(one) for one in encoded]
                new += listed
                if not rows.same_references((before[row.id] for row in listed if row.id in before), listed):
                    self._work()
                self._evidence.keep_ready([one.picture for one in encoded])
            sizes = {row.id: (row.width, row.height) for row in new}
            if not rows.same_references(before.values(), new):
                self._work()
                self._list_references(new)
        return sizes

    def _list_references(self, new: Sequence[ReferenceRow]) -> None:
        with self.writing() as change:
            change.session.execute(delete(ReferenceRow))
            change.session.add_all(new)
            there = telling.contents_of(change.session).references()
            change.notes.extend(telling.reference_changes(self.told, there))

    def save(self, examined: Examined) -> None:
        """Store all that came of a source, in the place of what an earlier run said of it.

        Raises:
            TypeError: a picture is no Crop.
            CaseError: a picture cannot be written.
        """
        row = rows.source_row(
            examined.source,
            examined.outcome,
            digest=self._digest,
            software=self._software,
            saved_at=rows.utc(self._now()),
        )
        with self.saving():
            with Session(self._engine) as session:
                stored = session.get(SourceRow, row.id)
                if stored is not None and (rows.failed_as_before(stored, row) or self._is_known(stored, row)):
                    return  # nothing new was learnt, so nothing new is dated
            self._work()
            pictures = self._evidence.keep_all([crops for _, crops in examined.items])
            self._put_in(row, rows.content_rows(examined, pictures))

    def _is_known(self, stored: SourceRow, row: SourceRow) -> bool:
        """Whether another writer has saved the same, of the same footage, while it was at work here."""
        same = stored.done_key == row.done_key and stored.status != "failed"
        return same and stored.id in self._log.others

    def _put_in(self, row: SourceRow, groups: Iterable[Sequence[Base]]) -> None:
        ident = row.id
        with self.writing() as change:
            change.notes.extend(telling.source_removed(self.told, ident))
            change.session.execute(delete(SourceRow).where(SourceRow.id == ident))
            for group in ([row], *groups):  # in this order: each points to the one before
                change.session.add_all(group)
                change.session.flush()
            change.notes.extend(telling.source_notes(telling.contents_of(change.session), ident))

    def sources(self) -> tuple[tuple[Source, Outcome], ...]:
        """The sources examined under the campaign as it is now, by id."""
        query = select(SourceRow).where(SourceRow.digest == self._digest).order_by(SourceRow.id)
        with Session(self._engine) as session:
            return tuple(rows.source_record(row) for row in session.scalars(query))

    def references(self) -> tuple[ReferencePart, ...]:
        """The reference pictures of the campaign, by id."""
        with Session(self._engine) as session:
            found = session.scalars(select(ReferenceRow).order_by(ReferenceRow.id))
            return tuple(ReferencePart.model_validate(columns(row)) for row in found)

    @property
    def campaign(self) -> CampaignPart:
        """What the case knows of its campaign."""
        with Session(self._engine) as session:
            return CampaignPart.model_validate(session.scalars(select(CaseRow)).one().campaign)

    def compact(self) -> None:
        """Write the data base anew, so that what was deleted is in no page of it, nor in its write-ahead log."""
        vacuum(self._engine, str(self.address))
