"""What every place of a case's pictures must do, whatever it is built on."""

from __future__ import annotations

import errno
import hashlib
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.objects import Service
from samegoods.custody.log import Problem
from samegoods.edges.case import folder as folders
from samegoods.edges.case.bucket import Bucket
from samegoods.edges.case.folder import Folder
from samegoods.edges.case.place import Place
from samegoods.errors import CaseError


def path_of(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    return f"evidence/{name[:2]}/{name}.png"


ONE, OTHER = b"one picture", b"another"


@dataclass(frozen=True)
class Made:
    """A place, and ways to do to what it is built on what no place does."""

    place: Place
    stray: Callable[[str], None]
    """Put something under this name, on another way."""
    break_writing: Callable[[], None]
    break_reading: Callable[[], None]


def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    def stray(path: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"?")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def unreadable() -> None:
        (tmp_path / "evidence").rename(tmp_path / "gone")
        (tmp_path / "evidence").symlink_to(tmp_path / "evidence")  # opening it fails as a bad disk does, for root too

    return Made(Folder(tmp_path), stray, lambda: monkeypatch.setattr(folders.os, "fsync", full), unreadable)


def in_bucket(objects: Service, address: str) -> Made:
    name = address.removeprefix("s3://")
    return Made(
        Bucket(f"{address}/july/case-1", patience_s=0.5),
        lambda path: objects.client().put_object(Bucket=name, Key=f"july/case-1/{path}", Body=b"?"),
        lambda: objects.fail("PUT", status="500 Internal Server Error"),
        lambda: objects.fail("GET", status="500 Internal Server Error"),
    )


@pytest.fixture(params=["folder", "bucket"])
def made(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    if request.param == "folder":
        yield in_folder(tmp_path, monkeypatch)
    else:
        yield in_bucket(request.getfixturevalue("objects"), request.getfixturevalue("bucket"))


@pytest.fixture
def place(made: Made) -> Place:
    return made.place


def listed(place: Place) -> tuple[list[str], list[Problem]]:
    problems: list[Problem] = []
    return sorted(place.names(problems)), problems


def test_what_was_put_is_read_again(place: Place):
    assert listed(place) == ([], [])
    for content in (ONE, OTHER):
        place.put_once(path_of(content), content)
    for content in (ONE, OTHER):
        assert place.read(path_of(content)) == content
        assert place.sha256(path_of(content)) == hashlib.sha256(content).hexdigest()
    assert listed(place) == (sorted([path_of(ONE), path_of(OTHER)]), [])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=4000))
def test_whatever_the_bytes(place: Place, content: bytes):
    place.put_once(path_of(content), content)
    assert place.read(path_of(content)) == content


def test_more_than_one_piece_of_an_answer(place: Place):
    content = bytes(range(256)) * 40_000  # 10 MB
    place.put_once(path_of(content), content)
    assert place.read(path_of(content)) == content
    assert place.sha256(path_of(content)) == hashlib.sha256(content).hexdigest()


def test_nothing_is_ever_written_over(place: Place):
    place.put_once(path_of(ONE), ONE)
    place.put_once(path_of(ONE), OTHER)
    assert place.read(path_of(ONE)) == ONE


def test_deleting(place: Place):
    for content in (ONE, OTHER):
        place.put_once(path_of(content), content)
    place.delete([])
    place.delete([path_of(ONE), path_of(b"never there")])
    assert listed(place) == ([path_of(OTHER)], [])
    place.delete(iter([path_of(ONE), path_of(OTHER)]))
    assert listed(place) == ([], [])


def test_what_is_not_there(place: Place):
    assert place.sha256(path_of(ONE)) is None
    with pytest.raises(CaseError, match=f"{path_of(ONE)}: this evidence is missing") as told:
        place.read(path_of(ONE))
    assert place.where(path_of(ONE)) in str(told.value)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../secret",
        "evidence/../../secret",
        "evidence//x",
        "evidence/./x",
        "evidence\\..\\x",
        "e\0x",
    ],
)
def test_no_path_leads_out_of_a_case(place: Place, path: str):
    for use in (place.read, place.sha256, lambda path: place.put_once(path, b"?"), lambda path: place.delete([path])):
        with pytest.raises(CaseError, match="leads out of the case"):
            use(path)
    assert listed(place) == ([], [])


def test_a_place_travels_to_a_worker(place: Place):
    place.put_once(path_of(ONE), ONE)
    assert pickle.loads(pickle.dumps(place)).read(path_of(ONE)) == ONE
    assert hash(pickle.loads(pickle.dumps(place))) == hash(place)


def test_what_cannot_be_written_is_not_half_there(made: Made, place: Place):
    made.break_writing()
    with pytest.raises(CaseError, match=path_of(ONE)):
        place.put_once(path_of(ONE), ONE)
    paths, problems = listed(place)
    assert paths == []
    assert all(one.unfinished for one in problems)
    place.tidy()
    assert listed(place) == ([], [])


def test_what_cannot_be_read_is_no_missing_picture(made: Made, place: Place):
    place.put_once(path_of(ONE), ONE)
    made.break_reading()
    for use in (place.read, place.sha256):
        with pytest.raises(CaseError) as told:
            use(path_of(ONE))
        assert "missing" not in str(told.value)


@pytest.mark.parametrize("name", ["evidence/notes.txt", "evidence/ab/face.jpg"])
def test_what_somebody_else_put_there_is_told(made: Made, place: Place, name: str):
    made.stray(name)
    place.put_once(path_of(ONE), ONE)
    paths, problems = listed(place)
    assert path_of(ONE) in paths
    assert name in [*paths, *(one.where.removeprefix(f"{place.address}/") for one in problems)]


def test_several_writers_of_one_picture(objects: Service, bucket: str):
    """A run that was taken for dead may still write: the first that comes is kept."""
    place = Bucket(f"{bucket}/case-1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: place.put_once(path_of(ONE), ONE + bytes([n])), range(16)))
    kept = place.read(path_of(ONE))
    assert kept[:-1] == ONE
    versions = objects.client().list_objects_v2(Bucket=bucket.removeprefix("s3://"))
    assert versions["KeyCount"] == 1
