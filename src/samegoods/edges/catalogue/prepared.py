"""References as recognition knows them, kept on disk: describing them takes longer than looking at a short clip.

A described reference is a file, and many together are a segment (:mod:`samegoods.edges.catalogue.segments`). All are
named by the hash of what goes into them: pictures, code, libraries. So a file is right or it is not found, nothing is
ever brought up to date, and the folder may be emptied at any time. Files are arrays and nothing else, and are checked
before they are used: whatever is wrong with one, it counts as not there.
"""

from __future__ import annotations

import io
import logging
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
import platformdirs
from filelock import FileLock
from numpy.typing import NDArray

from samegoods.edges.catalogue.kin import TwinsBefore, named_so
from samegoods.edges.catalogue.noted import code_in, hashed, put_whole
from samegoods.edges.catalogue.room import make_room, remove
from samegoods.edges.catalogue.segments import READ_FAULTS, Segment, keys_in, opened, segment_of, write
from samegoods.records import Floats, Reference
from samegoods.strangers import read_bytes
from samegoods.vision.recognition import catalogue, cells, features, index, spots
from samegoods.vision.recognition.catalogue import Catalogue, Described, Front, check_some
from samegoods.vision.recognition.features import Features
from samegoods.vision.recognition.index import Part, SpotIndex

_log = logging.getLogger(__name__)

SEGMENT = ".spots"
_MOST_BYTES = 1 << 30
_WHOLE = {"points": (2,), "frames": (2, 2), "histograms": (128,), "strength": ()}
_FRONT = {"codes": (128,), "points": (2,)}
"""What the rows of each array of features are."""
_BYTES = {"histograms", "codes"}
_BATCH = 256
"""So many references are described before they are written: some 150 MB of spots."""
_JOINED = 4
"""A segment that has not so many times the spots of what is new is joined with it: so there are few, and a spot is
copied a few times in all however the catalogue grew."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """References with what is known of their pictures: a key, the size (n, 2) px and the area (n,) of each."""

    references: Sequence[Reference]
    keys: Sequence[str]
    sizes: Floats
    areas: NDArray[np.int64]


class Prepared:
    """A folder of prepared references; by default one of the user's, for things that can be made again.

    Args:
        most_bytes: what lay unused for longest is removed where the folder holds more; None: as the user has set.
    """

    def __init__(self, folder: Path | None = None, *, most_bytes: int | None = None) -> None:
        self._folder = folder or platformdirs.user_cache_path("samegoods", appauthor=False) / "references"
        self._most_bytes = most_bytes

    @property
    def folder(self) -> Path:
        return self._folder

    def prepare(self, reference: Reference) -> None:
        """See to it that a reference is described.

        Raises:
            BadReference: it shows too little detail to be recognised by.
        """
        key = key_of(reference)
        if not any(key in keys_in(folder) for folder in self._folder.glob(f"*{SEGMENT}")):
            self._described(key, reference)

    def described(self, reference: Reference) -> Described:
        """A reference described, from its file or afresh.

        Raises:
            BadReference: it shows too little detail to be recognised by.
        """
        return self._described(key_of(reference), reference)

    def _described(self, key: str, reference: Reference) -> Described:
        known = self._read(key)
        with suppress(ValueError, KeyError):
            return _described_in(known)
        made = catalogue.described(reference)
        self._write(key, {**_named(made.features, "whole", _WHOLE), **_named(made.front, "front", _FRONT)})
        return made

    def catalogue(self, references: Sequence[Reference]) -> Catalogue:
        """The catalogue of these references, whose pictures are in memory.

        Raises:
            BadReference: there is none, or one shows too little detail to be recognised by.
        """
        sizes = np.array([one.size for one in references], np.float32)
        areas = np.array([np.count_nonzero(one.mask) for one in references], np.int64)
        return self.catalogue_of(Listed(references, [key_of(one) for one in references], sizes, areas))

    def catalogue_of(self, listed: Listed) -> Catalogue:
        """The catalogue of listed references; only pictures that were never described are asked for.

        Raises:
            BadReference: as :meth:`catalogue`.
        """
        check_some(listed.references)
        wanted = dict(zip(_each_once(listed.keys), listed.references, strict=True))
        segments = self._covering(wanted)
        position = {key: i for i, key in enumerate(wanted)}
        whose = [np.array([position[key] for key in one.keys], np.intp) for one in segments]
        place = {i: (one, n) for one, many in zip(segments, whose, strict=True) for n, i in enumerate(many.tolist())}

        def front(i: int) -> Front:
            segment, number = place[i]
            return segment.front(number)

        parts = [Part(one.spots, many) for one, many in zip(segments, whose, strict=True)]
        twins = TwinsBefore([made_by(), *named_so(listed.keys, listed.references)])
        return Catalogue(
            listed.references, SpotIndex(parts), front, sizes=listed.sizes, areas=listed.areas, known=twins
        )

    def _covering(self, wanted: Mapping[str, Reference]) -> list[Segment]:
        """Segments that have these references and no others."""
        there, new = _chosen(self._segments(), frozenset(wanted))
        if not new and sum(len(one.keys) for one in there) == len(wanted):
            self._used(there)
            return there
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self._folder / "building.lock"):  # whoever waited finds it done
                there, new = _chosen(self._segments(), frozenset(wanted))
                return self._joined(there, new, wanted)
        except OSError as error:
            _log.info("references are not kept prepared in %s: %s", self._folder, error.strerror or "not writable")
        return [*there, *new, *self._fresh([*there, *new], wanted, keep=False)]

    def _joined(self, there: list[Segment], new: list[Segment], wanted: Mapping[str, Reference]) -> list[Segment]:
        """Segments that are there, and one of all that is new. Raises OSError where it cannot be written."""
        new = [*new, *self._fresh([*there, *new], wanted, keep=True)]
        if new:
            rows = sum(len(one.spots) for one in new)
            old = sorted(there, key=lambda one: -len(one.spots))
            while old and len(old[-1].spots) < _JOINED * rows:
                new.append(old.pop())
                rows += len(new[-1].spots)
            there = [*old, self._kept(new)]
            keys = {key for one in there for key in one.keys}
            remove(
                one.folder
                for one in new
                if one.folder and keys.issuperset(one.keys) and one.folder != there[-1].folder
            )
            for key in wanted:
                (self._folder / f"{key}.npz").unlink(missing_ok=True)
        self._used(there)
        make_room(self._folder, self._most_bytes, kept={one.folder for one in there if one.folder})
        return there

    def _fresh(self, there: Sequence[Segment], wanted: Mapping[str, Reference], *, keep: bool) -> list[Segment]:
        """Segments of those references that are in none yet, described now; on disk, but for the last."""
        known = {key for one in there for key in one.keys}
        rest = [key for key in wanted if key not in known]
        made: list[Segment] = []
        for begin in range(0, len(rest), _BATCH):
            if made and keep:
                made[-1] = self._kept([made[-1]])
            made.append(segment_of({key: self._described(key, wanted[key]) for key in rest[begin : begin + _BATCH]}))
        return made

    def _kept(self, parts: Sequence[Segment]) -> Segment:
        """Some segments as one on disk. Raises OSError where it cannot be written."""
        name = hashed(*(key.encode() for one in parts for key in one.keys)) + SEGMENT
        write(parts, self._folder, name)
        segment = opened(self._folder / name)
        if segment is None:  # there is one of this name, and it is spoilt
            remove([self._folder / name])
            write(parts, self._folder, name)
            segment = opened(self._folder / name)
        if segment is None:
            raise OSError("what was written cannot be read")
        return segment

    def _segments(self) -> list[Segment]:
        """All segments, the largest first."""
        found = [opened(folder) for folder in sorted(self._folder.glob(f"*{SEGMENT}"))]
        return sorted((one for one in found if one is not None), key=lambda one: -len(one.keys))

    def _used(self, segments: Sequence[Segment]) -> None:
        with suppress(OSError):
            for one in segments:
                if one.folder is not None:
                    os.utime(one.folder)

    def _read(self, name: str) -> Arrays:
        """The arrays of a file; none where there is no such file, or it is none of ours."""
        try:
            held = io.BytesIO(read_bytes(self._folder / f"{name}.npz", _MOST_BYTES))
            with np.load(held, allow_pickle=False) as file:
                return {key: file[key] for key in file.files}
        except READ_FAULTS:
            return {}

    def _write(self, name: str, arrays: Arrays) -> None:
        """Put a file into the folder whole or not at all; where that is not possible, it is made again next time."""
        try:
            put_whole(self._folder / f"{name}.npz", lambda file: np.savez(file, allow_pickle=False, **arrays))
        except OSError as error:
            _log.info("references are not kept prepared in %s: %s", self._folder, error.strerror or "not writable")


def key_of(reference: Reference) -> str:
    """A reference by its picture and by all that describes it: a sha256."""
    pixels, mask = reference.pixels, reference.mask
    return hashed(made_by(), str(pixels.shape).encode(), pixels.tobytes(), np.packbits(mask).tobytes())


@cache
def made_by() -> bytes:
    """What prepares references: this code and the libraries that it calls."""
    read = (*code_in(features, catalogue, index, cells, spots), cells.CENTRES.read_bytes())
    return hashed(*read, cv2.__version__.encode(), faiss.__version__.encode()).encode()


def _chosen(there: Sequence[Segment], keys: frozenset[str]) -> tuple[list[Segment], list[Segment]]:
    """Segments of nothing but what is wanted, and what others have besides: each reference once."""
    whole: list[Segment] = []
    parts: list[Segment] = []
    left = set(keys)
    for one in there:
        if left.issuperset(one.keys):
            whole.append(one)
            left.difference_update(one.keys)
    for one in there:
        common = left.intersection(one.keys)
        if common:
            parts.append(one.only(frozenset(common)))
            left -= common
    return whole, parts


def _each_once(keys: Sequence[str]) -> list[str]:
    """The same keys, but for those of pictures that several references share, from the second on."""
    seen: Counter[str] = Counter()
    once = []
    for key in keys:
        seen[key] += 1
        once.append(key if seen[key] == 1 else hashed(key.encode(), str(seen[key]).encode()))
    return once


def _named(of: Features | Front, name: str, parts: Mapping[str, tuple[int, ...]]) -> dict[str, NDArray[Any]]:
    return {f"{name}_{part}": getattr(of, part) for part in parts}


def _described_in(arrays: Arrays) -> Described:
    """Raises KeyError or ValueError where that is not what the arrays hold."""
    whole, front = (
        {part: arrays[f"{name}_{part}"] for part in parts} for name, parts in (("whole", _WHOLE), ("front", _FRONT))
    )
    for some, rows in ((whole, _WHOLE), (front, _FRONT)):
        for part, row in rows.items():
            _checked(some[part], (len(some["points"]), *row), np.uint8 if part in _BYTES else np.float32)
    return Described(Features(**whole), Front(**front))


def _checked(array: NDArray[Any], shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
    if array.shape != shape or array.dtype != kind:
        raise ValueError(f"expected {shape} {kind.__name__}, found {array.shape} {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError("not a number")
    return array
