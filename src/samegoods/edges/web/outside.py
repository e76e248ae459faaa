"""Pages for whoever is not signed in, and for what did not work: without the case, and without scripts."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from samegoods.edges.web.words import pages
from samegoods.languages import language_for, translations


def accepted_language(request: Request) -> str:
    """The language that the browser asks for."""
    return language_for(request.headers.get("accept-language", ""))


def outside(request: Request, template: str, *, status: int = 200, message: str = "", **values: Any) -> HTMLResponse:
    """A page that shows nothing of the case. ``message`` is one of the catalogue."""
    language = accepted_language(request)
    text = (
        pages(language)
        .get_template(template)
        .render(
            message=translations(language).gettext(message) if message else "",
            status=status,
            stamp=request.app.state.stamp,
            language=language,
            **values,
        )
    )
    return HTMLResponse(text, status)
