"""The page on one comparison: the reference, the view of the photo, what differs, and why it is called so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from samegoods.edges.report.page import render, write_page
from samegoods.edges.report.pictures import pixels_picture
from samegoods.edges.report.plates import Plate, noted, outlines
from samegoods.edges.report.products import Pair
from samegoods.records import Comparison, Reference, View
from samegoods.results.making import verdict_part
from samegoods.results.parts import DifferencePart

Numbered = Sequence[tuple[int, DifferencePart]]

_HEADLINES = {
    "same": "No difference was found.",
    "different": "The pack in the photo differs from the reference.",
    "cannot_tell": "It cannot be told from this photo whether the pack is the same.",
}


class Compared(Protocol):
    """A comparison with what it was made from: a view for each face, and the references that they name."""

    @property
    def comparison(self) -> Comparison: ...

    @property
    def views(self) -> Sequence[View]: ...

    @property
    def references(self) -> Mapping[str, Reference]: ...


def write_comparison(compared: Compared, folder: Path | str, *, photo: str = "The photo") -> Path:
    """Write ``comparison.html`` to a folder, which is made where there is none.

    Raises:
        CaseError: it cannot be written.
    """
    page = comparison_page(compared.comparison, views=compared.views, references=compared.references, photo=photo)
    return write_page(Path(folder) / "comparison.html", page)


def comparison_page(
    comparison: Comparison, *, views: Sequence[View], references: Mapping[str, Reference], photo: str
) -> str:
    """A self-contained HTML page.

    Args:
        views: one for each face that was compared, as they went into the comparison.
        references: by id; holds at least those that the views and the differences name.
        photo: what to call the photo.
    """
    packaging, quality = verdict_part(comparison.packaging), verdict_part(comparison.quality)
    numbered = list(enumerate([*packaging.differences, *quality.differences], 1))
    return render(
        "comparison.html.j2",
        headline=_HEADLINES[comparison.call],
        photo=photo,
        pairs=[_pair(view, references[view.reference], numbered) for view in views],
        notes=[noted(number, one) for number, one in numbered],
        verdicts=[("Packaging", packaging), ("Quality", quality)],
    )


def _pair(view: View, reference: Reference, numbered: Numbered) -> Pair:
    genuine = pixels_picture(reference.pixels, reference.mask, size=reference.size)
    pixels = np.clip(view.pixels, 0, 255).astype(np.uint8)
    seen = pixels_picture(pixels, view.known, size=reference.size)
    drawn = outlines([(number, one) for number, one in numbered if one.reference == reference.id], genuine)
    return Pair(
        Plate(f"Reference, {reference.face}", f"the reference, {reference.face}", genuine, drawn),
        Plate(
            "The photo, laid flat, in the reference's light; hatched: not seen",
            f"the pack in {view.reference}",
            seen,
            drawn,
        ),
    )
