"""The same as the pages, for scripts: JSON, described by ``/openapi.json``.

A script sends ``Authorization: Bearer TOKEN`` with the token of the printed link; with accounts it signs in.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from samegoods.edges.web.agreeing import AgreementPart, agreement
from samegoods.edges.web.doing import Reviewer
from samegoods.edges.web.guard import Refused
from samegoods.edges.web.lines import Wanted
from samegoods.edges.web.looking import (
    After,
    Page,
    Seq,
    Viewer,
    known_product,
    known_statistics,
    open_eyed,
    room_of,
)
from samegoods.edges.web.showing import ShownPart, is_hidden, shown_item
from samegoods.results.base import Part
from samegoods.results.parts import CampaignPart, FindingPart, ReferencePart, SourcePart
from samegoods.results.review import ReviewPart, Wish
from samegoods.results.statistics import StatisticsPart


class ErrorPart(Part):
    """What every request gets that is not answered."""

    error: str


WHY = {
    400: "what was sent cannot be read",
    401: "nobody is signed in, or name and password do not fit",
    403: "the role, the missing token of the form, or blind review forbids it",
    404: "there is nothing of this number or name",
    409: "it cannot be done as things are",
    422: "what was sent does not fit",
    429: "too much was tried: ask again after the seconds of Retry-After",
}
SAID: dict[int | str, dict[str, Any]] = {code: {"model": ErrorPart, "description": why} for code, why in WHY.items()}
routes = APIRouter(prefix="/api", responses=SAID)


class CasePart(Part):
    campaign: CampaignPart
    made_at: str
    packs: int
    waiting: int
    """Packs that wait for who asks."""


class LinePart(Part):
    """A pack in a list; what the machine and others say of it is null where that is hidden."""

    seq: int
    source: str
    id: str
    site: str
    product: str
    views: int
    in_scope: bool
    hidden: bool
    call: str | None
    packaging: str | None
    quality: str | None
    version: str | None
    confidence: float | None
    reviewers: int | None
    decision: str | None


class LinesPart(Part):
    number: int
    page: int
    packs: tuple[LinePart, ...]


class SourcesPart(Part):
    number: int
    page: int
    sources: tuple[SourcePart, ...]


class LogPart(Part):
    """Entries of the log, the latest first."""

    number: int
    page: int
    entries: tuple[dict[str, Any], ...]


class ProductViewPart(Part):
    id: str
    name: str
    category: str
    references: tuple[ReferencePart, ...]
    findings: tuple[FindingPart, ...]


class NextPart(Part):
    seq: int | None
    """The next pack for who asks; null where none waits."""


class ManyPart(Part):
    """One decision on several packs; ``looked_at`` has to name each of them."""

    packs: Annotated[tuple[int, ...], Field(min_length=1, max_length=50)]
    looked_at: tuple[int, ...]
    wish: Wish


def asked_for(
    product: str | None = None,
    site: str | None = None,
    call: Literal["same", "different", "cannot_tell"] | None = None,
    decided: bool | None = None,
) -> Wanted:
    return Wanted(product, site, call, decided)


Asked = Annotated[Wanted, Depends(asked_for)]


@routes.get("/case")
async def case(request: Request, session: Viewer) -> CasePart:
    desk = room_of(request).desk
    return CasePart(
        campaign=desk.campaign,
        made_at=desk.made_at,
        packs=desk.count(Wanted()),
        waiting=desk.open_for(session.name, Wanted()),
    )


@routes.get("/findings")
async def findings(request: Request, session: Viewer) -> tuple[FindingPart, ...]:
    open_eyed(session)
    return tuple(room_of(request).desk.findings())


@routes.get("/statistics")
async def statistics(request: Request, session: Viewer) -> StatisticsPart:
    open_eyed(session)
    return known_statistics(room_of(request).desk)


@routes.get("/products/{product}")
async def product(request: Request, session: Viewer, product: str) -> ProductViewPart:
    open_eyed(session)
    desk = room_of(request).desk
    known = known_product(desk, product)
    return ProductViewPart(
        id=known.id,
        name=known.name,
        category=known.category,
        references=tuple(one for _, one in desk.references(product)),
        findings=tuple(desk.findings(product)),
    )


@routes.get("/packs")
async def packs(request: Request, session: Viewer, which: Asked, page: Page = 1) -> LinesPart:
    desk = room_of(request).desk
    if session.blind and which.call:
        raise Refused(403, "this is hidden while you review blind")
    lines = desk.lines(which, page=page, shuffled=session.blind)
    told = []
    for line in lines:
        hidden = is_hidden(desk, line.seq, session)
        told.append(
            LinePart(
                seq=line.seq,
                source=line.source,
                id=line.id,
                site=line.site,
                product=line.product,
                views=line.views,
                in_scope=line.in_scope,
                hidden=hidden,
                call=None if hidden else line.call,
                packaging=None if hidden else line.packaging,
                quality=None if hidden else line.quality,
                version=None if hidden else line.version,
                confidence=None if hidden else line.sure,
                reviewers=None if hidden else line.reviewers,
                decision=None if hidden else line.decision,
            )
        )
    return LinesPart(number=desk.count(which), page=page, packs=tuple(told))


@routes.get("/packs/{seq}")
async def pack(request: Request, session: Viewer, seq: Seq, view: int = 0) -> ShownPart:
    return shown_item(room_of(request).desk, seq, session, view=view)


@routes.post("/packs/{seq}/decisions", status_code=201)
def decide(request: Request, session: Reviewer, seq: Seq, wish: Wish) -> ReviewPart:
    room = room_of(request)
    if wish.decision == "agree" and is_hidden(room.desk, seq, session):
        raise Refused(409, "blind, there is nothing to agree with yet")
    return room.decided(wish, seq, session)


@routes.post("/undo", status_code=201)
def undo(request: Request, session: Reviewer) -> ReviewPart:
    """Take back the last decision of who asks that stands."""
    room = room_of(request)
    last = room.desk.last_of(session.name)
    if last is None:
        raise Refused(409, "you have no decision to take back")
    return room.decided(Wish(decision="withdraw", withdraws=last[0]), last[1], session)


@routes.post("/many", status_code=201)
def decide_many(request: Request, session: Reviewer, many: ManyPart) -> tuple[ReviewPart, ...]:
    open_eyed(session)
    room = room_of(request)
    if set(many.packs) - set(many.looked_at):
        raise Refused(409, "look at every pack first: a decision on many is one on each of them")
    if many.wish.decision not in ("agree", "cannot_tell", "not_product"):
        raise Refused(422, "on many packs one can agree, cannot_tell or not_product")
    for seq in many.packs:
        room.desk.item(seq)
    return tuple(room.decided(many.wish, seq, session) for seq in many.packs)


@routes.get("/next")
async def following(request: Request, session: Viewer, which: Asked, after: After = 0) -> NextPart:
    desk = room_of(request).desk
    return NextPart(seq=desk.following(session.name, after, which, shuffled=session.blind))


@routes.get("/sources")
async def sources(request: Request, session: Viewer, failed: bool = False, page: Page = 1) -> SourcesPart:
    number, found = room_of(request).desk.sources(failed=failed, page=page)
    return SourcesPart(number=number, page=page, sources=tuple(found))


@routes.get("/log")
async def log(request: Request, session: Viewer, page: Page = 1) -> LogPart:
    open_eyed(session)
    pages = room_of(request).log
    return LogPart(number=len(pages), page=page, entries=tuple(pages.page(page)))


@routes.get("/agreement")
async def agreed(request: Request, session: Viewer) -> AgreementPart:
    open_eyed(session)
    return agreement(room_of(request).desk.labels())


openapi = APIRouter(include_in_schema=False)


@openapi.get("/openapi.json")
async def described(request: Request, session: Viewer) -> Response:
    return JSONResponse(request.app.openapi())
