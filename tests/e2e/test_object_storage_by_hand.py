"""The commands as a user runs them, with the evidence in object storage: the same findings as in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes import market
from fakes.footage import write_photo
from fakes.objects import SECRET, Service
from samegoods import wiring
from samegoods.cli import main

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


def here(*words: str | Path) -> Result:
    """A command in this process, which has all libraries loaded."""
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny campaign, and two photos of its tea."""
    folder = tmp_path_factory.mktemp("tiny")
    market.write_campaign(folder)
    (folder / "footage").mkdir()
    for name, photo in (("same", market.tea()), ("other", market.other_tea())):
        write_photo(folder / "footage" / f"{name}.jpg", photo.pixels, quality=92)
    return folder


def test_from_check_to_purge(tiny: Path, objects: Service, bucket: str, tmp_path: Path):
    asked = [tiny / "campaign.yaml", tiny / "footage", "--site", "corner", "--captured-at", "2026-07-14T09:30"]
    folder, case = tmp_path / "folder", tmp_path / "case"
    wiring.check(asked[0], [asked[1]], folder, captured_at=datetime(2026, 7, 14, 9, 30), engine="inline")
    # as an operator who has put it into the file of settings
    (tmp_path / "samegoods.toml").write_text(f'[check]\nevidence = "{bucket}/markets"\n')
    done = run("--config", tmp_path / "samegoods.toml", "check", *asked, "-o", case, "--workers", "1")
    assert (done.returncode, "privacy audit: clean" in done.stderr) == (0, True), done.stderr
    assert findings(case) == findings(folder)
    assert not list(case.rglob("*.png"))
    again = here("check", *asked, "-o", case)
    assert "2 of 2 were done by an earlier run" in again.stderr

    assert here("report", case).exit_code == 0
    assert here("verify", case).stdout.startswith("holds: ")

    client, name = objects.client(), bucket.removeprefix("s3://")
    kept = [one["Key"] for one in client.list_objects_v2(Bucket=name)["Contents"]]
    assert here("purge", case, "--older-than", "1").exit_code == 0
    left = [one["Key"] for one in client.list_objects_v2(Bucket=name)["Contents"]]
    assert 0 < len(left) < len(kept)
    assert here("verify", case).exit_code == 0

    client.delete_object(Bucket=name, Key=left[0])
    told = here("verify", case)
    assert (told.exit_code, "is missing" in told.stdout) == (5, True)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("{bucket}-other", "there is no such bucket: make it, or name another"),
        ("/srv/evidence", "expected s3://BUCKET or s3://BUCKET/PREFIX"),
    ],
)
def test_what_is_said_where_it_cannot_be_kept(tiny: Path, bucket: str, tmp_path: Path, evidence: str, said: str):
    words = ["check", tiny / "campaign.yaml", tiny / "footage" / "same.jpg", "-o", tmp_path / "case"]
    done = here(*words, "--evidence", evidence.format(bucket=bucket), "--workers", "1")
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert said in done.stderr
