"""The log of a case: a table, written with the rows that it tells of, and a file that follows it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samegoods.custody.bodies import Body, written
from samegoods.custody.entries import FIRST, Entry, digest, line_of
from samegoods.custody.log import Problem, read_log
from samegoods.custody.proving import PUBLIC_KEY
from samegoods.custody.replay import Told, Vouched, replay
from samegoods.custody.signing import Signer, fingerprint, is_signed_by, message_of, stamped_of
from samegoods.edges.case.logfile import LogFile
from samegoods.edges.case.recalling import End
from samegoods.edges.case.tables import CustodyRow
from samegoods.errors import CaseError, StampError

Note = tuple[str, Body | Mapping[str, Any]]
Stamp = Callable[[bytes], bytes]
"""Has a message stamped: the RFC 3161 response; raises StampError."""

_AT_ONCE = 1000
"""Lines of the log that are read at once."""


class CaseLog:
    """The one place that appends entries.

    :meth:`add` puts them into a transaction; once that is committed, :meth:`follow` brings the file up to date. Of the
    log itself its end alone is held.
    """

    def __init__(self, folder: Path, *, name: str, signer: Signer | None) -> None:
        """``name`` is what errors call the case."""
        self.told = Told()
        self.others: set[str] = set()
        """The sources that other writers have saved since this one opened the case."""
        self._file = LogFile(folder)
        self._folder, self._name = folder, name
        self._signer = signer
        self._number, self._head, self._rested_on = 0, FIRST, FIRST
        self._added: list[tuple[Entry, str]] = []

    @property
    def is_empty(self) -> bool:
        return not self._number

    @property
    def public_key(self) -> str | None:
        """The key that is to sign the case, PEM."""
        return None if self._signer is None else self._signer.public_pem

    @property
    def vouched(self) -> Vouched:
        """How far the log vouches for results that are made now; there must be an entry."""
        last, pem = self.told.rested_on, self.told.public_key
        return Vouched(
            entries=last,
            head=self._rested_on,
            key=None if pem is None else fingerprint(pem),
            stamped=max((n for n in self.told.stamped if n <= last), default=None),
        )

    def read(self, session: Session, told: Told | None = None) -> None:
        """Take up the log of a case where it ended, and bring its file up to date.

        Args:
            told: with nothing told yet, to tell the log to.

        Raises:
            CaseError: the log is not whole, another key signs it, or its file tells something else; nothing was
                changed.
        """
        self.told = told or Told()
        with self._file.compared() as compared:
            last = None
            for lines in _parts(session, after=0):
                compared.take(lines, after=self._number)
                last = self._take(lines)[-1]
            compared.end()
        if last is not None:
            self._check_key(last)
        self._keep_public_key()
        self._file.go_on(compared)
        if compared.lacks is not None:
            cut = compared.cut
            for lines in _parts(session, after=compared.lacks - 1):
                self._file.complete(lines, cut)
                cut = 0

    @property
    def end(self) -> End:
        """Where the log ends."""
        return End(self._number, self._head, self._rested_on, self._file.size)

    def go_on(self, told: Told, end: End) -> None:
        """Take up a log that this machine has read to its end, and that nobody has touched since.

        Raises:
            CaseError: another key signs it.
        """
        self.told = told
        self._number, self._head, self._rested_on = end.number, end.head, end.rested_on
        self._file.size = end.size
        self._check_signer()
        self._keep_public_key()

    def catch_up(self, session: Session) -> None:
        """Take over what other writers have added since.

        Raises:
            CaseError: it does not follow what was there before, or is signed by another key.
        """
        last = None
        for lines in _parts(session, after=self._number):
            for entry in self._take(lines):
                last = entry
                if entry.kind == "source":
                    self.others.add(str(entry.body["id"]))
            self._file.put_off(lines)
        if last is not None:
            self._check_key(last)

    def _take(self, lines: Sequence[str]) -> tuple[Entry, ...]:
        """Take over lines that follow what is known."""
        log = read_log([line.encode() for line in lines], after=self._number, bound_to=self._head)
        misfits: list[Problem] = []
        for entry, line in zip(log.entries, log.lines, strict=True):
            misfits += replay([entry], self.told)[1]
            self._took(entry, line)
        for problem in (*log.problems, *misfits):
            raise CaseError(f"{self._name}: {problem}: {self._remedy}")
        return log.entries

    def _took(self, entry: Entry, line: str) -> None:
        self._number, self._head = entry.n, digest(line)
        if self.told.rested_on == entry.n:
            self._rested_on = self._head

    def add(
        self,
        session: Session,
        notes: Iterable[Note],
        *,
        at: str,
        software: str,
        campaign: str,
        stamp: Stamp | None = None,
    ) -> None:
        """Append entries to the table, in the transaction of the session, and sign them.

        Raises:
            CustodyError: an entry would be too long.
        """
        self._added = []
        for kind, told in notes:
            self._append(Entry(0, at, kind, software, campaign, written(kind, told), ""))
        if self._signer is not None:
            body = {"key": fingerprint(self._signer.public_pem), "signature": "", "stamp": None, "no_stamp": None}
            self._append(Entry(0, at, "signed", software, campaign, body, ""), self._signer, stamp)
        session.add_all(CustodyRow(n=entry.n, line=line) for entry, line in self._added)

    def follow(self) -> None:
        """Take over what was committed, and append it to the file: on disk when this returns.

        Raises:
            CaseError: the file cannot be written; the next run will complete it.
        """
        for entry, line in self._added:
            self.told.take(entry)
            self._took(entry, line)
        lines = [line for _, line in self._added]
        self._added = []
        if lines:
            self._file.append(lines)

    def forget(self) -> None:
        """Drop what was added and not committed."""
        self._added = []

    @property
    def _remedy(self) -> str:
        return f"nothing was changed; samegoods verify {self._name} tells more"

    def _append(self, entry: Entry, signer: Signer | None = None, stamp: Stamp | None = None) -> None:
        place = {
            "n": self._number + len(self._added) + 1,
            "previous": digest(self._added[-1][1]) if self._added else self._head,
        }
        placed = Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | place)
        if signer is not None:
            placed = _signed(placed, signer, stamp)
        self._added.append((placed, line_of(placed)))

    def _check_signer(self) -> None:
        known, own = self.told.public_key, None if self._signer is None else self._signer.public_pem
        if known is None and own is not None:
            raise CaseError(f"{self._name}: this case was begun without a key, and cannot be signed: begin another")
        if known is None:
            return
        if own is None or fingerprint(known) != fingerprint(own):
            raise CaseError(
                f"{self._name}: this case is signed by the key {fingerprint(known)[:16]}: "
                "give it with --signing-key, or begin another case"
            )

    def _check_key(self, last: Entry) -> None:
        self._check_signer()
        known = self.told.public_key
        if known is not None and (last.kind != "signed" or not is_signed_by(last, known)):
            raise CaseError(f"{self._name}: the log does not end with a signature by its key: {self._remedy}")

    def _keep_public_key(self) -> None:
        if self._signer is None:
            return
        file, own = self._folder / PUBLIC_KEY, self._signer.public_pem.encode()
        try:
            if not file.exists():
                file.write_bytes(own)
            elif file.read_bytes() != own and not own.startswith(file.read_bytes()):
                raise CaseError(f"{file}: is not the key that signs this case: {self._remedy}")
            elif file.read_bytes() != own:  # a run was killed as it wrote it
                file.write_bytes(own)
        except OSError as error:
            raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error


def _parts(session: Session, *, after: int) -> Iterator[list[str]]:
    """The lines of the table that follow on line ``after``, so many at a time."""
    query = select(CustodyRow.line).where(CustodyRow.n > after).order_by(CustodyRow.n)
    for part in session.scalars(query, execution_options={"yield_per": _AT_ONCE}).partitions():
        yield list(part)


def _signed(entry: Entry, signer: Signer, stamp: Stamp | None) -> Entry:
    """A signature's entry with its stamp and its signature, which covers the stamp."""
    body = dict(entry.body)
    if stamp is not None:
        try:
            body["stamp"] = base64.b64encode(stamp(stamped_of(entry))).decode()
        except StampError as error:
            body["no_stamp"] = str(error)
    stamped = Entry(entry.n, entry.at, entry.kind, entry.software, entry.campaign, body, entry.previous)
    body["signature"] = base64.b64encode(signer.sign(message_of(stamped))).decode()
    return stamped
