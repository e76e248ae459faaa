"""The program itself, and where it keeps its cases."""

from __future__ import annotations

import importlib.metadata
import platform
import sqlite3
import tempfile
from pathlib import Path

import samegoods
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, works


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    whole = folder.absolute()
    return next(one for one in (whole, *whole.parents) if one.is_dir())


def _program(_: Asked) -> Found:
    installed = importlib.metadata.version("samegoods")
    if installed != samegoods.__version__:
        return broken(f"the package says {installed}, the program {samegoods.__version__}")
    return works(f"samegoods {installed} on Python {platform.python_version()}, {platform.platform(terse=True)}")


def _store(asked: Asked) -> Found:
    """Make a data base where cases are to lie: many network shares cannot hold one."""
    from samegoods.edges.case.database import connect

    place = nearest(asked.cases)
    try:
        with tempfile.TemporaryDirectory(prefix=".samegoods-", dir=place) as folder:
            connect(Path(folder) / "case.db").dispose()
    except OSError as error:
        return broken(f"{place}: {error.strerror or error}")
    return works(f"SQLite {sqlite3.sqlite_version} in {place}")


PARTS = (
    Part("program", "nothing is sure to run", "pip install --force-reinstall samegoods", _program),
    Part(
        "store",
        "no case can be kept here",
        "give a folder on a disk of this machine that you may write to: samegoods doctor --cases DIR",
        _store,
    ),
)
