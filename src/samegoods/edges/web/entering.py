"""Coming in and leaving: by the link that the command prints, or by the password of an account."""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from samegoods.edges.web.guard import Door, Refused, door_of, form_of
from samegoods.edges.web.looking import Viewer
from samegoods.edges.web.outside import accepted_language, outside
from samegoods.edges.web.rooms import local_path
from samegoods.edges.web.visitors import Book, Session

routes = APIRouter(include_in_schema=False)
Form = Annotated[dict[str, str], Depends(form_of)]
WRONG = (
    "This name and password do not fit, or were tried too often: try again in some minutes, or ask an administrator."
)
TOO_OFTEN = "Too many attempts from your address failed: try again in some minutes."
BUSY = "Many sign in at this moment: try again."
OLD = "This form is too old: try again."


@routes.get("/enter")
async def enter(request: Request, token: str = "") -> Response:
    """The door: the printed link opens a session, and leads on without the token in the address."""
    door = door_of(request)
    if door.token is None or not door.token.is_it(token):
        raise Refused(403, "this link is of another run: open the one that samegoods serve has printed last")
    answer = RedirectResponse("/", 303)
    door.begin(request, answer, Session(door.name, "administrator", accepted_language(request), blind=door.blind))
    return answer


@routes.get("/login")
async def login_page(request: Request, next: str = "/") -> Response:
    book_of(door_of(request))
    return _form(request, next=local_path(next))


@routes.post("/login")
def login(request: Request, form: Form) -> Response:
    """Open a session for a name and password. The form brings back what its cookie holds: no other site knows it."""
    door, onward = door_of(request), local_path(form.get("next"))
    book_of(door)
    held, brought = request.cookies.get(_form_cookie(door), ""), form.get("csrf", "")
    if not held or not compare_digest(held.encode(), brought.encode()):
        return _form(request, next=onward, status=403, message=OLD)
    try:
        session = signed_in(request, form.get("name", ""), form.get("password", ""))
    except Refused as refused:
        return _form(request, next=onward, status=refused.status, message=refused.message, wait_s=refused.wait_s)
    answer = RedirectResponse(onward, 303)
    door.begin(request, answer, session)
    return answer


@routes.post("/leave")
async def leave(request: Request, session: Viewer) -> Response:
    door = door_of(request)
    answer = RedirectResponse("/" if door.accounts is None else "/login", 303)
    door.leave(request, answer)
    if door.accounts is not None:  # the next at this device must not find pictures in the browser's cache
        answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def book_of(door: Door) -> Book:
    """The accounts of whoever may sign in.

    Raises:
        Refused: the case is served to one user, without any.
    """
    if door.accounts is None:
        raise Refused(404, "this case is served to one user: there are no accounts")
    return door.accounts


def signed_in(request: Request, name: str, password: str) -> Session:
    """A new session for a name and password that fit.

    Raises:
        Refused: they do not, or too much was tried.
    """
    door = door_of(request)
    book = book_of(door)
    if not door.signing_in.acquire(blocking=False):
        raise Refused(429, BUSY, wait_s=2)
    address = request.client.host if request.client is not None else ""
    try:
        wait_s = door.addresses.begin(address)
        if wait_s:
            raise Refused(429, TOO_OFTEN, wait_s=wait_s)
        account = book.check(name, password)
    finally:
        door.signing_in.release()
    if account is None:
        raise Refused(401, WRONG)
    door.addresses.succeeded(address)
    language = accepted_language(request)
    return Session(account.name, account.role, language, blind=door.blind, stamp=account.stamp)


def to_login(request: Request) -> Response | None:
    """Where a browser without a session is led; None for what is no page that somebody opens."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request"):
        seen = request.headers.get("hx-current-url", "").partition("://")[2].partition("/")[2]
        onward = path if request.method == "GET" else f"/{seen}"
        return Response(status_code=401, headers={"HX-Redirect": _login(onward)})
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(_login(path), 303)
    return None


def _login(onward: str) -> str:
    return "/login?" + urlencode({"next": local_path(onward)})


def _form_cookie(door: Door) -> str:
    return f"{door.cookie}-form"


def _form(request: Request, *, next: str, status: int = 200, message: str = "", wait_s: int = 0) -> Response:
    door, csrf = door_of(request), secrets.token_urlsafe(24)
    page = outside(request, "login.html.j2", status=status, message=message, csrf=csrf, next=next)
    page.set_cookie(_form_cookie(door), csrf, httponly=True, secure=door.secure, samesite="strict", path="/")
    if wait_s:
        page.headers["Retry-After"] = str(wait_s)
    return page
