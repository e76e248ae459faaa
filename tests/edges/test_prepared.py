"""References prepared before are the same as fresh ones, and whatever is wrong with a file, it is made afresh."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fakes import drawn
from samegoods.edges.catalogue import Prepared
from samegoods.edges.catalogue import prepared as module
from samegoods.errors import BadReference
from samegoods.records import Reference
from samegoods.render.edits import plant
from samegoods.vision.recognition import catalogue
from samegoods.vision.recognition.catalogue import Catalogue


def references() -> list[Reference]:
    changed, _ = plant(drawn.pack(1), "badge", seed=3, box=(240.0, 300.0, 120.0, 120.0))
    return [drawn.reference(drawn.pack(1), "p1"), drawn.reference(changed, "p1", version="domestic")]


def assert_same(one: Catalogue, other: Catalogue) -> None:
    for name in ("points", "frames", "owners"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    queries = np.random.default_rng(0).random((50, 128)).astype(np.float32)
    for a, b in zip(one.index.search(queries, 9), other.index.search(queries, 9), strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(one.siblings + one.twins, other.siblings + other.twins, strict=True):
        assert [s.owner for s in a] == [s.owner for s in b]
        assert all(np.array_equal(s.onto, t.onto) for s, t in zip(a, b, strict=True))


def never(*_: object) -> None:
    raise AssertionError("it was to be found prepared")


def test_a_second_time_nothing_is_described_and_all_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = Prepared(tmp_path).catalogue(references())
    assert len(first.index) > 4_000, "an index with cells"
    monkeypatch.setattr(catalogue, "described", never)
    monkeypatch.setattr(catalogue, "_twins", never)
    assert_same(Prepared(tmp_path).catalogue(references()), first)
    assert_same(
        catalogue.build(references(), [Prepared(tmp_path).described(one) for one in references()], first.layout), first
    )


def test_another_picture_is_described_by_itself(tmp_path: Path):
    Prepared(tmp_path).catalogue(references()[:1])
    before = {file.name for file in tmp_path.iterdir()}
    Prepared(tmp_path).catalogue([drawn.reference(drawn.pack(2), "p2")])
    assert before < {file.name for file in tmp_path.iterdir()}


def test_other_code_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Prepared(tmp_path).described(references()[0])
    monkeypatch.setattr(module, "_made_by", lambda: b"another release")
    monkeypatch.setattr(catalogue, "described", never)
    with pytest.raises(AssertionError, match="prepared"):
        Prepared(tmp_path).described(references()[0])


class Bomb:
    def __reduce__(self):
        return never, ()


def rows(file: Path) -> dict[str, np.ndarray]:
    with np.load(file) as held:
        return {name: held[name] for name in held.files}


def altered(change):
    """A spoiler that changes arrays by ``change(name, array)``."""

    def spoil(file: Path) -> None:
        np.savez(file, **{name: change(name, array) for name, array in rows(file).items()})

    return spoil


SPOILERS = {
    "empty": lambda file: file.write_bytes(b""),
    "noise": lambda file: file.write_bytes(np.random.default_rng(0).bytes(5_000)),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-900]),
    "a bit": lambda file: file.write_bytes(bytes(b ^ (i == 700) for i, b in enumerate(file.read_bytes()))),
    "a pickle": lambda file: np.savez(file, whole_points=np.array([Bomb()], object), cells=np.array([Bomb()], object)),
    "nothing in it": lambda file: np.savez(file),
    "too few rows": altered(lambda name, array: array[:-1] if name in ("whole_points", "cells") else array),
    "wrong kinds": altered(lambda _, array: array.astype(np.float16)),
    "not numbers": altered(lambda _, array: array * np.nan if array.dtype.kind == "f" else array),
    "others' places": altered(
        lambda name, array: array[1:] if name == "front_frames" else array + name.endswith("_of")
    ),
}


@pytest.fixture(scope="module")
def fresh() -> Catalogue:
    return catalogue.build(references())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("prepared")
    Prepared(made).catalogue(references())
    return made


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
def test_a_spoilt_file_is_made_afresh(
    folder: Path, fresh: Catalogue, tmp_path: Path, spoil, monkeypatch: pytest.MonkeyPatch
):
    copied = Path(shutil.copytree(folder, tmp_path / "copy"))
    before = {file.name: rows(file) for file in copied.iterdir()}
    for file in copied.iterdir():
        spoil(file)
    parts = {one.id: Prepared(folder).described(one) for one in references()}
    asked: list[str] = []
    monkeypatch.setattr(catalogue, "described", lambda one: asked.append(one.id) or parts[one.id])
    assert_same(Prepared(copied).catalogue(references()), fresh)
    assert asked == list(parts)
    for name, arrays in before.items():
        again = rows(copied / name)
        assert all(np.array_equal(again[key], array) for key, array in arrays.items()), name


def test_where_nothing_can_be_kept_it_goes_on_without(tmp_path: Path, fresh: Catalogue):
    (tmp_path / "file").write_bytes(b"")
    assert_same(Prepared(tmp_path / "file" / "below").catalogue(references()), fresh)


def test_a_plain_picture_is_refused_every_time(tmp_path: Path):
    plain = drawn.reference(np.full((200, 200, 3), 90, np.uint8), "plain")
    for _ in range(2):
        with pytest.raises(BadReference, match="plain/export/front: only 0 spots"):
            Prepared(tmp_path).described(plain)
    assert list(tmp_path.iterdir()) == []
