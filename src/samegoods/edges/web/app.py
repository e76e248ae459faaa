"""The web application of one case."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from samegoods.edges.web import api, doing, entering, grounding, looking, pictures_routes, team, team_api
from samegoods.edges.web.entering import to_login
from samegoods.edges.web.guard import Door, Guard, Refused, door_of
from samegoods.edges.web.outside import outside
from samegoods.edges.web.rooms import Room
from samegoods.edges.web.visitors import IDLE_S, Book, Sessions, Token
from samegoods.errors import AccountError, CaseError, EvidenceError
from samegoods.strangers import shown

_log = logging.getLogger(__name__)

STATIC = {
    "style.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "viewer.js": "text/javascript; charset=utf-8",
    "keys.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}
ROUTES: tuple[APIRouter, ...] = (
    entering.routes,
    looking.routes,
    doing.routes,
    team.routes,
    pictures_routes.routes,
    api.routes,
    team_api.routes,
    grounding.routes,
    grounding.api,
    api.openapi,
)
"""All that the page answers."""
AMISS = {
    400: "what was sent cannot be read",
    404: "there is nothing here",
    405: "nothing is done here in this way",
    413: "that is too long",
}
ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Setup:
    """How a case is served: to whom by which link, under which names, as whom; ``blind`` for everybody.

    Either by the ``token`` of a link as ``reviewer``, or to the ``accounts`` of a team; ``secure``: by TLS alone.
    """

    hosts: frozenset[str]
    cookie: str
    blind: bool
    version: str
    token: Token | None = None
    reviewer: str = ""
    accounts: Book | None = None
    secure: bool = False


def make_app(room: Room, setup: Setup) -> FastAPI:
    """The application; it reads and writes through the room alone."""
    app = FastAPI(
        title="samegoods",
        version=setup.version,
        summary="Review of a case: what was found, and what people decide on it.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.room = room
    app.state.door = Door(
        setup.token,
        Sessions() if setup.accounts is None else Sessions(idle_s=IDLE_S),
        cookie=setup.cookie,
        name=setup.reviewer,
        blind=setup.blind,
        accounts=setup.accounts,
        secure=setup.secure,
    )
    app.state.static = {name: _static(name) for name in STATIC}
    app.state.stamp = sha256(b"".join(app.state.static.values())).hexdigest()[:12]
    room.forced_blind = setup.blind
    for routes in ROUTES:
        app.include_router(routes)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(EvidenceError, _unread)
    app.add_exception_handler(CaseError, _missing)
    app.add_exception_handler(AccountError, _missing)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _amiss)
    app.add_middleware(Guard, hosts=setup.hosts, secure=setup.secure)
    return app


def _static(name: str) -> bytes:
    return resources.files("samegoods.edges.web").joinpath("static", name).read_bytes()


def _refused(request: Request, error: Exception) -> Response:
    refused = error if isinstance(error, Refused) else Refused(500, str(error))
    answer = None
    if refused.status == 401 and door_of(request).accounts is not None and not _is_api(request):
        answer = to_login(request)
    answer = answer or _said(request, refused.status, refused.message)
    if refused.wait_s:
        answer.headers["Retry-After"] = str(refused.wait_s)
    return answer


def _missing(request: Request, error: Exception) -> Response:
    return _said(request, 404 if request.method in ("GET", "HEAD") else 409, str(error))


def _unread(request: Request, error: Exception) -> Response:
    """Which picture and where it lies is for whoever runs the server: its name may tell what is hidden."""
    _log.warning("%s", error)
    return _said(request, 503, "a picture of this case cannot be read; the messages of the server say why")


def _unfit(request: Request, error: Exception) -> Response:
    """What was sent is in no form that the route takes: the first thing that is wrong, in one line."""
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    where = ".".join(str(part) for part in first["loc"][1:])
    message = str(first["msg"]).removeprefix("Value error, ")
    return _said(request, 422, shown(f"{where}: {message}" if where else message))


def _amiss(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = _said(request, status, AMISS.get(status, "this cannot be answered"))
    answer.headers.update((error.headers or {}) if isinstance(error, HTTPException) else {})
    return answer


def _said(request: Request, status: int, message: str) -> Response:
    if _is_api(request):
        return JSONResponse({"error": message}, status)
    return outside(request, "refused.html.j2", status=status, message=message)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/openapi"))
