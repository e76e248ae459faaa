"""A stretch of a stream: through drops and returns, by the clock, from real servers on loopback."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Timer

import numpy as np
import pytest

from fakes.footage import noise, pattern, write_video
from fakes.streams import free_port, http, rtsp, write_stream
from samegoods.edges.media import Camera, LiveMedia, Window
from samegoods.records import Frame
from samegoods.stages.sample import sample

pytest.importorskip("tenacity", reason="watching needs the extra samegoods[watch]")

VIEW = (160, 120)
WATCHED_S = 8.0


def every_frame(frames: Iterable[Frame]) -> Iterator[Frame]:
    return iter(frames)


def watched(address: str, seconds: float, *, lead_s: float = 1.0, choose=every_frame, **options) -> LiveMedia:
    window = Window(time.time() + lead_s, time.time() + lead_s + seconds, lead_s=lead_s)
    return LiveMedia(Camera(address, "songsin"), window, choose=choose, **options)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds and a half: a connection that ends so often is one that drops."""
    pytest.importorskip("aio_rtsp_toolkit", reason="an RTSP server to test with")
    folder = tmp_path_factory.mktemp("films")
    write_stream(folder / "a.mp4", [pattern(VIEW, shift=5 * n) for n in range(25)])
    return folder


@pytest.fixture(scope="module")
def through_drops(film: Path) -> LiveMedia:
    """A stream that ends every 2.5 s, and whose server is gone from about 3 s to about 6 s."""
    port = free_port()
    media = watched(f"rtsp://ana:secret@127.0.0.1:{port}/a.mp4", WATCHED_S)
    media.frame_times = []  # type: ignore[attr-defined]
    servers = [rtsp(film, port), rtsp(film, port)]
    servers[0].__enter__()
    gone = Timer(4.0, servers[0].__exit__, (None, None, None))
    back = Timer(6.5, servers[1].__enter__)
    gone.start(), back.start()
    try:
        media.frame_times += [(frame.time_s, time.time()) for frame in media.frames()]  # type: ignore[attr-defined]
    finally:
        gone.join(), back.join()
        servers[1].__exit__(None, None, None)
    return media


def test_a_stream_that_drops_and_returns_loses_the_gaps_alone_and_names_them(through_drops: LiveMedia):
    health, outcome = through_drops.health, through_drops.outcome
    times = [at for at, _ in through_drops.frame_times]
    assert outcome.status == "partial"
    assert outcome.reason.startswith("nothing came for ")
    longest = max(health.gaps, key=lambda gap: gap.seconds)
    assert 2.0 < longest.seconds < 7.0
    for before, after in pairwise(times):  # whatever is missing is in a gap that is named
        if after - before > 0.75:
            assert any(abs(gap.start_s - before) < 0.05 and abs(gap.end_s - after) < 0.05 for gap in health.gaps)
    seen = WATCHED_S - sum(gap.seconds for gap in health.gaps)
    assert health.frames > 0.6 * 10 * seen  # ten frames a second, but for what comes before a key frame


def test_times_rise_lie_in_the_window_and_are_those_of_the_clock(through_drops: LiveMedia):
    times = [at for at, _ in through_drops.frame_times]
    assert all(a < b for a, b in pairwise(times))
    assert times[0] >= 0
    assert times[-1] < WATCHED_S
    late = [heard - through_drops.window.start - at for at, heard in through_drops.frame_times]
    assert -1.0 < np.median(late) < 2.0


def test_what_is_kept_of_a_stream_holds_no_password(through_drops: LiveMedia):
    source = through_drops.source
    assert source.kind == "stream"
    assert source.path == f"rtsp://127.0.0.1:{through_drops.camera.address.rpartition(':')[2]}"
    for told in (repr(through_drops.camera), repr(source), through_drops.outcome.reason):
        assert "secret" not in told


def test_the_hash_is_of_what_was_received(through_drops: LiveMedia):
    assert len(through_drops.source.sha256) == 64
    assert through_drops.health.received_bytes > 1000
    assert through_drops.source.captured_from == "clock"
    assert through_drops.source.captured_at.timestamp() == pytest.approx(through_drops.window.start)


@pytest.fixture(scope="module")
def transport_stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("ts") / "a.ts"
    pictures = [noise(VIEW, seed=n) for n in range(50)]
    return write_video(path, pictures, options={"g": "5", "bf": "0"}).read_bytes()


def test_a_stream_over_http_is_taken_up_again_each_time_it_ends(transport_stream: bytes):
    with http(transport_stream, bytes_a_second=len(transport_stream)) as address:
        media = watched(f"{address}?key=secret", 4.0, lead_s=0.5)
        frames = sum(1 for _ in media.frames())
    assert frames > 60  # more than one time all of it: it came back
    assert {gap.reason for gap in media.health.gaps} <= {"the connection ended", "Input/output error"}
    assert "key" not in media.source.path


def test_where_looking_is_slow_frames_are_passed_over_and_counted(transport_stream: bytes):
    with http(transport_stream, bytes_a_second=len(transport_stream) // 2) as address:
        media = watched(address, 2.0, lead_s=0.2)
        slow = 0
        for _ in media.frames():
            time.sleep(0.15)
            slow += 1
    health = media.health
    assert health.passed_over > 0
    assert health.looked == slow
    assert health.looked + health.passed_over == health.frames
    assert f"{health.passed_over} of {health.frames} frames worth a look were passed over" in media.outcome.reason


def test_nothing_at_all_is_a_failure_that_says_why():
    media = watched(f"http://127.0.0.1:{free_port()}/live", 1.5, lead_s=0.1)
    assert list(media.frames()) == []
    assert media.outcome.status == "failed"
    assert media.outcome.reason == "nothing came for 2 s: 0:00 to 0:01 (Connection refused)"
    assert media.source.sha256 == ""


def test_a_list_of_files_is_no_stream(tmp_path: Path):
    (tmp_path / "x.ts").write_bytes(b"x")
    listing = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{tmp_path}/x.ts\n"
    with http(listing.encode(), "application/vnd.apple.mpegurl") as address:
        media = watched(address, 1.2, lead_s=0.1)
        assert list(media.frames()) == []
    assert media.outcome.status == "failed"


def test_a_stretch_that_begins_late_says_so(transport_stream: bytes):
    with http(transport_stream, bytes_a_second=len(transport_stream)) as address:
        window = Window(time.time() - 5, time.time() + 1.0)
        media = LiveMedia(Camera(address, "songsin"), window, choose=sample)
        list(media.frames())
    assert media.health.gaps[0].start_s == 0
    assert media.health.gaps[0].end_s >= 5
    assert "(it began late)" in media.outcome.reason


def test_it_travels_and_its_id_is_known_beforehand():
    media = watched("rtsp://camera/1", 5)
    travelled = pickle.loads(pickle.dumps(media))
    assert travelled.source == media.source
    assert travelled.declared_s == pytest.approx(5, abs=0.01)
    with pytest.raises(RuntimeError, match="once all frames"):
        _ = media.outcome


def test_whoever_waits_hears_that_the_receiving_goes_on():
    heard: list[int] = []
    media = watched(f"http://127.0.0.1:{free_port()}/live", 2.5, lead_s=0.1, alive=lambda: heard.append(1))
    list(media.frames())
    assert len(heard) >= 2


def test_leaving_early_ends_the_receiving(transport_stream: bytes):
    with http(transport_stream, bytes_a_second=len(transport_stream)) as address:
        media = watched(address, 60.0, lead_s=0.1)
        frames = media.frames()
        next(frames)
        began = time.monotonic()
        frames.close()
        assert time.monotonic() - began < 5
