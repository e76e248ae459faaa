"""The part of the report on each product: the reference beside what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samegoods.edges.report import labels, looks
from samegoods.edges.report.closeups import close_to, closeup
from samegoods.edges.report.packs import ProductPacks, differences
from samegoods.edges.report.pictures import SMALL_PX, Picture, flat, flat_picture, read, reference_picture
from samegoods.edges.report.plates import Noted, Plate, noted, outlines
from samegoods.edges.report.reading import Case
from samegoods.edges.report.words import KINDS, because, moment, packs
from samegoods.records import UNLISTED, CallName
from samegoods.results.parts import CropPart, ItemPart, ProductPart, ReferencePart
from samegoods.results.review import DecisionName, ReviewPart
from samegoods.results.verdicts import DifferencePart
from samegoods.results.words import clock

_DECISIONS: dict[DecisionName, str] = {
    "agree": "agrees",
    "correct": "says otherwise",
    "not_product": "this is not the product",
    "cannot_tell": "it cannot be told from these pictures",
    "withdraw": "takes a decision back",
}
_CALLS: dict[CallName, str] = {"same": "the same", "different": "different", "cannot_tell": "not to be told"}
CLOSE_AT_MOST = 3
"""Differences of a pack with pictures from close by: the surest."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A face of the reference beside the same face of a pack."""

    reference: Plate
    pack: Plate


@dataclass(frozen=True, slots=True)
class Card:
    """A pack that differs."""

    title: str
    where: str
    pairs: tuple[Pair, ...]
    notes: tuple[Noted, ...]
    verdicts: tuple[tuple[str, str, str], ...]
    look: str
    features: tuple[looks.Told, ...]
    label: labels.Labelled
    views: str
    version: str
    id: str
    not_judged: str | None
    reviews: tuple[str, ...]
    """What people decided on it, one line each."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A pack that is the same, or that cannot be told, in small."""

    picture: Picture | None
    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Packs with one outcome, as small pictures."""

    title: str
    thumbs: tuple[Thumb, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Section:
    """All on one product."""

    id: str
    name: str
    category: str
    rules: tuple[str, ...]
    """The rules that its packs are judged by, or passed over by."""
    faces: tuple[Plate, ...]
    cards: tuple[Card, ...]
    described: tuple[Card, ...]
    """Packs that differ, but that the order does not reach."""
    more: int
    groups: tuple[Group, ...]


def sections(case: Case) -> list[Section]:
    """A section for each product of which at least one pack was compared."""
    known = case.packs.products
    return [_section(case, one, known[one.id]) for one in case.products.values() if one.id in known]


def _section(case: Case, product: ProductPart, held: ProductPacks) -> Section:
    cards = case.each(lambda numbered: _card(case, *numbered), enumerate(held.differing, 1))
    return Section(
        product.id,
        product.name,
        product.category,
        _rules(case, held),
        _faces(case, product),
        tuple(card for card in cards if card.not_judged is None),
        tuple(card for card in cards if card.not_judged is not None),
        held.counts["different"] - len(cards),
        tuple(
            _group(case, title, held.shown[outcome], held.counts[outcome])
            for title, outcome in (("No difference found", "same"), ("Could not be told", "cannot_tell"))
            if held.counts[outcome]
        ),
    )


def _rules(case: Case, held: ProductPacks) -> tuple[str, ...]:
    in_force = case.document.campaign.in_force
    judged = [f"Judged by: {rule}, in force since {in_force}" for reached, rule in held.rules if reached]
    return (*judged, *(f"Not judged: {rule}" for reached, rule in held.rules if not reached))


def _faces(case: Case, product: ProductPart) -> tuple[Plate, ...]:
    shown = [one for one in case.references.values() if (one.product, one.version) == (product.id, "export")]
    return tuple(
        Plate(
            one.face,
            f"{product.name}, export version, {one.face}",
            reference_picture(case.pictures, one, side_px=SMALL_PX),
        )
        for one in shown
    )


def _card(case: Case, number: int, item: ItemPart) -> Card:
    numbered = list(enumerate(differences(item), 1))
    return Card(
        f"Pack {number}",
        where(case, item),
        tuple(_pairs(case, item, numbered)),
        _notes(case, item, numbered),
        (
            ("Packaging", item.packaging.call, because(item.packaging)),
            ("Quality", item.quality.call, because(item.quality)),
        ),
        looks.LOOKS[item.appearance],
        looks.told(item),
        labels.labelled(item),
        f"seen in {item.views} pictures" if item.views != 1 else "seen in one picture",
        _version(item),
        item.id,
        None if item.in_scope else item.rule,
        tuple(_decided(one) for one in item.reviews),
    )


def _decided(one: ReviewPart) -> str:
    """``Ana, 3 July 2026: quality is the same``."""
    said = _DECISIONS[one.decision]
    if one.decision == "correct":
        told = [f"{one.axis} is {_CALLS[one.call]}"] if one.axis and one.call else []
        told += [f"the kind is {KINDS[one.kind].lower()}"] if one.kind else []
        told += ["it differs at another place"] if one.region else []
        said = f"{said}: {', '.join(told)}"
    blind = ", before seeing what the program says" if one.blind else ""
    remark = f" ({one.remark})" if one.remark else ""
    return f"{one.by}, {one.at.day} {one.at:%B %Y}{blind}: {said}{remark}"


def _notes(case: Case, item: ItemPart, numbered: list[tuple[int, DifferencePart]]) -> tuple[Noted, ...]:
    """The differences in words, the surest with the reference and the pack from close by."""
    surest = sorted(numbered, key=lambda pair: -pair[1].confidence)[:CLOSE_AT_MOST]
    near = {number: _close(case, item, number, one) for number, one in surest}
    return tuple(noted(number, one, near.get(number, ())) for number, one in numbered)


def _close(case: Case, item: ItemPart, number: int, one: DifferencePart) -> tuple[Plate, ...]:
    reference = case.references.get(one.reference)
    crop = None if reference is None else _best(item, reference)
    box = None if reference is None else close_to(one, (reference.width, reference.height))
    if reference is None or crop is None or box is None:
        return ()
    genuine = read(case.pictures, reference.picture)
    seen = flat(case.pictures, crop, reference, side_px=max(reference.width, reference.height))
    return closeup("Reference", number, genuine, box), closeup("This pack", number, seen, box)


def _version(item: ItemPart) -> str:
    if item.version is None:
        return "which version it is cannot be told"
    return "it fits no listed version" if item.version == UNLISTED else f"it fits the {item.version} version"


def _pairs(case: Case, item: ItemPart, numbered: list[tuple[int, DifferencePart]]) -> list[Pair]:
    """One pair for each face with a difference; the best view of the face."""
    pairs = []
    for ident in dict.fromkeys(one.reference for _, one in numbered):
        reference = case.references.get(ident)
        crop = None if reference is None else _best(item, reference)
        if reference is not None and crop is not None:
            there = [(number, one) for number, one in numbered if one.reference == ident]
            pairs.append(_pair(case, crop, reference, there))
    return pairs


def _best(item: ItemPart, reference: ReferencePart) -> CropPart | None:
    return next((crop for crop in item.crops if crop.face == reference.face), None)


def _pair(case: Case, crop: CropPart, reference: ReferencePart, numbered: list[tuple[int, DifferencePart]]) -> Pair:
    name = f"{case.products[reference.product].name}, {reference.face}"
    genuine = reference_picture(case.pictures, reference)
    seen = flat_picture(case.pictures, crop, reference)
    drawn = outlines(numbered, genuine)
    return Pair(
        Plate(
            f"{reference.version.capitalize()} version, {reference.face}",
            f"{name}: the reference",
            genuine,
            drawn,
        ),
        Plate("This pack, laid flat; hatched: not seen", f"{name}: the pack that was seen", seen, drawn),
    )


def _group(case: Case, title: str, shown: Sequence[ItemPart], number: int) -> Group:
    thumbs = case.each(lambda item: _thumb(case, item), shown)
    return Group(f"{title}: {packs(number)}", thumbs, number - len(shown))


def _thumb(case: Case, item: ItemPart) -> Thumb:
    crop = next(iter(item.crops), None)
    onto = None if crop is None else _same_face(case, item, crop)
    picture = None
    if crop is not None and onto is not None:
        picture = flat_picture(case.pictures, crop, onto, side_px=SMALL_PX)
    unknown = [
        f"{axis}: {because(verdict)}"
        for axis, verdict in (("packaging", item.packaging), ("quality", item.quality))
        if verdict.call == "cannot_tell"
    ]
    if not item.in_scope:
        unknown.append(f"not judged: {item.rule}")
    return Thumb(picture, where(case, item), "; ".join(unknown))


def _same_face(case: Case, item: ItemPart, crop: CropPart) -> ReferencePart | None:
    """A reference of the face that a crop shows, of whichever version, for its shape."""
    faces = (one for one in case.references.values() if (one.product, one.face) == (item.product, crop.face))
    return next(faces, None)


def where(case: Case, item: ItemPart) -> str:
    """``Songsin Market, gate-1.mp4 at 0:12, 9 July 2026, 10:30``."""
    source, site = case.sources[item.source], case.sites[item.site]
    parts = [site.name, source.path.rsplit("/", 1)[-1]]
    if item.first_s is not None:
        parts[-1] += f" at {clock(item.first_s)}"
    parts.append("date unknown" if source.captured_at is None else moment(source.captured_at, site.timezone))
    return ", ".join(parts)
