"""``samegoods watch`` as a user runs it: a folder and a real stream on loopback, stopped and started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes import market
from fakes.footage import write_photo
from fakes.streams import free_port, rtsp, write_stream
from samegoods import wiring
from samegoods.cli import main

pytest.importorskip("aio_rtsp_toolkit", reason="an RTSP server to test with")
pytest.importorskip("tenacity", reason="watching needs the extra samegoods[watch]")
pytestmark = pytest.mark.slow
HANGS_S = 300


def started(folder: Path, *words: str | Path) -> subprocess.Popen[str]:
    fixed = [sys.executable, "-m", "samegoods", "watch", "campaign.yaml", "-o", "case", "--every", "1"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [*fixed, *map(str, words)],
        cwd=folder,
        env=environment,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_stop_loses_nothing_that_was_done_and_a_stream_is_cut_by_the_clock(tmp_path: Path):
    folder = tmp_path / "july"
    market.write_campaign(folder)
    (folder / "in").mkdir()
    write_photo(folder / "in" / "same.jpg", market.tea().pixels, quality=92)
    with started(folder, "in") as first:
        assert first.stdout is not None
        line = first.stdout.readline()
        first.send_signal(signal.SIGTERM)
        rest, _ = first.communicate(timeout=HANGS_S)
    assert line == "corner in/same.jpg: ok: 1 packs\n"
    assert rest.endswith("report: case/report.html\n")
    assert first.returncode == 0

    write_photo(folder / "in" / "other.jpg", market.other_tea().pixels, quality=92)
    films, port = tmp_path / "films", free_port()
    films.mkdir()
    write_stream(films / "soap.mp4", [market.soap(n % market.STEPS).pixels for n in range(20)], step_ms=250)
    address = f"rtsp://ana:secret@127.0.0.1:{port}/soap.mp4"
    with rtsp(films, port), started(folder, "in", address, "--length", "8", "--for", "12", "--log", "json") as second:
        said, logged = second.communicate(timeout=HANGS_S)
    assert second.returncode == 0, logged
    assert "same.jpg" not in said
    assert "corner in/other.jpg: ok: 1 packs\n" in said
    assert "secret" not in said + logged
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    assert {"in/other.jpg", f"rtsp://127.0.0.1:{port}/soap.mp4"} <= {one.get("source") for one in lines}

    found = json.loads((folder / "case" / "findings.json").read_text(encoding="utf-8"))
    stretches = [one for one in found["sources"] if one["kind"] == "stream"]
    assert 2 <= len(stretches) <= 3
    assert sum(one["duration_s"] for one in stretches) == pytest.approx(12, abs=0.01)
    assert all(one["captured_from"] == "clock" for one in stretches)
    soap = [one for one in found["items"] if one["product"] == "soap"]
    assert soap
    assert {one["source"] for one in soap} <= {one["id"] for one in stretches}
    assert wiring.verify(folder / "case").state == "holds"


def test_what_cannot_be_watched_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    market.write_campaign(tmp_path / "july")
    monkeypatch.chdir(tmp_path / "july")
    done = CliRunner().invoke(main, ["watch", "campaign.yaml", "gone", "-o", "case"], prog_name="samegoods")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith("Error: gone: this is no folder and no address")
