"""Watching: the cuts, what is handed out and taken in, what the writer keeps and tells. The work itself is faked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import cases
from samegoods.edges.case import CaseStore
from samegoods.edges.engines import LATER, Failed
from samegoods.edges.media import Camera, Inbox, LiveMedia
from samegoods.edges.media.reading import FailedMedia
from samegoods.records import Examined, Finding, Health, Layout, Outcome, Source
from samegoods.wiring.custody import NO_SEAL
from samegoods.wiring.keeping import Hearers, Keeping
from samegoods.wiring.rota import AHEAD, Received, Rota, windows
from samegoods.wiring.running import Plan
from samegoods.wiring.turning import standing, turned

START = 1_784_000_000.0  # 2026-07-14
CAMERA = Camera("rtsp://u:p@10.0.0.7/stall", "songsin")


@given(st.floats(0, 2e9), st.sampled_from([1.0, 20.0, 300.0, 3600.0]), st.floats(0.001, 20_000))
def test_cuts_leave_nothing_out_and_lie_on_the_clock(start: float, length_s: float, lasts_s: float):
    until = start + min(lasts_s, 50 * length_s)
    cuts = list(windows(start, length_s, until))
    assert cuts[0][0] == start
    assert cuts[-1][1] == until
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    assert all(end % length_s == 0 for _, end in cuts[:-1])
    assert all(0 < end - at <= length_s for at, end in cuts)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


def opening(made: dict[str, Source]) -> Callable:
    return lambda inbox, paths: [FailedMedia(made[Path(path).name], "faked") for path in paths]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def rota_of(clock: Clock, *cameras: Camera, folder: Path | None = None, lasts_s: float = 60.0) -> Rota:
    inboxes = [] if folder is None else [Inbox(str(folder), "songsin")]
    made = {name: cases.source(name) for name in ("a.jpg", "b.jpg")}
    return Rota(
        cameras,
        inboxes,
        start=START,
        until=START + lasts_s,
        length_s=20.0,
        every_s=10.0,
        opened=opening(made),
        planned=lambda media: Plan([media], None),
        now=clock,
    )


def received(media: LiveMedia, **health: object) -> Received:
    return Received(media.camera, Examined(media.source, Outcome("ok", None, 20.0)), Health(**health))


def taken(items: Iterator, count: int) -> list:
    return [next(items) for _ in range(count)]


def test_two_stretches_of_each_stream_are_under_way_and_the_next_comes_as_one_is_done(clock: Clock):
    other = Camera("http://10.0.0.8/live", "songsin")
    rota = rota_of(clock, CAMERA, other)
    items = rota.items()
    first = taken(items, 2 * AHEAD)
    assert next(items) is LATER
    assert [(one.camera, one.window.start - START) for one in first] == [
        (CAMERA, 0),
        (CAMERA, 20 - START % 20),
        (other, 0),
        (other, 20 - START % 20),
    ]
    assert rota.take(received(first[2])).examined.source == first[2].source
    following = next(items)
    assert (following.camera, following.window.start) == (other, first[3].window.end)
    assert next(items) is LATER


def test_it_ends_when_the_time_is_over_and_all_is_back(clock: Clock):
    rota = rota_of(clock, CAMERA, lasts_s=40.0)
    stretches = 0
    for media in rota.items():
        if media is LATER:
            raise AssertionError("nothing is under way here")
        clock.at = media.window.end
        rota.take(received(media))
        stretches += 1
    assert stretches == math.ceil((START % 20 + 40) / 20)


def test_a_stretch_whose_worker_died_failed_and_the_next_goes_on(clock: Clock):
    rota = rota_of(clock, CAMERA)
    items = rota.items()
    media = next(items)
    clock.at += 7
    lost = rota.take(Failed(media, "the worker process ended on it twice"))
    assert lost.examined.outcome == Outcome("failed", "the worker process ended on it twice", 7.0)
    assert next(items).window.start == media.window.end


def test_an_end_names_the_stretches_that_were_in_work_and_no_others(clock: Clock):
    rota = rota_of(clock, CAMERA)
    in_work, _ = taken(rota.items(), 2)
    clock.at += 5
    (left,) = rota.left()
    assert left.examined.source == in_work.source
    assert left.examined.outcome.status == "failed"
    assert "ended while this was in work" in left.examined.outcome.reason


def test_files_are_handed_out_as_they_come_and_a_last_time_at_the_end(tmp_path: Path, clock: Clock):
    folder = tmp_path / "in"
    folder.mkdir()
    rota = rota_of(clock, CAMERA, folder=folder)
    items = rota.items()
    taken(items, AHEAD)
    assert next(items) is LATER
    (folder / "a.jpg").write_bytes(b"x")
    assert next(items) is LATER  # it is not looked into again so soon
    clock.at += 10
    assert next(items) is LATER  # it may be written to still
    clock.at += 10
    media = next(items)
    done = rota.take(Examined(media.source, Outcome("ok")))
    assert rota.place_of(done) == str(folder)
    rota.saved(done)
    assert next(items) is LATER


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    study = cases.campaign(tmp_path / "campaign")
    with CaseStore.open(tmp_path / "case", campaign=study, software="0.1.0") as store:
        store.keep_references(cases.references())
        yield store


def keeping(store: CaseStore, tmp_path: Path, **heard: object) -> Keeping:
    return Keeping(store, cases.campaign(tmp_path / "campaign"), NO_SEAL, Hearers(**heard), anonymous=False)


def stretch(at_s: float, outcome: Outcome, camera: Camera = CAMERA, **health: object) -> Received:
    from samegoods.edges.media import Window

    window = Window(START + at_s, START + at_s + 300)
    media = LiveMedia(camera, window, choose=iter)
    return Received(camera, Examined(media.source, outcome), Health(**health))


def test_a_camera_that_was_turned_is_told_on_its_stretch_and_on_no_other(store: CaseStore, tmp_path: Path):
    rng = np.random.default_rng(0)
    here, there = (rng.uniform(0, 1, (12, 16, 4)).astype(np.float32) for _ in range(2))
    writer = keeping(store, tmp_path)
    ok = Outcome("ok", None, 300.0)
    first = stretch(0, ok, layouts=(Layout(59, here), Layout(119, here)))
    second = stretch(300, replace(ok, reason="said before"), layouts=(Layout(59, here), Layout(119, there)))
    assert writer.keep(first, CAMERA.shown).outcome.reason is None
    assert writer.keep(second, CAMERA.shown).outcome.reason == "said before; the camera was turned before 1:59"
    elsewhere = Camera("rtsp://10.0.0.9/a", "moran")
    third = stretch(0, ok, elsewhere, layouts=(Layout(59, there),))
    assert writer.keep(third, elsewhere.shown).outcome.reason is None


@pytest.mark.parametrize(("later_s", "named"), [(12.0, True), (0.0, False), (7200.0, False)])
def test_a_restart_is_named_and_a_night_is_not(store: CaseStore, tmp_path: Path, later_s: float, named: bool):
    writer = keeping(store, tmp_path)
    writer.store.save(stretch(0, Outcome("ok", None, 300.0)).examined)
    heard: list[Examined] = []
    again = keeping(store, tmp_path, source=heard.append)
    again.begin([CAMERA], datetime.fromtimestamp(START + 300 + later_s, UTC))
    said = [(one.source.captured_at, one.outcome) for one in heard]
    missed = Outcome("failed", "nothing was watched for 12 s: a restart", 12.0)
    assert said == ([(datetime.fromtimestamp(START + 300, UTC), missed)] if named else [])


def test_a_finding_that_turns_is_told_once_and_not_after_a_restart(store: CaseStore, tmp_path: Path):
    study = cases.campaign(tmp_path / "campaign")
    product = study.products[0].id
    heard: list = []
    writer = keeping(store, tmp_path, turned=heard.append)
    for name, pack in (("a.mp4", cases.same(product)), ("b.mp4", cases.no_seal(product))):
        writer.keep(cases.examined(study, cases.source(name), [pack]), "uploads")
        writer.publish()
        writer.publish()  # nothing is new
    told = [(one.finding.product, one.before, one.now) for one in heard]
    assert told == [(product, "cannot_tell", "different")]  # the first pack could not be told: no news
    again = keeping(store, tmp_path, turned=heard.append)
    again.begin([], datetime.now(UTC))
    again.keep(cases.examined(study, cases.source("c.mp4"), [cases.no_seal(product)]), "uploads")
    again.publish()
    assert len(heard) == 1


def finding(product: str, same: int, different: int, cannot_tell: int) -> Finding:
    counted = {"same": same, "different": different, "cannot_tell": cannot_tell}
    shares = dict.fromkeys(("share_different", "low", "high", "share_if_all_same", "share_if_all_different"))
    place = {"product": product, "site": "songsin", "in_scope": True, "rule": "the order"}
    return Finding(**counted, **shares, **place, items=sum(counted.values()), method="none", axes=())


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((0, 0, 0), (0, 0, 1), None),
        ((0, 0, 0), (1, 0, 1), (None, "same")),
        ((0, 0, 2), (1, 0, 2), ("cannot_tell", "same")),
        ((5, 0, 0), (5, 1, 0), ("same", "different")),
        ((5, 1, 0), (9, 2, 3), None),
        ((5, 1, 0), (5, 0, 1), ("different", "same")),
    ],
)
def test_what_is_news(before: tuple, now: tuple, told: tuple | None):
    news = turned(standing([finding("tea", *before)]), [finding("tea", *now)])
    assert [(one.before, one.now) for one in news] == ([] if told is None else [told])
