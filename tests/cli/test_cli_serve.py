"""``samegoods serve``: what it refuses, and what is left when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from fakes import custody as fakes
from fakes.served import free_port
from samegoods import wiring
from samegoods.cli import main
from samegoods.custody.walk import read_findings


def refused(*words: str | Path) -> str:
    result = CliRunner().invoke(main, ["serve", *map(str, words)], prog_name="samegoods")
    assert result.exit_code == 2, result.output
    return result.output


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org"])
def test_another_address_is_refused(tmp_path: Path, host: str):
    said = refused(tmp_path, "--host", host)
    assert f"{host}: whoever reaches this address could decide in your name" in said


def test_a_folder_without_a_case_is_refused(tmp_path: Path):
    assert "there is no case here" in refused(tmp_path)


def test_results_that_were_changed_are_not_served(tmp_path: Path):
    case = fakes.finished_case(tmp_path, sources=1)
    file = case / "findings.json"
    file.write_text(file.read_text(encoding="utf-8").replace("missing", "there", 1), encoding="utf-8")
    assert "is not what was published: it was changed" in refused(case, "--signing-key", fakes.key_file(tmp_path))


def test_a_case_that_a_run_writes_to_is_not_served(tmp_path: Path):
    case, key = fakes.finished_case(tmp_path, sources=1), fakes.key_file(tmp_path)
    with fakes.opened(case, None):
        assert "another run is writing to this case" in refused(case, "--signing-key", key)


def test_without_what_it_needs_the_command_that_installs_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "the review page needs uvicorn: pip install 'samegoods[serve]'" in refused(fakes.finished_case(tmp_path, 1))


def test_as_it_ends_the_results_tell_what_was_decided(tmp_path: Path):
    """By Ctrl-C; what a service manager sends ends it as well, in the test of the form below."""
    case, key, port = fakes.finished_case(tmp_path, sources=1), fakes.key_file(tmp_path), free_port()
    command = [sys.executable, "-m", "samegoods", "serve", case, "--port", port, "--reviewer", "Ana"]
    process = subprocess.Popen(
        [*map(str, command), "--signing-key", str(key)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        link = process.stdout.readline().strip()
        assert link.startswith(f"http://127.0.0.1:{port}/enter?token=")
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/packs/1/decisions",
            json.dumps({"decision": "cannot_tell", "remark": "too soft"}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {link.partition('=')[2]}"},
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 201
        assert wiring.verify(case).state == "holds"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    (told,) = (one.review for one in read_findings((case / "findings.json").read_bytes()).items if one.review)
    assert (told.by, told.decision, told.remark) == ("Ana", "cannot_tell", "too soft")
    assert wiring.verify(case).state == "holds"


def test_an_address_that_is_taken_is_one_clear_line(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        case, key = fakes.finished_case(tmp_path, sources=1), fakes.key_file(tmp_path)
        said = refused(case, "--port", str(port), "--signing-key", key)
    assert f"127.0.0.1:{port}: cannot be served on" in said
    assert "give another --port" in said


def test_reports_are_taken_on_an_address_of_their_own(tmp_path: Path):
    pytest.importorskip("limits", reason="the extra serve is not installed")
    case, key = fakes.finished_case(tmp_path, sources=1), fakes.key_file(tmp_path)
    port, form = free_port(), free_port()
    command = [sys.executable, "-m", "samegoods", "serve", case, "--port", port, "--signing-key", key]
    process = subprocess.Popen(
        [*map(str, command), "--reports", "--reports-port", str(form)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout.readline().startswith(f"http://127.0.0.1:{port}/enter?token=")
        with urllib.request.urlopen(f"http://127.0.0.1:{form}/", timeout=30) as page:
            assert "What did you see on sale?" in page.read().decode()
            assert "server" not in page.headers
        for path in ("review", "api/case"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{form}/{path}", timeout=30)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"reports are taken on http://127.0.0.1:{form}/" in said
    assert wiring.verify(case).state == "holds"


def test_a_forms_address_that_is_taken_is_one_clear_line(tmp_path: Path):
    pytest.importorskip("limits", reason="the extra serve is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        case, key = fakes.finished_case(tmp_path, sources=1), fakes.key_file(tmp_path)
        said = refused(case, "--reports", "--reports-port", str(port), "--signing-key", key)
    assert f"127.0.0.1:{port}: cannot be served on" in said
    assert "give another --reports-port" in said


@pytest.mark.parametrize("part", ["limits", "python_multipart"])
def test_what_the_form_needs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str):
    monkeypatch.setitem(sys.modules, part, None)
    said = refused(fakes.finished_case(tmp_path, 1), "--reports")
    assert f"needs {part}: pip install 'samegoods[serve]'" in said
