"""The commands as a user runs them, with the evidence in object storage: the same findings as in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakes import market
from fakes.objects import SECRET, Service

pytestmark = pytest.mark.slow
HANGS_S = 300


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-m", "samegoods", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": path},
        timeout=HANGS_S,
        check=False,
    )
    assert SECRET not in done.stdout + done.stderr
    return done


def findings(case: Path) -> dict:
    told = json.loads((case / "findings.json").read_text())
    return {name: value for name, value in told.items() if name != "made_at"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    market.write_campaign(folder)
    market.write_footage(folder / "footage")
    (folder / "footage" / "broken.mp4").unlink()
    return folder


def test_from_check_to_purge(tiny: Path, objects: Service, bucket: str, tmp_path: Path):
    words = [
        "check",
        tiny / "campaign.yaml",
        tiny / "footage",
        "--site",
        "corner",
        "--captured-at",
        "2026-07-14T09:30",
    ]
    here, there = tmp_path / "here", tmp_path / "there"
    assert run(*words, "-o", here).returncode == 0
    # as an operator who has put it into the file of settings
    (tmp_path / "samegoods.toml").write_text(f'[check]\nevidence = "{bucket}/markets"\n')
    done = run("--config", tmp_path / "samegoods.toml", *words, "-o", there)
    assert (done.returncode, "privacy audit: clean" in done.stderr) == (0, True), done.stderr
    assert findings(there) == findings(here)
    assert not list(there.rglob("*.png"))
    again = run(*words, "-o", there)
    assert "3 of 3 were done by an earlier run" in again.stderr

    for words_of, said in ((["report", there], "report.html"), (["verify", there], "holds: ")):
        done = run(*words_of)
        assert (done.returncode, said in done.stdout) == (0, True), done.stderr
    assert (there / "report.pdf").is_file()

    client, name = objects.client(), bucket.removeprefix("s3://")
    kept = [one["Key"] for one in client.list_objects_v2(Bucket=name)["Contents"]]
    assert run("purge", there, "--older-than", "1").returncode == 0
    left = [one["Key"] for one in client.list_objects_v2(Bucket=name)["Contents"]]
    assert 0 < len(left) < len(kept)
    assert run("verify", there).returncode == 0

    client.delete_object(Bucket=name, Key=left[0])
    done = run("verify", there)
    assert (done.returncode, "is missing" in done.stdout) == (5, True)


def test_what_is_said_where_it_cannot_be_kept(tiny: Path, bucket: str, tmp_path: Path):
    check = ["check", tiny / "campaign.yaml", tiny / "footage", "-o", tmp_path / "case", "--site", "corner"]
    for evidence, said in (
        (f"{bucket}-other", "there is no such bucket: make it, or name another"),
        ("/srv/evidence", "expected s3://BUCKET or s3://BUCKET/PREFIX"),
    ):
        done = run(*check, "--evidence", evidence)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert said in done.stderr
