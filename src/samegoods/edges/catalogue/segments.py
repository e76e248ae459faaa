"""Segments: the spots of many references in one folder of arrays, which is mapped and never changed.

A segment is named by the hash of what is in it. It is written under another name and renamed when it is whole; a build
that is killed leaves nothing but a folder that no one opens. Two that build the same at once come to the same name,
and the first stays. Cells belong to the code and not to a segment, so joining two computes nothing: rows are copied.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from samegoods.vision.recognition.catalogue import Described, Front
from samegoods.vision.recognition.cells import FINEST
from samegoods.vision.recognition.spots import ROWS, Spots, spots_of

READ_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError)
CHECKED_BYTES = 64 << 20
"""Segments up to this are read whole and held against their sum when they are opened, in a tenth of a second."""
_CHUNK = 1 << 18
_FRONT = {"front_codes": ((128,), np.uint8), "front_points": ((2,), np.float32)}
_LISTED: dict[str, tuple[tuple[int, ...], Any]] = {"keys": ((32,), np.uint8), "ends": ((), np.int64)}

Owners = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Spots of references, whose keys (sha256) are ``keys``, in the order of the numbers in ``spots.owners``.

    ``front_codes`` (f, 128) and ``front_points`` (f, 2) are those of all fronts; that of the i-th ends at ``ends[i]``.
    """

    keys: tuple[str, ...]
    spots: Spots
    front_codes: NDArray[np.uint8]
    front_points: NDArray[np.float32]
    ends: NDArray[np.int64]
    folder: Path | None = None

    def front(self, number: int) -> Front:
        part = self._front(number)
        return Front(self.front_codes[part], self.front_points[part])

    def _front(self, number: int) -> slice:
        return slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))

    def only(self, keys: frozenset[str]) -> Segment:
        """What it has of some references."""
        if keys.issuperset(self.keys):
            return self
        kept = [i for i, key in enumerate(self.keys) if key in keys]
        number = np.full(len(self.keys), -1, np.int64)
        number[kept] = np.arange(len(kept))
        spots = self.spots.take(np.flatnonzero(number[self.spots.owners] >= 0))
        parts = [self._front(i) for i in kept]
        return Segment(
            tuple(self.keys[i] for i in kept),
            Spots(spots.codes, spots.cells, spots.places, spots.frames, number[spots.owners].astype(np.uint16)),
            np.concatenate([self.front_codes[part] for part in parts]),
            np.concatenate([self.front_points[part] for part in parts]),
            np.cumsum([part.stop - part.start for part in parts]),
        )


def segment_of(described: Mapping[str, Described]) -> Segment:
    """Described references, by their keys, as a segment in memory."""
    fronts = [one.front for one in described.values()]
    return Segment(
        tuple(described),
        spots_of([one.features for one in described.values()]),
        np.concatenate([front.codes for front in fronts]),
        np.concatenate([front.points for front in fronts]),
        np.cumsum([len(front.codes) for front in fronts]),
    )


def opened(folder: Path) -> Segment | None:
    """A segment as it lies on disk, mapped; None where there is none, or it is not whole."""
    try:
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in (*ROWS, *_FRONT)
        }
        with np.load(folder / "listed.npz", allow_pickle=False) as file:
            arrays |= {name: file[name] for name in (*_LISTED, "sums")}
        return _checked(arrays, folder)
    except READ_FAULTS:
        return None


def keys_in(folder: Path) -> frozenset[str]:
    """The keys of the references that a segment says it has; of their spots nothing is read."""
    try:
        with np.load(folder / "listed.npz", allow_pickle=False) as file:
            return frozenset(_keys(file["keys"]))
    except READ_FAULTS:
        return frozenset()


def _keys(rows: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(bytes(row).hex() for row in rows)


def _checked(arrays: dict[str, NDArray[Any]], folder: Path) -> Segment:
    """Raises ValueError where these are not the arrays of a segment."""
    sizes = {name: len(arrays[rows]) for rows, names in _ALIKE.items() for name in names}
    for name, (row, kind) in {**ROWS, **_FRONT, **_LISTED}.items():
        if arrays[name].shape != (sizes[name], *row) or arrays[name].dtype != kind:
            raise ValueError(f"{folder}: {name}: {arrays[name].shape} {arrays[name].dtype}")
    spots = Spots(**{name: arrays[name] for name in ROWS})
    ends = np.concatenate([[0], arrays["ends"]])
    if (np.diff(spots.starts(FINEST)) < 0).any() or (np.diff(ends) < 0).any() or ends[-1] != sizes["front_codes"]:
        raise ValueError(f"{folder}: rows in no order")
    if not np.array_equal(_sums(arrays), arrays["sums"]):
        raise ValueError(f"{folder}: not as it was written")
    if len(spots) and int(spots.owners.max()) >= sizes["keys"]:
        raise ValueError(f"{folder}: spots of references that there are not")
    return Segment(_keys(arrays["keys"]), spots, arrays["front_codes"], arrays["front_points"], arrays["ends"], folder)


_ALIKE = {"codes": tuple(ROWS), "front_codes": tuple(_FRONT), "keys": tuple(_LISTED)}
"""Arrays that have as many rows as the first one named."""


def _sums(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Of each array of rows its sum; zero where there is too much to read whenever a segment is opened."""
    large = sum(arrays[name].nbytes for name in ROWS) > CHECKED_BYTES
    return np.array([0 if large else zlib.crc32(np.ascontiguousarray(arrays[name]).data) for name in ROWS], np.int64)


def write(parts: Sequence[Segment], folder: Path, name: str) -> None:
    """Write some segments as one, whole or not at all.

    Raises:
        OSError: it cannot be written there.
    """
    made = Path(tempfile.mkdtemp(dir=folder, suffix=".part"))
    try:
        arrays = _joined(parts, made)
        keys = np.frombuffer(bytes.fromhex("".join(key for part in parts for key in part.keys)), np.uint8)
        np.save(made / "front_codes.npy", np.concatenate([part.front_codes for part in parts]))
        np.save(made / "front_points.npy", np.concatenate([part.front_points for part in parts]))
        lengths = np.concatenate([np.diff(part.ends, prepend=0) for part in parts])
        np.savez(made / "listed.npz", keys=keys.reshape(-1, 32), ends=np.cumsum(lengths), sums=_sums(arrays))
        if not (folder / name).exists():
            made.rename(folder / name)
    except FileExistsError:
        pass  # another was as quick
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _joined(parts: Sequence[Segment], folder: Path) -> dict[str, NDArray[Any]]:
    """The rows of all parts, by their cells, in files; what is in memory of them is 12 bytes a row."""
    cells = np.concatenate([part.spots.cells for part in parts])
    to = np.empty(len(cells), np.int64)
    to[np.argsort(cells, kind="stable")] = np.arange(len(cells))
    arrays = {
        name: open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=(len(cells), *row))
        for name, (row, kind) in ROWS.items()
    }
    for first, number, part in _placed(parts):
        for begin in range(0, len(part.spots), _CHUNK):
            rows = slice(begin, min(begin + _CHUNK, len(part.spots)))
            there = to[first + rows.start : first + rows.stop]
            for field in fields(Spots):
                values = getattr(part.spots, field.name)[rows]
                arrays[field.name][there] = values + np.uint16(number) if field.name == "owners" else values
    for array in arrays.values():
        array.flush()
    return dict(arrays)


def _placed(parts: Sequence[Segment]) -> Iterator[tuple[int, int, Segment]]:
    """Each part with the number of rows and that of references before it."""
    rows = references = 0
    for part in parts:
        yield rows, references, part
        rows += len(part.spots)
        references += len(part.keys)
