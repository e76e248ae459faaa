"""Receipt codes: what a sender keeps, so as to see what became of a report and to take it back."""

from __future__ import annotations

import hashlib
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are mistaken for other letters on paper."""
LENGTH = 16
"""80 bits: nobody tries them all, so a plain hash tells nothing of them."""
_MISTAKEN = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code that nobody has yet: ``K7QM-2XRT-9WPD-4HNB``."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))


def grouped(letters: str) -> str:
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in its one form; None where it is none."""
    letters = "".join(letter for letter in typed.upper() if letter not in "- \t\n").translate(_MISTAKEN)
    return grouped(letters) if len(letters) == LENGTH and set(letters) <= set(LETTERS) else None


def hashed(code: str) -> str:
    """All that is kept of a code: its SHA-256."""
    return hashlib.sha256(code.encode()).hexdigest()
