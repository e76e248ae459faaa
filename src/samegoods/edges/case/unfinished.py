"""Unfinished work: what came of the stretches of a long source, until the source is done and its rows are written.

It lies beside the case, is no part of it, and nothing rests on it. It holds what rows and evidence will hold:
readings, and crops that passed the wall, some before their text was read, so with what may have to be withheld. So it
is encrypted: who has the key that signs the case can read it, and nobody else. The same seal proves that it is ours:
what somebody changed, or what follows from another form of the campaign, is passed over and done again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from samegoods.custody.signing import Signer
from samegoods.edges.case.folder import write_once
from samegoods.errors import CaseError

FOLDER = "unfinished"
SUFFIX = ".work"
_PURPOSE = b"samegoods: unfinished work of a case"
_NONCE_BYTES = 12


class Unfinished:
    """The shelf of one source; see :class:`samegoods.wiring.stretching.Shelf`.

    Method: AES-256-GCM (NIST SP 800-38D), the key by HKDF (RFC 5869) from the signature of a fixed message, which is
    the same each time (RFC 8032) and leaves this process nowhere. Without a signer, as for a case that is not kept,
    the key is drawn by lot and this object alone knows it.
    """

    def __init__(self, folder: Path, *, key: str, signer: Signer | None) -> None:
        """``key`` says what the work follows from: content, place and time, campaign and software."""
        self._folder, self._key = folder, key
        secret = os.urandom(64) if signer is None else signer.sign(_PURPOSE)
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, _PURPOSE).derive(secret))

    def put(self, name: str, content: bytes) -> None:
        """Keep a piece of work; on disk when this returns.

        Raises:
            CaseError: it cannot be written.
        """
        nonce = os.urandom(_NONCE_BYTES)
        file = self._folder / f"{name}{SUFFIX}"
        try:
            file.unlink(missing_ok=True)
            write_once(file, nonce + self._cipher.encrypt(nonce, content, self._about(name)))
        except OSError as error:
            raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error

    def get(self, name: str) -> bytes | None:
        """A piece of work; None where there is none, or it is not ours."""
        try:
            stored = (self._folder / f"{name}{SUFFIX}").read_bytes()
            return self._cipher.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], self._about(name))
        except (OSError, InvalidTag, ValueError):  # a ValueError: it is cut off within the nonce
            return None

    def clear(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _about(self, name: str) -> bytes:
        return f"{self._key}\n{name}".encode()
