"""One case in PostgreSQL as users have it: two checks at once, and a page served beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from fakes import custody as fakes
from fakes import drawn, market
from fakes.footage import write_photo
from fakes.postgres import fresh, text_of
from samegoods import wiring
from samegoods.cli import main
from samegoods.custody import read_log, split_lines
from samegoods.wiring.serving import serving

pytestmark = pytest.mark.slow
HANGS_S = 300


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign, and two folders of footage."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "references").mkdir()
    for name, seed in market.PACKS.items():
        write_photo(folder / "references" / f"{name}.png", drawn.pack(seed))
    (folder / "campaign.yaml").write_text(market.CAMPAIGN)
    photos = {
        "first/tea.png": market.tea().pixels,
        "second/soap.png": market.seen(drawn.pack(market.PACKS["soap"])).pixels,
        "second/other.png": market.other_tea().pixels,
    }
    for name, pixels in photos.items():
        (folder / name).parent.mkdir(exist_ok=True)
        write_photo(folder / name, pixels)
    return folder


def words(study: Path, footage: tuple[str, ...], case: str | Path, *more: str | Path) -> list[str]:
    """A check of folders of the study."""
    place = ("--site", "corner", "--captured-at", "2026-07-14T09:30", "--signing-key", fakes.key_file(study))
    told = ("check", study / "campaign.yaml", *(study / one for one in footage), "-o", case, *place, "--workers", 1)
    return [str(one) for one in (*told, *more)]


def started(told: list[str]) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "samegoods", *told]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def findings(folder: Path) -> dict:
    """Without the time at which they were made, and with the footage by its name alone."""
    return json.loads((folder / "findings.json").read_text()) | {"made_at": ""}


def test_two_checks_at_once_and_a_page_beside_them_come_to_the_case_of_one(study: Path, postgres: str, tmp_path: Path):
    address = text_of(fresh(postgres))
    results = tmp_path / "results"
    runs = [started(words(study, (name,), address, "--results", results)) for name in ("first", "second")]
    said = [run.communicate(timeout=HANGS_S) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    alone = tmp_path / "alone"
    footage, taken = [study / "first", study / "second"], datetime(2026, 7, 14, 9, 30)
    key = fakes.key_file(study)
    wiring.check(study / "campaign.yaml", footage, alone, captured_at=taken, signing_key=key, engine="inline")

    assert findings(results) == findings(alone)
    assert evidence(results) == evidence(alone)
    log = read_log(split_lines((results / "custody.jsonl").read_bytes()))
    assert log.problems == ()
    assert sum(one.kind == "source" for one in log.entries) == 3
    assert CliRunner().invoke(main, ["verify", address]).stdout.startswith("holds: ")

    with serving(address, signing_key=key) as served, TestClient(served.app, base_url="http://127.0.0.1:8717") as page:
        assert page.get(f"/enter?token={served.token}").status_code == 200
        again = CliRunner().invoke(main, words(study, ("first",), address))
        assert (again.exit_code, again.stderr.count("1 of 1 were done by an earlier run")) == (0, 1)
        assert page.get("/").status_code == 200
    assert CliRunner().invoke(main, ["report", address, "--signing-key", str(key)]).exit_code == 0
    bundle = tmp_path / "case.zip"
    assert CliRunner().invoke(main, ["export", address, "-o", str(bundle), "--signing-key", str(key)]).exit_code == 0
    assert wiring.verify(bundle).state == wiring.verify(address).state == "holds"


def evidence(folder: Path) -> set[str]:
    return {one.name for one in (folder / "evidence").rglob("*.png")}
