"""How often somebody may ask: counted in memory alone, by a salted hash of the address that is forgotten each day."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import blake2b
from threading import Lock
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

What = Literal["report", "look"]
"""Sending a report, or asking after one."""
OF_ONE: dict[What, tuple[RateLimitItem, ...]] = {
    "report": (RateLimitItemPerMinute(6, 10), RateLimitItemPerDay(40)),
    "look": (RateLimitItemPerMinute(30),),
}
"""A market's visitors may share one address behind their carrier's: so more than one person would send."""
OF_ALL: dict[What, tuple[RateLimitItem, ...]] = {
    "report": (RateLimitItemPerHour(300),),
    "look": (RateLimitItemPerMinute(600),),
}
_ALL = "all"


class Throttle:
    """Says whether one more is allowed. The salt lives for a day and is nowhere but here, and so the hashes of
    yesterday can be joined to nobody, nor to those of today."""

    def __init__(self, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self._today = today
        self._lock = Lock()
        self._begin(today())

    def allows(self, address: str | None, what: What) -> bool:
        """Count one more from an address, unless that or everybody together has had enough."""
        with self._lock:
            if self._today() != self._day:
                self._begin(self._today())
            mine = [(item, self._hashed(address)) for item in OF_ONE[what]]
            every = [(item, _ALL) for item in OF_ALL[what]]
            if not all(self._limiter.test(item, what, who) for item, who in (*mine, *every)):
                return False
            for item, who in (*mine, *every):
                self._limiter.hit(item, what, who)
            return True

    def _begin(self, day: date) -> None:
        self._day = day
        self._salt = secrets.token_bytes(32)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def _hashed(self, address: str | None) -> str:
        return blake2b(network(address).encode(), key=self._salt, digest_size=16).hexdigest()


def network(address: str | None) -> str:
    """What counts as one sender: an IPv4 address, or the /64 that one line of IPv6 has (RFC 6177)."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)
