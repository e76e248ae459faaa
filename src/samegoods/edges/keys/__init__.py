"""The key that signs cases: made on first use, kept where its owner alone can read it, or given as a file."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from filelock import FileLock

from samegoods.edges.keys.certificates import chain_of
from samegoods.errors import SigningKeyError
from samegoods.strangers import Unsafe, unsafe

__all__ = ["VARIABLE", "Key", "open_key"]

VARIABLE = "SAMEGOODS_SIGNING_KEY"
"""The environment variable that names the file of the key."""
_NAME = "signing-key.pem"
_MOST_BYTES = 1 << 16


class Key:
    """An Ed25519 key that signs. It cannot be pickled: it stays in the process that opened it."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a signing key stays in the process that opened it")

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._private.sign(message)

    def certificates(self) -> str:
        """A chain of certificates of this key, PEM; nobody else vouches for it."""
        return chain_of(self._private, now=datetime.now(UTC))


def open_key(file: Path | str | None = None) -> Key:
    """The key in a file; else the one that ``SAMEGOODS_SIGNING_KEY`` names; else the user's own, made on first use.

    Raises:
        SigningKeyError: it is missing or no key, others may read it, it is a link, or none can be made.
    """
    named = file or os.environ.get(VARIABLE)
    if named:
        return _load(Path(named))
    own = platformdirs.user_config_path("samegoods", appauthor=False) / _NAME
    try:
        if not os.path.lexists(own):
            _make(own)
    except OSError as error:
        raise SigningKeyError(
            f"{own}: no signing key can be made here: {error.strerror or error}: "
            f"give one with --signing-key or {VARIABLE}"
        ) from error
    return _load(own)


def _make(file: Path) -> None:
    """Write a new key under another name and move it into place: never half a key, and one where two make it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(file.with_suffix(".lock"), mode=0o600):
        if os.path.lexists(file):
            return
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".signing-key-")  # for its owner alone
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        Path(unfinished).replace(file)


def _load(file: Path) -> Key:
    try:
        _refuse_unsafe(file)
        pem = file.read_bytes()
    except OSError as error:
        raise SigningKeyError(f"{file}: the signing key cannot be read: {error.strerror or error}") from error
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError:
        raise SigningKeyError(f"{file}: the key is locked by a passphrase: give one without") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SigningKeyError(f"{file}: not a private key: expected Ed25519 as PKCS8 PEM") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(f"{file}: not an Ed25519 key: make one with openssl genpkey -algorithm ed25519")
    return Key(private)


_REFUSED: dict[Unsafe, str] = {
    "link": "is a link: name the key itself with --signing-key",
    "no file": f"not a key: expected a file of at most {_MOST_BYTES} bytes",
    "open to others": "others may read this key: chmod 600 it, or better make a new one",
    "of another user": "this key belongs to another user: give your own with --signing-key",
}


def _refuse_unsafe(file: Path) -> None:
    """Refuse what another user may have read, or may have put there. Raises OSError."""
    why = unsafe(file)
    if why is None and file.lstat().st_size > _MOST_BYTES:
        why = "no file"
    if why is not None:
        raise SigningKeyError(f"{file}: {_REFUSED[why]}")
