"""The case store: one folder for one campaign, written by one writer, a transaction for each source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from samegoods.campaign import Campaign
from samegoods.edges.case import rows
from samegoods.edges.case.database import connect
from samegoods.edges.case.document import campaign_part, findings_document, sightings_table
from samegoods.edges.case.evidence import FOLDER, Evidence
from samegoods.edges.case.tables import CaseRow, ItemRow, ReferenceRow, SourceRow
from samegoods.errors import CaseError
from samegoods.records import Examined, Finding, Judgement, Outcome, Reference, Source
from samegoods.results.making import plain, text

DATABASE = "case.db"


class CaseStore:
    """A case folder, open for writing; use it as a context manager, or close it.

    Whatever is saved stays: a case grows by more footage. A killed process loses at most the source in work:
    pictures are written before the rows that name them, and the rows of a source in one transaction.
    """

    def __init__(
        self, folder: Path, *, engine: Engine, lock: FileLock, software: str, now: Callable[[], datetime]
    ) -> None:
        """For :meth:`open`, which is the way to make one."""
        self.folder = folder
        self._engine = engine
        self._lock = lock
        self._software = software
        self._now = now
        self._evidence = Evidence(folder)
        self._digest = ""

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        campaign: Campaign,
        software: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open the case of a campaign, or begin one.

        A case whose campaign file has changed since goes on under the new form: what was examined under an
        earlier one is no longer counted until its footage is checked again.

        Args:
            folder: the case folder; made where there is none.
            software: the version that examines.
            now: the clock.

        Raises:
            CaseError: the folder holds the case of another campaign, is in use by another run, was written by
                a later release, or cannot be written.
        """
        folder = Path(folder)
        lock = _locked(folder)
        try:
            engine = connect(folder / DATABASE)
        except CaseError:
            lock.release()
            raise
        store = cls(folder, engine=engine, lock=lock, software=software, now=now)
        try:
            store._enter(campaign)
        except CaseError:
            store.close()
            raise
        store._evidence.tidy()
        return store

    def close(self) -> None:
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _enter(self, campaign: Campaign) -> None:
        """Note the campaign in its present form."""
        self._digest = campaign.digest
        with Session(self._engine) as session, session.begin():
            known = session.scalars(select(CaseRow)).one_or_none()
            if known is None:
                known = CaseRow(campaign_id=campaign.campaign, digest="")
                session.add(known)
            if known.campaign_id != campaign.campaign:
                raise CaseError(
                    f"{self.folder}: holds the case of the campaign {known.campaign_id!r}, "
                    f"not of {campaign.campaign!r}: choose another folder"
                )
            if (known.digest, known.software) != (self._digest, self._software):
                known.digest, known.software = self._digest, self._software
                known.campaign = plain(campaign_part(campaign))
                known.changed_at = rows.utc(self._now())

    def done(self, source: Source) -> bool:
        """Whether this very content, of this place and time, was examined under this campaign and software.

        A source that failed is not done: the next run tries it again.
        """
        key = rows.done_key(source, digest=self._digest, software=self._software)
        query = select(SourceRow.id).where(SourceRow.done_key == key, SourceRow.status != "failed")
        with Session(self._engine) as session:
            return session.scalars(query.limit(1)).first() is not None

    def keep_references(self, references: Iterable[Reference]) -> None:
        """Store the campaign's reference pictures, so that the case can be read on its own."""
        kept = [rows.reference_row(one, self._evidence.keep_reference(one)) for one in references]
        with Session(self._engine) as session, session.begin():
            session.execute(delete(ReferenceRow))
            session.add_all(kept)

    def save(self, examined: Examined) -> None:
        """Store all that came of a source, in the place of what an earlier run said of it.

        Raises:
            TypeError: a picture is no Crop.
            CaseError: a picture cannot be written.
        """
        pictures = [tuple(self._evidence.keep_crop(crop) for crop in crops) for _, crops in examined.items]
        row = rows.source_row(
            examined.source,
            examined.outcome,
            digest=self._digest,
            software=self._software,
            saved_at=rows.utc(self._now()),
        )
        groups = rows.content_rows(examined, pictures)
        with Session(self._engine) as session, session.begin():
            stored = session.get(SourceRow, row.id)
            if stored is not None and rows.failed_as_before(stored, row):
                return  # tried again in vain: nothing new was learnt, so nothing new is dated
            session.execute(delete(SourceRow).where(SourceRow.id == row.id))
            for group in ([row], *groups):  # in this order: each points to the one before
                session.add_all(group)
                session.flush()

    def sources(self) -> tuple[tuple[Source, Outcome], ...]:
        """The sources examined under the campaign as it is now, by id."""
        query = select(SourceRow).where(SourceRow.digest == self._digest).order_by(SourceRow.id)
        with Session(self._engine) as session:
            return tuple(rows.source_record(row) for row in session.scalars(query))

    def judgements(self) -> tuple[Judgement, ...]:
        """The judged items of :meth:`sources`, in their order, each as its own source tells it."""
        query = (
            select(ItemRow)
            .join(SourceRow, SourceRow.id == ItemRow.source)
            .where(SourceRow.digest == self._digest)
            .order_by(ItemRow.source, ItemRow.rank)
        )
        with Session(self._engine) as session:
            return tuple(rows.judgement_record(row) for row in session.scalars(query))

    def publish(self, findings: Sequence[Finding], items: Sequence[Judgement]) -> None:
        """Write ``findings.json`` and ``sightings.csv`` anew; the same bytes where nothing new was saved.

        Args:
            findings: the counts.
            items: all of :meth:`judgements`, as they stand once they have been held against each other. What is
                stored stays as each source told it: more footage may settle an item anew.

        Raises:
            CaseError: a file cannot be written.
        """
        with Session(self._engine) as session:
            document = findings_document(session, findings, items)
        _write(self.folder / "findings.json", text(document))
        _write(self.folder / "sightings.csv", sightings_table(document))


def _locked(folder: Path) -> FileLock:
    """The folder's lock; a killed process leaves it open."""
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "case.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise CaseError(f"{folder}: another run is writing to this case: wait for it to end") from None
    except OSError as error:
        raise CaseError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return lock


def _write(file: Path, content: str) -> None:
    """Replace a file as a whole: a reader sees the old or the new."""
    unfinished = file.with_name(file.name + ".part")
    try:
        unfinished.write_text(content, encoding="utf-8", newline="")
        unfinished.replace(file)
    except OSError as error:
        raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error
