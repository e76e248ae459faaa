"""Footage from strangers: no files, files too large, files that change meanwhile, files made worse on purpose."""

from __future__ import annotations

import os
import struct
import time
import zlib
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.footage import noise, pattern, write_gif, write_photo, write_video
from mutations import MUTATIONS, mutated
from samegoods.edges.media import Footage, Media, MediaLimits, load_picture, open_media, resolve, unopened
from samegoods.edges.media.listing import read_listing
from samegoods.errors import FootageError, MediaError
from samegoods.records import Outcome

UTC = ZoneInfo("UTC")
CHANGED = "the file changed while it was being read: it is not what was hashed; run again when it is at rest"


def opened(path: Path | str, **options: object) -> Media:
    return open_media(Footage(str(path), "songsin", UTC), **options)  # type: ignore[arg-type]


def ended(media: Media) -> Outcome:
    for frame in media.frames():
        _ = frame.pixels
    return media.outcome


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_video(tmp_path / "a.mp4", [pattern(shift=n) for n in range(12)])


# What is no file


def test_pipes_and_devices_in_a_folder_are_passed_over_and_not_waited_for(film: Path):
    folder = film.parent
    os.mkfifo(folder / "b.mp4")
    (folder / "c.jpg").symlink_to("/dev/zero")
    (folder / "d.jpg").symlink_to(folder / "d.jpg")
    found, missing = resolve([str(folder), str(folder / "*.jpg")], site=None, captured_at=None, zones={"s": UTC})
    assert [Path(one.path).name for one in found] == ["a.mp4"]
    assert [one.reason for one in missing] == ["no video or photo matches"]


def test_a_pipe_or_a_device_that_is_named_outright_is_told(film: Path):
    os.mkfifo(film.parent / "b.mp4")
    named = [str(film), str(film.parent / "b.mp4"), "/dev/zero"]
    _, missing = resolve(named, site=None, captured_at=None, zones={"s": UTC})
    assert [one.reason for one in missing] == ["this is not a file"] * 2


def test_rows_of_a_list_that_are_no_files_are_told(film: Path):
    os.mkfifo(film.parent / "b.mp4")
    rows = ["a.mp4", "b.mp4", "/dev/zero", "/dev/stdin/..", "-rf", '"a\nb.mp4"', "a\0b.mp4", "x" * 3000 + ".mp4"]
    listing = film.parent / "list.csv"
    listing.write_text("path\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found, missing = resolve([str(listing)], site=None, captured_at=None, zones={"s": UTC})
    assert [Path(one.path).name for one in found] == ["a.mp4"]
    assert {one.reason for one in missing} == {
        "this is not a file",
        "there is no such file",
    }
    assert all(opened_missing.source.path.isprintable() for opened_missing in map(open_media, missing))


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_file_that_is_exchanged_for_a_pipe_is_not_waited_for(film: Path, kind: str):
    media = opened(film)
    film.unlink()
    if kind == "pipe":
        os.mkfifo(film)
    else:
        film.symlink_to("/dev/zero")
    assert ended(media) == Outcome("failed", "this is not a file")


def test_a_list_that_is_a_pipe_or_a_device_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to("/dev/zero")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(FootageError, match=rf"{name}: this is not a file"):
            resolve([str(tmp_path / name)], site=None, captured_at=None, zones={"s": UTC})


def test_a_name_that_is_no_text_can_be_told_and_stored(tmp_path: Path):
    path = tmp_path / os.fsdecode(b"stall-\xff\n.png")
    write_photo(tmp_path / "a.png").rename(path)
    media = opened(path)
    assert media.source.path == str(tmp_path / "stall-") + "\\udcff\\n.png"
    media.source.path.encode()
    assert ended(media).status == "ok"


# What is larger than the limit


def test_the_limits_are_stated_in_the_reason(tmp_path: Path, film: Path):
    photo = write_photo(tmp_path / "a.png", noise())
    gif = write_gif(tmp_path / "a.gif", 5)
    tiny = {
        "photo_pixels": (photo, "failed", "it has 96 x 64 px, more than the limit of 100 px"),
        "photo_bytes": (photo, "failed", "it has more than 100 bytes, which is the limit"),
        "frame_pixels": (film, "failed", "its pictures of 96 x 64 px are larger than the limit of 100 px"),
        "frames": (gif, "partial", "the limit of 3 frames is reached; the rest is not read"),
        "seconds": (film, "partial", "the limit of 8.33333e-05 hours is reached; the rest is not read"),
    }
    values = {"frames": 3, "seconds": 0.3}
    for name, (path, status, reason) in tiny.items():
        outcome = ended(opened(path, limits=MediaLimits(**{name: values.get(name, 100)})))
        assert (outcome.status, outcome.reason.split("; ends after")[0]) == (status, reason), name


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [20_000, 2**31 - 1])
def test_a_header_that_lies_about_its_size_costs_nothing(tmp_path: Path, side: int):
    path = tmp_path / "a.png"
    path.write_bytes(png_claiming(side, side))
    began = time.monotonic()
    outcome = ended(opened(path))
    assert outcome.status == "failed"
    assert "limit of 120000000 px" in outcome.reason
    with pytest.raises(MediaError, match=r"a\.png: .*limit"):
        load_picture(path)
    assert time.monotonic() - began < 1


def test_a_list_has_its_limits(tmp_path: Path):
    listing = tmp_path / "a.csv"
    listing.write_text("path\n" + "a.mp4\n" * 4)
    with pytest.raises(FootageError, match=r"a\.csv:5: more than 3 rows, which is the limit"):
        list(read_listing(listing, limits=MediaLimits(list_rows=3)))
    with pytest.raises(FootageError, match="it has more than 10 bytes, which is the limit"):
        list(read_listing(listing, limits=MediaLimits(list_bytes=10)))
    with pytest.raises(FootageError, match=r"a\.csv:2: path: longer than 4 characters, which is the limit"):
        list(read_listing(listing, limits=MediaLimits(name_length=4)))


# What changes meanwhile


def test_a_photo_that_is_exchanged_after_it_was_hashed_is_not_looked_at(tmp_path: Path):
    path = write_photo(tmp_path / "a.png")
    media = opened(path)
    write_photo(path, noise())
    assert list(media.frames()) == []
    assert media.outcome == Outcome("failed", CHANGED)


def other_film(path: Path) -> Path:
    return write_video(path, [pattern(shift=40 + n) for n in range(12)])


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def exchange(path: Path) -> None:
    other_film(path.with_name("b.mp4")).replace(path)


def change_and_change_back(path: Path) -> None:
    whole = path.read_bytes()
    time.sleep(0.02)
    path.write_bytes(whole[::-1])
    path.write_bytes(whole)


@pytest.mark.parametrize("change", [grow, exchange], ids=lambda change: change.__name__)
def test_a_film_that_is_not_what_was_hashed_fails(film: Path, change):
    media = opened(film)
    change(film)
    assert ended(media) == Outcome("failed", CHANGED)


@pytest.mark.parametrize("change", [grow, change_and_change_back], ids=lambda change: change.__name__)
def test_a_film_that_changes_while_it_is_decoded_fails(film: Path, change):
    media = opened(film)
    frames = media.frames()
    next(frames)
    change(film)
    list(frames)
    assert media.outcome == Outcome("failed", CHANGED)


def test_a_film_that_is_exchanged_while_it_is_decoded_is_read_to_its_own_end(film: Path):
    whole = [frame.luma.tobytes() for frame in opened(film).frames()]
    media = opened(film)
    frames = media.frames()
    first = next(frames).luma.tobytes()
    exchange(film)
    assert [first, *(frame.luma.tobytes() for frame in frames)] == whole
    assert media.outcome.status == "ok"


# What could not even be opened


def test_what_ended_its_process_is_told_with_its_content(film: Path):
    media = unopened(Footage(str(film), "songsin", UTC), "the worker process ended on it twice")
    assert ended(media) == Outcome("failed", "the worker process ended on it twice")
    assert media.source.sha256 == opened(film).source.sha256


# What was made worse on purpose

FILMS = {
    "mp4": lambda path: write_video(path, [pattern(shift=n) for n in range(8)]),
    "mkv": lambda path: write_video(path, [pattern(shift=n) for n in range(8)], codec="mjpeg", pix_fmt="yuvj420p"),
    "avi": lambda path: write_video(path, [pattern(shift=n) for n in range(8)], codec="mpeg4"),
    "gif": lambda path: write_gif(path),
    "heic": lambda path: write_photo(path),
    "tif": lambda path: write_photo(path),
    "jpg": lambda path: write_photo(path),
}


@pytest.fixture(scope="module", params=FILMS)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    path = tmp_path_factory.mktemp("whole") / f"a.{request.param}"
    FILMS[request.param](path)
    return request.param, path.read_bytes()


def test_mutated_media_end_soon_with_a_reason_and_in_silence(whole, tmp_path: Path, capfd):
    suffix, data = whole
    for seed in range(2 * len(MUTATIONS)):
        path = tmp_path / f"{seed}.{suffix}"
        worse, how = mutated(data, seed)
        path.write_bytes(worse)
        began = time.monotonic()
        media = opened(path)
        outcome = ended(media)
        assert time.monotonic() - began < 10, how
        assert outcome.status == "ok" or outcome.reason, how
        assert (outcome.reason or "").isprintable(), how
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


_LINES = st.lists(
    st.lists(
        st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["a.mp4", "main", '"', ";", "="])
    ).map(",".join),
    max_size=5,
)


_HEADS = st.sampled_from(["path", "path,site", "path;captured_at", "Path ,who,site", ""])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=1000)
@given(head=_HEADS, lines=_LINES, raw=st.binary(max_size=30))
def test_any_list_gives_rows_or_a_footage_error(tmp_path: Path, head: str, lines: list[str], raw: bytes):
    listing = tmp_path / "list.csv"
    listing.write_bytes("\n".join([head, *lines]).encode() + raw)
    with suppress(FootageError):
        assert all(row.path for row in read_listing(listing))
        resolve([str(listing)], site=None, captured_at=None, zones={"s": UTC})


def test_noise_is_no_footage(tmp_path: Path):
    rng = np.random.default_rng(1)
    for number, start in enumerate(
        (b"", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"\x1aE\xdf\xa3")
    ):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(start + rng.bytes(4000))
        assert ended(opened(path)).status == "failed"
