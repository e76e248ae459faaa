"""Settings of one's own, and what an administrator does with accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from samegoods.edges.web.entering import Form, book_of, signed_in
from samegoods.edges.web.guard import Refused, door_of, needs
from samegoods.edges.web.looking import Viewer, shown
from samegoods.edges.web.visitors import ROLES, Role, Session
from samegoods.errors import AccountError
from samegoods.languages import translations

routes = APIRouter(include_in_schema=False)
Administrator = Annotated[Session, Depends(needs("administrator"))]


@routes.get("/settings")
async def settings_page(request: Request, session: Viewer, changed: bool = False) -> Response:
    return shown(request, session, "settings.html.j2", at="settings", problem="", changed=changed)


@routes.post("/password")
def own_password(request: Request, session: Viewer, form: Form) -> Response:
    """Another password for who asks; all other sessions of the account end."""
    answer = RedirectResponse("/settings?changed=1", 303)
    try:
        change_own(request, answer, session, form.get("present", ""), form.get("password", ""))
    except (AccountError, Refused) as error:
        status = error.status if isinstance(error, Refused) else 422
        problem = translations(session.language).gettext(str(error))
        return _as(status, shown(request, session, "settings.html.j2", at="settings", problem=problem, changed=False))
    return answer


def change_own(request: Request, answer: Response, session: Session, present: str, password: str) -> Session:
    """Give who asks another password, end their sessions, and begin a new one.

    Raises:
        Refused: the present password is another, or was tried too often; or there are no accounts.
        AccountError: the new one is too short or too long.
    """
    door = door_of(request)
    try:
        fresh = signed_in(request, session.name, present)
    except Refused as refused:  # 401 would say that nobody is signed in
        raise Refused(403 if refused.status == 401 else refused.status, refused.message) from None
    fresh.stamp = book_of(door).set_password(session.name, password).stamp
    fresh.language, fresh.theme, fresh.blind = session.language, session.theme, session.blind
    door.begin(request, answer, fresh)
    return fresh


@routes.get("/accounts")
def accounts(request: Request, session: Administrator) -> Response:
    return _accounts(request, session)


@routes.post("/accounts")
def add(request: Request, session: Administrator, form: Form) -> Response:
    role = role_named(form.get("role"))
    return _done(request, session, lambda: _book(request).add(form.get("name", ""), role, form.get("password", "")))


@routes.post("/accounts/role")
def change_role(request: Request, session: Administrator, form: Form) -> Response:
    role = role_named(form.get("role"))
    return _done(request, session, lambda: _book(request).set_role(form.get("name", ""), role))


@routes.post("/accounts/password")
def reset_password(request: Request, session: Administrator, form: Form) -> Response:
    return _done(request, session, lambda: _book(request).set_password(form.get("name", ""), form.get("password", "")))


@routes.post("/accounts/remove")
def remove(request: Request, session: Administrator, form: Form) -> Response:
    return _done(request, session, lambda: _book(request).remove(form.get("name", "")))


def role_named(name: str | None) -> Role:
    """Raises:
    Refused: there is no such role.
    """
    for role in ROLES:
        if name == role:
            return role
    raise Refused(422, f"expected one of {', '.join(ROLES)}")


def _book(request: Request) -> Any:
    return book_of(door_of(request))


def _done(request: Request, session: Session, act: Callable[[], object]) -> Response:
    """Do it and show the accounts again; what cannot be done is said above them."""
    try:
        act()
    except AccountError as error:
        return _as(409, _accounts(request, session, problem=translations(session.language).gettext(str(error))))
    return RedirectResponse("/accounts", 303)


def _accounts(request: Request, session: Session, problem: str = "") -> Response:
    door = door_of(request)
    return shown(
        request,
        session,
        "accounts.html.j2",
        at="accounts",
        found=book_of(door).all(),
        sessions=Counter(one.name for one in door.signed_in()),
        now=datetime.now(UTC),
        problem=problem,
    )


def _as(status: int, answer: Response) -> Response:
    answer.status_code = status
    return answer
