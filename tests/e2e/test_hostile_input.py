"""Files from strangers among good ones, through the command as a user runs it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image as Pictures

from fakes import market
from fakes.footage import cut, noise, write_photo
from samegoods.cli import main

pytestmark = pytest.mark.slow

BAD = {
    "bomb.png": "failed: {}: it has more than the limit of 120000000 px",
    "-rf.jpg": "failed: {}: this is no picture in a format that is read here",
    "=cmd().jpg": "partial: {}: the file is truncated: 32 of 64 rows of pixels are read",
    "a\\nfailed: b.jpg": "failed: {}: this is no picture in a format that is read here",
    "\\u202egpj.mp4": "failed: {}: cannot be opened as a video: Invalid data found when processing input",
    "\\udcff.gif": "failed: {}: cannot be opened as a video: Invalid data found when processing input",
}
"""Names as they are shown, and the lines that are told of them."""


def run(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "samegoods", *map(str, words)]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": paths},
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strangers")
    market.write_campaign(folder)
    clips = folder / "clips"
    clips.mkdir()
    write_photo(clips / "same.jpg", market.tea().pixels, quality=92)
    Pictures.new("1", (20_000, 20_000)).save(clips / "bomb.png")
    (clips / "-rf.jpg").write_bytes(b"no picture")
    cut(write_photo(clips / "=cmd().jpg", noise(), quality=95), 0.6)
    (clips / "a\nfailed: b.jpg").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    (clips / "\u202egpj.mp4").write_bytes(np.random.default_rng(1).bytes(900))
    (clips / os.fsdecode(b"\xff.gif")).write_bytes(b"GIF89a" + bytes(30))
    os.mkfifo(clips / "pipe.mp4")
    (clips / "device.jpg").symlink_to("/dev/zero")
    return folder


def test_each_bad_file_costs_itself_one_line_and_the_good_one_is_found(folder: Path):
    place = ("--captured-at", "2026-07-14T09:30", "--workers", "1")
    done = run(folder, "check", "campaign.yaml", "clips", "-o", "case", *place)
    assert done.returncode == 4, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith(("failed: ", "partial: "))]
    assert len(told) == len(BAD)
    for name, line in BAD.items():
        assert len([one for one in told if one.startswith(line.format(f"clips/{name}"))]) == 1, (name, told)
    assert "Traceback" not in done.stderr
    assert all(line.isprintable() for line in (done.stdout + done.stderr).splitlines())
    document = json.loads((folder / "case" / "findings.json").read_text(encoding="utf-8"))
    good = [one for one in document["sources"] if one["status"] == "ok"]
    assert [one["path"] for one in good] == ["clips/same.jpg"]
    assert [one["product"] for one in document["items"]] == ["tea"]
    page = (folder / "case" / "report.html").read_text(encoding="utf-8")
    assert "\u202e" not in page
    with (folder / "case" / "sightings.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["product"] for row in csv.DictReader(stream)] == ["tea"]


def test_a_list_of_a_stranger_names_no_option_and_waits_for_no_pipe(folder: Path, monkeypatch: pytest.MonkeyPatch):
    rows = ["-rf.jpg", "pipe.mp4", "/dev/zero", "same.jpg", '"x\ny.jpg"']
    (folder / "clips" / "list.csv").write_text("path\n" + "\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, ["check", "campaign.yaml", "clips/list.csv", "--dry-run"], prog_name="samegoods")
    assert done.exit_code == 0, done.stderr
    assert "clips/x\\ny.jpg: there is no such file" in done.stdout
    assert "clips/pipe.mp4: this is not a file" in done.stdout
    assert "/dev/zero: this is not a file" in done.stdout
