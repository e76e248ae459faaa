"""Pictures of references are decoded when they are asked for, and not at all if they are known and unchanged."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import numpy as np
import pytest

from fakes import drawn
from fakes.cases import campaign as some_campaign
from fakes.footage import write_photo
from samegoods.campaign import Campaign, Product, ReferenceSpec, Version
from samegoods.edges.catalogue import Prepared, load_catalogue
from samegoods.edges.catalogue.deferred import Held
from samegoods.edges.media import load_picture
from samegoods.errors import BadReference
from samegoods.records import Image, Reference


@pytest.fixture
def study(tmp_path: Path) -> Campaign:
    products = []
    for seed in (1, 2):
        image = write_photo(tmp_path / f"{seed}.png", drawn.pack(seed))
        aged(image, 60)
        version = Version(references=(ReferenceSpec(image=image, face="front", width_mm=70.0 + seed),))
        products.append(Product(id=f"p{seed}", name="Tea", category="tobacco", versions={"export": version}))
    return some_campaign(tmp_path).model_copy(update={"products": tuple(products)})


def aged(file: Path, seconds: float) -> None:
    os.utime(file, times=(0, time.time() - seconds))


class Reader:
    """Reads pictures and remembers which."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> Image:
        self.read.append(path.name)
        return load_picture(path)


def test_known_pictures_are_decoded_when_they_are_asked_for(tmp_path: Path, study: Campaign):
    folder, first, second = Prepared(tmp_path / "cache"), Reader(), Reader()
    load_catalogue(study, first, folder)
    assert first.read == ["1.png", "2.png"] * 2, "once for the key, once to be described"
    catalogue = load_catalogue(study, second, folder)
    one = catalogue.by_id["p1/export/front"]
    assert (one.product, one.version, one.face, one.size, one.width_mm) == ("p1", "export", "front", (400, 520), 71.0)
    assert (catalogue.sizes.tolist(), catalogue.areas.tolist()) == ([[400, 520]] * 2, [400 * 520] * 2)
    assert second.read == []
    assert np.array_equal(one.pixels, drawn.pack(1))
    assert one.mask.all()
    assert second.read == ["1.png"], "and held"


def test_a_picture_that_changed_is_read_again(tmp_path: Path, study: Campaign):
    folder, reader = Prepared(tmp_path / "cache"), Reader()
    load_catalogue(study, Reader(), folder)
    aged(write_photo(tmp_path / "2.png", drawn.pack(3)), 30)
    catalogue = load_catalogue(study, reader, folder)
    assert set(reader.read) == {"2.png"}
    assert np.array_equal(catalogue.references[1].pixels, drawn.pack(3))


def test_a_picture_that_was_written_just_now_is_not_taken_as_known(tmp_path: Path, study: Campaign):
    """Its time may come to stand for two contents."""
    folder, reader = Prepared(tmp_path / "cache"), Reader()
    os.utime(tmp_path / "2.png")
    load_catalogue(study, Reader(), folder)
    load_catalogue(study, reader, folder)
    assert reader.read == ["2.png"]


def test_a_picture_that_changes_during_a_run_ends_it(tmp_path: Path, study: Campaign):
    folder = Prepared(tmp_path / "cache")
    load_catalogue(study, Reader(), folder)
    catalogue = load_catalogue(study, load_picture, folder)
    write_photo(tmp_path / "1.png", drawn.pack(3))
    with pytest.raises(BadReference, match=r"1\.png: the picture changed after the run began: run again"):
        _ = catalogue.references[0].pixels


NO_LISTS = [b"", b"[]", b"{", b'{"x": {"key": 3}}', b'{"x": {"key": "g", "width": 1, "height": 1, "area": 1}}']


def test_what_is_no_list_of_pictures_counts_as_none(tmp_path: Path, study: Campaign):
    folder = Prepared(tmp_path / "cache")
    load_catalogue(study, Reader(), folder)
    (file,) = (tmp_path / "cache").glob("*.json")
    for content in NO_LISTS:
        file.write_bytes(content)
        again = Reader()
        load_catalogue(study, again, folder)
        assert again.read == ["1.png", "2.png"], content


def test_a_deferred_reference_travels_whole(tmp_path: Path, study: Campaign):
    catalogue = load_catalogue(study, load_picture, Prepared(tmp_path / "cache"))
    back = pickle.loads(pickle.dumps(catalogue.references[0]))
    assert type(back) is Reference
    assert (back.id, back.width_mm) == ("p1/export/front", 71.0)
    assert np.array_equal(back.pixels, drawn.pack(1))


def test_no_more_pictures_are_held_than_may_be():
    held, read = Held(2), []
    reference = drawn.reference(drawn.pack(1), "p1")

    def load(name: str) -> Reference:
        read.append(name)
        return reference

    for name in ("a", "b", "a", "c", "a", "b"):
        held.get(name, lambda name=name: load(name))
    assert read == ["a", "b", "c", "b"]
