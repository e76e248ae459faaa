"""The web application of one case."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from samegoods.edges.web import api, doing, grounding, looking, pictures_routes
from samegoods.edges.web.guard import Door, Guard, Refused
from samegoods.edges.web.rooms import Room
from samegoods.edges.web.visitors import Sessions, Token
from samegoods.edges.web.words import pages
from samegoods.errors import CaseError
from samegoods.languages import language_for, translations

STATIC = {
    "style.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "viewer.js": "text/javascript; charset=utf-8",
    "keys.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}
ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Setup:
    """How a case is served: to whom by which link, under which names, as whom; ``blind`` for everybody."""

    token: Token
    hosts: frozenset[str]
    cookie: str
    reviewer: str
    blind: bool
    version: str


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
    app.state.door = Door(setup.token, Sessions(), cookie=setup.cookie, name=setup.reviewer, blind=setup.blind)
    app.state.static = {name: _static(name) for name in STATIC}
    app.state.stamp = sha256(b"".join(app.state.static.values())).hexdigest()[:12]
    room.forced_blind = setup.blind
    own = (looking.routes, doing.routes, pictures_routes.routes, api.routes, api.openapi)
    for routes in (*own, grounding.routes, grounding.api):
        app.include_router(routes)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(CaseError, _missing)
    app.add_exception_handler(404, _nothing)
    app.add_middleware(Guard, hosts=setup.hosts)
    return app


def _static(name: str) -> bytes:
    return resources.files("samegoods.edges.web").joinpath("static", name).read_bytes()


def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Refused) else 500
    return _said(request, status, str(error))


def _missing(request: Request, error: Exception) -> Response:
    return _said(request, 404 if request.method in ("GET", "HEAD") else 409, str(error))


def _nothing(request: Request, error: Exception) -> Response:
    return _said(request, 404, "there is nothing here")


def _said(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith(("/api/", "/openapi")):
        return JSONResponse({"error": message}, status)
    language = language_for(request.headers.get("accept-language", ""))
    page: Any = pages(language).get_template("refused.html.j2")
    text = page.render(
        message=translations(language).gettext(message),
        status=status,
        stamp=request.app.state.stamp,
        language=language,
    )
    return HTMLResponse(text, status)
