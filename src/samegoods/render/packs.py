"""The demo's goods: invented brands, each drawn for export and for the home market, with what was planted.

A product's home form departs from its export form either in the drawing (something left out, moved or in
another word) or in the print (see ``alterations``). What differs is measured from the pixels, never written
by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from samegoods.records import DifferenceKind, Image
from samegoods.render.design import Design, draw
from samegoods.render.edits import Edit, measure, plant
from samegoods.render.stock import DESIGNS

Change = Callable[[Design], Design]


@dataclass(frozen=True, slots=True)
class Departure:
    """How a home form differs: in the drawing (``change``), or by an entry of the catalogue of edits."""

    kind: DifferenceKind
    name: str
    change: Change | None = None
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Good:
    """One product of the demo. ``size_mm`` is the width, height and depth of its box."""

    id: str
    name: str
    category: str
    designs: Mapping[str, str]
    size_mm: tuple[float, float, float]
    departures: Mapping[str, tuple[Departure, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of one version: its picture, and what is planted in it against the export form."""

    product: str
    version: str
    face: str
    pixels: Image
    edits: tuple[Edit, ...]


def _without(*elements: str) -> Change:
    return lambda design: replace(design, drop=design.drop | set(elements))


def _moved(element: str, dx: float, dy: float) -> Change:
    return lambda design: replace(design, moved={**design.moved, element: (dx, dy)})


GOODS: dict[str, Good] = {
    good.id: good
    for good in (
        Good(
            "karavel-tobacco",
            "Karavel pipe tobacco",
            "tobacco",
            {"front": "karavel"},
            (150, 200, 55),
            {"front": (Departure("mark", "seal missing", _without("seal")),)},
        ),
        Good(
            "ondaluna-biscuits",
            "Ondaluna almond biscuits",
            "confectionery",
            {"front": "ondaluna", "side": "ondaluna-side"},
            (165, 225, 80),
            {
                "front": (
                    Departure(
                        "colour",
                        "panel recoloured",
                        lambda d: replace(d, repainted={"panel": (128, 92, 160)}),
                    ),
                    Departure("text", "lines missing", _without("line0", "line1")),
                )
            },
        ),
        Good(
            "merlune-chocolate",
            "Merlune dark chocolate",
            "confectionery",
            {"front": "merlune"},
            (160, 210, 45),
            {},
        ),
        Good(
            "selune-cream",
            "Selune day cream",
            "cosmetics",
            {"front": "selune"},
            (150, 195, 90),
            {"front": (Departure("print", "cheap print", strength=1.2),)},
        ),
        Good(
            "veltro-tracksuit",
            "Veltro tracksuit",
            "sportswear",
            {"front": "veltro"},
            (240, 190, 70),
            {"front": (Departure("mark", "other logo", lambda d: replace(d, emblem="diamond")),)},
        ),
        Good(
            "passaro-shoes",
            "Passaro running shoes",
            "footwear",
            {"front": "passaro"},
            (260, 180, 120),
            {"front": (Departure("mark", "logo moved", _moved("emblem", 0.0, 0.15)),)},
        ),
        Good("cantaro-violin", "Cantaro violin set", "instruments", {"front": "cantaro"}, (165, 250, 75), {}),
        Good(
            "aurivit-capsules",
            "Aurivit capsules",
            "medical",
            {"front": "aurivit"},
            (145, 190, 60),
            {
                "front": (
                    Departure("text", "word changed", lambda d: replace(d, name="Aurivit Plus")),
                    Departure("mark", "barcode missing", _without("barcode")),
                )
            },
        ),
        Good(
            "olmo-honey",
            "Olmo farm honey",
            "handmade-farm",
            {"front": "olmo"},
            (150, 190, 90),
            {"front": (Departure("mark", "seal missing", _without("seal")),)},
        ),
    )
}
"""Every product of the demo, by id."""


@lru_cache(maxsize=64)
def face(product: str, version: str, name: str) -> Face:
    """A face of a product: ``version`` is ``export`` or ``domestic``; the pixels are not to be written to.

    Raises:
        KeyError: no such product or face.
        ValueError: no such version.
    """
    if version not in ("export", "domestic"):
        raise ValueError(f"expected export or domestic, found {version!r}")
    good = GOODS[product]
    design = DESIGNS[good.designs[name]]
    departures = good.departures.get(name, ()) if version == "domestic" else ()
    pixels, edits = _depart(design, departures, name)
    pixels.setflags(write=False)
    return Face(product, version, name, pixels, edits)


def _depart(design: Design, departures: tuple[Departure, ...], face: str) -> tuple[Image, tuple[Edit, ...]]:
    """The drawing with every departure in it, and each one's truth measured alone against the export form."""
    export = draw(design)
    edits: list[Edit] = []
    final = design
    for departure in departures:
        if departure.change is not None:
            alone = draw(departure.change(design))
            edits.append(measure(export, alone, departure.kind, name=departure.name, face=face))
            final = departure.change(final)
    pixels = draw(final) if edits else export
    for departure in departures:
        if departure.change is None:
            strength = departure.strength
            pixels, edit = plant(pixels, departure.name, seed=design.seed, strength=strength, face=face)
            edits.append(edit)
    return pixels, tuple(edits)


def same_in_both(product: str) -> bool:
    """Whether a product's two forms are truly one."""
    return not any(GOODS[product].departures.values())
