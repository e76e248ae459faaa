"""What is done with single pictures in a process of its own: references, comparisons."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samegoods.edges.engines import Engine, Failed
from samegoods.errors import BadReference, SamegoodsError
from samegoods.strangers import shown
from samegoods.wiring.apart import apart, each_apart

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.edges.case import ReadyReference
    from samegoods.edges.catalogue import Wanted
    from samegoods.pipeline import Compared
    from samegoods.records import Comparison


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures to be compared."""

    reference: Path
    photo: Path

    def __str__(self) -> str:
        return f"{self.reference} and {self.photo}"


def compare(reference: Path | str, photo: Path | str, *, pictures: Path | str | None = None) -> Comparison:
    """Compare the pack in a photo with its reference picture.

    Args:
        reference: a picture of one face, cut to its corners or on a plain background.
        photo: a picture that shows the face somewhere.
        pictures: a folder to write pictures of the comparison to; None for none.

    Raises:
        SamegoodsError: a picture cannot be used, or the folder cannot be written.
    """
    both = Pair(Path(reference), Path(photo))
    if pictures is None:
        return apart(comparison_of, both, what=str(both))
    compared = apart(compared_of, both, what=str(both))
    from samegoods.edges.report import write_comparison

    write_comparison(compared, pictures, photo=shown(Path(photo).name))
    return compared.comparison


def comparison_of(both: Pair) -> Comparison:
    """What a comparison comes to, without the views that it was reached on."""
    return compared_of(both).comparison


def compared_of(both: Pair) -> Compared:
    """Compare two pictures.

    Raises:
        SamegoodsError: one of them cannot be used.
    """
    from samegoods.edges.catalogue import lone_reference
    from samegoods.edges.engines import at_work
    from samegoods.edges.finders import search_of, wall_finders
    from samegoods.edges.media import load_picture
    from samegoods.pipeline import compare_pictures
    from samegoods.wiring.printing import printed

    known, picture = lone_reference(both.reference, load_picture), load_picture(both.photo)
    with at_work():
        return compare_pictures(known, picture, search=search_of(wall_finders()), printed=printed())


def references_of(study: Campaign, machine: Engine) -> Generator[ReadyReference, None, None]:
    """The reference pictures of a campaign as a case keeps them, in its order.

    Raises:
        BadReference: a picture cannot be read or used, or ended the process that read it; the message names it.
    """
    from samegoods.edges.catalogue import wanted

    pictures = wanted(study)
    for picture, result in zip(pictures, each_apart(reference_of, pictures, machine), strict=True):
        if isinstance(result, Failed):
            raise BadReference(f"{picture.spec.image}: {result.reason}")
        if isinstance(result, SamegoodsError):
            raise result
        yield result


def reference_of(picture: Wanted) -> ReadyReference:
    """One reference picture, as a case keeps it; it is described as well, and kept so for the workers that look for it
    in footage.

    Raises:
        BadReference: it cannot be read or used.
    """
    from samegoods.edges.case import ready
    from samegoods.edges.catalogue import Prepared, load_reference
    from samegoods.edges.engines import at_work
    from samegoods.edges.media import load_picture

    reference = load_reference(picture, load_picture)
    with at_work():
        Prepared().prepare(reference)
    return ready(reference)
