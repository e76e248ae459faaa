"""The pages of the public form: filling it in, sending it, and seeing what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from samegoods.edges.ground.box import Box
from samegoods.edges.ground.posted import FIELDS, OLDEST_DAYS, Wrong, posted, sent_of
from samegoods.edges.ground.receipts import new_code, read_code
from samegoods.edges.ground.throttle import What
from samegoods.edges.ground.words import _, pages
from samegoods.languages import language_for, languages, translations
from samegoods.results.ground import GROUND_REMARK_LETTERS, MOST_PHOTOS

routes = APIRouter(include_in_schema=False)
AT_ONCE = 4
"""Reports that are taken in at a time: each may hold its photos in memory."""
NOT_NOW = _("This cannot be done right now. Please try again later.")
NOTHING = _("There is nothing here.")
TOO_OFTEN = _("Too many reports come from your network, or from everybody. Please try again later.")
UNKNOWN = _("There is no report with this receipt. Look at the letters again.")
_ONE_YEAR = "public, max-age=31536000, immutable"
_ONE_HOUR = "public, max-age=3600"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_SMALL_FORM = 4096


class Refused(Exception):
    """A request is not answered; ``status`` is that of HTTP, and the message one of the catalogue."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def uploads() -> BoundedSemaphore:
    """Places for reports that are taken in at the same time."""
    return BoundedSemaphore(AT_ONCE)


def _box(request: Request) -> Box:
    box: Box = request.app.state.box
    return box


def _language(request: Request) -> str:
    asked = request.query_params.get("lang")
    return asked if asked in languages() else language_for(request.headers.get("accept-language", ""))


def _page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    page = pages(_language(request)).get_template(template)
    return HTMLResponse(page.render(stamp=request.app.state.stamp, **values), status)


def _allow(request: Request, what: What) -> None:
    """Refuse who asks too often.

    Raises:
        Refused: so it is.
    """
    address = None if request.client is None else request.client.host
    if not request.app.state.throttle.allows(address, what):
        raise Refused(429, TOO_OFTEN)


@contextmanager
def _place(request: Request) -> Iterator[None]:
    place: BoundedSemaphore = request.app.state.uploads
    if not place.acquire(blocking=False):
        raise Refused(503, NOT_NOW)
    try:
        yield
    finally:
        place.release()


def _form(request: Request, fields: dict[str, str], wrong: str = "") -> HTMLResponse:
    box, today = _box(request), datetime.now(UTC).date()
    campaign = box.campaign
    named = {price.currency for product in campaign.products for price in product.prices.values()}
    versions = dict.fromkeys(version for product in campaign.products for version in product.versions)
    say = translations(_language(request)).gettext
    return _page(
        request,
        "form.html.j2",
        422 if wrong else 200,
        at="form",
        campaign=campaign,
        faces={one.id: box.face_of(one.id) for one in campaign.products},
        offered=tuple(versions),
        currencies=sorted(named),
        fields=dict.fromkeys(FIELDS, "") | fields,
        wrong=say(wrong) if wrong else "",
        first=today - timedelta(days=OLDEST_DAYS),
        last=today + timedelta(days=1),  # where the site lies ahead of UTC
        today=today,
        code=new_code(),
        letters=GROUND_REMARK_LETTERS,
        photos=MOST_PHOTOS,
    )


@routes.get("/")
async def form(request: Request) -> Response:
    return _form(request, {})


@routes.post("/reports")
async def report(request: Request) -> Response:
    """Take a report in. A script is answered in JSON; it may send the same again when it has heard no answer."""
    _allow(request, "report")
    with _place(request):
        given = await posted(request)
        try:
            sent = sent_of(given.fields, _box(request).campaign)
        except Wrong as error:
            if _by_script(request):
                raise
            return _form(request, given.fields, str(error))
        code = read_code(given.fields.get("code", "")) or new_code()
        taken = await run_in_threadpool(_box(request).send, sent, given.photos, code)
    if _by_script(request):
        return JSONResponse(taken.model_dump(mode="json"), 201)
    return _page(request, "sent.html.j2", 201, at="form", taken=taken)


def _by_script(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


@routes.get("/receipt")
async def receipt(request: Request) -> Response:
    return _page(request, "receipt.html.j2", at="receipt", code="", state=None, wrong="", product="", site="")


@routes.post("/receipt")
async def look(request: Request) -> Response:
    """What became of a report. The code comes in the body: an address would stand in the logs of proxies."""
    code, state, names = await _looked(request)
    wrong = translations(_language(request)).gettext(UNKNOWN) if state is None else ""
    return _page(
        request,
        "receipt.html.j2",
        404 if state is None else 200,
        at="receipt",
        code=code or "",
        state=state,
        wrong=wrong,
        product=names[0],
        site=names[1],
    )


@routes.post("/withdraw")
async def withdraw(request: Request) -> Response:
    code, state, _names = await _looked(request)
    if code is None or state is None:
        raise Refused(404, UNKNOWN)
    if state.state != "gone":
        await run_in_threadpool(_box(request).withdraw, code)
    return await look(request)


async def _looked(request: Request) -> tuple[str | None, Any, tuple[str, str]]:
    _allow(request, "look")
    body = await request.body()
    try:
        fields = dict(parse_qsl(body[:_SMALL_FORM].decode(), max_num_fields=4))
    except ValueError:
        raise Wrong(_("This form cannot be read.")) from None
    code = read_code(fields.get("code", ""))
    state = None if code is None else await run_in_threadpool(_box(request).state, code)
    names = ("", "")
    if state is not None and state.report is not None:
        campaign = _box(request).campaign
        names = (
            next((one.name for one in campaign.products if one.id == state.report.product), state.report.product),
            next((one.name for one in campaign.sites if one.id == state.report.site), state.report.site),
        )
    return code, state, names


@routes.get("/pictures/{n}.webp")
def picture(request: Request, n: int) -> Response:
    found = _box(request).picture(n)
    if found is None:
        raise Refused(404, NOTHING)
    return Response(found, media_type="image/webp", headers={"Cache-Control": _ONE_HOUR})


@routes.get("/static/{stamp}/{name}")
async def static(request: Request, stamp: str, name: str) -> Response:
    files: dict[str, bytes] = request.app.state.static
    if name not in files:
        raise Refused(404, NOTHING)
    kind = _TYPES[name.rpartition(".")[2]]
    return Response(files[name], media_type=kind, headers={"Cache-Control": _ONE_YEAR})


@routes.get("/worker.js")
async def worker(request: Request) -> Response:
    """The same file at the root: what keeps the form at hand without a network may only look after its own folder."""
    return Response(request.app.state.static["worker.js"], media_type=_TYPES["js"])


@routes.get("/favicon.ico")
async def icon(request: Request) -> Response:
    return Response(status_code=204)
