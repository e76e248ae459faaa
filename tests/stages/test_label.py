"""What is read off an item's faces: which lines are asked, of which crops, and what the vote makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pairs import crop_of
from samegoods.edges.readers import RapidocrReader, ready
from samegoods.records import Crop, Image, Item, Label, Reference
from samegoods.render.design import draw
from samegoods.render.photo import Pose, photograph
from samegoods.render.stock import DESIGNS
from samegoods.stages.fuse import fuse
from samegoods.stages.label import LEAST_LINE_PX, MOST_SHOTS, label
from samegoods.vision.comparison.wording import LEAST_HINT
from samegoods.vision.reading.printed import Printed
from samegoods.vision.reading.seen import Readers, Seen

BOX = np.array([[100, 100], [300, 100], [300, 130], [100, 130]], np.float32)
SMALL = np.array([[100, 200], [300, 200], [300, 206], [100, 206]], np.float32)
FACE = draw(DESIGNS["ondaluna"])


def reference() -> Reference:
    return Reference("p/export/front", "p", "export", "front", FACE, np.ones(FACE.shape[:2], bool))


def crops(seen_as: Reference, *, views: int = 1, height: float = 420, hide: bool = False) -> list[Crop]:
    made = []
    for number in range(views):
        photo = photograph(FACE, pose=Pose(height - 20 * number, 8, 40 * number, 3), seed=number, noise=1.5)
        known = np.zeros(photo.shown.shape, bool) if hide else None
        made.append(crop_of(photo, seen_as, number, known=known))
    return made


class Fake:
    """Finds the lines that it is told of on a reference, and spells whatever it is shown in turn."""

    def __init__(self, lines: dict[str, np.ndarray], *spelled: tuple[str, float]) -> None:
        self.lines, self.spelled, self.shown = lines, list(spelled), list[Image]()
        self.found = 0

    def find(self, _: Image) -> Sequence[Seen]:
        self.found += 1
        return [Seen(text, quad, 0.99) for text, quad in self.lines.items()]

    def find_quads(self, _: Image) -> Sequence[np.ndarray]:
        return []

    def spell(self, pictures: Sequence[Image]) -> Sequence[Seen]:
        self.shown += pictures
        told = [self.spelled[(len(self.shown) - len(pictures) + i) % len(self.spelled)] for i in range(len(pictures))]
        return [Seen(text, BOX, score) for text, score in told]

    @property
    def printed(self) -> Printed:
        return Printed(Readers({"rapidocr": self.find}, {"rapidocr": self.spell}, find=self.find_quads))


def read(fake: Fake, made: list[Crop]) -> Label:
    known = {one.id: one for one in (reference(),)}
    item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
    return label(item, fuse(item, known), known, fake.printed)


def test_a_line_is_cut_out_upright_where_the_reference_has_it():
    fake = Fake({"72 % Almonds": BOX}, ("72 % Almonds", 0.99))
    (line,) = read(fake, crops(reference())).lines
    assert (line.text, line.views, line.asked, line.outcome) == ("72 % Almonds", 1, 1, "unread")
    (shown,) = fake.shown
    assert shown.shape[1] / shown.shape[0] == pytest.approx(200 / 30, rel=0.15)


def test_a_line_that_one_view_spells_as_due_is_asked_of_no_other():
    fake = Fake({"72 % Almonds": BOX}, ("72 % Almonds", 0.99))
    read(fake, crops(reference(), views=3))
    assert len(fake.shown) == 1


def test_a_line_in_doubt_is_asked_of_few_views_and_put_to_the_vote():
    fake = Fake({"300 g": BOX}, ("270 g", 0.9), ("27O g", 0.5), ("270 g", 0.9))
    (line,) = read(fake, crops(reference(), views=5)).lines
    assert len(fake.shown) == MOST_SHOTS
    assert (line.text, line.views, line.asked) == ("270 g", 2, 3)


def test_a_line_too_small_in_the_crop_is_not_asked():
    fake = Fake({"tiny 5 g": SMALL}, ("tiny 5 g", 0.99))
    assert SMALL[2, 1] - SMALL[0, 1] < LEAST_LINE_PX
    (line,) = read(fake, crops(reference())).lines
    assert (fake.shown, line.asked, line.text) == ([], 0, "")


def test_nothing_is_read_of_a_face_that_is_covered():
    fake = Fake({"72 % Almonds": BOX}, ("72 % Almonds", 0.99))
    made = crops(reference(), hide=True)
    assert all(line.asked == 0 for line in read(fake, made).lines)


@pytest.mark.parametrize(("share", "asked"), [(0.9, 1), (1.1, 0)])
def test_a_line_that_declares_nothing_is_asked_for_only_where_the_pixels_leave_room(monkeypatch, share, asked):
    quiet = LEAST_HINT / share
    monkeypatch.setattr("samegoods.stages.label.strength", lambda view: np.full(view.known.shape, quiet, np.float32))
    fake = Fake({"Portonovo": BOX}, ("Portonovo", 0.99))
    assert [line.asked for line in read(fake, crops(reference())).lines] == [asked]
    states = Fake({"50 g": BOX}, ("50 g", 0.99))
    assert [line.asked for line in read(states, crops(reference())).lines] == [1]


def test_a_reference_is_read_once():
    fake = Fake({"72 % Almonds": BOX}, ("72 % Almonds", 0.99))
    printed, known = fake.printed, {one.id: one for one in (reference(),)}
    for _ in range(3):
        made = crops(reference())
        item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
        label(item, fuse(item, known), known, printed)
    assert fake.found == 1


def test_without_readers_nothing_is_read_and_who_was_lacking_is_said():
    made, known = crops(reference()), {one.id: one for one in (reference(),)}
    item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
    found = label(item, fuse(item, known), known, Printed(Readers(lacking=("rapidocr", "tesseract"))))
    assert found == Label(lacking=("rapidocr", "tesseract"))


@pytest.mark.skipif(not RapidocrReader().state().available, reason="RapidOCR is not installed: samegoods[read]")
def test_real_lines_and_the_code_of_a_drawn_pack_are_read():
    made, known = crops(reference(), views=2, height=620), {one.id: one for one in (reference(),)}
    item = Item("i", "src", "p", tuple(c.sighting for c in made), tuple(made))
    found = label(item, fuse(item, known), known, Printed(ready()))
    spelled = {line.due: line.text for line in found.lines}
    assert spelled["WITH 24 % ROAST ALMONDS"] == "WITH 24 % ROAST ALMONDS"
    assert spelled["May contain hazelnuts"] == "May contain hazelnuts"
    assert [line.due for line in found.lines if line.declared] == [
        *("300 g e", "WITH 24 % ROAST ALMONDS", "Wheat flour, almonds, sugar"),
    ]
    assert [(code.text, code.due) for code in found.codes] == [(DESIGNS["ondaluna"].gtin,) * 2]
