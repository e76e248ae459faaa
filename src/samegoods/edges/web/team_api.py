"""Sessions, settings and accounts, for scripts: the same as the pages.

A script posts its name and password to ``/api/login``, keeps the cookie, and sends the ``csrf`` that it was told as
``X-CSRF-Token`` with whatever changes something.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from samegoods.edges.web.api import SAID
from samegoods.edges.web.doing import changed
from samegoods.edges.web.entering import book_of, signed_in
from samegoods.edges.web.guard import Refused, door_of
from samegoods.edges.web.looking import Viewer, room_of
from samegoods.edges.web.team import Administrator, change_own
from samegoods.edges.web.visitors import Book, Role, Session
from samegoods.records import Account
from samegoods.results.base import Part

routes = APIRouter(prefix="/api", responses=SAID)
Name = Annotated[str, Field(max_length=200)]
Password = Annotated[str, Field(max_length=1000)]


class SessionPart(Part):
    name: str
    role: Role
    language: str
    theme: str
    blind: bool
    csrf: str
    """What a cookie's session has to send as ``X-CSRF-Token``; empty where the token itself was sent."""


class SettingsPart(Part):
    language: str | None = None
    theme: Literal["system", "light", "dark"] | None = None
    blind: bool | None = None


class LoginPart(Part):
    name: Name
    password: Password


class OwnPasswordPart(Part):
    present: Password
    password: Password


class NewAccountPart(Part):
    name: Name
    role: Role
    password: Password


class ChangePart(Part):
    """Another role, or another password."""

    role: Role | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.role is None) == (self.password is None):
            raise ValueError("either another role or another password")
        return self


class AccountPart(Part):
    name: str
    role: Role
    made_at: datetime
    failures: int
    """Failed attempts since the last that succeeded."""
    locked: bool
    """It hears nobody now: until ``locked_until``, or for good until it gets another password."""
    locked_until: datetime | None
    sessions: int
    """How often it is signed in now."""


@routes.get("/session")
async def whoami(request: Request, session: Viewer) -> SessionPart:
    return session_part(session)


@routes.post("/session")
async def settings(request: Request, session: Viewer, asked: SettingsPart) -> SessionPart:
    blind = None if asked.blind is None else ("yes" if asked.blind else "no")
    changed(session, asked.language, asked.theme, blind, forced=room_of(request).forced_blind)
    return session_part(session)


@routes.post("/login")
def login(request: Request, response: Response, asked: LoginPart) -> SessionPart:
    """Open a session; its cookie comes with the answer."""
    session = signed_in(request, asked.name, asked.password)
    door_of(request).begin(request, response, session)
    return session_part(session)


@routes.post("/leave", status_code=204)
async def leave(request: Request, response: Response, session: Viewer) -> None:
    """End the session of who asks."""
    door_of(request).leave(request, response)


@routes.post("/password")
def own_password(request: Request, response: Response, session: Viewer, asked: OwnPasswordPart) -> SessionPart:
    """Another password for who asks; all sessions of the account end, and a new one comes with the answer."""
    return session_part(change_own(request, response, session, asked.present, asked.password))


@routes.get("/accounts")
def accounts(request: Request, session: Administrator) -> tuple[AccountPart, ...]:
    sessions = _sessions(request)
    return tuple(_part(one, sessions) for one in _book(request).all())


@routes.post("/accounts", status_code=201)
def add(request: Request, session: Administrator, asked: NewAccountPart) -> AccountPart:
    return _part(_book(request).add(asked.name, asked.role, asked.password), _sessions(request))


@routes.patch("/accounts/{name}")
def change(request: Request, session: Administrator, name: Name, asked: ChangePart) -> AccountPart:
    """Another role or password; the sessions of the account end, and with a new password its lock."""
    book, account = _book(request), _known(request, name)
    if asked.password is not None:
        account = book.set_password(name, asked.password)
    elif asked.role is not None:
        account = book.set_role(name, asked.role)
    return _part(account, _sessions(request))


@routes.delete("/accounts/{name}", status_code=204)
def remove(request: Request, session: Administrator, name: Name) -> None:
    _known(request, name)
    _book(request).remove(name)


def session_part(session: Session) -> SessionPart:
    """What a visitor may know of their own session."""
    return SessionPart(
        name=session.name,
        role=session.role,
        language=session.language,
        theme=session.theme,
        blind=session.blind,
        csrf=session.csrf,
    )


def _book(request: Request) -> Book:
    return book_of(door_of(request))


def _known(request: Request, name: str) -> Account:
    account = _book(request).get(name)
    if account is None:
        raise Refused(404, "there is no account of this name")
    return account


def _sessions(request: Request) -> Counter[str]:
    return Counter(one.name for one in door_of(request).signed_in())


def _part(account: Account, sessions: Counter[str]) -> AccountPart:
    return AccountPart(
        name=account.name,
        role=account.role,
        made_at=account.made_at,
        failures=account.failures,
        locked=account.locked(datetime.now(UTC)),
        locked_until=account.locked_until,
        sessions=sessions[account.name],
    )
