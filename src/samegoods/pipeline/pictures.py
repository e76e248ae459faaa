"""The same way for two pictures: a reference, and a photo that shows its face somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from samegoods.pipeline.items import read_off
from samegoods.records import Comparison, Floats, Frame, Image, Item, Reference, View
from samegoods.stages.anchor import anchored
from samegoods.stages.compare import compare
from samegoods.stages.keep import keep
from samegoods.stages.recognise import recognise
from samegoods.stages.track import track
from samegoods.vision.comparison.face import face_against
from samegoods.vision.comparison.heat import heat
from samegoods.vision.cutting.people import Search
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers
from samegoods.vision.recognition.catalogue import Catalogue, build


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two pictures compared: the outcome, and the views and references (by id) that it was reached on."""

    comparison: Comparison
    views: tuple[View, ...]
    references: Mapping[str, Reference]

    @property
    def heats(self) -> tuple[Floats, ...]:
        """How far each view, (h, w), is off at each place; made when asked for: only pages show it.

        See :mod:`samegoods.vision.comparison.heat`.
        """
        faces = (face_against(view, self.references[view.reference]) for view in self.views)
        return tuple(heat(face.residual, face.need) for face in faces)


def compare_pictures(
    reference: Reference, photo: Image, *, search: Search, printed: Printed | None = None
) -> Compared:
    """The same way for two pictures: one reference, one photo that shows its face somewhere.

    Of several copies in the photo the surest is compared. Where the reference is not found, nothing can be told.
    ``search`` finds faces and bodies for the privacy wall; ``printed`` are the readers, None to read nothing.
    """
    catalogue = build([reference])
    references = catalogue.by_id
    items = _surest_first(photo, catalogue, search)
    if not items:
        return Compared(compare((), references), (), references)
    item, views, read = read_off(items[0], references, printed or Printed(Readers()))
    ((_, comparison),) = anchored([(item, compare(views, references, label=read))])
    return Compared(comparison, views, references)


def look_over(
    photo: Image, catalogue: Catalogue, *, search: Search, printed: Printed | None = None, most: int
) -> tuple[tuple[Item, Comparison], ...]:
    """The same way for one photo of no footage: the packs on it, the surest first, ``most`` at most, each compared.

    Empty where no product of the catalogue is proven to be there; then nothing of the photo may be kept. ``search``
    finds faces and bodies for the privacy wall; ``printed`` are the readers, None to read nothing.
    """
    references, labels = catalogue.by_id, printed or Printed(Readers())
    compared = []
    for found in _surest_first(photo, catalogue, search)[:most]:
        item, views, read = read_off(found, references, labels)
        compared.append((item, compare(views, references, label=read)))
    return tuple(anchored(compared))


def _surest_first(photo: Image, catalogue: Catalogue, search: Search) -> list[Item]:
    """The packs on a photo that the wall lets through."""
    frame = Frame(source="photo", moment=None, luma=np.zeros((1, 1), np.uint8), render=lambda: photo)
    items = track(keep(recognise([frame], catalogue), catalogue.by_id, search), catalogue.by_id)
    return sorted(items, key=lambda item: -max(sighting.score for sighting in item.sightings))
