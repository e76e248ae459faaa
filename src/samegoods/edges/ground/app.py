"""The application of the public form. It sets no cookie, keeps no address, and logs nobody."""

from __future__ import annotations

from hashlib import sha256
from importlib import resources
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from samegoods.answers import bounded, misdirected, too_long, with_headers
from samegoods.edges.ground import routes
from samegoods.edges.ground.box import Box
from samegoods.edges.ground.posted import BODY_BYTES, Wrong
from samegoods.edges.ground.throttle import Throttle
from samegoods.edges.ground.words import pages
from samegoods.errors import CaseError
from samegoods.languages import language_for, translations

_STATIC = ("style.css", "form.js", "worker.js")


def make_app(box: Box, *, throttle: Throttle | None = None) -> FastAPI:
    """The application; all that it knows and keeps goes through the box."""
    app = FastAPI(title="samegoods: reports from the ground", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.box = box
    app.state.throttle = throttle or Throttle()
    app.state.uploads = routes.uploads()
    app.state.static = {name: _static(name) for name in _STATIC}
    app.state.stamp = sha256(b"".join(app.state.static.values())).hexdigest()[:12]
    app.include_router(routes.routes)
    app.add_exception_handler(Wrong, _wrong)
    app.add_exception_handler(routes.Refused, _refused)
    app.add_exception_handler(CaseError, _not_kept)
    app.add_exception_handler(404, _nothing)
    app.add_middleware(_Guard)
    return app


def _static(name: str) -> bytes:
    return resources.files("samegoods.edges.ground").joinpath("static", name).read_bytes()


class _Guard:
    """Checks where a request comes from and its size, and puts the headers on every answer.

    Any name of the host is taken: who reaches this page by another name finds nothing that is somebody's own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        wrong = misdirected(headers, scope["method"], host=headers.get("host", ""))
        app: ASGIApp = self._app
        if wrong is not None:
            app = PlainTextResponse(f"{wrong}\n", 403)
        elif too_long(headers, BODY_BYTES):
            app = PlainTextResponse("that is too long\n", 413)
        await app(scope, bounded(receive, BODY_BYTES), with_headers(send))


def _wrong(request: Request, error: Exception) -> Response:
    return _said(request, 422, str(error))


def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, routes.Refused) else 500
    answer = _said(request, status, str(error))
    if status in (429, 503):
        answer.headers["Retry-After"] = "60"
    return answer


def _not_kept(request: Request, error: Exception) -> Response:
    """What went wrong in the case is for whoever serves it, and tells a stranger nothing."""
    return _said(request, 503, routes.NOT_NOW)


def _nothing(request: Request, error: Exception) -> Response:
    return _said(request, 404, routes.NOTHING)


def _said(request: Request, status: int, message: str) -> Response:
    language = language_for(request.headers.get("accept-language", ""))
    text = translations(language).gettext(message)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"error": text}, status)
    page: Any = pages(language).get_template("refused.html.j2")
    return HTMLResponse(page.render(message=text, stamp=request.app.state.stamp, at=""), status)
