"""The commands as a user runs them, in processes of their own, on a tiny campaign."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from PIL import Image as Pictures

from fakes import drawn, market

WHEN = ("--site", "corner", "--captured-at", "2026-07-14T09:30")


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONWARNINGS": "error"}


def run(*words: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "samegoods", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=timeout, check=False)


def schema(name: str) -> dict:
    done = run("schema", name)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    market.write_campaign(folder)
    market.write_footage(folder / "footage")
    return folder


@pytest.fixture(scope="module")
def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """One undisturbed run of the main job, into ``case``."""
    return run("check", folder / "campaign.yaml", folder / "footage", "-o", folder / "case", *WHEN, "--workers", "2")


def document(case: Path) -> dict:
    return json.loads((case / "findings.json").read_text(encoding="utf-8"))


def test_check_ends_with_4_and_names_the_broken_file_alone(checked):
    assert checked.returncode == 4, checked.stderr
    named = [line for line in checked.stderr.splitlines() if line.startswith(("failed:", "partial:"))]
    assert [line.split(": ")[0] for line in named] == ["failed"]
    assert "broken.mp4" in named[0]
    assert "report.html" in checked.stdout
    assert "WARNING" not in checked.stderr


def test_findings_follow_their_schema_and_say_what_is_there(folder: Path, checked):
    found = document(folder / "case")
    jsonschema.validate(found, schema("findings"))
    calls = {
        Path(source["path"]).name: [
            (item["product"], item["packaging"]["call"]) for item in found["items"] if item["source"] == source["id"]
        ]
        for source in found["sources"]
    }
    assert calls == {
        "clip.mp4": [("soap", "same")],
        "same.jpg": [("tea", "same")],
        "other.jpg": [("tea", "different")],
        "broken.mp4": [],
    }
    assert {(f["product"], f["site"], f["items"], f["different"]) for f in found["findings"]} == {
        ("tea", "corner", 2, 1),
        ("soap", "corner", 1, 0),
    }


def test_the_sightings_are_listed(folder: Path, checked):
    with (folder / "case" / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [s["id"] for s in document(folder / "case")["sightings"]]
    assert {row["product"] for row in rows} == {"tea", "soap"}


def test_the_report_needs_nothing_but_itself(folder: Path, checked):
    page = (folder / "case" / "report.html").read_text(encoding="utf-8")
    asked = re.findall(r"""(?:src|href|data|action)\s*=\s*["']?([^"'\s>]+)|url\(\s*["']?([^"')]+)""", page)
    targets = [one or two for one, two in asked]
    assert [t[:60] for t in targets if not t.startswith(("data:", "#"))] == []
    assert any(target.startswith("data:image/") for target in targets)
    assert "<script" not in page
    assert "broken.mp4" in page


def test_evidence_is_there_and_named_by_its_content(folder: Path, checked):
    import hashlib

    paths = [folder / "case" / path for item in document(folder / "case")["items"] for path in item["evidence"]]
    assert paths
    for path in paths:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_a_rerun_skips_what_is_done_and_changes_nothing(folder: Path, checked):
    before = (folder / "case" / "findings.json").read_bytes()
    again = run("check", folder / "campaign.yaml", folder / "footage", "-o", folder / "case", *WHEN)
    assert again.returncode == 4
    assert "4 of 4 were done by an earlier run" in again.stderr
    assert (folder / "case" / "findings.json").read_bytes() == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process without asking it")
def test_a_killed_run_is_completed_by_the_next(folder: Path, checked):
    case = folder / "killed"
    words = ("check", folder / "campaign.yaml", folder / "footage", "-o", case, *WHEN, "--workers", "1")
    command = [sys.executable, "-m", "samegoods", *map(str, words)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment(), start_new_session=True, **quiet) as process:
        deadline = time.monotonic() + 90
        while not list((case / "evidence").rglob("*.png"))[2:] and time.monotonic() < deadline:
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    assert not (case / "findings.json").exists(), "killed too late to say anything"
    done = run(*words)
    assert done.returncode == 4, done.stderr
    undisturbed, resumed = document(folder / "case"), document(case)
    for one in (undisturbed, resumed):
        del one["made_at"]
    assert resumed == undisturbed


def photo(path: Path, pixels) -> Path:
    Pictures.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize(
    ("shown", "code", "call"),
    [
        (drawn.pack(market.PACKS["tea"]), 0, "same"),
        (market.other_tea(), 1, "different"),
        (drawn.pack(drawn.STRANGERS), 3, "cannot_tell"),
    ],
    ids=["itself", "a badge more", "another pack"],
)
def test_compare_ends_with_its_call(folder: Path, tmp_path: Path, shown, code: int, call: str):
    reference = folder / "references" / "tea.png"
    done = run("compare", reference, photo(tmp_path / "photo.png", shown), "--json", "-o", tmp_path / "pictures")
    assert done.returncode == code, done.stdout + done.stderr
    comparison = json.loads(done.stdout)
    jsonschema.validate(comparison, schema("comparison"))
    assert comparison["call"] == call
    assert any((tmp_path / "pictures").iterdir())


def test_compare_refuses_what_is_no_picture(folder: Path, tmp_path: Path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    done = run("compare", folder / "references" / "tea.png", broken)
    assert done.returncode == 2
    assert "broken.png" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_campaign_can_be_filled_in_and_planned(folder: Path, tmp_path: Path):
    made = run("init", tmp_path / "july")
    assert made.returncode == 0, made.stderr
    file = Path(made.stdout.strip())
    assert file == tmp_path / "july" / "campaign.yaml"
    for name in re.findall(r"references/[\w.-]+", file.read_text(encoding="utf-8")):
        photo(file.parent / name, drawn.pack(1))
    planned = run("check", file, folder / "footage" / "same.jpg", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert "same.jpg" in planned.stdout
    assert not (tmp_path / "july" / "case").exists()


@pytest.mark.parametrize("name", ["campaign", "findings", "comparison"])
def test_schemas_are_schemas(name: str):
    published = schema(name)
    jsonschema.validators.validator_for(published).check_schema(published)
    assert published["$id"] == f"samegoods/{name}/1"
