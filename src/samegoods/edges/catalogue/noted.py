"""What was found out about reference pictures once and holds for every case: kept so that it is not done again.

Each thing is a file, named by the hash of what it is about, in a folder named by the hash of all that it follows
from: code, libraries, versions. So it is right or it is not found, and the folder may be emptied at any time. Pictures
of footage are never noted here.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import platformdirs
from pydantic import TypeAdapter, ValidationError

from samegoods.strangers import read_bytes

T = TypeVar("T")
_MOST_BYTES = 1 << 24
_UNUSED_S = 60 * 86_400.0
"""A folder beside that nothing was added to in so long is removed: mostly what follows from code of before."""


class Noted(Generic[T]):
    """Values by what they are about, in a folder of the user's that may be missing.

    Args:
        name: of the folder, one for each sort of value.
        by: all that a value follows from beside what it is about.
        kind: what the values are, as pydantic reads and writes them.
    """

    def __init__(self, name: str, by: Iterable[bytes], kind: Any, folder: Path | None = None) -> None:
        whole = folder or platformdirs.user_cache_path("samegoods", appauthor=False)
        self._folder = whole / name / hashed(*by)
        self._kind: TypeAdapter[T] = TypeAdapter(kind)
        self._is_new = True

    def get(self, about: bytes) -> T | None:
        """What is known about something; None where nothing is, or where the file is none of ours."""
        try:
            return self._kind.validate_json(read_bytes(self._file(about), _MOST_BYTES))
        except (OSError, ValidationError):
            return None

    def put(self, about: bytes, value: T) -> None:
        """Note a value, whole or not at all; where that is not possible, it is found out again next time."""
        with suppress(OSError):
            put_whole(self._file(about), lambda file: file.write(self._kind.dump_json(value)))
            self._tidy()

    def _file(self, about: bytes) -> Path:
        return self._folder / f"{hashed(about)}.json"

    def _tidy(self) -> None:
        """Remove what lies beside from long ago, once."""
        if not self._is_new:
            return
        self._is_new = False
        for other in self._folder.parent.iterdir():
            if other != self._folder and time.time() - other.stat().st_mtime > _UNUSED_S:
                shutil.rmtree(other, ignore_errors=True)


def put_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Put a file there whole or not at all, and its folder, which is the user's alone.

    Raises:
        OSError: that is not possible.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        write(file)
    Path(file.name).replace(path)


def hashed(*parts: bytes) -> str:
    """The sha256 of some parts, each with its length."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def code_in(*modules: Any) -> Iterable[bytes]:
    """The code of some modules, or of all in a package."""
    for module in modules:
        file = Path(str(module.__file__))
        some = sorted(file.parent.glob("*.py")) if file.name == "__init__.py" else [file]
        yield from (one.read_bytes() for one in some)
