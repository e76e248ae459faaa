"""What the audit's finders saw on reference pictures, so that a picture that a campaign gives is searched once and not
in each of its cases.

A picture is known by the hash of its bytes, and a file is named by what searches them: it is right, or it is not
found. Pictures of footage are never noted here.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import TypeAdapter, ValidationError

from samegoods.records import PersonBox
from samegoods.strangers import read_bytes

_MOST_BYTES, _MOST_PICTURES = 1 << 28, 200_000
_NOTED = TypeAdapter(dict[str, tuple[PersonBox, ...]])


class SearchedBefore:
    """What is known of reference pictures, in a file of the user's that may be missing.

    Args:
        by: what searches them: its names, versions and code.
    """

    def __init__(self, by: Iterable[bytes], folder: Path | None = None) -> None:
        folder = folder or platformdirs.user_cache_path("samegoods", appauthor=False) / "searched"
        self._file = folder / f"{_hash(*by)}.json"
        self._known = _read(self._file)
        self._new: dict[str, tuple[PersonBox, ...]] = {}

    def seen(self, picture: bytes) -> tuple[PersonBox, ...] | None:
        """What was seen on a picture, given as the bytes of its file; None where it was not searched yet."""
        return self._known.get(_hash(picture))

    def note(self, picture: bytes, found: Sequence[PersonBox]) -> None:
        self._new[_hash(picture)] = tuple(found)

    def keep(self) -> None:
        """Write what is new, whole or not at all; of too many pictures, those that were noted last are kept."""
        if not self._new:
            return
        last: list[tuple[str, Any]] = [*_read(self._file).items(), *self._new.items()]
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._file.parent, suffix=".part", delete=False) as file:
                file.write(_NOTED.dump_json(dict(last[-_MOST_PICTURES:])))
            Path(file.name).replace(self._file)


def _read(file: Path) -> dict[str, tuple[PersonBox, ...]]:
    """What a file says; nothing where there is none, or it is none of ours."""
    try:
        return _NOTED.validate_json(read_bytes(file, _MOST_BYTES))
    except (OSError, ValidationError):
        return {}


def _hash(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()
