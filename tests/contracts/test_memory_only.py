"""A raw frame lives in one process's memory: each way out is tried, and fails."""

from __future__ import annotations

import copy
import io
import json
import logging
import marshal
import multiprocessing
import os
import pickle
import shelve
import subprocess
import sys
import tempfile
import threading
import traceback
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from fakes import market
from fakes.footage import write_photo, write_video
from samegoods.edges.engines.base import reason_of
from samegoods.records import Frame, Moment

TELLTALE = 173


@pytest.fixture
def frame() -> Frame:
    pixels = np.full((6, 8, 3), TELLTALE, np.uint8)
    made = Frame(source="v", moment=Moment(1, Fraction(1, 5)), luma=pixels[..., 0], render=lambda: pixels)
    assert made.pixels is pixels
    return made


def shelved(frame: Frame) -> None:
    with tempfile.TemporaryDirectory() as folder, shelve.open(f"{folder}/x") as shelf:
        shelf["frame"] = frame


def queued(frame: Frame) -> None:
    queue = multiprocessing.get_context("spawn").SimpleQueue()
    queue.put(frame)


def sent(frame: Frame) -> None:
    ours, theirs = multiprocessing.Pipe()
    try:
        ours.send(frame)
    finally:
        ours.close()
        theirs.close()


WAYS = {
    "pickle": pickle.dumps,
    "pickle of what holds it": lambda frame: pickle.dumps({"a": [frame]}),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "marshal": marshal.dumps,
    "json": json.dumps,
    "numpy file": lambda frame: np.save(io.BytesIO(), np.array([frame], object)),
    "shelf": shelved,
    "queue": queued,
    "pipe": sent,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_frame_cannot_be_written_down(frame, way):
    with pytest.raises((TypeError, ValueError)):
        WAYS[way](frame)


def test_a_frame_cannot_be_handed_to_another_process(frame):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        future = pool.submit(len, frame)
        assert isinstance(future.exception(), TypeError)


@pytest.mark.parametrize("text", [repr, str, "{}".format, "%s".__mod__, lambda frame: f"{frame!r:>5}"])
def test_a_frame_as_text_shows_no_pixel(frame, text):
    assert str(TELLTALE) not in text(frame)


def test_a_log_and_an_error_show_no_pixel(frame, caplog):
    logging.getLogger("samegoods").error("what is %s?", frame)
    try:
        raise ValueError(frame)
    except ValueError as error:
        told = reason_of(error) + "".join(traceback.format_exception(error))
    assert str(TELLTALE) not in told + caplog.text
    caplog.clear()


CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")


def written_by(pid: int) -> set[str]:
    """The files that a process and its children have open for writing now, also such as are deleted already."""
    found = set()
    for process in [pid, *children(pid)]:
        try:
            for one in Path(f"/proc/{process}/fd").iterdir():
                target = str(one.readlink())
                flags = Path(f"/proc/{process}/fdinfo/{one.name}").read_text().split("flags:")[1].split()[0]
                if int(flags, 8) & os.O_ACCMODE != os.O_RDONLY and target.startswith("/"):
                    found.add(target)
        except OSError:
            continue
    return found


def children(pid: int) -> list[int]:
    found = []
    for one in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # the thread is gone
            found += [int(word) for word in one.read_text().split()]
    return found + [later for child in found for later in children(child)]


@pytest.mark.skipif(not CHILDREN.exists(), reason="it looks at open files through /proc")
def test_a_check_writes_nowhere_but_into_its_case(tmp_path):
    """Decoders' and libraries' own files are accounted for: none is open for writing, no temporary file is left."""
    market.write_campaign(tmp_path)
    (tmp_path / "footage").mkdir()
    write_photo(tmp_path / "footage" / "same.jpg", market.tea().pixels)
    write_video(tmp_path / "footage" / "clip.mp4", [market.soap(step).pixels for step in range(0, market.STEPS, 2)])
    temporary, case, home = tmp_path / "tmp", tmp_path / "case", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    keys = {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    keys["PYTHONDONTWRITEBYTECODE"] = "1"  # what Python compiles of libraries tells of no frame
    words = [
        "check",
        tmp_path / "campaign.yaml",
        tmp_path / "footage",
        "-o",
        case,
        "--site",
        "corner",
        "--captured-at",
        "2026-07-14T09:30",
        "--workers",
        "1",
    ]
    run = subprocess.Popen(
        [sys.executable, "-m", "samegoods", "-q", *map(str, words)],
        env={**os.environ, **keys},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            seen.update(written_by(run.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    code = run.wait(timeout=300)
    ended.set()
    watching.join()
    assert code == 0
    assert any(str(case) in one for one in seen)
    elsewhere = {one for one in seen if not one.startswith((str(case), "/dev/null", "/dev/pts", "/dev/tty"))}
    assert {one for one in elsewhere if not is_lock_or_setting(one, home)} == set()
    assert [one for one in temporary.rglob("*") if one.is_file()] == []


def is_lock_or_setting(path: str, home: Path) -> bool:
    """Python's own locks between processes, a few bytes each, and what libraries keep of their settings and fonts."""
    return path.startswith(("/dev/shm/sem.", str(home))) or "/mp-" in path
