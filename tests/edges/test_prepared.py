"""References prepared before are the same as fresh ones, and whatever is wrong with a file, it is made afresh."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from fakes import drawn
from samegoods.edges.catalogue import Prepared
from samegoods.edges.catalogue import prepared as module
from samegoods.edges.catalogue.room import VARIABLE
from samegoods.edges.catalogue.segments import opened
from samegoods.errors import BadReference
from samegoods.records import Reference
from samegoods.render.edits import plant
from samegoods.render.photo import Pose
from samegoods.stages.recognise import describe_frame
from samegoods.vision.recognition import catalogue
from samegoods.vision.recognition.catalogue import Catalogue


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    """A picture is described once for all of these tests, which are about what is kept of that."""
    described = catalogue.described
    known: dict[bytes, catalogue.Described] = {}

    def remembered(one: Reference) -> catalogue.Described:
        key = hashlib.sha256(one.pixels.tobytes()).digest()
        if key not in known:
            known[key] = described(one)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "described", remembered)
        yield


def references() -> list[Reference]:
    changed, _ = plant(drawn.pack(1), "badge", seed=3, box=(240.0, 300.0, 120.0, 120.0))
    return [drawn.reference(drawn.pack(1), "p1"), drawn.reference(changed, "p1", version="domestic")]


def more(*seeds: int) -> list[Reference]:
    return [drawn.reference(drawn.pack(seed), f"p{seed}") for seed in seeds]


@lru_cache(maxsize=8)
def asked() -> np.ndarray:
    photo = drawn.photo_of(drawn.pack(1), Pose(260, tilt_deg=30, turn_deg=20))
    return describe_frame(photo.pixels).descriptors


def assert_same(one: Catalogue, other: Catalogue) -> None:
    """However spots lie in segments: the same neighbours, but for those as near as the last; the same kin."""
    told = []
    for it in (one, other):
        distances, rows = it.index.search(asked(), 20)
        found = it.index.at(rows[distances < distances[:, -1:]])
        table = np.column_stack([found.owner, found.points, found.frames.reshape(-1, 4)])
        told.append((distances, table[np.lexsort(table.T)]))
    assert len(one.index) == len(other.index)
    assert all(np.array_equal(a, b) for a, b in zip(*told, strict=True))
    assert np.array_equal(one.sizes, other.sizes)
    assert np.array_equal(one.areas, other.areas)
    for i in range(len(one.references)):
        for a, b in ((one.siblings[i], other.siblings[i]), (one.twins[i], other.twins[i])):
            assert [s.owner for s in a] == [s.owner for s in b]
            assert all(np.array_equal(s.onto, t.onto) for s, t in zip(a, b, strict=True))


def never(*_: object) -> None:
    raise AssertionError("it was to be found prepared")


def test_a_second_time_nothing_is_described_and_all_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = Prepared(tmp_path).catalogue(references())
    assert first.index.level > 0, "an index with cells"
    monkeypatch.setattr(catalogue, "described", never)
    assert_same(Prepared(tmp_path).catalogue(references()), first)


def test_what_is_prepared_is_what_is_made_in_memory(tmp_path: Path, fresh: Catalogue):
    assert_same(Prepared(tmp_path).catalogue(references()), fresh)


def test_a_reference_more_describes_no_other_and_gives_the_same_as_all_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    every = [*references(), *more(2, 3, 4)]
    at_once = Prepared(tmp_path / "at once").catalogue(every)
    grown = Prepared(tmp_path / "grown")
    describe, seen = catalogue.described, []
    monkeypatch.setattr(catalogue, "described", lambda one: seen.append(one.id) or describe(one))
    for count in range(1, len(every) + 1):
        last = grown.catalogue(every[:count])
    assert seen == [one.id for one in every]
    assert_same(last, at_once)


def segments(folder: Path) -> dict[str, int]:
    """The folders of segments, and when each was made."""
    return {one.name: (one / "codes.npy").stat().st_ino for one in folder.glob("*.spots")}


def test_a_reference_more_leaves_a_large_segment_as_it_is(tmp_path: Path):
    Prepared(tmp_path).catalogue(more(1, 2, 3, 4, 5))
    before = segments(tmp_path)
    assert len(before) == 1
    Prepared(tmp_path).catalogue(more(1, 2, 3, 4, 5, 6))
    after = segments(tmp_path)
    assert len(after) == 2
    assert before.items() < after.items()


def test_segments_stay_few_however_the_catalogue_grew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Those that a new one is not small against are joined with it."""
    part = catalogue.described(drawn.reference(drawn.pack(1), "any"))
    monkeypatch.setattr(catalogue, "described", lambda _: part)
    pictures = [np.full((40, 40, 3), n, np.uint8) for n in range(21)]
    every = [drawn.reference(pixels, f"q{n}") for n, pixels in enumerate(pictures)]
    counts = []
    for count in range(1, len(every) + 1):
        made = Prepared(tmp_path).catalogue(every[:count])
        counts.append(len(segments(tmp_path)))
        assert len(made.index) == count * len(part.features)
    assert counts[:6] == [1, 1, 1, 1, 2, 1]
    assert max(counts) <= 3


def test_a_reference_less_describes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Prepared(tmp_path).catalogue([*references(), *more(2)])
    monkeypatch.setattr(catalogue, "described", never)
    fewer = Prepared(tmp_path).catalogue([*references()[1:], *more(2)])
    assert_same(fewer, Prepared(tmp_path).catalogue([*references()[1:], *more(2)]))
    monkeypatch.undo()
    assert_same(fewer, catalogue.build([*references()[1:], *more(2)]))


def test_two_references_of_one_picture_are_two(tmp_path: Path):
    both = [drawn.reference(drawn.pack(1), "a"), drawn.reference(drawn.pack(1), "b")]
    assert_same(Prepared(tmp_path).catalogue(both), catalogue.build(both))
    found = Prepared(tmp_path).catalogue(both)
    _, rows = found.index.search(asked(), 2)
    assert set(found.index.at(rows.ravel()).owner.tolist()) == {0, 1}


def build_in(folder: Path) -> int:
    return len(Prepared(folder).catalogue([*references(), *more(2, 3)]).index)


def test_two_processes_that_build_at_once_come_to_one_segment(tmp_path: Path, fresh: Catalogue):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        first, second = pool.map(build_in, [tmp_path] * 2)
    assert first == second > len(fresh.index)
    assert len(segments(tmp_path)) == 1
    assert list(tmp_path.glob("*.part")) == []


def test_a_build_that_is_killed_leaves_nothing_that_is_taken_for_a_segment(tmp_path: Path, monkeypatch, fresh):
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Path, "rename", dies)
        killed.setattr(shutil, "rmtree", lambda *_, **__: None)  # it has no time to tidy up
        with pytest.raises(KeyboardInterrupt):
            Prepared(tmp_path).catalogue(references())
    assert [one.suffix for one in tmp_path.iterdir() if one.is_dir()] == [".part"]
    assert_same(Prepared(tmp_path).catalogue(references()), fresh)


def test_what_lay_unused_for_longest_goes_when_there_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for age, seed in ((30, 1), (20, 2)):
        Prepared(tmp_path).catalogue(more(seed))
        (made,) = (one for one in tmp_path.glob("*.spots") if one.stat().st_mtime > time.time() - 10)
        os.utime(made, times=(0, time.time() - age))
    old, newer = sorted(tmp_path.glob("*.spots"), key=lambda one: one.stat().st_mtime)
    size = sum(file.stat().st_size for file in old.iterdir())
    monkeypatch.setenv(VARIABLE, str(2.5 * size / 1e9))
    Prepared(tmp_path).catalogue(more(3))
    assert not old.exists()
    assert newer.exists()
    assert len(segments(tmp_path)) == 2


@pytest.mark.parametrize("told", ["much", "", "1e999"])
def test_a_bound_that_is_no_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str):
    monkeypatch.setenv(VARIABLE, told)
    with pytest.raises(BadReference, match=f"{VARIABLE} is .*: set it to a number of gigabytes"):
        Prepared(tmp_path).catalogue(more(1))


def test_other_code_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Prepared(tmp_path).described(references()[0])
    monkeypatch.setattr(module, "made_by", lambda: b"another release")
    monkeypatch.setattr(catalogue, "described", never)
    with pytest.raises(AssertionError, match="prepared"):
        Prepared(tmp_path).described(references()[0])


def test_what_is_in_a_segment_is_not_described_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Prepared(tmp_path).catalogue(references())
    assert list(tmp_path.glob("*.npz")) == [], "it is there once"
    monkeypatch.setattr(catalogue, "described", never)
    for one in references():
        Prepared(tmp_path).prepare(one)
    with pytest.raises(AssertionError, match="prepared"):
        Prepared(tmp_path).prepare(more(2)[0])


class Bomb:
    def __reduce__(self):
        return never, ()


def pickled() -> bytes:
    held = io.BytesIO()
    np.save(held, np.array([Bomb()], object))
    return held.getvalue()


def rows(file: Path) -> dict[str, np.ndarray]:
    with np.load(file) as held:
        return {name: held[name] for name in held.files}


def altered(change):
    """A spoiler that changes arrays by ``change(name, array)``."""

    def spoil(file: Path) -> None:
        if file.suffix == ".npy":
            np.save(file, change(file.stem, np.load(file)))
        else:
            np.savez(file, **{name: change(name, array) for name, array in rows(file).items()})

    return spoil


SPOILERS = {
    "empty": lambda file: file.write_bytes(b""),
    "noise": lambda file: file.write_bytes(np.random.default_rng(0).bytes(5_000)),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-900]),
    "a bit": lambda file: file.write_bytes(bytes(b ^ (i == 200) for i, b in enumerate(file.read_bytes()))),
    "a pickle": lambda file: file.write_bytes(pickled()),
    "wrong kinds": altered(lambda _, array: array.astype(np.float64)),
    "gone": lambda file: file.unlink(),
}
SPOILT_FILES = {
    **SPOILERS,
    "too few rows": altered(lambda name, array: array[:-1] if name == "whole_points" else array),
    "nothing in it": lambda file: np.savez(file),
    "not numbers": altered(lambda _, array: array * np.nan if array.dtype.kind == "f" else array),
    "others' places": altered(lambda name, array: array[1:] if name == "front_codes" else array),
}
SPOILT_SEGMENTS = {
    **SPOILERS,
    "too few rows": altered(lambda _, array: array[:-1]),
    "another order": altered(lambda _, array: array[::-1]),
    "others' numbers": altered(lambda _, array: array + array.dtype.type(1)),
}


@pytest.fixture(scope="module")
def fresh() -> Catalogue:
    return catalogue.build(references())


@pytest.fixture(scope="module")
def parts() -> dict[str, catalogue.Described]:
    return {one.id: catalogue.described(one) for one in references()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("prepared")
    Prepared(made).catalogue(references())
    return made


@pytest.mark.parametrize("spoil", SPOILT_FILES.values(), ids=SPOILT_FILES)
def test_a_spoilt_file_is_made_afresh(tmp_path: Path, parts, spoil, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(catalogue, "described", lambda one: asked.append(one.id) or parts[one.id])
    first, _ = references()
    Prepared(tmp_path).described(first)
    (file,) = tmp_path.glob("*.npz")
    before = rows(file)
    spoil(file)
    again = Prepared(tmp_path).described(first)
    assert asked == [first.id] * 2
    assert np.array_equal(again.front.codes, parts[first.id].front.codes)
    assert all(np.array_equal(rows(file)[key], array) for key, array in before.items())


SEGMENT_FILES = ("codes", "cells", "places", "frames", "owners", "listed")


@pytest.mark.parametrize("name", SEGMENT_FILES)
@pytest.mark.parametrize("spoil", SPOILT_SEGMENTS.values(), ids=SPOILT_SEGMENTS)
def test_a_spoilt_segment_is_made_afresh(
    folder: Path, parts, tmp_path: Path, spoil, name: str, monkeypatch: pytest.MonkeyPatch
):
    copied = Path(shutil.copytree(folder, tmp_path / "copy"))
    (segment,) = copied.glob("*.spots")
    (file,) = segment.glob(f"{name}.np*")
    spoil(file)
    asked: list[str] = []
    monkeypatch.setattr(catalogue, "described", lambda one: asked.append(one.id) or parts[one.id])
    again = Prepared(copied).catalogue(references())
    assert asked == list(parts)
    assert np.array_equal(again.index._parts[0].spots.codes, opened(next(folder.glob("*.spots"))).spots.codes)
    assert opened(segment) is not None, "the spoilt one is replaced"


def test_where_nothing_can_be_kept_it_goes_on_without(tmp_path: Path, fresh: Catalogue):
    (tmp_path / "file").write_bytes(b"")
    assert_same(Prepared(tmp_path / "file" / "below").catalogue(references()), fresh)


def test_a_plain_picture_is_refused_every_time(tmp_path: Path):
    plain = drawn.reference(np.full((200, 200, 3), 90, np.uint8), "plain")
    for _ in range(2):
        with pytest.raises(BadReference, match="plain/export/front: only 0 spots"):
            Prepared(tmp_path).described(plain)
    assert list(tmp_path.iterdir()) == []
