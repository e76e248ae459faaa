"""Accounts of the tests: passwords that cost little to check, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from samegoods.edges.accounts import Passwords

GOOD = "four words and more"


def cheap() -> Passwords:
    """Argon2 with the least that it takes: a test checks many."""
    from argon2 import PasswordHasher

    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    """The first of July, until it is put on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 7, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
