"""Who asks: sessions that are kept in memory, opened by the printed link or by a password, and what each may do."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock
from typing import Protocol

from samegoods.records import ROLES, Account, Role, may, wait_s

__all__ = ["ROLES", "Addresses", "Book", "Role", "Session", "Sessions", "Token", "may"]

SESSION_S = 12 * 3600
IDLE_S = 30 * 60
"""How long a session of an account lasts while nothing is asked: OWASP's 15 to 30 minutes for what is low risk."""
MOST_SESSIONS = 1000
FREE_TRIES = 20
"""Failed attempts from one address before it waits: a whole office may share one."""
FORGOTTEN_S = 3600
MOST_ADDRESSES = 10_000


class Book(Protocol):
    """The accounts of those who may sign in; what cannot be done raises AccountError."""

    def all(self) -> tuple[Account, ...]: ...

    def get(self, name: str) -> Account | None: ...

    def locked(self) -> tuple[Account, ...]: ...

    def check(self, name: str, password: str) -> Account | None: ...

    def add(self, name: str, role: Role, password: str) -> Account: ...

    def set_role(self, name: str, role: Role) -> Account: ...

    def set_password(self, name: str, password: str) -> Account: ...

    def remove(self, name: str) -> None: ...


@dataclass(slots=True)
class Session:
    """A visitor. ``csrf`` is what every form has to bring back; ``stamp`` is that of the account as it was when the
    session began: it ends when the account has another."""

    name: str
    role: Role
    language: str
    theme: str = "system"
    blind: bool = False
    stamp: str = ""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    until: float = 0.0
    idle_until: float = 0.0

    def brings(self, csrf: str | None) -> bool:
        return csrf is not None and compare_digest(csrf.encode(), self.csrf.encode())


class Sessions:
    """The sessions of a server; the oldest give way to new ones. ``idle_s`` ends those in which nothing is asked."""

    def __init__(self, *, idle_s: float = SESSION_S) -> None:
        self._idle_s = idle_s
        self._of: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()

    def begin(self, session: Session) -> str:
        """Keep a session; the secret that its cookie holds."""
        secret, now = secrets.token_urlsafe(32), time.monotonic()
        session.until, session.idle_until = now + SESSION_S, now + self._idle_s
        with self._lock:
            self._of[secret] = session
            while len(self._of) > MOST_SESSIONS:
                self._of.popitem(last=False)
        return secret

    def get(self, secret: str | None) -> Session | None:
        """The session of a cookie; that it was asked for keeps it from being idle."""
        session = None if secret is None else self._of.get(secret)
        now = time.monotonic()
        if session is None or not _lasts(session, now):
            return None
        session.idle_until = now + self._idle_s
        return session

    def end(self, secret: str | None) -> None:
        if secret is not None:
            with self._lock:
                self._of.pop(secret, None)

    def open(self) -> list[Session]:
        """The sessions that last, the earliest first."""
        now = time.monotonic()
        with self._lock:
            return [one for one in self._of.values() if _lasts(one, now)]


def _lasts(session: Session, now: float) -> bool:
    return now < min(session.until, session.idle_until)


class Addresses:
    """Failed attempts by the address that they come from: in memory alone, and forgotten after an hour."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def begin(self, address: str) -> int:
        """Count an attempt as failed before it is known; or how long nothing is heard from this address, s."""
        key, now = _network(address), time.monotonic()
        with self._lock:
            failures, last = self._of.pop(key, (0, now))
            if now - last > FORGOTTEN_S:
                failures = 0
            left = last + wait_s(failures, free=FREE_TRIES) - now
            self._of[key] = (failures, last) if left > 0 else (failures + 1, now)
            while len(self._of) > MOST_ADDRESSES:
                self._of.popitem(last=False)
        return max(0, ceil(left))

    def succeeded(self, address: str) -> None:
        """An attempt was no failure; those before it still count, or an own account would make all others free."""
        with self._lock:
            failures, last = self._of.pop(_network(address), (1, 0.0))
            if failures > 1:
                self._of[_network(address)] = (failures - 1, last)


def _network(address: str) -> str:
    """What one sender has of addresses: of IPv6 a whole /64."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ip_address(address).version == 6 else address
    except ValueError:
        return address


class Token:
    """The secret in the link that the command prints; it opens a session, and is one itself for scripts."""

    def __init__(self, secret: str | None = None) -> None:
        self.secret = secret or secrets.token_urlsafe(32)

    def is_it(self, given: str | None) -> bool:
        return given is not None and compare_digest(given.encode(), self.secret.encode())
