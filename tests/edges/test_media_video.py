"""Videos: exact times, the right way up, true colours, and what damage leaves."""

from __future__ import annotations

import gc
import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.footage import QUARTERS, SIZE, cut, noise, pattern, turned, write_gif, write_video
from samegoods.edges.media import Footage, Media, open_media
from samegoods.edges.media.decoding import Clock, Tally
from samegoods.edges.media.sparing import NEAR_S
from samegoods.records import Frame

DATA = Path(os.environ.get("SAMEGOODS_DATA", Path(__file__).parents[2] / "../shared/data")) / "videos"
SHARP = {"crf": "5"}


def opened(path: Path, **options) -> Media:
    return open_media(Footage(str(path), "songsin", ZoneInfo("UTC")), **options)


def read(path: Path) -> list[Frame]:
    return list(opened(path).frames())


def quarters(picture: np.ndarray) -> list[str]:
    """The pattern's colours nearest to the corners: top left, top right, bottom left, bottom right."""
    names, colours = list(QUARTERS), np.array(list(QUARTERS.values()))
    corners = [picture[y, x] for y in (4, -5) for x in (4, -5)]
    return [names[int(np.abs(colours - corner.astype(int)).sum(axis=1).argmin())] for corner in corners]


@pytest.mark.parametrize(
    ("suffix", "codec", "pix_fmt"),
    [
        (".mp4", "libx264", "yuv420p"),
        (".mp4", "libx265", "yuv420p10le"),
        (".mov", "mpeg4", "yuv420p"),
        (".mkv", "ffv1", "yuv444p"),
        (".webm", "libvpx-vp9", "yuv420p"),
        (".avi", "mjpeg", "yuvj422p"),
        (".ts", "mpeg2video", "yuv420p"),
        (".flv", "flv1", "yuv420p"),
    ],
)
def test_containers_and_codecs(tmp_path, suffix, codec, pix_fmt):
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    path = write_video(
        tmp_path / f"a{suffix}",
        [pattern(shift=n) for n in range(8)],
        codec=codec,
        pix_fmt=pix_fmt,
        options=options,
    )
    media = opened(path)
    frames = list(media.frames())
    assert media.outcome.status == "ok", media.outcome
    assert len(frames) == 8
    assert quarters(frames[4].pixels) == list(QUARTERS)
    assert frames[0].time_s == 0
    assert frames[5].time_s == pytest.approx(0.2, abs=0.002)


@pytest.mark.parametrize("sound", [False, True])
def test_variable_frame_rate_keeps_exact_times(tmp_path, sound):
    stamps = [0, 33, 50, 210, 211, 900]
    frames = read(write_video(tmp_path / "a.mp4", [pattern()] * 6, stamps_ms=stamps, sound=sound))
    assert [f.moment.pts * f.moment.time_base for f in frames] == [Fraction(ms, 1000) for ms in stamps]


@pytest.mark.parametrize(
    ("rate", "bframes", "kept"), [(25, 1, 33), (25, 0, 60), (30, 3, 37), (12, 1, 60), (8, 2, 60), (2, 3, 60)]
)
def test_frames_that_no_other_refers_to_are_spared_where_the_rest_lie_close(tmp_path, rate, bframes, kept):
    options = {"bf": str(bframes), "b_strategy": "0", "x264-params": "scenecut=0:b-pyramid=normal"}
    shown, stamps = [pattern(shift=n) for n in range(60)], [round(1000 * n / rate) for n in range(60)]
    path = write_video(tmp_path / "a.mp4", shown, stamps_ms=stamps, options=options)
    whole, spared = opened(path), opened(path, sparing=True)
    every = [one.moment for one in whole.frames()]
    some = [one.moment for one in spared.frames()]
    assert len(every) == 60
    assert len(some) == pytest.approx(kept, abs=2)
    assert set(some) <= set(every)
    assert [whole.outcome.status, spared.outcome.status] == ["ok", "ok"]
    gaps = [later.seconds - before.seconds for before, later in pairwise(some)]
    assert (
        sum(gap > max(NEAR_S, Fraction(11, 10 * rate)) for gap in gaps) <= 1
    )  # after the first, every frame is decoded


def test_times_count_from_the_start_of_the_track(tmp_path):
    stamps = [5000, 5040, 5080]
    frames = read(write_video(tmp_path / "a.ts", [noise()] * 3, stamps_ms=stamps))
    assert [round(f.time_s, 3) for f in frames] == [0, 0.04, 0.08]


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), ["red", "green", "blue", "grey"]),
        (
            (0, 1, -1, 0),
            ["blue", "red", "grey", "green"],
        ),  # a quarter turn clockwise, as a phone held upright
        ((-1, 0, 0, -1), ["grey", "blue", "green", "red"]),
        ((0, -1, 1, 0), ["green", "grey", "red", "blue"]),
        ((-1, 0, 0, 1), ["green", "red", "grey", "blue"]),  # a mirror, which a rotation angle cannot tell
        ((1, 0, 0, -1), ["blue", "grey", "red", "green"]),
        ((0, 1, 1, 0), ["red", "blue", "green", "grey"]),
        ((0, -1, -1, 0), ["grey", "green", "blue", "red"]),
    ],
)
def test_the_display_matrix_is_honoured(tmp_path, matrix, expected):
    frame = read(turned(write_video(tmp_path / "a.mp4", [pattern()] * 2), matrix))[0]
    assert quarters(frame.pixels) == expected
    assert frame.pixels.shape[:2] == (SIZE if matrix[0] == 0 else SIZE[::-1])
    assert frame.luma.shape == frame.pixels.shape[:2]
    grey = frame.pixels.astype(float) @ (0.299, 0.587, 0.114)
    assert np.corrcoef(grey.ravel(), frame.luma.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("matrix", [Colorspace.ITU709, Colorspace.ITU601])
@pytest.mark.parametrize("levels", [ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_colour_follows_the_tags_of_the_file(tmp_path, matrix, levels, pix_fmt):
    picture = np.full((64, 96, 3), (200, 40, 90), np.uint8)
    path = write_video(
        tmp_path / "a.mp4",
        [picture] * 2,
        pix_fmt=pix_fmt,
        options=SHARP,
        colorspace=int(matrix),
        color_range=int(levels),
    )
    seen = read(path)[0].pixels.reshape(-1, 3).mean(axis=0)
    assert np.abs(seen - (200, 40, 90)).max() < 4


@pytest.mark.slow  # libswscale builds its table for some seconds
def test_high_dynamic_range_is_brought_to_white(tmp_path):
    """HLG's reference white, 75 % of the signal (ITU-R BT.2408), is white on a usual screen."""
    frame = av.VideoFrame(96, 64, "yuv420p10le")
    for plane, value in zip(frame.planes, (721, 512, 512), strict=True):  # 64 + 0.75 * 876
        plane.update(np.full(plane.buffer_size // 2, value, np.uint16).tobytes())
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        track = container.add_stream("libx264", rate=25)
        track.width, track.height, track.pix_fmt = 96, 64, "yuv420p10le"
        context = track.codec_context
        context.color_trc, context.color_primaries = int(ColorTrc.ARIB_STD_B67), int(ColorPrimaries.BT2020)
        context.colorspace, context.color_range = int(Colorspace.BT2020), int(ColorRange.MPEG)
        frame.pts = 0
        container.mux(track.encode(frame))
        container.mux(track.encode())
    assert read(path)[0].pixels.min() >= 245


@pytest.mark.parametrize("size", [(97, 63), (33, 201), (640, 360), (2, 2)])
def test_odd_sizes_and_portrait(tmp_path, size):
    frame = read(write_video(tmp_path / "a.mkv", [noise(size)] * 2, codec="ffv1", pix_fmt="yuv444p"))[0]
    assert frame.pixels.shape == (size[1], size[0], 3)
    assert frame.luma.shape == (min(size[1], 180) if size[0] > 320 else size[1], min(size[0], 320))


def test_colour_is_made_only_when_it_is_asked_for(tmp_path):
    frames = read(write_video(tmp_path / "a.mp4", [pattern()] * 3))
    assert frames[1]._pixels is None
    assert frames[1].pixels is frames[1].pixels


def test_a_truncated_video_tells_how_far_it_goes(tmp_path):
    pictures = [noise(seed=n) for n in range(50)]
    whole = write_video(tmp_path / "a.mp4", pictures, muxing={"movflags": "faststart"})
    media = opened(cut(whole, 0.5))
    frames = list(media.frames())
    assert 15 < len(frames) < 35
    assert media.outcome.status == "partial"
    assert f"ends after {media.outcome.duration_s:.1f} s of 2.0 s" in media.outcome.reason


def test_threads_change_nothing(tmp_path):
    path = cut(write_video(tmp_path / "a.mkv", [noise(seed=n) for n in range(40)], options={"g": "8"}), 0.6)
    one, four = opened(path), opened(path, threads=4)
    pictures = [[f.pixels.tobytes() for f in media.frames()] for media in (one, four)]
    assert pictures[0] == pictures[1]
    assert one.outcome == four.outcome


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "a.mka"
    with av.open(str(path), "w") as container:
        track = container.add_stream("flac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        container.mux(track.encode(frame))
        container.mux(track.encode())
    media = opened(path)
    assert list(media.frames()) == []
    assert (media.outcome.status, media.outcome.reason) == ("failed", "there is no video in it")


def test_a_list_of_other_files_is_no_video(tmp_path):
    write_video(tmp_path / "a.ts", [pattern()] * 3, codec="mpeg2video")
    (tmp_path / "a.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n#EXT-X-ENDLIST\n")
    media = opened(tmp_path / "a.mp4")
    assert list(media.frames()) == []
    assert media.outcome.status == "failed"


def test_text_is_no_video_even_where_libav_would_draw_it(tmp_path):
    path = tmp_path / "a.ans"
    path.write_text("a few words about the market\n" * 40)
    media = opened(path)
    assert list(media.frames()) == []
    assert media.outcome.reason == "this is neither a video nor a photo"


def test_a_name_is_never_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "concat:a%03d.mp4", [pattern()] * 3)
    assert len(read(Path("concat:a%03d.mp4"))) == 3


def test_frames_are_freed_as_they_pass(tmp_path):
    """Without the garbage collector: a cycle through a frame would hold hundreds of them."""
    path = write_video(tmp_path / "a.mp4", [pattern(shift=n) for n in range(30)])
    gc.collect()
    gc.disable()
    try:
        for frame in opened(path).frames():
            _ = frame.pixels
        del frame
        left = sum(isinstance(o, av.VideoFrame) for o in gc.get_objects())
    finally:
        gc.enable()
    assert left <= 2


def test_damaged_frames_are_left_out(tmp_path):
    pictures = [noise((160, 120), seed=n) for n in range(20)]
    path = write_video(tmp_path / "a.mp4", pictures, muxing={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 60] = b"U" * 60
    path.write_bytes(data)
    media = opened(path)
    assert len(list(media.frames())) == 19
    assert (media.outcome.status, media.outcome.reason) == ("partial", "damaged frames left out: 1")


class Stamped:
    """As much of a decoded frame as a clock looks at."""

    time_base = Fraction(1, 100)
    duration = 0

    def __init__(self, pts: int | None) -> None:
        self.pts = pts


@pytest.mark.parametrize(
    ("stamps", "expected", "estimated"),
    [
        ([50, 54, 58], [0, 4, 8], 0),
        ([None, None, None], [0, 4, 8], 3),
        ([50, None, 58], [0, 4, 8], 1),
        ([50, 62, 58, 70], [0, 12, 16, 20], 1),
        ([50, 50, 54], [0, 4, 8], 2),
    ],
)
def test_stamps_that_are_missing_or_do_not_rise(stamps, expected, estimated):
    tally = Tally()
    clock = Clock(start=50, time_base=Fraction(1, 100), step=4, tally=tally)
    assert [clock.moment(Stamped(pts)).pts for pts in stamps] == expected
    assert tally.untimed_frames == estimated


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    pictures = [pattern((48, 32), shift=3 * n) for n in range(10)]
    files = [
        write_video(folder / "a.mp4", pictures, options={"g": "4"}),
        write_video(folder / "a.mkv", pictures, options={"g": "4"}, sound=True),
        write_video(folder / "a.avi", pictures, codec="mjpeg", pix_fmt="yuvj420p"),
        write_gif(folder / "a.gif"),
    ]
    return [(file.suffix, file.read_bytes()) for file in files]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 3),
    keep=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=12),
)
def test_damage_never_raises_and_always_has_a_reason(tmp_path, tiny, which, keep, flips):
    suffix, data = tiny[which]
    damaged = bytearray(data[: max(1, int(len(data) * keep))])
    for place, bits in flips:
        damaged[int(place * (len(damaged) - 1))] ^= bits
    path = tmp_path / f"a{suffix}"
    path.write_bytes(damaged)
    media = opened(path)
    count = 0
    for frame in media.frames():
        _ = frame.pixels
        count += 1
    outcome = media.outcome
    assert outcome.status in ("ok", "partial", "failed")
    assert outcome.status == "ok" or outcome.reason
    assert (outcome.status == "failed") == (count == 0)


@pytest.mark.skipif(not DATA.is_dir(), reason="real footage is not there: set SAMEGOODS_DATA")
@pytest.mark.parametrize(
    ("name", "count", "last_s"),
    [
        ("opencv/cup_in_hand.mp4", 217, 8.07),
        ("opencv/tea_box_in_hand.mp4", 455, 15.2),
        ("intel/classroom.gif", 45, 2.93),
    ],
)
def test_real_footage(name, count, last_s):
    media = opened(DATA / name)
    times = [frame.time_s for frame in media.frames()]
    assert len(times) == count
    assert times[-1] == pytest.approx(last_s, abs=0.05)
    assert media.outcome.status == "ok"
