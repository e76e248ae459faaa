"""Result files of a case: replaced as a whole, and on disk when that is done."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samegoods.errors import CaseError


def replace(file: Path, content: bytes) -> None:
    """Replace a file as a whole, and make it last: a reader sees the old or the new."""
    unfinished = file.with_name(file.name + ".part")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise CaseError(f"{file}: cannot be written: {error.strerror or error}") from error


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """An empty folder that is gone afterwards; what a killed run left in it goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
        yield folder
    except OSError as error:
        raise CaseError(f"{error.filename or folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move(made: Path, file: Path) -> None:
    """Replace a file by one on the same volume, and make it last."""
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())
    file.parent.mkdir(exist_ok=True)
    made.replace(file)


def hash_of(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
