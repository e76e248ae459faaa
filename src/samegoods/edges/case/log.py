"""The log of a case: a table, written with the rows that it tells of, and a file that follows it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samegoods.custody.bodies import Body, written
from samegoods.custody.entries import FIRST, LOG_BYTES, Entry, digest, line_of
from samegoods.custody.log import LOG, read_log
from samegoods.custody.proving import PUBLIC_KEY
from samegoods.custody.replay import Told, Vouched, replay
from samegoods.custody.signing import Signer, fingerprint, is_signed_by, message_of, stamped_of
from samegoods.edges.case.tables import CustodyRow
from samegoods.errors import CaseError, StampError

Note = tuple[str, Body | Mapping[str, Any]]
Stamp = Callable[[bytes], bytes]
"""Has a message stamped: the RFC 3161 response; raises StampError."""


class CaseLog:
    """The one place that appends entries.

    :meth:`add` puts them into a transaction; once that is committed, :meth:`follow` brings the file up to date.
    """

    def __init__(self, folder: Path, *, signer: Signer | None) -> None:
        self.file = folder / LOG
        self.told = Told()
        self._folder = folder
        self._signer = signer
        self._lines: list[str] = []
        self._added: list[tuple[Entry, str]] = []

    @property
    def is_empty(self) -> bool:
        return not self._lines

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
            head=digest(self._lines[last - 1]),
            key=None if pem is None else fingerprint(pem),
            stamped=max((n for n in self.told.stamped if n <= last), default=None),
        )

    def read(self, session: Session) -> None:
        """Take up the log of a case where it ended, and bring its file up to date.

        Raises:
            CaseError: the log is not whole, another key signs it, or its file tells something else; nothing was
                changed.
        """
        self._lines = list(session.scalars(select(CustodyRow.line).order_by(CustodyRow.n)))
        log = read_log([line.encode() for line in self._lines])
        self.told, misfits = replay(log.entries)
        for problem in (*log.problems, *misfits):
            raise CaseError(f"{self._folder}: {problem}: {self._remedy}")
        if log.entries:
            self._check_key(log.entries[-1])
        self._keep_public_key()
        self._catch_up()

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
            self._lines.append(line)
        text = "".join(line for _, line in self._added)
        self._added = []
        if text:
            self._write(text.encode())

    def forget(self) -> None:
        """Drop what was added and not committed."""
        self._added = []

    @property
    def _remedy(self) -> str:
        return f"nothing was changed; samegoods verify {self._folder} tells more"

    def _append(self, entry: Entry, signer: Signer | None = None, stamp: Stamp | None = None) -> None:
        last = self._added[-1][1] if self._added else (self._lines[-1] if self._lines else None)
        place = {"n": len(self._lines) + len(self._added) + 1, "previous": FIRST if last is None else digest(last)}
        placed = Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | place)
        if signer is not None:
            placed = _signed(placed, signer, stamp)
        self._added.append((placed, line_of(placed)))

    def _check_key(self, last: Entry) -> None:
        known, own = self.told.public_key, None if self._signer is None else self._signer.public_pem
        if known is None and own is not None:
            raise CaseError(f"{self._folder}: this case was begun without a key, and cannot be signed: begin another")
        if known is None:
            return
        if own is None or fingerprint(known) != fingerprint(own):
            raise CaseError(
                f"{self._folder}: this case is signed by the key {fingerprint(known)[:16]}: "
                "give it with --signing-key, or begin another case"
            )
        if last.kind != "signed" or not is_signed_by(last, known):
            raise CaseError(f"{self._folder}: the log does not end with a signature by its key: {self._remedy}")

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

    def _catch_up(self) -> None:
        """Append what a killed run had no time to write; a file that tells something else is left as it is."""
        whole = "".join(self._lines).encode()
        try:
            if self.file.is_symlink() or (self.file.exists() and self.file.stat().st_size > LOG_BYTES):
                raise CaseError(f"{self.file}: is a link, or too long: {self._remedy}")
            there = self.file.read_bytes() if self.file.exists() else b""
        except OSError as error:
            raise CaseError(f"{self.file}: cannot be read: {error.strerror or error}") from error
        if not whole.startswith(there):
            raise CaseError(f"{self.file}: does not tell what case.db does: {self._remedy}")
        if len(there) < len(whole):
            self._write(whole[len(there) :])

    def _write(self, content: bytes) -> None:
        try:
            with self.file.open("ab") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise CaseError(
                f"{self.file}: cannot be written: {error.strerror or error}: the next run completes it"
            ) from error


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
