"""What is known of the pictures that references name, so that thousands need not be decoded when a run begins.

A picture is known by its path, size, time of change and number on disk, as in an index of git: what was read once and
has not changed since is not read again. A picture that was written so shortly before that its time may stand for
another content, too, is not remembered.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from samegoods.edges.catalogue.deferred import Deferred, Held
from samegoods.edges.catalogue.noted import put_whole
from samegoods.edges.catalogue.prepared import Listed, key_of
from samegoods.edges.catalogue.wanted import Wanted
from samegoods.errors import BadReference
from samegoods.records import Reference
from samegoods.strangers import read_bytes

_MOST_BYTES, _MOST_PICTURES = 1 << 28, 200_000
_SETTLED_NS = 2_000_000_000
"""File systems tell times in steps of up to two seconds (FAT)."""

Load = Callable[[Wanted], Reference]


@dataclass(frozen=True, slots=True)
class Known:
    """A picture as a reference: its key, its size, px, and the area of its mask."""

    key: str
    width: int
    height: int
    area: int


class Pictures:
    """What is known of pictures, in a file that may be missing; ``load`` reads one as a reference."""

    def __init__(self, file: Path, load: Load) -> None:
        self._file, self._load = file, load
        self._known = _read(file)
        self._held = Held()

    def listed(self, wanted: Sequence[Wanted]) -> Listed:
        """References whose pictures are read when they are asked for.

        Raises:
            BadReference: a picture that is not known yet cannot be read or used.
        """
        before = len(self._known)
        known = [self._of(one) for one in wanted]
        if len(self._known) != before:
            self._write()
        return Listed(
            [self._deferred(one, its) for one, its in zip(wanted, known, strict=True)],
            [its.key for its in known],
            np.array([(its.width, its.height) for its in known], np.float32),
            np.array([its.area for its in known], np.int64),
        )

    def _of(self, one: Wanted) -> Known:
        name, began = _name(one), time.time_ns()
        if name is not None and name in self._known:
            return self._known[name]
        reference = self._load(one)
        found = Known(key_of(reference), *reference.size, int(np.count_nonzero(reference.mask)))
        if name is not None and name == _name(one) and one.spec.image.stat().st_mtime_ns < began - _SETTLED_NS:
            self._known[name] = found
        return found

    def _deferred(self, one: Wanted, known: Known) -> Deferred:
        load = partial(self._held.get, known.key + one.name, partial(self._again, one, known))
        names = one.name, one.product, one.version, one.spec.face
        return Deferred(names, one.spec.width_mm, (known.width, known.height), load)

    def _again(self, one: Wanted, known: Known) -> Reference:
        """Raises BadReference where it is not the picture that was known."""
        reference = self._load(one)
        if key_of(reference) != known.key:
            self._file.unlink(missing_ok=True)
            raise BadReference(f"{one.spec.image}: the picture changed after the run began: run again")
        return reference

    def _write(self) -> None:
        """Put the file there whole or not at all; of too many pictures, those that were known last are kept."""
        last = list(self._known.items())[-_MOST_PICTURES:]
        with suppress(OSError):
            told = json.dumps({name: asdict(known) for name, known in last}).encode()
            put_whole(self._file, lambda file: file.write(told))


def _name(one: Wanted) -> str | None:
    """A picture as it lies on disk, and what is cut out of it; None where it cannot be looked at."""
    try:
        path = one.spec.image
        there = path.stat()
    except OSError:
        return None
    state = there.st_size, there.st_mtime_ns, there.st_ino
    return json.dumps([os.fspath(path.absolute()), *state, one.spec.corners])


def _read(file: Path) -> dict[str, Known]:
    """What a file says; nothing where there is none, or it is none of ours."""
    try:
        told = json.loads(read_bytes(file, _MOST_BYTES))
        known = {str(name): Known(**one) for name, one in told.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return known if all(_is_sound(one) for one in known.values()) else {}


def _is_sound(one: Known) -> bool:
    numbers = all(type(n) is int and 0 <= n <= 1 << 31 for n in (one.width, one.height, one.area))
    return numbers and isinstance(one.key, str) and len(one.key) == 64 and set(one.key) <= set("0123456789abcdef")
