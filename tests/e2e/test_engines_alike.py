"""The same check on any engine: the same case bit for bit, whoever is killed or stopped on the way."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from fakes import drawn, market
from fakes.engines import started_ray
from fakes.footage import write_photo, write_video
from samegoods import wiring
from samegoods.edges.engines import RayEngine
from samegoods.edges.media import stretch
from samegoods.wiring import checking, running

pytestmark = pytest.mark.slow
ray_started = pytest.fixture(started_ray, scope="module")

SECONDS, RATE, STRETCH_S = 9, 2, 3


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stretch, "STRETCH_S", STRETCH_S)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """Tea, soap over the first border, tea again over the second; and a photo."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "references").mkdir()
    for name, seed in market.PACKS.items():
        write_photo(folder / "references" / f"{name}.png", drawn.pack(seed))
    (folder / "campaign.yaml").write_text(market.CAMPAIGN)
    tea, soap = market.tea().pixels, market.seen(drawn.pack(market.PACKS["soap"])).pixels
    frames = [soap if 2 <= n / RATE < 4.5 else tea for n in range(SECONDS * RATE)]
    grain = [np.random.default_rng(n).normal(0, 2, (*tea.shape[:2], 1)) for n in range(len(frames))]
    noisy = [np.clip(one + some, 0, 255).astype(np.uint8) for one, some in zip(frames, grain, strict=True)]
    (folder / "footage").mkdir()
    write_video(folder / "footage" / "long.mp4", noisy, stamps_ms=[1000 * n // RATE for n in range(len(noisy))])
    write_photo(folder / "footage" / "other.png", market.other_tea().pixels)
    return folder


def check(study: Path, case: Path, **options) -> wiring.CheckResult:
    return wiring.check(study / "campaign.yaml", [study / "footage"], case, site="corner", **options)


def told(case: Path) -> tuple[dict, bytes, set[str]]:
    """Findings without the time at which they were made, sightings, and the names of the evidence: its hashes."""
    findings = json.loads((case / "findings.json").read_text(encoding="utf-8"))
    evidence = {file.name for file in (case / "evidence").rglob("*.png")}
    return {**findings, "made_at": ""}, (case / "sightings.csv").read_bytes(), evidence


@pytest.fixture(scope="module")
def local(study: Path, tmp_path_factory) -> Path:
    case = tmp_path_factory.mktemp("local") / "case"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretch, "STRETCH_S", STRETCH_S)
        check(study, case, workers=2)
    return case


def test_a_long_video_comes_to_one_item_for_each_pack(local: Path):
    items = sorted((one["product"], one["packaging"]["call"]) for one in told(local)[0]["items"])
    # The tea was out of sight for 2.5 s, which is no reason to count it again; the other one is on the photo.
    assert items == [("soap", "same"), ("tea", "different"), ("tea", "same")]
    assert not (local / "unfinished").exists()


def test_ray_with_workers_killed_in_mid_run_comes_to_the_same_bit_for_bit(
    study: Path, local: Path, tmp_path: Path, ray_started: None, monkeypatch: pytest.MonkeyPatch
):
    engines: list[RayEngine] = []
    killed: list[int] = []
    real = checking.engine_of

    def noted(*words, **options):
        engines.append(real(*words, **options))
        return engines[-1]

    def kill(progress: wiring.Progress) -> None:
        """Two workers, each while it is at a stretch."""
        busy = [one.process for one in engines[0]._hired if one.is_taken and one.process not in killed]
        if len(killed) < 2 and busy and progress.done > 2 * (1 + len(killed)):
            os.kill(busy[0], signal.SIGKILL)
            killed.append(busy[0])

    monkeypatch.setattr(checking, "engine_of", noted)
    result = check(study, tmp_path / "case", engine="ray", workers=2, progress=kill)
    assert len(killed) == 2
    assert not result.unread
    assert told(tmp_path / "case") == told(local)
    assert wiring.verify(tmp_path / "case").state == "holds"


class Stopped(Exception):
    """Somebody ended the run."""


def test_a_stopped_run_is_taken_up_where_it_was(
    study: Path, local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    case = tmp_path / "case"

    def stop(_: wiring.Progress) -> None:
        if len(list(case.glob("unfinished/*/look-*"))) >= 2:
            raise Stopped

    with pytest.raises(Stopped):
        check(study, case, workers=1, progress=stop)
    assert wiring.verify(case).state != "wrong"
    looked: list[int] = []
    steps = running.Plan.steps

    def noted(plan):
        for step in steps(plan):
            looked.extend([step.span.number] if hasattr(step, "span") else [])
            yield step

    monkeypatch.setattr(running.Plan, "steps", noted)
    check(study, case, workers=1)
    assert looked == [2]
    assert told(case) == told(local)
    assert not (case / "unfinished").exists()
