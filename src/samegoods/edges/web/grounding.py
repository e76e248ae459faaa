"""Reports from the ground: pages and API on which reviewers take them in, or do not."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from samegoods.edges.web.api import SAID
from samegoods.edges.web.desk import PER_PAGE
from samegoods.edges.web.doing import Reviewer
from samegoods.edges.web.guard import Refused, form_of
from samegoods.edges.web.looking import Page, counted, room_of, shown
from samegoods.edges.web.pictures import SIDE_PX, webp
from samegoods.edges.web.pictures_routes import given
from samegoods.edges.web.rooms import Room
from samegoods.results.base import Part
from samegoods.results.ground import (
    REASON_LETTERS,
    GroundCropPart,
    GroundModerationPart,
    GroundReportPart,
    ModerationName,
)
from samegoods.results.parts import CropPart, ReferencePart

routes = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/ground", responses=SAID)
Number = Annotated[int, Path(ge=1, le=1 << 40)]
State = Literal["waiting", "accept", "reject"]


class ModerationWish(Part):
    """A decision on a report as it is asked for; its sender sees the reason."""

    decision: ModerationName
    reason: Annotated[str, Field(max_length=REASON_LETTERS)] = ""


class ReportViewPart(Part):
    """A report, and what was decided on it, the last of which holds."""

    report: GroundReportPart
    moderations: tuple[GroundModerationPart, ...]

    @property
    def state(self) -> State:
        return self.moderations[-1].decision if self.moderations else "waiting"


class ReportsPart(Part):
    number: int
    waiting: int
    page: int
    reports: tuple[ReportViewPart, ...]


def _listed(room: Room, page: int, *, waiting: bool) -> ReportsPart:
    numbers = room.ground.waiting() if waiting else room.ground.numbers()
    here = numbers[(page - 1) * PER_PAGE : page * PER_PAGE]
    found = {one.n: one for one in room.ground.reports(here)}
    views = tuple(ReportViewPart(report=found[n], moderations=room.ground.moderations(n)) for n in here if n in found)
    return ReportsPart(number=len(numbers), waiting=len(room.ground.waiting()), page=page, reports=views)


def _viewed(room: Room, n: int) -> ReportViewPart:
    found = room.ground.reports([n])
    if not found:
        raise Refused(404, "there is no such report: its sender may have taken it back")
    return ReportViewPart(report=found[0], moderations=room.ground.moderations(n))


@routes.get("/ground")
def reports(request: Request, session: Reviewer, waiting: bool = False, page: Page = 1) -> Response:
    found = _listed(room_of(request), page, waiting=waiting)
    place = counted(found.number, page, PER_PAGE)
    return shown(request, session, "ground_list.html.j2", at="ground", found=found, waiting=waiting, place=place)


@routes.get("/ground/next")
def following(request: Request, session: Reviewer, after: int = 0) -> Response:
    """The next report that waits, after one; from the first where there is none."""
    waiting = [n for n in room_of(request).ground.waiting() if n != after]
    later = [n for n in waiting if n > after]
    return RedirectResponse(f"/ground/{(later or waiting)[0]}" if waiting else "/ground", 303)


@routes.get("/ground/{n}")
def report(request: Request, session: Reviewer, n: Number) -> Response:
    room = room_of(request)
    return shown(request, session, "ground.html.j2", at="ground", one=_viewed(room, n), longest=REASON_LETTERS)


@routes.post("/ground/{n}")
def moderate(
    request: Request, session: Reviewer, n: Number, form: Annotated[dict[str, str], Depends(form_of)]
) -> Response:
    try:
        wish = ModerationWish.model_validate(
            {"decision": form.get("decision"), "reason": form.get("reason", "").strip()}
        )
    except ValidationError:
        raise Refused(422, "say whether the report is taken in, and why not in few words") from None
    room_of(request).ground.moderate(n, wish.decision, by=session.name, reason=wish.reason)
    return RedirectResponse(f"/ground/next?after={n}", 303)


@routes.get("/pictures/ground/{n}/{k}/{side}.webp")
def picture(request: Request, session: Reviewer, n: Number, k: int, side: str) -> Response:
    """A pack on a photo, laid flat, or the reference beside it."""
    room = room_of(request)
    crops = [crop for item in _viewed(room, n).report.items for crop in item.crops]
    if side not in ("pack", "reference") or not 0 <= k < len(crops):
        raise Refused(404, "there is no such picture")
    onto = _onto(room, crops[k], n)
    if side == "reference":
        return given(room.shelf.get(f"ground {onto.id}", lambda: webp(room.studio.reference(onto), SIDE_PX)))
    crop = CropPart(path=crops[k].path, sighting="", face=crops[k].face, quad=crops[k].quad)
    flat = room.studio.flat(crop, onto, min(SIDE_PX, max(onto.width, onto.height)))
    return Response(webp(flat, SIDE_PX), media_type="image/webp")  # kept nowhere: its sender may take it back


def _onto(room: Room, crop: GroundCropPart, n: int) -> ReferencePart:
    products = {item.product for item in _viewed(room, n).report.items}
    found = [one for product in products for _, one in room.desk.references(product) if one.id == crop.reference]
    if not found:
        raise Refused(404, "there is no reference of this face any more")
    return found[0]


@api.get("")
def listed(request: Request, session: Reviewer, waiting: bool = False, page: Page = 1) -> ReportsPart:
    return _listed(room_of(request), page, waiting=waiting)


@api.get("/{n}")
def viewed(request: Request, session: Reviewer, n: Number) -> ReportViewPart:
    return _viewed(room_of(request), n)


@api.post("/{n}", status_code=201)
def moderated(request: Request, session: Reviewer, n: Number, wish: ModerationWish) -> GroundModerationPart:
    return room_of(request).ground.moderate(n, wish.decision, by=session.name, reason=wish.reason)
