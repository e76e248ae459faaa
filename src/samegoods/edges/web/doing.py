"""What changes something: deciding, undoing, deciding on many, settings. Every form brings its token."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from samegoods.edges.web.guard import Refused, form_of, needs
from samegoods.edges.web.lines import Wanted
from samegoods.edges.web.looking import Seq, Viewer, open_eyed, pack_page, query_of, room_of, wanted
from samegoods.edges.web.rooms import local_path
from samegoods.edges.web.showing import is_hidden
from samegoods.edges.web.visitors import Session
from samegoods.languages import languages
from samegoods.results.review import Wish

routes = APIRouter(include_in_schema=False)
Reviewer = Annotated[Session, Depends(needs("reviewer"))]
THEMES = ("system", "light", "dark")


@routes.post("/settings")
async def settings(request: Request, session: Viewer) -> Response:
    """Language, theme, blind or not; what the form does not name stays."""
    form = await form_of(request)
    changed(session, form.get("language"), form.get("theme"), form.get("blind"), forced=room_of(request).forced_blind)
    return RedirectResponse(local_path(form.get("next")), 303)


def changed(session: Session, language: str | None, theme: str | None, blind: str | None, *, forced: bool) -> None:
    """Change a visitor's settings.

    Raises:
        Refused: there is no such setting, or the case is served blind to all.
    """
    if language is not None:
        session.language = _one_of(language, languages())
    if theme is not None:
        session.theme = _one_of(theme, THEMES)
    if blind is not None:
        if forced and blind != "yes":
            raise Refused(403, "this case is reviewed blind: whoever serves it has said so")
        session.blind = _one_of(blind, ("yes", "no")) == "yes"


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Refused(422, f"expected one of {', '.join(known)}")
    return value


@routes.post("/packs/{seq}/decide")
def decide(
    request: Request, session: Reviewer, seq: Seq, form: Annotated[dict[str, str], Depends(form_of)]
) -> Response:
    """Keep a decision and go on to the next pack; where somebody else decided meanwhile, show this one again."""
    room, which = room_of(request), _which(form)
    wish = wish_of(form)
    was_hidden = is_hidden(room.desk, seq, session)
    if wish.decision == "agree" and was_hidden:
        raise Refused(409, "blind, there is nothing to agree with yet: say the same, different or cannot tell")
    seen = _number(form.get("seen"))
    others = [one for one in room.desk.reviews(seq) if one.n > seen and one.by != session.name]
    room.decided(wish, seq, session)
    if others or was_hidden:  # both decisions are kept; and what was hidden is shown now
        return _on_to(request, session, seq, which, after=seen if others else -1)
    following = room.desk.following(session.name, seq, which, shuffled=session.blind)
    if following is None:
        return RedirectResponse(f"/review?{query_of(which)}", 303)
    return _on_to(request, session, following, which)


def _on_to(request: Request, session: Session, seq: int, which: Wanted, *, after: int = -1) -> Response:
    """A pack of the queue: where script asks, the page itself, which saves a way there and back."""
    more = {} if after < 0 else {"after": after}
    address = f"/packs/{seq}?{query_of(which, queue=1, **more)}"
    if request.headers.get("hx-request") != "true":
        return RedirectResponse(address, 303)
    page = pack_page(request, session, which, seq, queue=True, after=after, here=address)
    page.headers["HX-Push-Url"] = address
    return page


@routes.post("/undo")
def undo(request: Request, session: Reviewer, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take back the reviewer's last decision that stands, and show its pack."""
    room = room_of(request)
    last = room.desk.last_of(session.name)
    if last is None:
        raise Refused(409, "you have no decision to take back")
    n, seq = last
    room.decided(Wish(decision="withdraw", withdraws=n), seq, session)
    return _on_to(request, session, seq, _which(form))


@routes.post("/many")
def decide_many(request: Request, session: Reviewer, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """One decision on all packs of a page, each of which was looked at."""
    open_eyed(session)
    room, which = room_of(request), _which(form)
    listed = [_number(one) for one in form.get("packs", "").split(",") if one]
    unseen = [seq for seq in listed if form.get(f"seen-{seq}") != "yes"]
    if not listed or len(listed) > 50 or unseen:
        raise Refused(409, "look at every pack on the page first: a decision on many is one on each of them")
    if form.get("decision") not in ("agree", "cannot_tell", "not_product"):
        raise Refused(422, "on many packs one can agree, say that it cannot be told, or that they are not the product")
    wish = wish_of(form)
    for seq in listed:
        room.desk.item(seq)  # or nothing is decided at all
    for seq in listed:
        room.decided(wish, seq, session)
    return RedirectResponse(f"/many?{query_of(which)}", 303)


def wish_of(form: dict[str, str]) -> Wish:
    """The decision that a form asks for; what is empty is not told.

    Raises:
        Refused: it makes no sense.
    """
    told: dict[str, Any] = {"decision": form.get("decision", ""), "remark": form.get("remark", "").strip()}
    if told["decision"] in ("same", "different"):
        told |= {"decision": "correct", "axis": "packaging", "call": form["decision"]}
    elif told["decision"] == "correct":
        told |= {name: form[name] for name in ("axis", "call", "kind", "reference") if form.get(name)}
        told["region"] = _region(form.get("region", ""))
        told = _tidy(told)
    try:
        return Wish.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Refused(422, first["msg"].removeprefix("Value error, ")) from None


def _tidy(told: dict[str, Any]) -> dict[str, Any]:
    """Without an axis that no call goes with, and without a reference that no region goes with."""
    if "call" not in told:
        told.pop("axis", None)
    if not told["region"]:
        told.pop("reference", None)
    return told


def _region(text: str) -> Any:
    try:
        return json.loads(text) if text else ()
    except (ValueError, RecursionError):
        raise Refused(422, "the place on the face cannot be read") from None


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else 0


def _which(form: dict[str, str]) -> Wanted:
    return wanted(form.get("product"), form.get("site"), form.get("call-of"), form.get("decided"))
