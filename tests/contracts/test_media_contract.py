"""What every kind of media promises, whatever the state of the file."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fakes.footage import cut, noise, pattern, write_gif, write_photo, write_video
from samegoods.edges.media import Footage, Media, Unreadable, open_media

SEOUL = ZoneInfo("Asia/Seoul")
NOISE = [noise(seed=n) for n in range(12)]


def _video(folder: Path) -> Path:
    return write_video(folder / "a.mp4", [pattern(shift=n) for n in range(12)], sound=True)


def _truncated(folder: Path) -> Path:
    return cut(write_video(folder / "cut.mkv", NOISE * 3, options={"g": "6"}), 0.5)


def _headless(folder: Path) -> Path:
    return cut(write_video(folder / "headless.mp4", NOISE), 0.7)


def _damaged(folder: Path) -> Path:
    path = write_video(folder / "hit.mkv", NOISE * 2, codec="mjpeg", pix_fmt="yuvj420p")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    return path


def _nonsense(folder: Path) -> Path:
    path = folder / "nonsense.mov"
    path.write_bytes(np.random.default_rng(0).bytes(5000))
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.jpg"
    path.write_bytes(b"")
    return path


def _text(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("no film at all, but a few words about the market\n" * 40)
    return path


def _gone(folder: Path) -> Path:
    return folder / "gone.mp4"


CASES = {
    # file: kind, status, fewest and most frames
    "video": (_video, "video", "ok", 12, 12),
    "gif": (lambda f: write_gif(f / "a.gif"), "video", "ok", 5, 5),
    "photo": (lambda f: write_photo(f / "a.jpg"), "photo", "ok", 1, 1),
    "heic": (lambda f: write_photo(f / "a.heic"), "photo", "ok", 1, 1),
    "truncated video": (_truncated, "video", "partial", 6, 30),
    "damaged video": (_damaged, "video", "partial", 12, 23),
    "truncated gif": (lambda f: cut(write_gif(f / "b.gif"), 0.7), "video", "partial", 1, 4),
    "truncated photo": (lambda f: cut(write_photo(f / "b.jpg", noise()), 0.6), "photo", "partial", 1, 1),
    "truncated png": (lambda f: cut(write_photo(f / "b.png", noise()), 0.6), "photo", "failed", 0, 0),
    "headless video": (_headless, "video", "failed", 0, 0),
    "nonsense": (_nonsense, "video", "failed", 0, 0),
    "empty": (_empty, "photo", "failed", 0, 0),
    "text": (_text, "video", "failed", 0, 0),
    "missing": (_gone, "video", "failed", 0, 0),
    "not named rightly": (lambda f: write_gif(f / "c.gif").rename(f / "c.jpg"), "video", "ok", 5, 5),
}


@pytest.fixture(params=CASES, scope="module")
def case(request, tmp_path_factory):
    make, *expected = CASES[request.param]
    return make(tmp_path_factory.mktemp("media")), *expected


def opened(path: Path, site: str = "songsin", captured_at: datetime | None = None) -> Media:
    return open_media(Footage(str(path), site, SEOUL, captured_at, "option" if captured_at else None))


def test_frames_and_outcome_are_as_the_file_allows(case):
    path, kind, status, fewest, most = case
    media = opened(path)
    count = sum(1 for _ in media.frames())
    assert media.source.kind == kind
    assert fewest <= count <= most
    assert media.outcome.status == status
    assert (media.outcome.reason is None) == (status == "ok")


def test_a_reason_names_neither_folders_nor_memory(case):
    media = opened(case[0])
    list(media.frames())
    reason = media.outcome.reason or ""
    assert str(case[0].parent) not in reason
    assert "0x" not in reason


def test_the_outcome_is_not_known_before_the_end(case):
    media = opened(case[0])
    with pytest.raises(RuntimeError, match="once all frames"):
        _ = media.outcome
    frames = media.frames()
    first = next(frames, None)
    if first is not None:
        with pytest.raises(RuntimeError, match="once all frames"):
            _ = media.outcome
        list(frames)
    _ = media.outcome


def test_reading_twice_gives_the_same(case):
    media = opened(case[0])
    first = [(f.moment, f.luma.tobytes(), f.pixels.tobytes()) for f in media.frames()]
    outcome = media.outcome
    second = [(f.moment, f.luma.tobytes(), f.pixels.tobytes()) for f in media.frames()]
    assert first == second
    assert media.outcome == outcome


def test_frames_hold_pictures_of_one_shape_and_rising_times(case):
    media = opened(case[0])
    frames = list(media.frames())
    for frame in frames:
        assert frame.source == media.source.id
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.flags.c_contiguous
        assert frame.luma.dtype == np.uint8
        assert max(frame.luma.shape) <= 320
        height, width = frame.pixels.shape[:2]
        assert abs(frame.luma.shape[1] / frame.luma.shape[0] - width / height) < 0.05
        assert (frame.moment is None) == (media.source.kind == "photo")
    times = [f.time_s for f in frames if f.time_s is not None]
    assert all(a < b for a, b in pairwise(times))


def test_a_frame_cannot_leave_memory(case):
    for frame in opened(case[0]).frames():
        for leave in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="stays in memory"):
                leave(frame)


def test_opened_media_travel_to_the_process_that_reads_them(case):
    there = pickle.loads(pickle.dumps(opened(case[0])))
    here = opened(case[0])
    assert there.source == here.source
    assert [f.pixels.tobytes() for f in there.frames()] == [f.pixels.tobytes() for f in here.frames()]
    assert there.outcome == here.outcome


def test_the_id_follows_from_content_site_and_time(case):
    path = case[0]
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    ids = {opened(path).source.id, opened(path, "other").source.id, opened(path, "songsin", noon).source.id}
    assert len(ids) == 3
    assert opened(path).source.id in ids
    assert all(len(i) == 12 and int(i, 16) >= 0 for i in ids)


def test_nothing_reaches_the_terminal(case, capfd):
    media = opened(case[0])
    for frame in media.frames():
        _ = frame.pixels
    _ = media.declared_s
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_what_was_not_found_fails_with_its_reason():
    media = open_media(Unreadable("gone/*.jpg", "songsin", "no video or photo matches"))
    assert list(media.frames()) == []
    assert (media.outcome.status, media.outcome.reason) == ("failed", "no video or photo matches")
    assert media.source.sha256 == ""


def test_the_content_decides_about_the_id_and_not_the_name(tmp_path):
    one = write_photo(tmp_path / "a.png")
    other = tmp_path / "b.png"
    other.write_bytes(one.read_bytes())
    assert opened(one).source.id == opened(other).source.id
