"""Alerts: messages to an address that the user names, signed and sent again where it does not answer.

The form is that of Standard Webhooks (https://www.standardwebhooks.com): the headers ``webhook-id``,
``webhook-timestamp`` and ``webhook-signature``, an HMAC-SHA256 over both and the body.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from samegoods.errors import MissingPart, WatchError

if TYPE_CHECKING:
    import httpx
    from standardwebhooks import Webhook

__all__ = ["Alerts"]

_log = logging.getLogger(__name__)

_SECONDS = 10.0
_TRIES = 6
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_MOST_BYTES = 4096
_SHORTEST_SECRET = 32
"""24 bytes in base64: the least that Standard Webhooks allows."""


class _Unanswered(Exception):
    """The address did not take the message, and may yet."""


class Alerts:
    """Sends messages one after the other, beside whatever else is done. Used as a context manager, it waits at its end
    for the one that is being sent, and drops those behind it.

    Args:
        url: where to; may hold a key, so it is not told in errors or logs, but its host is.
        secret_file: holds the secret that signs: ``whsec_`` and base64, or base64 alone.
        first_wait_s: before the second try; it doubles from there.

    Raises:
        WatchError: the address or the secret cannot be used.
        MissingPart: what sends is not installed.
    """

    def __init__(self, url: str, secret_file: Path, *, first_wait_s: float = _FIRST_WAIT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WatchError("--webhook: this is no address; it begins with https://")
        self._url, self._host, self._first_wait_s = url, parts.hostname, first_wait_s
        self._seal = _seal(secret_file)
        self._sending: Future[bool] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="alerts")

    def send(self, kind: str, told: Mapping[str, Any]) -> Future[bool]:
        """Send a message of a kind such as ``finding.turned``; the future says whether it was taken."""
        at = datetime.now(UTC)
        body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": told}, ensure_ascii=False)
        self._sending = self._thread.submit(self._sent, f"msg_{uuid4().hex}", at, body)
        return self._sending

    def _sent(self, name: str, at: datetime, body: str) -> bool:
        import httpx
        from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._seal.sign(name, at, body),
        }
        tries = Retrying(
            retry=retry_if_exception_type((_Unanswered, httpx.TransportError)),
            wait=wait_exponential(self._first_wait_s, max=_LONGEST_WAIT_S),
            stop=stop_after_attempt(_TRIES),
        )
        try:
            taken = tries(self._asked, httpx, body.encode(), headers)
        except RetryError:
            _log.warning("an alert was not taken by %s, %d times", self._host, _TRIES)
            return False
        return taken

    def _asked(self, client: Any, body: bytes, headers: Mapping[str, str]) -> bool:
        answer: httpx.Response = client.post(
            self._url, content=body, headers=headers, timeout=_SECONDS, follow_redirects=False
        )
        if answer.status_code >= 500 or answer.status_code == 429:
            raise _Unanswered
        if not answer.is_success:
            _log.warning("an alert was refused by %s: %d", self._host, answer.status_code)
        return answer.is_success

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


def _seal(secret_file: Path) -> Webhook:
    try:
        import httpx  # noqa: F401
        import tenacity  # noqa: F401
        from standardwebhooks import Webhook
    except ImportError as missing:
        raise MissingPart(f"alerts need {missing.name}: pip install 'samegoods[watch]'") from None
    try:
        with secret_file.open("rb") as file:
            secret = file.read(_MOST_BYTES).decode("ascii").strip()
        if len(secret.removeprefix("whsec_")) < _SHORTEST_SECRET:
            raise ValueError(f"fewer than {_SHORTEST_SECRET} letters")
        return Webhook(secret)
    except OSError as error:
        raise WatchError(f"{secret_file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise WatchError(f"{secret_file}: holds no secret: whsec_ and base64 of 24 bytes or more") from error
