"""Who asks: sessions that are kept in memory, made by the link that the command prints, and what each may do."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock
from typing import Literal

Role = Literal["viewer", "reviewer", "administrator"]
ROLES: tuple[Role, ...] = ("viewer", "reviewer", "administrator")
SESSION_S = 12 * 3600
MOST_SESSIONS = 1000


def may(role: Role, needed: Role) -> bool:
    """Whether a role reaches another: each may what those before it may."""
    return ROLES.index(role) >= ROLES.index(needed)


@dataclass(slots=True)
class Session:
    """A visitor. ``csrf`` is what every form has to bring back."""

    name: str
    role: Role
    language: str
    theme: str = "system"
    blind: bool = False
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    until: float = 0.0

    def brings(self, csrf: str | None) -> bool:
        return csrf is not None and compare_digest(csrf.encode(), self.csrf.encode())


class Sessions:
    """The sessions of a server; the oldest give way to new ones."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()

    def begin(self, session: Session) -> str:
        """Keep a session; the secret that its cookie holds."""
        secret = secrets.token_urlsafe(32)
        session.until = time.monotonic() + SESSION_S
        with self._lock:
            self._of[secret] = session
            while len(self._of) > MOST_SESSIONS:
                self._of.popitem(last=False)
        return secret

    def get(self, secret: str | None) -> Session | None:
        session = None if secret is None else self._of.get(secret)
        return session if session is not None and session.until > time.monotonic() else None

    def end(self, secret: str | None) -> None:
        if secret is not None:
            with self._lock:
                self._of.pop(secret, None)


class Token:
    """The secret in the link that the command prints; it opens a session, and is one itself for scripts."""

    def __init__(self, secret: str | None = None) -> None:
        self.secret = secret or secrets.token_urlsafe(32)

    def is_it(self, given: str | None) -> bool:
        return given is not None and compare_digest(given.encode(), self.secret.encode())
