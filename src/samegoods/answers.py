"""What every web application here puts around its answers: headers, and a bound on what is sent to it.

ASGI alone, so that each application of the edges may have it and none knows another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all, forms would come from the origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE = ("GET", "HEAD")
"""The methods that change nothing."""


def misdirected(headers: Mapping[str, str], method: str, *, host: str) -> str | None:
    """Why what changes something is refused: it was sent by a page of another site; None where it was not."""
    origin = headers.get("origin")
    if method not in SAFE and origin is not None and origin.partition("://")[2] != host:
        return "this was sent by another site"
    return None


def too_long(headers: Mapping[str, str], most: int) -> bool:
    """Whether a request says that it has more bytes than these, or says nothing sensible."""
    length = headers.get("content-length", "0")
    return not (length.isascii() and length.isdigit()) or int(length) > most


def bounded(receive: Receive, most: int) -> Receive:
    """The same, but a body that says no length ends where it has more bytes than these."""
    got = 0

    async def take() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return message if got <= most else {"type": "http.disconnect"}

    return take


def with_headers(send: Send) -> Send:
    """The same, with the headers on every answer; one that says nothing on keeping is kept by nobody."""

    async def give(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
            given = {name.lower(): value for name, value in message.get("headers", ())}
            rest = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in ours]
            keep = [] if b"cache-control" in given else [(b"cache-control", b"no-store")]
            message["headers"] = [*rest, *ours.items(), *keep]
        await send(message)

    return give
