"""The machine: disk, memory, clock, and other machines that share the work."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import samegoods
from samegoods.confinement import LEAST_MEMORY, machine_memory, share_of_memory
from samegoods.edges.engines import usable_cores
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works
from samegoods.wiring.doctoring.program import nearest

_GB, _GIB = 10**9, 1 << 30
_LEAST_DISK = 10**9
"""Bytes. The case of the demo (three clips of some seconds, 63 packs) takes 33 MB."""
_DAY_S = 86_400.0
_UNSYNCHRONISED = 5
"""What adjtimex(2) returns where nothing sets the clock (TIME_ERROR)."""


def _disk(asked: Asked) -> Found:
    places = {"cases": nearest(asked.cases), "temporary files": Path(tempfile.gettempdir())}
    free = {name: shutil.disk_usage(place).free for name, place in places.items()}
    told = ", ".join(f"{free[name] / _GB:.0f} GB for {name} in {place}" for name, place in places.items())
    full = free["cases"] < _LEAST_DISK
    return broken(f"{told}; 1 GB is the least") if full else works(f"free: {told}")


def _temporary(_: Asked) -> Found:
    with tempfile.TemporaryFile(prefix="samegoods-") as file:
        file.write(b"\0" * 4096)
        file.flush()
    return works(tempfile.gettempdir())


def _memory(_: Asked) -> Found:
    """Held against what a worker may take (:func:`samegoods.confinement.share_of_memory`)."""
    there, workers = machine_memory(), usable_cores()
    if there is None:
        return works("the system does not say how much there is")
    each = share_of_memory(workers)
    told = f"{there / _GIB:.1f} GiB, {workers} workers of up to {each / _GIB:.1f} GiB"
    if there < LEAST_MEMORY:
        return broken(f"{told}: one worker may take {LEAST_MEMORY / _GIB:.0f} GiB")
    fitting = max(1, there // LEAST_MEMORY)
    return works(told if fitting >= workers else f"{told}: give --workers {fitting} if a run is killed")


def _clock(_: Asked) -> Found:
    """It cannot be earlier than the program was installed; whether a time server sets it, Linux tells."""
    now, installed = time.time(), Path(samegoods.__file__).stat().st_mtime
    said = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M} UTC"
    if now < installed - _DAY_S:
        return broken(f"{said} is before this program was installed")
    return works(f"{said}, {_set_by()}")


def _set_by() -> str:
    if not sys.platform.startswith("linux"):
        return "not known who sets it"
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # zeros: only ask (struct timex has 208)
    return "no time server sets it" if state in (-1, _UNSYNCHRONISED) else "set by a time server"


def _ray(_: Asked) -> Found:
    if importlib.util.find_spec("ray") is None:
        return missing("not installed")
    return works(f"Ray {importlib.metadata.version('ray')}; no cluster was asked")


_RAY = Part("engine ray", "check runs on this machine alone", "pip install 'samegoods[ray]'", _ray, needed=False)

PARTS = (
    Part(
        "disk",
        "a run ends when the disk is full; the same command goes on once there is room",
        "make room, or give a folder on a larger disk: samegoods doctor --cases DIR",
        _disk,
    ),
    Part("temporary files", "nothing can be checked", "set TMPDIR to a folder that you may write to", _temporary),
    Part("memory", "large photos and long videos fail", "take a machine with more, or lift its limit", _memory),
    Part(
        "clock",
        "the log tells wrong times, and footage without a time of its own is not judged rightly",
        "set the clock, and have a time server keep it (Debian: apt install systemd-timesyncd)",
        _clock,
    ),
    *((_RAY,) if importlib.util.find_spec("samegoods.edges.engines.ray") else ()),
)
