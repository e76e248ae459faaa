"""A case folder whose rows, files and log are written together."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from samegoods.custody import bodies
from samegoods.custody.replay import Told, Vouched
from samegoods.custody.signing import Signer
from samegoods.edges.case import rows, unfinished
from samegoods.edges.case.address import CaseAddress
from samegoods.edges.case.evidence import Evidence
from samegoods.edges.case.folder import Folder
from samegoods.edges.case.log import CaseLog, Note, Stamp
from samegoods.edges.case.place import Place
from samegoods.edges.case.postgres import first_line
from samegoods.edges.case.recalling import Recall
from samegoods.edges.case.resultfiles import hash_of, move, replace, scratch
from samegoods.edges.case.unfinished import Unfinished
from samegoods.edges.case.writers import Writers
from samegoods.errors import CaseError
from samegoods.records import Source


@dataclass(frozen=True, slots=True)
class Change:
    """A transaction: rows are changed through ``session``, and ``notes`` tell the log of it."""

    session: Session
    notes: list[Note] = field(default_factory=list)

    def note(self, kind: str, body: bodies.Body | Mapping[str, Any]) -> None:
        self.notes.append((kind, body))


class LoggedCase:
    """What every writer of a case needs: transactions that the log tells of, and result files that it knows."""

    def __init__(
        self,
        folder: Path,
        *,
        address: CaseAddress,
        engine: Engine,
        writers: Writers,
        software: str,
        now: Callable[[], datetime],
        signer: Signer | None,
    ) -> None:
        """For :meth:`CaseStore.open`, which is the way to make one."""
        self.folder = folder
        self.address = address
        self._engine = engine
        self._writers = writers
        self._software = software
        self._now = now
        self._evidence = Evidence(Folder(folder))
        self._digest = ""
        self._form: str | None = None
        self._log = CaseLog(folder, name=str(address), signer=signer)
        self._signer = signer
        self._recall = None if signer is None or writers.are_several else Recall.of(folder)
        self._is_known_whole = False
        """Whether the log was read, and its file tells what the data base does."""
        self._working = False
        self._put: dict[str, str] = {}
        self.alone = RLock()
        """Held by whoever writes: several threads serve a case. Hold it over several steps that belong together."""

    def close(self) -> None:
        if self._recall is not None:
            if self._is_known_whole:
                self._engine.dispose()  # which leaves the data base at rest
                self._recall.keep(self.told, self._log.end)
            self._recall.close()
        self._writers.close()

    def _read_log(self, session: Session) -> None:
        """Take up the log, as far as it is known from last time."""
        recalled = None if self._recall is None else self._recall.told()
        if recalled is not None:
            self._log.go_on(*recalled)
        else:
            self._log.read(session, None if self._recall is None else self._recall.begin())
        self._is_known_whole = True

    def _hash_of(self, file: Path) -> str | None:
        return hash_of(file) if self._recall is None else self._recall.hash_of(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def unfinished(self, source: Source) -> Unfinished:
        """Where finished work on a source lies until all of it is done."""
        key = rows.done_key(source, digest=self._digest, software=self._software)
        return Unfinished(self.folder / unfinished.FOLDER / source.id, key=key, signer=self._signer)

    def drop_unfinished(self) -> None:
        """Delete the unfinished work of all sources, unless it may be that of a run beside this one."""
        with self.alone, self._writers.only() as only:
            if only:
                shutil.rmtree(self.folder / unfinished.FOLDER, ignore_errors=True)

    @property
    def pictures(self) -> Place:
        """The pictures of the case, wherever they lie."""
        return self._evidence.place

    @property
    def told(self) -> Told:
        """The case as its log tells it."""
        return self._log.told

    @property
    def vouched(self) -> Vouched:
        """How far the log vouches for what the results rest on."""
        return self._log.vouched

    @contextmanager
    def writing(self, *, stamp: Stamp | None = None) -> Iterator[Change]:
        """Change rows and tell the log of it, in one transaction; then bring the log's file up to date.

        Raises:
            CaseError: the data base or the log's file cannot be written, or another run goes on under another form of
                the campaign.
        """
        with self.alone, self._writers.appending(self._catch_up):
            try:
                with self._writers.session() as session, session.begin():
                    change = Change(session)
                    yield change
                    session.flush()
                    if change.notes:
                        at, by = rows.utc(self._now()), self._software
                        self._log.add(session, change.notes, at=at, software=by, campaign=self._digest, stamp=stamp)
            except DatabaseError as error:
                raise CaseError(f"{self.address}: cannot be written: {first_line(error)}") from error
            else:
                is_known, self._is_known_whole = self._is_known_whole, False
                self._log.follow()
                self._is_known_whole = is_known
            finally:
                self._log.forget()

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Write pictures, and the rows that name them. Where several write, no other publishes meanwhile."""
        with self.alone, self._writers.saving():
            self._refresh()
            yield

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Count all that is saved, write the results and tell the log. Where several write, no other writes meanwhile.

        What a killed run beside this one wrote and could not name any more is deleted first.
        """
        with self.alone, self._writers.publishing():
            self._refresh()
            if self._writers.are_several and not self.told.finished:
                self._evidence.tidy()
                swept = self._evidence.sweep(self.told.ledger.is_named)
                if swept:
                    self.record("run", bodies.Run(swept=tuple(swept)).model_dump(mode="json"))
            yield

    def _refresh(self) -> None:
        """Take over what other writers have added."""
        if self._writers.are_several:
            with self._writers.session() as session, session.begin():
                self._catch_up(session)

    def _catch_up(self, session: Session) -> None:
        self._log.catch_up(session)
        if self._form is not None and self.told.content != self._form:
            raise CaseError(
                f"{self.address}: another run goes on under another form of the campaign, or another release: "
                "the same command again, with the campaign as it is now, goes on"
            )

    def record(self, kind: str, body: Mapping[str, Any]) -> None:
        """Append an entry that tells of no change of rows, such as ``audited``.

        Raises:
            ValueError: there is no such kind, or it must tell something else.
        """
        with self.writing() as change:
            change.note(kind, body)

    def _work(self) -> None:
        """Tell the log that work begins, before anything is written; tidy up after a run that did not end."""
        if self._working and not self.told.finished:  # or another run has published since
            return
        self._working = True
        alone = not self._writers.are_several
        swept = self._evidence.sweep(self.told.ledger.is_named) if alone and not self.told.finished else []
        if self.told.finished or swept:
            self.record("run", bodies.Run(swept=tuple(swept)).model_dump(mode="json"))

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a result file, where it does not hold just that; :meth:`conclude` tells the log of it.

        Putting back what was published is nothing new, and the log is told nothing of it.
        """
        written = content.encode() if isinstance(content, str) else content
        return self._placed(name, hashlib.sha256(written).hexdigest(), lambda file: replace(file, written))

    def put_files(self, write: Callable[[Path], Sequence[str]]) -> None:
        """The same of files too large to be held: ``write`` writes them below a folder and returns their names."""
        with scratch(self.folder / "results.part") as folder:
            for name in write(folder):
                made = folder / name
                self._placed(name, hash_of(made), partial(move, made))

    def _placed(self, name: str, new: str | None, place: Callable[[Path], None]) -> Path:
        """A result file of this SHA-256 is to be put in its place, where it is not there."""
        file, published = self.folder / name, self.told.published
        if published is None or published[1].files.get(name) != new:
            self._work()
        if self._hash_of(file) != new:
            place(file)
        self._put[name] = str(new)
        return file

    def refuse_unpublished(self, name: str) -> None:
        """Refuse a result file that is not the one that the log tells of.

        Raises:
            CaseError: it is another, or none was published yet.
        """
        published = self.told.published
        if published is None or self._hash_of(self.folder / name) != published[1].files.get(name):
            said = "it was changed" if self.told.finished else "a run did not end: the same check again completes it"
            raise CaseError(f"{self.folder / name}: is not what was published: {said}")

    def tell_export(self, file: str, manifest: str, *, stamp: Stamp | None = None) -> None:
        """Tell the log of a bundle, unless its last entries tell of this very one."""
        told = self.told.exported
        new = bodies.Exported(file=file, manifest=manifest)
        if told is None or told[1] != new or told[0] < self.told.signed - 1:
            with self.writing(stamp=stamp) as change:
                change.note("exported", new)

    def conclude(self, *, stamp: Stamp | None = None, redacted: bool = False) -> None:
        """Tell the log that the results are published, and by that end the run; nothing where nothing has changed.

        Args:
            stamp: has the head of the log stamped. An authority that does not answer is told of in the log.
            redacted: the findings only lost what is gone, and nothing was counted anew.

        Raises:
            CaseError: a result file is neither the one that this run wrote nor the one that was published before.
        """
        with self.alone, self._writers.publishing():
            self._refresh()
            published = self.told.published
            known = {} if published is None else dict(published[1].files)
            files = known | self._put
            for name, meant in files.items():  # or what somebody else wrote would be signed as ours
                if self._hash_of(self.folder / name) != meant:
                    raise CaseError(f"{self.folder / name}: was changed by somebody else: samegoods verify tells more")
            if not self.told.finished or known != files:
                with self.writing(stamp=stamp) as change:
                    change.note("published", {"files": files} | ({"redacted": True} if redacted else {}))
            self._put = {}
            self._working = False  # what is done from now on is a run of its own
