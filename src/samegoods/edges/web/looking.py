"""The pages that show: overview, products, packs, sources, log, agreement."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from samegoods.edges.web.agreeing import agreement
from samegoods.edges.web.counts import groups, standing_out
from samegoods.edges.web.desk import PER_PAGE, Desk
from samegoods.edges.web.guard import Refused, door_of, needs
from samegoods.edges.web.lines import Wanted
from samegoods.edges.web.rooms import LOG_PER_PAGE, Room
from samegoods.edges.web.showing import is_hidden, shown_item
from samegoods.edges.web.visitors import Session, may
from samegoods.edges.web.words import pages
from samegoods.languages import translations
from samegoods.results.parts import ProductPart
from samegoods.results.review import REMARK_LETTERS
from samegoods.results.statistics import BY_CHANCE, StatisticsPart

routes = APIRouter(include_in_schema=False)
Viewer = Annotated[Session, Depends(needs("viewer"))]
Page = Annotated[int, Query(ge=1, le=1_000_000)]
Seq = Annotated[int, Path(ge=1, le=1 << 40)]
After = Annotated[int, Query(ge=-1, le=1 << 40)]
BLIND_AT_MOST = 12
"""Packs on a page of many: as many as can be looked at before one decision on all of them."""


def wanted(
    product: str | None = None, site: str | None = None, call: str | None = None, decided: str | None = None
) -> Wanted:
    """Which packs the address asks for; what is empty asks for any."""
    of = None if decided not in ("yes", "no") else decided == "yes"
    return Wanted(product or None, site or None, call or None, of)


Which = Annotated[Wanted, Depends(wanted)]


def room_of(request: Request) -> Room:
    room: Room = request.app.state.room
    return room


def query_of(which: Wanted, **more: object) -> str:
    """What asks for the same packs again."""
    decided = None if which.decided is None else ("yes" if which.decided else "no")
    told = {"product": which.product, "site": which.site, "call": which.call, "decided": decided} | more
    return urlencode({name: value for name, value in told.items() if value is not None})


def shown(
    request: Request, session: Session, template: str, *, at: str, here: str | None = None, **values: Any
) -> HTMLResponse:
    """A page for a visitor; ``here`` is its address, where that is not the request's."""
    room = room_of(request)
    page = pages(session.language).get_template(template)
    text = page.render(
        session=session,
        room=room,
        desk=room.desk,
        campaign=room.desk.campaign,
        at=at,
        here=here or _address(request),
        stamp=request.app.state.stamp,
        language=session.language,
        may_review=may(session.role, "reviewer"),
        door=door_of(request),
        query_of=query_of,
        **values,
    )
    return HTMLResponse(text)


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def open_eyed(session: Session) -> None:
    """Refuse a page that would tell a blind reviewer the answers."""
    if session.blind:
        raise Refused(403, "this is hidden while you review blind: it would tell what the machine said")


def counted(number: int, page: int, size: int) -> dict[str, int]:
    """Where a page lies among all: for the line with the way to the others."""
    last = max(1, -(-number // size))
    return {"number": number, "page": min(page, last), "last": last}


@routes.get("/")
async def overview(request: Request, session: Viewer) -> Response:
    if session.blind:
        return RedirectResponse("/review", 303)
    desk = room_of(request).desk
    failed, _ = desk.sources(failed=True)
    return shown(
        request,
        session,
        "overview.html.j2",
        at="overview",
        findings=desk.findings(),
        tallies=desk.tallies(("product", "site")),
        open_now=desk.open_for(session.name, Wanted()),
        **_places(desk, session),
        failed=failed,
    )


def _places(desk: Desk, session: Session) -> dict[str, Any]:
    """What the overview says of sites and months; nothing where there are no statistics."""
    if desk.statistics is None:
        return {"groups": [], "corrected": False}
    say = translations(session.language).gettext
    found = groups(desk.statistics, desk.campaign.requires, say, ("site", "period"))
    return {"groups": found, "corrected": not desk.statistics.correction}


@routes.get("/numbers")
async def numbers(request: Request, session: Viewer) -> Response:
    """How sure the shares are: by group, over time, sites against each other, prices, what was not filmed."""
    open_eyed(session)
    desk = room_of(request).desk
    found, requires = known_statistics(desk), desk.campaign.requires
    return shown(
        request,
        session,
        "numbers.html.j2",
        at="numbers",
        statistics=found,
        groups=groups(found, requires, translations(session.language).gettext),
        charted=found.drawn(requires),
        standing_out=standing_out(found),
        by_chance=BY_CHANCE,
    )


def known_statistics(desk: Desk) -> StatisticsPart:
    """Raises:
    Refused: the case has none, as one that an earlier release has written.
    """
    if desk.statistics is None:
        raise Refused(404, "this case holds no statistics yet: samegoods report makes them")
    return desk.statistics


def known_product(desk: Desk, product: str) -> ProductPart:
    """Raises:
    Refused: the case has none of this id.
    """
    if product not in desk.products:
        raise Refused(404, "there is no such product in this case")
    return desk.products[product]


@routes.get("/products/{product}")
async def product(request: Request, session: Viewer, product: str) -> Response:
    open_eyed(session)
    desk = room_of(request).desk
    known_product(desk, product)
    return shown(
        request,
        session,
        "product.html.j2",
        at="overview",
        product=desk.products[product],
        references=desk.references(product),
        findings=desk.findings(product),
        tallies=desk.tallies(("product", "site")),
    )


@routes.get("/packs")
async def packs(request: Request, session: Viewer, which: Which, page: Page = 1) -> Response:
    desk = room_of(request).desk
    if session.blind and which.call:
        raise Refused(403, "this is hidden while you review blind: it would tell what the machine said")
    place = counted(desk.count(which), page, PER_PAGE)
    lines = desk.lines(which, page=place["page"], shuffled=session.blind)
    hidden = {line.seq for line in lines if is_hidden(desk, line.seq, session)}
    return shown(request, session, "packs.html.j2", at="packs", lines=lines, hidden=hidden, which=which, place=place)


@routes.get("/review")
async def review(request: Request, session: Viewer, which: Which, after: After = 0) -> Response:
    """The next pack that waits for this reviewer; ``after`` is the one that was looked at last."""
    desk = room_of(request).desk
    seq = desk.following(session.name, after, which, shuffled=session.blind)
    if seq is None:
        return shown(request, session, "done.html.j2", at="review", which=which)
    return RedirectResponse(f"/packs/{seq}?{query_of(which, queue=1)}", 303)


@routes.get("/packs/{seq}")
async def pack(
    request: Request, session: Viewer, which: Which, seq: Seq, view: int = 0, queue: bool = False, after: After = -1
) -> Response:
    """One pack beside its reference. ``after`` is the number of the last decision that was shown, if others came."""
    return pack_page(request, session, which, seq, view=view, queue=queue, after=after, here=_address(request))


def pack_page(
    request: Request,
    session: Session,
    which: Wanted,
    seq: int,
    *,
    here: str,
    view: int = 0,
    queue: bool = False,
    after: int = -1,
) -> HTMLResponse:
    """The page of one pack, which has the address ``here``."""
    desk = room_of(request).desk
    of = shown_item(desk, seq, session, view=view)
    around = [
        desk.following(session.name, seq, which, back=back, shuffled=session.blind, everything=not queue)
        for back in (True, False)
    ]
    following = None if around[1] is None else shown_item(desk, around[1], session)
    return shown(
        request,
        session,
        "pack.html.j2",
        at="review" if queue else "packs",
        here=here,
        of=of,
        which=which,
        queue=queue,
        before=around[0],
        following=following,
        waiting=desk.open_for(session.name, which) if queue else None,
        zone=desk.sites[desk.line(seq).site].timezone,  # type: ignore[union-attr]  # shown_item has refused it
        last=max((one.n for one in desk.reviews(seq)), default=0),
        others=[one for one in of.reviews if 0 <= after < one.n and one.by != session.name],
        longest=REMARK_LETTERS,
    )


@routes.get("/many")
async def many(request: Request, session: Viewer, which: Which, page: Page = 1) -> Response:
    """Packs with their pictures, for one decision on all of them once each was looked at."""
    open_eyed(session)
    desk = room_of(request).desk
    waiting = desk.waiting(session.name, which, page=page, size=BLIND_AT_MOST)
    place = counted(desk.open_for(session.name, which), page, BLIND_AT_MOST)
    shown_now = [shown_item(desk, seq, session) for seq in waiting]
    return shown(request, session, "many.html.j2", at="review", which=which, place=place, packs=shown_now)


@routes.get("/sources")
async def sources(request: Request, session: Viewer, failed: bool = False, page: Page = 1) -> Response:
    desk = room_of(request).desk
    number, found = desk.sources(failed=failed, page=page)
    place = counted(number, page, PER_PAGE)
    return shown(request, session, "sources.html.j2", at="sources", sources=found, failed=failed, place=place)


@routes.get("/log")
async def log(request: Request, session: Viewer, page: Page = 1) -> Response:
    open_eyed(session)
    pages_of = room_of(request).log
    place = counted(len(pages_of), page, LOG_PER_PAGE)
    return shown(request, session, "log.html.j2", at="log", entries=pages_of.page(place["page"]), place=place)


@routes.get("/agreement")
async def agreed(request: Request, session: Viewer) -> Response:
    open_eyed(session)
    found = agreement(room_of(request).desk.labels())
    return shown(request, session, "agreement.html.j2", at="agreement", found=found)
