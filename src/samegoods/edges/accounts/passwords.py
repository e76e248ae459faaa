"""Passwords: what one must be, and how it is kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import unicodedata
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from samegoods.errors import AccountError

FEWEST, MOST = 12, 256
"""Characters of a password. Length alone counts, no kinds of characters (NIST SP 800-63B, 5.1.1.2)."""


class Passwords:
    """Makes and checks hashes. One at a time: each takes 64 MiB, and many attempts at once must not take it all."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """``hasher``: None for the library's parameters, the second choice of RFC 9106: 3 passes over 64 MiB."""
        self._hasher = hasher or PasswordHasher()
        self._one = Lock()
        self._nobodys = self.hashed("the password of nobody")

    def hashed(self, password: str) -> str:
        """The hash of a password, with its salt and parameters.

        Raises:
            AccountError: it is too short or too long.
        """
        password = _normal(password)
        if len(password) < FEWEST:
            raise AccountError("a password has at least 12 characters: a few words are easy to remember")
        if len(password) > MOST:
            raise AccountError("a password has at most 256 characters")
        with self._one:
            return self._hasher.hash(_bytes(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that is kept; with None it takes as long, and is not."""
        password = _normal(password)[: MOST + 1]
        try:
            with self._one:
                self._hasher.verify(kept or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def renewed(self, kept: str, password: str) -> str | None:
        """The hash of a password that fits, by the parameters of now; None where it has them already."""
        return self._hasher.hash(_bytes(_normal(password))) if self._hasher.check_needs_rehash(kept) else None


def _normal(password: str) -> str:
    """The same letters whichever keyboard wrote them (NIST SP 800-63B, 5.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    """What is hashed; also of half a character, which a terminal of another encoding may give."""
    return password.encode("utf-8", "surrogatepass")
