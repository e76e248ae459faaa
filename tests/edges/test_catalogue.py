"""References from files: cut to their corners or their outline, named, brought to size, or refused by name."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fakes import drawn
from fakes.cases import campaign as some_campaign
from fakes.footage import write_photo
from samegoods.campaign import Campaign, Product, ReferenceSpec, Version
from samegoods.edges.catalogue import (
    LEAST_PX,
    LONGEST_PX,
    load_catalogue,
    load_references,
    lone_reference,
    plain_background,
)
from samegoods.edges.media import load_picture
from samegoods.errors import BadReference
from samegoods.render.photo import Pose


def campaign(folder: Path, versions: dict[str, list[ReferenceSpec]], product: str = "tea") -> Campaign:
    forms = {name: Version(references=tuple(specs)) for name, specs in versions.items()}
    one = Product(id=product, name="Tea", category="tobacco", versions=forms)
    return some_campaign(folder).model_copy(update={"products": (one,)})


def spec(image: Path, face: str = "front", **options) -> ReferenceSpec:
    return ReferenceSpec(image=image, face=face, **options)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write_photo(tmp_path / "pack.png", drawn.pack(1))


def test_a_face_that_fills_its_picture_is_taken_whole(tmp_path: Path, picture: Path):
    references = load_references(campaign(tmp_path, {"export": [spec(picture, width_mm=80.0)]}), load_picture)
    (reference,) = references.values()
    assert (reference.id, reference.product, reference.version, reference.face) == (
        *("tea/export/front", "tea", "export"),
        "front",
    )
    assert np.array_equal(reference.pixels, drawn.pack(1))
    assert reference.mask.all()
    assert reference.width_mm == 80.0


def test_more_pictures_of_a_face_are_numbered(tmp_path: Path, picture: Path):
    specs = {
        "export": [spec(picture), spec(picture, "back"), spec(picture)],
        "domestic": [spec(picture), spec(picture)],
    }
    assert list(load_references(campaign(tmp_path, specs), load_picture)) == [
        "tea/export/front",
        "tea/export/back",
        "tea/export/front#2",
        "tea/domestic/front",
        "tea/domestic/front#2",
    ]


def test_the_catalogue_has_them_in_the_order_of_the_file(tmp_path: Path, picture: Path):
    specs = {"export": [spec(picture), spec(picture, "back")], "domestic": [spec(picture)]}
    catalogue = load_catalogue(campaign(tmp_path, specs), load_picture)
    assert [r.id for r in catalogue.references] == ["tea/export/front", "tea/export/back", "tea/domestic/front"]


def test_a_face_with_corners_is_cut_out_upright(tmp_path: Path):
    photo = drawn.photo_of(drawn.pack(1), Pose(320, tilt_deg=25, turn_deg=30), noise=0, jpeg_quality=None)
    image = write_photo(tmp_path / "tilted.png", photo.pixels)
    corners = tuple((float(x), float(y)) for x, y in photo.quad)
    (reference,) = load_references(
        campaign(tmp_path, {"export": [spec(image, corners=corners)]}), load_picture
    ).values()
    assert reference.mask.all()
    width, height = reference.size
    assert width / height == pytest.approx(400 / 520, rel=0.12)  # one view does not tell by how much it tapers
    drawn_small = cv2.resize(drawn.pack(1), reference.size, interpolation=cv2.INTER_AREA)
    assert np.corrcoef(reference.pixels.ravel(), drawn_small.ravel())[0, 1] > 0.95


def test_large_pictures_are_brought_down(tmp_path: Path):
    large = cv2.resize(drawn.pack(1), (2000, 2600), interpolation=cv2.INTER_CUBIC)
    image = write_photo(tmp_path / "large.jpg", large)
    reference = lone_reference(image, load_picture)
    assert max(reference.size) == LONGEST_PX
    assert reference.size[0] / reference.size[1] == pytest.approx(400 / 520, abs=0.001)
    assert reference.mask.shape == reference.pixels.shape[:2]


@pytest.mark.parametrize("size", [(LEAST_PX - 1, 300), (300, LEAST_PX - 1)])
def test_small_pictures_are_refused_by_name(tmp_path: Path, size: tuple[int, int]):
    image = write_photo(tmp_path / "small.png", drawn.pack(1)[: size[1], : size[0]])
    with pytest.raises(BadReference, match=rf"small\.png: {size[0]} x {size[1]} px is too small"):
        load_references(campaign(tmp_path, {"export": [spec(image)]}), load_picture)


def test_small_cuts_are_refused_by_name(tmp_path: Path, picture: Path):
    corners = ((10.0, 10.0), (200.0, 10.0), (200.0, 30.0), (10.0, 30.0))
    with pytest.raises(BadReference, match=r"pack\.png: 190 x 20 px is too small"):
        load_references(campaign(tmp_path, {"export": [spec(picture, corners=corners)]}), load_picture)


def test_corners_outside_their_picture_are_refused_by_name(tmp_path: Path, picture: Path):
    corners = ((10.0, 10.0), (402.0, 10.0), (402.0, 300.0), (10.0, 300.0))
    with pytest.raises(BadReference, match=r"pack\.png: corners lie outside the picture of 400 x 520 px"):
        load_references(campaign(tmp_path, {"export": [spec(picture, corners=corners)]}), load_picture)


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\x89PNG\r\n\x1a\n and then nothing"])
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, content: bytes):
    image = tmp_path / "broken.png"
    image.write_bytes(content)
    with pytest.raises(BadReference, match=r"broken\.png"):
        load_references(campaign(tmp_path, {"export": [spec(image)]}), load_picture)
    with pytest.raises(BadReference, match=r"broken\.png"):
        lone_reference(image, load_picture)


def test_what_shows_no_detail_is_refused_by_its_id(tmp_path: Path):
    image = write_photo(tmp_path / "plain.png", np.full((300, 200, 3), 90, np.uint8))
    with pytest.raises(BadReference, match="reference tea/export/front: only 0 spots"):
        load_catalogue(campaign(tmp_path, {"export": [spec(image)]}), load_picture)


def on_ground(shape: np.ndarray, ground: tuple[int, int, int], pack: np.ndarray | None = None) -> np.ndarray:
    """A pack within an outline (n, 2) on a plain ground, with the grain of a JPEG."""
    height, width = 520, 400
    inside = cv2.fillPoly(np.zeros((height, width), np.uint8), [np.asarray(shape, np.int32)], 1)
    picture = np.where(inside[..., None] > 0, drawn.pack(1) if pack is None else pack, np.uint8(ground))
    grain = np.random.default_rng(1).integers(-2, 3, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


BOX = np.array([[90, 60], [330, 70], [310, 460], [80, 450]])
ROUND = np.array([[200 + 150 * np.cos(a), 260 + 200 * np.sin(a)] for a in np.linspace(0, 2 * np.pi, 60)])


@pytest.mark.parametrize("ground", [(255, 255, 255), (240, 240, 236), (0, 0, 0), (20, 90, 160)])
@pytest.mark.parametrize("shape", [BOX, ROUND], ids=["box", "round"])
def test_a_pack_on_a_plain_ground_is_outlined(shape: np.ndarray, ground: tuple[int, int, int]):
    truth = cv2.fillPoly(np.zeros((520, 400), np.uint8), [shape.astype(np.int32)], 1) > 0
    found = plain_background(on_ground(shape, ground))
    assert (found & truth).sum() / (found | truth).sum() > 0.95


def white_face(*, lines: int) -> np.ndarray:
    """A white face with print scattered on it: lines of words, a seal, a small picture."""
    face = np.full((520, 400, 3), 250, np.uint8)
    for k in range(lines):
        cv2.putText(
            face, f"Kamillentee fein {k}", (40 + 9 * (k % 3), 90 + 44 * k), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2
        )
    cv2.circle(face, (300, 440), 45, (180, 30, 30), -1)
    cv2.rectangle(face, (50, 400), (130, 470), (30, 120, 60), -1)
    return face


@pytest.mark.parametrize("lines", [2, 5, 7])
def test_a_white_face_with_scattered_print_stays_whole(lines: int):
    assert plain_background(white_face(lines=lines)).all()


def test_a_white_face_with_one_small_mark_stays_whole():
    face = np.full((520, 400, 3), 250, np.uint8)
    cv2.rectangle(face, (180, 240), (230, 290), (200, 30, 30), -1)
    assert plain_background(face).all()


def test_a_face_that_fills_its_picture_has_no_background():
    for seed in range(1, 6):
        assert plain_background(drawn.pack(seed)).all()


def test_two_packs_on_one_ground_are_no_single_shape():
    left = np.array([[20, 60], [180, 60], [180, 460], [20, 460]])
    inside = cv2.fillPoly(np.zeros((520, 400), np.uint8), [left, np.add(left, (200, 0))], 1)
    picture = np.where(inside[..., None] > 0, drawn.pack(1), np.uint8(255))
    assert plain_background(picture).all()


def test_a_bright_part_of_a_pack_is_no_hole_in_it():
    pack = drawn.pack(1).copy()
    pack[200:300, 150:250] = 255
    found = plain_background(on_ground(BOX, (255, 255, 255), pack))
    assert found[205:295, 155:245].all()
    assert not found[:50].any()
