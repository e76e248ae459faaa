"""What was read on a pack and may tell who somebody is: not in the text, not in the pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pairs import crop_of
from samegoods.edges.readers import RapidocrReader, ready
from samegoods.records import Crop, Image, Item, Reference, Withheld
from samegoods.records.goods import FILL
from samegoods.render.design import draw
from samegoods.render.photo import Pose, photograph
from samegoods.render.stock import DESIGNS
from samegoods.stages.fuse import fuse
from samegoods.stages.label import label
from samegoods.stages.withhold import withhold
from samegoods.vision.reading.printed import Printed

FACE = draw(DESIGNS["ondaluna"])
REFERENCE = Reference("p/export/front", "p", "export", "front", FACE, np.ones(FACE.shape[:2], bool))
KNOWN = {REFERENCE.id: REFERENCE}
PLACE = np.array([[60, 300], [300, 300], [300, 330], [60, 330]], np.float32)


def item_of(face: Image, *, views: int = 2) -> Item:
    crops = [
        crop_of(photograph(face, pose=Pose(600 - 20 * n, 8, 40 * n, 3), seed=n, noise=1.5), REFERENCE, n)
        for n in range(views)
    ]
    return Item("i", "src", "p", tuple(crop.sighting for crop in crops), tuple(crops))


def tagged(*lines: str) -> Image:
    """The face with a note stuck on it, written by hand."""
    face = FACE.copy()
    height, width = face.shape[:2]
    top = round(0.30 * height)
    cv2.rectangle(face, (20, top), (width - 20, top + 20 + 44 * len(lines)), (250, 248, 235), -1)
    for number, line in enumerate(lines):
        at = (34, top + 44 + 44 * number)
        cv2.putText(face, line, at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.1, (30, 30, 110), 2, cv2.LINE_AA)
    return face


def lost(before: Crop, after: Crop) -> np.ndarray:
    return before.known & ~after.known


def test_the_region_is_filled_in_every_crop_of_the_face():
    item = item_of(FACE)
    done = withhold(item, [Withheld(REFERENCE.id, "front", PLACE)], KNOWN)
    share = 300 * 30 / (FACE.shape[0] * FACE.shape[1])  # to the face's edge on the left, and beyond the line
    for before, after in zip(item.crops, done.crops, strict=True):
        gone = lost(before, after)
        assert (after.pixels[gone] == FILL).all()
        assert (after.pixels[~gone] == before.pixels[~gone]).all()
        assert share < gone.sum() / before.known.sum() < 3 * share
    assert done.sightings == item.sightings


def test_another_face_keeps_its_picture_and_nothing_withheld_changes_nothing():
    item = item_of(FACE)
    assert withhold(item, [], KNOWN) is item
    done = withhold(item, [Withheld(REFERENCE.id, "back", PLACE)], KNOWN)
    assert not any(lost(before, after).any() for before, after in zip(item.crops, done.crops, strict=True))


@pytest.fixture(scope="module")
def printed() -> Printed:
    if not RapidocrReader().state().available:
        pytest.skip("RapidOCR is not installed: samegoods[read]")
    return Printed(ready())


@pytest.mark.parametrize("note", [("Kim", "010-1234-5678", "jana@example.org"), ("call Jana", "0151 2345678")])
def test_a_note_with_a_number_leaves_neither_text_nor_pixels(printed: Printed, note: tuple[str, ...]):
    item = item_of(tagged(*note))
    read = label(item, fuse(item, KNOWN), KNOWN, printed)
    assert read.withheld
    told = " ".join(line.text for line in read.lines)
    assert not any(word in told for line in note for word in line.replace("@", " ").split())
    done = withhold(item, read.withheld, KNOWN)
    again = label(done, fuse(done, KNOWN), KNOWN, printed)
    assert not any(word in line.text for line in again.lines for text in note for word in text.split())
    assert again.withheld == ()


def test_a_note_that_reaches_nobody_stays(printed: Printed):
    item = item_of(tagged("new recipe", "of the house"))
    read = label(item, fuse(item, KNOWN), KNOWN, printed)
    assert read.withheld == ()


def test_a_number_that_the_reference_prints_stays(printed: Printed):
    face = tagged("customers", "010-1234-5678")
    own = Reference("p/export/front", "p", "export", "front", face, np.ones(face.shape[:2], bool))
    item = item_of(face)
    known = {own.id: own}
    assert label(item, fuse(item, known), known, printed).withheld == ()
