"""Pictures and the page's own files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from samegoods.edges.web.counts import labels
from samegoods.edges.web.guard import Refused
from samegoods.edges.web.looking import Seq, Viewer, known_statistics, open_eyed, room_of
from samegoods.edges.web.pictures import SIDE_PX, SMALL_PX, webp
from samegoods.edges.web.rooms import Room
from samegoods.edges.web.showing import face_of, is_hidden, slots
from samegoods.results.parts import CropPart

routes = APIRouter(include_in_schema=False)
View = Annotated[int, Path(ge=0, le=1000)]
Number = Annotated[int, Path(ge=1, le=1 << 40)]
KEEP = "private, max-age=86400, immutable"


@routes.get("/static/{stamp}/{name}")
async def static(request: Request, stamp: str, name: str) -> Response:
    """The page's own files: the same for everybody, and nothing of a case."""
    from samegoods.edges.web.app import ONE_YEAR, STATIC

    files: dict[str, bytes] = request.app.state.static
    if name not in files:
        raise Refused(404, "there is nothing here")
    return Response(files[name], media_type=STATIC[name], headers={"Cache-Control": ONE_YEAR})


@routes.get("/pictures/references/{n}.webp")
def reference(request: Request, session: Viewer, n: Number, small: bool = False) -> Response:
    open_eyed(session)
    return given(_reference(room_of(request), n, SMALL_PX if small else SIDE_PX))


@routes.get("/pictures/packs/{seq}/{view}.webp")
def pack(request: Request, session: Viewer, seq: Seq, view: View, small: bool = False) -> Response:
    room = room_of(request)
    if is_hidden(room.desk, seq, session):
        raise Refused(403, "this is hidden until you have decided")
    return given(_pack(room, seq, view, SMALL_PX if small else SIDE_PX))


@routes.get("/pictures/packs/{seq}/{view}/heat.webp")
def heat(request: Request, session: Viewer, seq: Seq, view: View) -> Response:
    room = room_of(request)
    if is_hidden(room.desk, seq, session):
        raise Refused(403, "this is hidden until you have decided")
    return given(_heat(room, seq, view))


@routes.get("/pictures/blind/{seq}/{view}/{slot}.webp")
def blind(request: Request, session: Viewer, seq: Seq, view: View, slot: str, small: bool = False) -> Response:
    """The reference or the view, under a name that does not tell which."""
    room, side = room_of(request), SMALL_PX if small else SIDE_PX
    if slot not in ("a", "b"):
        raise Refused(404, "there is no such picture")
    if slot == slots(seq, session.name)[0]:
        item = room.desk.item(seq)
        pair = face_of(item, _crop(item.crops, view), room.desk.references(item.product))
        if pair is None:
            raise Refused(404, "there is no reference of this face")
        return given(_reference(room, pair[0], side))
    return given(_pack(room, seq, view, side))


@routes.get("/pictures/shares.svg")
def shares(request: Request, session: Viewer) -> Response:
    open_eyed(session)
    room = room_of(request)
    names = labels(room.desk)
    drawn = [(names(one), one.tally) for one in known_statistics(room.desk).drawn(room.desk.campaign.requires)]
    content = room.shelf.get("shares", lambda: room.studio.shares(drawn))
    return Response(content, media_type="image/svg+xml", headers={"Cache-Control": KEEP})


def _reference(room: Room, n: int, side_px: int) -> bytes:
    found = room.desk.reference(n)
    if found is None:
        raise Refused(404, "there is no such reference")
    return room.shelf.get(f"reference {n} {side_px}", lambda: webp(room.studio.reference(found), side_px))


def _pack(room: Room, seq: int, view: int, side_px: int) -> bytes:
    def made() -> bytes:
        item = room.desk.item(seq)
        crop = _crop(item.crops, view)
        pair = face_of(item, crop, room.desk.references(item.product))
        if pair is None:
            raise Refused(404, "there is no reference of this face")
        longest = min(side_px, max(pair[1].width, pair[1].height), _worth(crop))
        return webp(room.studio.flat(crop, pair[1], longest), side_px)

    return room.shelf.get(f"pack {seq} {view} {side_px}", made)


def _heat(room: Room, seq: int, view: int) -> bytes:
    def made() -> bytes:
        item = room.desk.item(seq)
        crop = _crop(item.crops, view)
        pair = face_of(item, crop, room.desk.references(item.product))
        pixels = None if pair is None else room.studio.heat(item, pair[1])
        if pixels is None:
            raise Refused(404, "these pictures tell too little for a heat map")
        return webp(pixels, SIDE_PX)

    return room.shelf.get(f"heat {seq} {view}", made)


def _worth(crop: CropPart) -> int:
    """The longest side that is worth drawing, by what the crop has: the rest is for the browser."""
    xs, ys = ([point[i] for point in crop.quad] for i in (0, 1))
    return max(SMALL_PX, round(1.5 * max(max(xs) - min(xs), max(ys) - min(ys))))


def _crop(crops: tuple[CropPart, ...], view: int) -> CropPart:
    if view >= len(crops):
        raise Refused(404, "there is no such view")
    return crops[view]


def given(content: bytes) -> Response:
    """A picture that the browser may keep for a day."""
    return Response(content, media_type="image/webp", headers={"Cache-Control": KEEP})
