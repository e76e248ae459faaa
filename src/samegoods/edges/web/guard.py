"""What every request passes: the host it was meant for, who asks, and what an answer may load."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from threading import BoundedSemaphore

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from samegoods.answers import SAFE, bounded, misdirected, too_long, with_headers
from samegoods.edges.web.visitors import SESSION_S, Addresses, Book, Role, Session, Sessions, Token, may

BODY_BYTES = 64 * 1024
"""More than any form or decision holds."""
MOST_AT_ONCE = 4
"""Passwords that are checked at once: more would keep waiting who is signed in already."""


class Refused(Exception):
    """A request is not answered; ``status`` is that of HTTP, ``wait_s`` when to ask again."""

    def __init__(self, status: int, message: str, *, wait_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wait_s = wait_s


class Guard:
    """Checks the host and the size of every request, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], secure: bool = False) -> None:
        self._app = app
        self._hosts = hosts
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wrong = self._wrong(scope)
        app: ASGIApp = self._app if wrong is None else wrong
        await app(scope, bounded(receive, BODY_BYTES), with_headers(send))

    def _wrong(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if self._secure and scope["scheme"] != "https":  # who comes past the proxy would send a password in clear
            return PlainTextResponse("this server is reached by https alone\n", 403)
        if host not in self._hosts:  # a name of somebody else that leads here: DNS rebinding
            return PlainTextResponse("this server has another name\n", 421)
        wrong = misdirected(headers, scope["method"], host=host)
        if wrong is not None:
            return PlainTextResponse(f"{wrong}\n", 403)
        if too_long(headers, BODY_BYTES):
            return PlainTextResponse("that is too long\n", 413)
        return None


class Door:
    """Who a request is from. By its cookie; or by the token itself, which a page of another site cannot send.

    With ``accounts`` there is no token: who signs in has a session, which ends with what it was opened by. ``secure``:
    everybody comes by TLS, and no cookie goes another way.
    """

    def __init__(
        self,
        token: Token | None,
        sessions: Sessions,
        *,
        cookie: str,
        name: str,
        blind: bool,
        accounts: Book | None = None,
        secure: bool = False,
    ) -> None:
        self.token = token
        self.sessions = sessions
        self.cookie = f"__Host-{cookie}" if secure else cookie
        self.name = name
        self.blind = blind
        self.accounts = accounts
        self.secure = secure
        self.addresses = Addresses()
        self.signing_in = BoundedSemaphore(MOST_AT_ONCE)

    def visitor(self, request: Request) -> Session | None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.token is not None and scheme.lower() == "bearer" and self.token.is_it(given):
            return Session(self.name, "administrator", "en", blind=self.blind, csrf="")
        secret = request.cookies.get(self.cookie)
        session = self.sessions.get(secret)
        if session is not None and not self._stands(session):
            self.sessions.end(secret)
            return None
        return session

    def signed_in(self) -> list[Session]:
        """The sessions that are open, the earliest first."""
        return [one for one in self.sessions.open() if self._stands(one)]

    def administers(self, session: Session) -> bool:
        """Whether a visitor changes accounts here."""
        return self.accounts is not None and may(session.role, "administrator")

    def begin(self, request: Request, answer: Response, session: Session) -> None:
        """Open a session in the place of the request's, and give its cookie.

        With accounts a link from elsewhere leads in (``lax``): what changes anything is a form, and brings its token.
        """
        self.sessions.end(request.cookies.get(self.cookie))
        answer.set_cookie(
            self.cookie,
            self.sessions.begin(session),
            max_age=SESSION_S,
            httponly=True,
            secure=self.secure,
            samesite="lax" if self.accounts is not None else "strict",
            path="/",
        )

    def leave(self, request: Request, answer: Response) -> None:
        """End the session of a request."""
        self.sessions.end(request.cookies.get(self.cookie))
        answer.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True)

    def _stands(self, session: Session) -> bool:
        """Whether the account of a session is as it was when the session began."""
        if self.accounts is None:
            return True
        account = self.accounts.get(session.name)
        return account is not None and account.stamp == session.stamp


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


def needs(role: Role) -> Callable[[Request], Awaitable[Session]]:
    """What a route asks of its visitor; every route but the door itself has one."""

    async def asked(request: Request) -> Session:
        door = door_of(request)
        session = door.visitor(request)
        if session is None:
            how = "open the link that samegoods serve has printed" if door.accounts is None else "sign in first"
            raise Refused(401, how)
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
