"""Unfinished work: what came of the stretches of a long source, until the source is done and its rows are written.

It lies beside the case, is no part of it, and nothing rests on it. It holds what rows and evidence will hold:
readings, and crops that passed the wall. Each piece is signed by the key that signs the case, together with what it
follows from, so that a run takes up its own work alone: what somebody else put there, or what belongs to another form
of the campaign, is passed over and done again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from samegoods.custody.signing import Signer, is_signature
from samegoods.edges.case.evidence import write_once
from samegoods.errors import CaseError

FOLDER = "unfinished"
SUFFIX = ".work"
_SIGNATURE_BYTES = 64


class Unfinished:
    """The shelf of one source; see :class:`samegoods.wiring.stretching.Shelf`.

    Without a signer, as for a case that is not kept, it gives back what was put there through this very object alone.
    """

    def __init__(self, folder: Path, *, key: str, signer: Signer | None) -> None:
        """``key`` says what the work follows from: content, place and time, campaign and software."""
        self._folder, self._key, self._signer = folder, key, signer
        self._own: set[str] = set()

    def put(self, name: str, content: bytes) -> None:
        """Keep a piece of work; on disk when this returns.

        Raises:
            CaseError: it cannot be written.
        """
        signature = (
            bytes(_SIGNATURE_BYTES) if self._signer is None else self._signer.sign(self._message(name, content))
        )
        file = self._folder / f"{name}{SUFFIX}"
        try:
            file.unlink(missing_ok=True)
            write_once(file, signature + content)
        except OSError as error:
            raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error
        self._own.add(name)

    def get(self, name: str) -> bytes | None:
        """A piece of work; None where there is none, or it is not ours."""
        try:
            stored = (self._folder / f"{name}{SUFFIX}").read_bytes()
        except OSError:
            return None
        signature, content = stored[:_SIGNATURE_BYTES], stored[_SIGNATURE_BYTES:]
        if self._signer is None:
            return content if name in self._own else None
        ours = is_signature(signature, self._message(name, content), self._signer.public_pem)
        return content if ours else None

    def clear(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _message(self, name: str, content: bytes) -> bytes:
        return b"\n".join([b"samegoods: unfinished work", self._key.encode(), name.encode(), content])
