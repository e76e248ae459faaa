"""The page on one comparison: the reference, the view of the photo, what differs, and why it is called so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from markupsafe import Markup

from samegoods.edges.report.closeups import close_to, closeup, heat_closeup
from samegoods.edges.report.page import render, write_page
from samegoods.edges.report.pictures import Picture, pixels_picture, with_alpha
from samegoods.edges.report.plates import Noted, Plate, noted, outlines
from samegoods.edges.report.products import Pair
from samegoods.edges.report.warmth import HOTTEST, heat_picture, legend
from samegoods.records import CallName, Comparison, Floats, Image, Reference, View
from samegoods.results.making import verdict_part
from samegoods.results.verdicts import DifferencePart, VerdictPart
from samegoods.results.words import sufficing

CLOSE_AT_MOST = 12
"""Differences with pictures from close by; those that follow are outlined and told."""

Numbered = Sequence[tuple[int, DifferencePart]]

_HEADLINES = {
    "same": "No difference was found.",
    "different": "The pack in the photo differs from the reference.",
    "cannot_tell": "It cannot be told from this photo whether the pack is the same.",
}


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome on one axis, and what would have sufficed where it could not be told; else empty."""

    axis: str
    call: CallName
    reason: str
    sufficing: str


@dataclass(frozen=True, slots=True)
class Facing:
    """A face: the reference beside the photo, both laid over each other, and the heat map.

    ``soft`` is the reference as soft as the photo shows it, so that what differs between the two is print.
    """

    name: str
    both: Pair
    soft: Picture
    seen: Picture
    heat: Plate


class Compared(Protocol):
    """A comparison with what it was made from: a view for each face, with its heat map, and the references."""

    @property
    def comparison(self) -> Comparison: ...

    @property
    def views(self) -> Sequence[View]: ...

    @property
    def references(self) -> Mapping[str, Reference]: ...

    @property
    def heats(self) -> Sequence[Floats]: ...


def write_comparison(compared: Compared, folder: Path | str, *, photo: str = "The photo") -> Path:
    """Write ``comparison.html`` to a folder, which is made where there is none.

    Raises:
        CaseError: it cannot be written.
    """
    return write_page(Path(folder) / "comparison.html", comparison_page(compared, photo=photo))


def comparison_page(compared: Compared, *, photo: str) -> str:
    """A self-contained HTML page; ``photo`` is what to call the photo."""
    comparison = compared.comparison
    packaging, quality = verdict_part(comparison.packaging), verdict_part(comparison.quality)
    numbered = list(enumerate([*packaging.differences, *quality.differences], 1))
    shown = {view.reference: (view, heat) for view, heat in zip(compared.views, compared.heats, strict=True)}
    return render(
        "comparison.html.j2",
        headline=_HEADLINES[comparison.call],
        photo=photo,
        faces=[_facing(view, heat, compared.references[view.reference], numbered) for view, heat in shown.values()],
        notes=[_noted(number, one, shown, compared.references) for number, one in numbered],
        verdicts=[_told("Packaging", packaging), _told("Quality", quality)],
        legend=Markup(legend()),
        hottest=HOTTEST,
    )


def _told(axis: str, verdict: VerdictPart) -> Told:
    return Told(axis, verdict.call, verdict.reason, "" if verdict.needed is None else sufficing(verdict.needed))


def _noted(
    number: int,
    one: DifferencePart,
    shown: Mapping[str, tuple[View, Floats]],
    references: Mapping[str, Reference],
) -> Noted:
    box = close_to(one, references[one.reference].size)
    if box is None or number > CLOSE_AT_MOST or one.reference not in shown:
        return noted(number, one)
    (view, heat), reference = shown[one.reference], references[one.reference]
    close = (
        closeup("Reference", number, with_alpha(reference.pixels, reference.mask), box),
        closeup("Photo", number, with_alpha(_bytes(view.pixels), view.known), box),
        heat_closeup(number, heat, box),
    )
    return noted(number, one, close)


def _facing(view: View, heat: Floats, reference: Reference, numbered: Numbered) -> Facing:
    size, face = reference.size, reference.face
    genuine = pixels_picture(reference.pixels, reference.mask, size=size)
    seen = pixels_picture(_bytes(view.pixels), view.known, size=size)
    held = cv2.resize(reference.mask.astype(np.uint8), view.known.shape[::-1], interpolation=cv2.INTER_NEAREST)
    soft = pixels_picture(_bytes(view.predicted), held.astype(bool), size=size)
    drawn = outlines([(number, one) for number, one in numbered if one.reference == reference.id], genuine)
    laid = "The photo, laid flat, in the reference's light; hatched: not seen"
    both = Pair(
        Plate(f"Reference, {face}", f"the reference, {face}", genuine, drawn),
        Plate(laid, f"the pack in the photo, {face}", seen, drawn),
    )
    warm = Plate("Heat map", f"heat map of {face}: how far each place is off", heat_picture(heat, size=size), drawn)
    return Facing(face, both, soft, seen, warm)


def _bytes(pixels: Floats) -> Image:
    return np.clip(pixels, 0, 255).astype(np.uint8)
