"""Which frames are looked at: the sharpest of a window, what is new, and never too little."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from samegoods.records import Frame, Moment
from samegoods.stages.sample import SampleCount, sample, sharpness

MS = Fraction(1, 1000)
VIEW = (90, 160)
"""Height and width of the synthetic luma, px."""


def shelf(seed: int = 0) -> np.ndarray:
    """A textured scene with soft and hard edges, grey 40..200."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.uniform(60, 180, (9, 16)).astype(np.float32), VIEW[::-1], interpolation=cv2.INTER_NEAREST)
    return np.clip(coarse + cv2.GaussianBlur(rng.normal(0, 25, VIEW).astype(np.float32), (0, 0), 1.5), 40, 200)


SHELF = shelf()


def frame(ms: int | None, luma: np.ndarray = SHELF) -> Frame:
    grey = np.clip(np.rint(luma), 0, 255).astype(np.uint8)
    moment = None if ms is None else Moment(ms, MS)
    return Frame(source="s", moment=moment, luma=grey, render=lambda: np.dstack([grey] * 3))


def times(frames) -> list[int]:
    return [f.moment.pts for f in frames]


def test_the_sharpest_of_a_window_is_taken():
    blurs = [3.0, 2.0, 1.5, 1.0, 2.0] * 2
    frames = [frame(40 * n, cv2.GaussianBlur(shelf(n // 5), (0, 0), blur)) for n, blur in enumerate(blurs)]
    assert times(sample(frames))[:2] == [120, 320]


@pytest.mark.parametrize("blur", [0.5, 1.0, 2.0, 4.0])
def test_sharpness_falls_with_blur(blur):
    softer = cv2.GaussianBlur(SHELF, (0, 0), blur)
    assert sharpness(frame(0, softer).luma) < sharpness(frame(0).luma)


def test_windows_follow_the_time_stamps_and_not_the_count():
    """The frame at 390 ms stays on show through all of the window from 400 to 600: it counts for that."""
    sharp = {20, 200, 611}
    scenes = {ms: shelf(ms) for ms in (0, 10, 20, 30, 199, 200, 390, 610, 611)}
    shown = (frame(ms, scene if ms in sharp else cv2.GaussianBlur(scene, (0, 0), 2)) for ms, scene in scenes.items())
    looked = sample(shown, window_s=0.2)
    assert times(looked) == [20, 200, 390, 611]


def test_a_still_scene_is_looked_at_again_within_two_seconds():
    rng = np.random.default_rng(0)
    looked = sample(frame(40 * n, SHELF + rng.normal(0, 3, VIEW)) for n in range(500))  # 20 s
    chosen = times(looked)
    assert 10 <= len(chosen) <= 14
    assert max(b - a for a, b in pairwise(chosen)) <= 2000


def test_exposure_and_noise_are_no_news():
    rng = np.random.default_rng(1)
    drift = [1 + 0.2 * np.sin(n / 8) for n in range(45)]  # 1.8 s
    looked = sample(frame(40 * n, SHELF * drift[n] + rng.normal(0, 4, VIEW)) for n in range(45))
    assert len(list(looked)) <= 2


def test_a_trembling_hand_is_no_news():
    moved = [np.roll(SHELF, (n % 2, (n // 2) % 2), (0, 1)) for n in range(40)]
    assert len(list(sample(frame(40 * n, moved[n]) for n in range(40)))) == 1


def test_moving_past_goods_is_news_every_time():
    wide = np.hstack([shelf(n) for n in range(4)])
    looked = list(sample(frame(40 * n, wide[:, 4 * n : 4 * n + VIEW[1]]) for n in range(100)))  # 4 s, 16 windows
    assert len(looked) >= 15


def test_the_count_adds_up():
    looked = sample(frame(40 * n) for n in range(50))
    assert looked.count == SampleCount(frames=0, looked=0, unchanged=0)
    chosen = list(looked)
    assert looked.count.frames == 50
    assert looked.count.looked == len(chosen) == 2
    assert looked.count.unchanged >= 6
    assert looked.count.softer == 50 - 2 - looked.count.unchanged


def test_photos_always_pass():
    frames = [frame(None), frame(None), frame(0), frame(10), frame(None)]
    chosen = list(sample(frames))
    assert [f for f in frames if f.moment is None] == [f for f in chosen if f.moment is None]
    assert len(chosen) == 4


def test_another_size_is_news():
    chosen = list(sample([frame(0), frame(200, SHELF[:60]), frame(400, SHELF[:60])]))
    assert len(chosen) == 2


def test_a_jump_back_in_time_is_looked_at():
    assert times(sample([frame(5000), frame(5200), frame(0), frame(200)]))[:2] == [5000, 0]


@pytest.mark.parametrize(("window_s", "refresh_s"), [(0, 2), (-0.1, 2), (0.3, 0.5)])
def test_windows_that_cannot_be(window_s, refresh_s):
    with pytest.raises(ValueError, match="expected 0 < 2 window_s <= refresh_s"):
        sample([], window_s=window_s, refresh_s=refresh_s)


def test_nothing_gives_nothing():
    assert list(sample([])) == []


def test_two_frames_are_held_beside_the_one_in_hand():
    alive: list[weakref.ref] = []
    most = 0

    def frames() -> Iterator[Frame]:
        nonlocal most
        for n in range(200):
            one = frame(40 * n, shelf(n))
            alive.append(weakref.ref(one.luma))
            yield one
            del one
            most = max(most, sum(r() is not None for r in alive))

    for one in sample(frames()):
        del one
    assert most <= 3


@st.composite
def footage(draw):
    """Stamps of uneven footage, and the run of frames that keeps a pack on show for half a second or more."""
    gaps = draw(st.lists(st.sampled_from([16, 33, 33, 40, 67, 120, 250, 450, 700]), min_size=12, max_size=50))
    stamps = np.cumsum([draw(st.integers(0, 300)), *gaps]).tolist()
    first = draw(st.integers(0, len(stamps) - 2))
    after = next((n for n in range(first + 1, len(stamps)) if stamps[n] - stamps[first] >= 500), None)
    assume(after is not None)
    return stamps, range(first, after)


def with_pack(scene: np.ndarray, y: int, x: int) -> np.ndarray:
    """A plain pack of 60 px in 720p, some 60 grey levels off what is behind it."""
    behind = scene[y : y + 15, x : x + 15]
    packed = scene.copy()
    packed[y : y + 15, x : x + 15] = behind.mean() + (60 if behind.mean() < 128 else -60)
    return packed


@given(
    drawn=footage(),
    y=st.integers(0, VIEW[0] - 15),
    x=st.integers(0, VIEW[1] - 15),
    spoil=st.integers(0, 2**32 - 1),
)
def test_what_is_on_show_for_half_a_second_is_looked_at(drawn, y, x, spoil):
    stamps, shown = drawn
    rng = np.random.default_rng(spoil)
    frames = []
    for n, ms in enumerate(stamps):
        scene = with_pack(SHELF, y, x) if n in shown else SHELF
        spoilt = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.3, 1.5)) * rng.uniform(0.85, 1.15)
        frames.append(frame(ms, spoilt + rng.normal(0, rng.uniform(0, 3), VIEW)))
    assert set(times(sample(frames))) & {stamps[n] for n in shown}
