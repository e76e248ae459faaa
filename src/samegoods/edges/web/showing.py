"""What is shown of an item, to whom: in blind mode nothing that tells the answer leaves the server."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable

from pydantic import Field

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.visitors import Session
from samegoods.results.base import Part
from samegoods.results.parts import CropPart, ItemPart, ReferencePart, SourcePart
from samegoods.results.review import ReviewPart
from samegoods.results.verdicts import DifferencePart

STANDARD = "export"


class ViewPart(Part):
    """One view of a pack. ``reference`` and ``picture`` are addresses; where the answer is hidden it is not told which
    of the two is which."""

    number: int
    face: str
    reference: str
    picture: str
    small: str
    heat: str | None
    width: float
    height: float
    """The frame that regions are drawn in, px of the reference."""
    reference_id: str | None = None


class WordsPart(Part):
    """A line of the label: as it is due and as it was read, in pieces of which some differ."""

    number: int
    due: tuple[tuple[str, bool], ...]
    read: tuple[tuple[str, bool], ...]
    outcome: str
    declared: bool
    region: tuple[tuple[float, float], ...]


class FoundPart(Part):
    """A difference with its number in the list, and the axis that it counts for."""

    number: int
    axis: str
    difference: DifferencePart


class ShownPart(Part):
    """An item as it is shown. ``hidden``: the reviewer works blind and has not decided; then ``item`` is not told."""

    seq: int
    product: str
    product_name: str
    site_name: str
    source: SourcePart
    hidden: bool
    item: ItemPart | None
    seen_s: float | None
    views: tuple[ViewPart, ...]
    shown: int
    differences: tuple[FoundPart, ...] = ()
    words: tuple[WordsPart, ...] = ()
    reviews: tuple[ReviewPart, ...] = ()
    stands: tuple[int, ...] = Field(default=())
    mine: int | None = None
    """The last of the reviewer's own decisions that stand."""

    @property
    def view(self) -> ViewPart | None:
        return self.views[self.shown] if self.views else None


def is_hidden(desk: Desk, seq: int, session: Session) -> bool:
    """Whether the answer on an item is kept from a visitor: whoever has decided once has seen it."""
    return session.blind and session.name not in {one.by for one in desk.reviews(seq)}


def shown_item(desk: Desk, seq: int, session: Session, *, view: int = 0) -> ShownPart:
    """An item for a visitor.

    Raises:
        CaseError: there is none of this number.
    """
    item = desk.item(seq)
    hidden = is_hidden(desk, seq, session)
    numbered = {one.id: (n, one) for n, one in desk.references(item.product)}
    views = tuple(_views(desk, seq, item, numbered, session, hidden=hidden))
    shown = min(max(view, 0), max(len(views) - 1, 0))
    now = views[shown].reference_id if views else None
    reviews = tuple(desk.reviews(seq))
    stands = tuple(desk.stands(seq))
    by_number = {one.n: one for one in reviews}
    return ShownPart(
        seq=seq,
        product=item.product,
        product_name=desk.products[item.product].name,
        site_name=desk.sites[item.site].name,
        source=desk.source(item.source),
        hidden=hidden,
        item=None if hidden else item,
        seen_s=item.first_s,
        views=views,
        shown=shown,
        differences=() if hidden else tuple(_found(item)),
        words=() if hidden or now is None else tuple(_words(item, now)),
        reviews=() if hidden else reviews,
        stands=() if hidden else stands,
        mine=next((n for n in reversed(stands) if by_number[n].by == session.name), None),
    )


def face_of(
    item: ItemPart, crop: CropPart, references: Iterable[tuple[int, ReferencePart]]
) -> tuple[int, ReferencePart] | None:
    """The reference beside which a crop is shown: the one that the differences of its face are told on, else the
    export version's, else any of that face."""
    told = {one.reference for one in (*item.packaging.differences, *item.quality.differences)}
    same = [pair for pair in references if pair[1].face == crop.face]
    return min(same, key=lambda pair: (pair[1].id not in told, pair[1].version != STANDARD, pair[0]), default=None)


def slots(seq: int, name: str) -> tuple[str, str]:
    """The names under which a blind reviewer gets the reference and the view: ``a`` and ``b``, either way round."""
    turned = hashlib.sha256(f"{seq}/{name}".encode()).digest()[0] & 1
    return ("b", "a") if turned else ("a", "b")


def _views(
    desk: Desk,
    seq: int,
    item: ItemPart,
    numbered: dict[str, tuple[int, ReferencePart]],
    session: Session,
    *,
    hidden: bool,
) -> Iterable[ViewPart]:
    """The views of a pack; a blind reviewer gets both pictures by names that do not tell which is which."""
    end = f"?v={desk.version}"
    of_reference, _ = slots(seq, session.name)
    for k, crop in enumerate(item.crops):
        pair = face_of(item, crop, numbered.values())
        if pair is None:
            continue
        n, reference = pair
        told, size = None, {"width": float(reference.width), "height": float(reference.height)}
        one, other = (f"/pictures/blind/{seq}/{k}/{slot}.webp{end}" for slot in "ab")
        small, heat = (one if of_reference == "b" else other) + "&small=1", None
        if not hidden:
            own = f"/pictures/packs/{seq}/{k}"
            genuine = one if of_reference == "a" else other
            one = genuine if session.blind else f"/pictures/references/{n}.webp{end}"
            other, small, heat, told = (
                f"{own}.webp{end}",
                f"{own}.webp{end}&small=1",
                f"{own}/heat.webp{end}",
                reference.id,
            )
        yield ViewPart(
            number=k, face=crop.face, reference=one, picture=other, small=small, heat=heat, reference_id=told, **size
        )


def _found(item: ItemPart) -> Iterable[FoundPart]:
    both = (("packaging", item.packaging), ("quality", item.quality))
    told = ((axis, one) for axis, verdict in both for one in verdict.differences)
    for number, (axis, one) in enumerate(told, 1):
        yield FoundPart(number=number, axis=axis, difference=one)


def _words(item: ItemPart, reference: str) -> Iterable[WordsPart]:
    lines = [line for line in item.label.lines if line.reference == reference]
    for number, line in enumerate(lines, 1):
        due, read = marked(line.due, line.text) if line.text else (((line.due, False),), ())
        yield WordsPart(
            number=number, due=due, read=read, outcome=line.outcome, declared=line.declared, region=line.region
        )


def marked(due: str, read: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Two lines in pieces, word by word; what is not in the other is marked."""
    one, other = due.split(), read.split()
    match = difflib.SequenceMatcher(None, one, other, autojunk=False)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for what, a, b, c, d in match.get_opcodes():
        if a < b:
            left.append((" ".join(one[a:b]), what != "equal"))
        if c < d:
            right.append((" ".join(other[c:d]), what != "equal"))
    return tuple(left), tuple(right)
