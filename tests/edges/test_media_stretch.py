"""Stretches of a video: together they are the whole, frame for frame, wherever it is cut."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fakes.footage import cut, noise, pattern, write_gif, write_photo, write_video
from samegoods.edges.media import (
    Footage,
    Media,
    open_media,
    outcome_of,
    proven,
    seconds_of,
    stretch_of,
)
from samegoods.errors import MediaError
from samegoods.records import Frame, Outcome, Span

SPANS = (Span(0, 0, 0, 2), Span(1, 1, 2, 5), Span(2, 4, 5, None))
LENGTH_S = 8


def opened(path: Path) -> Media:
    return open_media(Footage(str(path), "songsin", ZoneInfo("UTC")))


def moving(frames: int = LENGTH_S * 25) -> list[np.ndarray]:
    return [pattern(shift=n) for n in range(frames)]


def of_all(media: Media, spans=SPANS) -> tuple[list[list[Frame]], Outcome]:
    stretches = [stretch_of(media, span) for span in spans]
    frames = [list(one.frames()) for one in stretches]
    return frames, outcome_of([one.read for one in stretches], [], proven(media))


def told(frames: list[Frame]) -> list[tuple]:
    return [(f.moment, f.luma.tobytes(), f.pixels.tobytes()) for f in frames]


@pytest.mark.parametrize(
    ("suffix", "codec", "options", "muxing"),
    [
        (".mp4", "libx264", {"g": "250", "bf": "8"}, {}),
        (".mp4", "libx264", {"g": "12", "bf": "3", "x264-params": "open-gop=1:b-pyramid=normal"}, {}),
        (".mp4", "libx265", {"x265-params": "log-level=none:keyint=20:open-gop=1:bframes=6"}, {}),
        (".mp4", "libx264", {"g": "50"}, {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
        (".mov", "mpeg4", {"g": "30"}, {}),
        (".mkv", "libx264", {"g": "33", "bf": "4"}, {}),
        (".webm", "libvpx-vp9", {"g": "40", "deadline": "realtime", "cpu-used": "8"}, {}),
    ],
)
def test_stretches_are_the_whole_frame_for_frame(tmp_path: Path, suffix, codec, options, muxing):
    media = opened(write_video(tmp_path / f"a{suffix}", moving(), codec=codec, options=options, muxing=muxing))
    if seconds_of(media) is None:
        pytest.fail("it cannot be cut")
    whole = list(media.frames())
    parts, outcome = of_all(media)
    owned = [[f for f in some if f.moment and span.owns(f.moment)] for some, span in zip(parts, SPANS, strict=True)]
    assert [told(some) for some in owned] == [
        told([f for f in whole if f.moment and span.owns(f.moment)]) for span in SPANS
    ]
    assert outcome == media.outcome
    for some, span in zip(parts[1:], SPANS[1:], strict=True):  # the lead is there too, and begins where it is said to
        assert told(some) == told(
            [f for f in whole if span.lead_s <= f.time_s and not span.is_over(f.moment)],
        )


def test_uneven_times_fall_into_the_stretch_that_has_them(tmp_path: Path):
    stamps = sorted({int(n) for n in np.random.default_rng(4).integers(0, 8000, 60)} | {0, 2000, 4999, 5000, 7990})
    media = opened(write_video(tmp_path / "a.mkv", moving(len(stamps)), stamps_ms=stamps, options={"bf": "2"}))
    parts, _ = of_all(media)
    moments = [f.moment for some, span in zip(parts, SPANS, strict=True) for f in some if span.owns(f.moment)]
    assert moments == [f.moment for f in media.frames()]


def test_what_is_read_from_its_beginning_cannot_be_cut(tmp_path: Path):
    for path in (
        write_gif(tmp_path / "a.gif", 4),
        write_photo(tmp_path / "a.png", pattern()),
        write_video(tmp_path / "a.ts", moving(4), codec="mpeg2video"),
        tmp_path / "gone.mp4",
    ):
        media = opened(path)
        assert seconds_of(media) is None
        with pytest.raises(ValueError, match="from its beginning"):
            stretch_of(media, SPANS[0])


def test_a_file_that_ends_early_says_so_as_a_whole_would(tmp_path: Path):
    fast = {"movflags": "faststart"}
    path = write_video(tmp_path / "a.mp4", [noise(seed=n) for n in range(200)], muxing=fast, options={"g": "25"})
    media = opened(cut(path, 0.5))
    list(media.frames())
    _, outcome = of_all(media)
    assert media.outcome.status == outcome.status == "partial"
    assert "ends after" in str(outcome.reason)
    assert outcome.duration_s == media.outcome.duration_s


def test_stretches_past_the_end_of_a_lying_header_are_empty(tmp_path: Path):
    media = opened(write_video(tmp_path / "a.mp4", moving(50)))
    late = stretch_of(media, Span(3, 57, 60, None))
    assert list(late.frames()) == []
    assert late.read.tally.frames == 0


def test_a_lost_stretch_is_named_and_the_rest_is_kept(tmp_path: Path):
    media = opened(write_video(tmp_path / "a.mp4", moving()))
    first = stretch_of(media, SPANS[0])
    list(first.frames())
    there = outcome_of([first.read], ["2 to 5 s: killed"], proven(media))
    assert there.status == "partial"
    assert str(there.reason).endswith("2 to 5 s: killed")
    assert outcome_of([], ["0 to 2 s: killed"], proven(media)) == Outcome("failed", "0 to 2 s: killed")


def test_a_file_that_changes_between_two_stretches_is_kept_out(tmp_path: Path):
    path = write_video(tmp_path / "a.mp4", moving())
    media = opened(path)
    first, second = (stretch_of(media, span) for span in SPANS[:2])
    list(first.frames())
    os.utime(path, (1, 1))  # as a writer leaves it that puts other bytes there and back
    list(second.frames())
    outcome = outcome_of([first.read, second.read], [], proven(media))
    assert outcome.status == "failed"
    assert "changed" in str(outcome.reason)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(MediaError, match="changed"):
        proven(media)


def test_stretches_travel_to_another_process(tmp_path: Path):
    stretch = stretch_of(opened(write_video(tmp_path / "a.mp4", moving(10))), SPANS[0])
    assert len(list(pickle.loads(pickle.dumps(stretch)).frames())) == 10
    with pytest.raises(RuntimeError, match="read"):
        _ = stretch.read


@pytest.mark.parametrize("wrong", [(0, 3, 2, 5), (0, 0, 5, 5), (0, -1, 0, 5)])
def test_a_span_runs_forward(wrong):
    with pytest.raises(ValueError, match="lead_s"):
        Span(*wrong)
