"""What every request passes: the host it was meant for, who asks, and what an answer may load."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from samegoods.answers import SAFE, bounded, misdirected, too_long, with_headers
from samegoods.edges.web.visitors import Role, Session, Sessions, Token, may

BODY_BYTES = 64 * 1024
"""More than any form or decision holds."""


class Refused(Exception):
    """A request is not answered; ``status`` is that of HTTP."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Guard:
    """Checks the host and the size of every request, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wrong = self._wrong(scope)
        app: ASGIApp = self._app if wrong is None else wrong
        await app(scope, bounded(receive, BODY_BYTES), with_headers(send))

    def _wrong(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:  # a name of somebody else that leads here: DNS rebinding
            return PlainTextResponse("this server has another name\n", 421)
        wrong = misdirected(headers, scope["method"], host=host)
        if wrong is not None:
            return PlainTextResponse(f"{wrong}\n", 403)
        if too_long(headers, BODY_BYTES):
            return PlainTextResponse("that is too long\n", 413)
        return None


class Door:
    """Who a request is from. By its cookie; or by the token itself, which a page of another site cannot send."""

    def __init__(self, token: Token | None, sessions: Sessions, *, cookie: str, name: str, blind: bool) -> None:
        self.token = token
        self.sessions = sessions
        self.cookie = cookie
        self.name = name
        self.blind = blind

    def visitor(self, request: Request) -> Session | None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.token is not None and scheme.lower() == "bearer" and self.token.is_it(given):
            return Session(self.name, "administrator", "en", blind=self.blind, csrf="")
        return self.sessions.get(request.cookies.get(self.cookie))


def needs(role: Role) -> Callable[[Request], Awaitable[Session]]:
    """What a route asks of its visitor; every route but the door itself has one."""

    async def asked(request: Request) -> Session:
        door: Door = request.app.state.door
        session = door.visitor(request)
        if session is None:
            raise Refused(401, "open the link that samegoods serve has printed")
        if not may(session.role, role):
            raise Refused(403, f"this needs the role {role}, and yours is {session.role}")
        if request.method not in SAFE and session.csrf:
            given = request.headers.get("x-csrf-token") or (await form_of(request)).get("csrf")
            if not session.brings(given):
                raise Refused(403, "this form is too old: go back, load the page again, and repeat it")
        return session

    asked.role = role  # type: ignore[attr-defined]  # for the test that asks every route
    return asked


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        Refused: it is none, or has too many fields.
    """
    from urllib.parse import parse_qsl

    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return {}
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200, errors="strict"))
    except ValueError:
        raise Refused(422, "this form cannot be read") from None
