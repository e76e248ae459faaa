"""``samegoods read`` on drawn pictures, end to end: what is printed, where, and how it ends."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image as Pictures

import samegoods
from fakes.labels import filmed, label, put, sheet, write
from samegoods.cli import main
from samegoods.edges import readers
from samegoods.errors import FootageError
from samegoods.results import schema

CODE = "4006209700068"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], prog_name="samegoods")


@pytest.fixture
def codes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the readers that are a part of every installation: an installation without the extra."""
    monkeypatch.setattr(readers.rapidocr, "version", _nowhere)
    monkeypatch.setattr(readers.tesseract.shutil, "which", lambda _: None)


def _nowhere(name: str) -> str:
    raise readers.rapidocr.PackageNotFoundError(name)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "label.png"
    Pictures.fromarray(label()[0]).save(path)
    return path


@pytest.mark.usefixtures("codes_alone")
def test_a_line_of_json_for_each_picture_as_the_schema_says(photo: Path, tmp_path: Path):
    blank = tmp_path / "blank.png"
    Pictures.fromarray(sheet(200, 100)).save(blank)
    done = run("read", photo, blank, "--json")
    assert done.exit_code == 0
    first, second = map(json.loads, done.stdout.splitlines())
    for one in (first, second):
        jsonschema.validate(one, schema("read"))
    assert first["path"] == str(photo)
    assert [(code["format"], code["text"]) for code in first["codes"]] == [("ean_13", CODE)]
    assert np.abs(np.array(first["codes"][0]["quad"]) - label()[1]).max() < 15
    assert (first["prices"], first["text"], first["problem"]) == ([], [], None)
    assert (second["path"], second["codes"]) == (str(blank), [])


@pytest.mark.usefixtures("codes_alone")
def test_a_reader_that_is_not_there_is_said_and_stands_in_the_json(photo: Path):
    done = run("read", photo, "--json", "--quiet")
    for name in ("rapidocr", "tesseract"):
        assert f"not read with {name}: " in done.stderr
        assert "install" in done.stderr
    (reading,) = map(json.loads, done.stdout.splitlines())
    there = {reader["name"]: reader["available"] for reader in reading["readers"]}
    assert there == {"zxing": True, "opencv": True, "rapidocr": False, "tesseract": False}


@pytest.mark.usefixtures("codes_alone")
def test_a_broken_picture_is_named_and_the_rest_is_read(photo: Path, tmp_path: Path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    done = run("read", broken, tmp_path / "missing.png", photo, "--json")
    assert done.exit_code == 4
    assert f"failed: {broken}: " in done.stderr
    assert "missing.png" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(one["codes"]) for one in lines] == [0, 0, 1]
    assert [one["problem"] is None for one in lines] == [False, False, True]


@pytest.mark.usefixtures("codes_alone")
def test_for_people(photo: Path):
    done = run("read", photo, "-v")
    assert done.stdout.splitlines() == [str(photo), f"  code   ean_13 {CODE}"]
    assert "reader zxing: zxing-cpp" in done.stderr
    assert "reader tesseract: not there" in done.stderr


def test_no_picture_is_wrong_use(tmp_path: Path):
    assert run("read").exit_code == 2
    done = run("read", tmp_path / "missing.png", tmp_path / "lost.png", "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "missing.png: no such file; " in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are made otherwise there")
def test_the_bar_on_the_terminal_does_not_swallow_what_is_read(tmp_path: Path):
    """rich takes standard output over while a bar is shown, and would write it to the terminal of the bar."""
    blank = tmp_path / "blank.png"
    Pictures.fromarray(sheet(60, 40)).save(blank)
    own, terminal = os.openpty()
    shown: list[bytes] = []
    reading = threading.Thread(target=drain, args=(own, shown))  # a terminal that nobody reads fills, and blocks
    reading.start()
    command = [sys.executable, "-m", "samegoods", "read", str(blank), "--json"]
    env = os.environ | {"TERM": "xterm"}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, text=True, check=True, env=env)
    os.close(terminal)
    reading.join(timeout=20)
    assert not reading.is_alive()
    os.close(own)
    assert json.loads(done.stdout)["path"] == str(blank)


def drain(terminal: int, shown: list[bytes]) -> None:
    """Read what is written to a terminal until the last writer closes it."""
    with suppress(OSError):  # so Linux tells that it was closed
        while part := os.read(terminal, 4096):
            shown.append(part)


@pytest.mark.usefixtures("codes_alone")
def test_from_python(photo: Path):
    (reading,) = samegoods.read([photo])
    assert [code.text for code in reading.codes] == [CODE]
    assert cv2.getNumThreads() > 0
    for nothing in ([], str(photo)):
        with pytest.raises(FootageError):
            samegoods.read(nothing)


def test_everything_on_one_drawn_tag(tmp_path: Path):
    """Two codes turned apart, a price with its price for a measure, and a line of text."""
    state = readers.RapidocrReader().state()
    if not state.available:
        pytest.skip(f"rapidocr is not installed: {state.detail}")
    picture = sheet(1000, 640)
    put(picture, np.ascontiguousarray(np.rot90(label()[0][150:300, 150:490])), 800, 100)
    write(picture, "Camprodon biscuits", 60, 60, 40)
    write(picture, "12,90 €", 60, 200, 110, "sans-bold")
    write(picture, "25,80 €/kg", 60, 340, 36)
    path = tmp_path / "tag.png"
    Pictures.fromarray(filmed(picture)).save(path)
    (reading,) = map(json.loads, run("read", path, "--json").stdout.splitlines())
    jsonschema.validate(reading, schema("read"))
    assert [code["text"] for code in reading["codes"]] == [CODE]
    (price,) = reading["prices"]
    told = {name: price[name] for name in ("amount", "currency", "unit_price", "unit")}
    assert told == {"amount": "12.90", "currency": "EUR", "unit_price": "25.80", "unit": "kg"}
    (line,) = [line for line in reading["text"] if "biscuits" in line["text"]]
    assert (line["language"], line["reader"]) == ("latin", "rapidocr")
