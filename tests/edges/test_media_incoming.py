"""What is watched: addresses, folders and lists of both; which files of a folder are whole, and new."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from samegoods.edges.media import Camera, Inbox, Incoming, watched
from samegoods.errors import FootageError

ONE = {"songsin": ZoneInfo("Asia/Pyongyang")}
TWO = ONE | {"girona": ZoneInfo("Europe/Madrid")}


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def put(folder: Path, name: str, content: bytes, at: float) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return str(path)


def test_a_file_is_given_once_it_is_at_rest_and_once_alone(tmp_path: Path, clock: Clock):
    incoming = Incoming(str(tmp_path), now=clock)
    assert incoming.ready() == []
    path = put(tmp_path, "a.mp4", b"half", clock.now - 1)
    assert incoming.ready() == []
    put(tmp_path, "a.mp4", b"half and more", clock.now)
    assert incoming.ready() == []  # it grew
    assert incoming.ready() == [path]
    assert incoming.ready() == []


def test_a_file_that_was_at_rest_for_long_is_given_at_once(tmp_path: Path, clock: Clock):
    path = put(tmp_path, "monday/a.jpg", b"x", clock.now - 100)
    assert Incoming(str(tmp_path), now=clock).ready() == [path]


def test_a_file_that_is_put_in_place_anew_is_given_again(tmp_path: Path, clock: Clock):
    path = put(tmp_path, "a.jpg", b"x", clock.now - 100)
    incoming = Incoming(str(tmp_path), now=clock)
    assert incoming.ready() == [path]
    put(tmp_path, "a.jpg", b"another", clock.now - 90)
    assert incoming.ready() == [path]
    Path(path).unlink()
    assert incoming.ready() == []
    put(tmp_path, "a.jpg", b"another", clock.now - 90)
    assert incoming.ready() == [path]


@pytest.mark.parametrize("name", ["notes.txt", ".a.mp4", "a.mp4.part", ".hidden/a.mp4"])
def test_what_is_hidden_or_no_footage_is_left_out(tmp_path: Path, clock: Clock, name: str):
    put(tmp_path, name, b"x", clock.now - 100)
    assert Incoming(str(tmp_path), now=clock).ready() == []


def test_an_empty_file_is_not_there_yet(tmp_path: Path, clock: Clock):
    put(tmp_path, "a.mp4", b"", clock.now - 100)
    incoming = Incoming(str(tmp_path), now=clock)
    assert incoming.ready() == incoming.ready() == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://10.0.0.7/stall", "rtsp://10.0.0.7/stall"),
        ("rtsp://ana:secret@10.0.0.7:554/stall?token=secret", "rtsp://10.0.0.7:554/stall"),
        ("https://example.org/live.ts#secret", "https://example.org/live.ts"),
    ],
)
def test_an_address_is_shown_without_what_opens_it(address: str, shown: str):
    camera = Camera(address, "songsin")
    assert camera.shown == shown
    assert "secret" not in repr(camera)


def test_addresses_folders_and_lists_are_told_apart(tmp_path: Path):
    (tmp_path / "in").mkdir()
    listing = tmp_path / "cameras.csv"
    listing.write_text("path,site\nrtsp://10.0.0.8/a,girona\nin,songsin\n")
    cameras, inboxes = watched(["rtsp://10.0.0.7/a", str(listing)], site="songsin", zones=TWO)
    assert cameras == [Camera("rtsp://10.0.0.7/a", "songsin"), Camera("rtsp://10.0.0.8/a", "girona")]
    assert inboxes == [Inbox(str(tmp_path / "in"), "songsin")]


@pytest.mark.parametrize(
    ("sources", "zones", "said"),
    [
        (["rtsp://a/1"], TWO, "give --site"),
        (["rtsp://a/1", "rtsp://u:p@a/1"], ONE, "rtsp://a/1: is named twice"),
        (["ftp://a/1"], ONE, "no address of a stream"),
        (["file:///etc/passwd"], ONE, "no address of a stream"),
        (["gone"], ONE, "no folder and no address"),
        ([], ONE, "nothing to watch"),
    ],
)
def test_what_cannot_be_watched_is_refused(sources: list[str], zones: dict, said: str):
    with pytest.raises(FootageError, match=said):
        watched(sources, site=None, zones=zones)
