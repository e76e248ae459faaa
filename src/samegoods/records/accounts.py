"""Who may do what on the page for review: roles, and the accounts of a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["viewer", "reviewer", "administrator"]
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "administrator")


def may(role: Role, needed: Role) -> bool:
    """Whether a role reaches another: each may what those before it may."""
    return ROLES.index(role) >= ROLES.index(needed)


FIRST_WAIT_S, LONGEST_WAIT_S = 15, 900


def wait_s(failures: int, *, free: int) -> int:
    """How long nothing is heard after so many failed attempts, s: not at all for the first ``free``, then doubling.

    Source: OWASP Authentication Cheat Sheet, "Account Lockout": a wait that doubles, and ends by itself.
    """
    beyond = failures - free
    return 0 if beyond < 0 else min(FIRST_WAIT_S << min(beyond, 10), LONGEST_WAIT_S)


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is kept, without its password.

    ``stamp`` is another after each change of role or password: what was opened under an earlier one has ended.
    ``failures`` counts the attempts since the last that succeeded. ``locked_until`` is when the next attempt is heard,
    in UTC, and lies in the past where it is heard now; ``shut`` accounts hear none until they get a new password.
    """

    name: str
    role: Role
    made_at: datetime
    stamp: str
    failures: int = 0
    locked_until: datetime | None = None
    shut: bool = False

    def locked(self, now: datetime) -> bool:
        """Whether an attempt is not heard at this time (aware)."""
        return self.shut or (self.locked_until is not None and now < self.locked_until)
