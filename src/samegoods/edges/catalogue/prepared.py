"""References as recognition knows them, kept on disk: describing them takes longer than looking at a short clip.

A file is named by the hash of all that goes into it: pictures, code, libraries. So a file is right or it is not
found, nothing is ever brought up to date, and the folder may be emptied at any time. Files are arrays and nothing
else, and are checked before they are used: whatever is wrong with one, it counts as not there.
"""

from __future__ import annotations

import hashlib
import io
import logging
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
import platformdirs
from numpy.typing import NDArray

from samegoods.records import Reference
from samegoods.strangers import read_bytes
from samegoods.vision.recognition import catalogue, features, index
from samegoods.vision.recognition.catalogue import Described, Layout, Sibling
from samegoods.vision.recognition.features import Features

_log = logging.getLogger(__name__)

_MOST_BYTES = 1 << 30
_PARTS = {"points": (2,), "frames": (2, 2), "histograms": (128,), "strength": ()}
"""What the rows of each array of features are."""
_READ_FAULTS = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError)

Arrays = Mapping[str, NDArray[Any]]


class Prepared:
    """A folder of prepared references; by default one of the user's, for things that can be made again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or platformdirs.user_cache_path("samegoods", appauthor=False) / "references"

    def described(self, reference: Reference) -> Described:
        """A reference described, from the folder or afresh.

        Raises:
            BadReference: it shows too little detail to be recognised by.
        """
        name = _hash(_made_by(), *_pictured(reference))
        known = self._read(name)
        with suppress(ValueError, KeyError):
            return Described(_features(known, "whole"), _features(known, "front"))
        made = catalogue.described(reference)
        self._write(name, {**_named(made.features, "whole"), **_named(made.front, "front")})
        return made

    def catalogue(self, references: Sequence[Reference]) -> catalogue.Catalogue:
        """The catalogue of these references.

        Raises:
            BadReference: there is none, or one shows too little detail to be recognised by.
        """
        parts = [self.described(reference) for reference in references]
        whose = [text for one in references for text in (*_pictured(one), one.product.encode(), one.version.encode())]
        name = _hash(_made_by(), b"layout", *whose, *(one.face.encode() for one in references))
        known, size = self._read(name), sum(len(part.features) for part in parts)
        with suppress(ValueError, KeyError):
            return catalogue.build(references, parts, _layout(known, len(references), size))
        made = catalogue.build(references, parts)
        self._write(name, _flat(made.layout))
        return made

    def _read(self, name: str) -> Arrays:
        """The arrays of a file; none where there is no such file, or it is none of ours."""
        try:
            held = io.BytesIO(read_bytes(self._folder / f"{name}.npz", _MOST_BYTES))
            with np.load(held, allow_pickle=False) as file:
                return {key: file[key] for key in file.files}
        except _READ_FAULTS:
            return {}

    def _write(self, name: str, arrays: Arrays) -> None:
        """Put a file into the folder whole or not at all; where that is not possible, it is made again next time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as file:
                np.savez(file, allow_pickle=False, **arrays)
            Path(file.name).replace(self._folder / f"{name}.npz")
        except OSError as error:
            _log.info("references are not kept prepared in %s: %s", self._folder, error.strerror or "not writable")


@cache
def _made_by() -> bytes:
    """What prepares references: this code and the libraries that it calls."""
    code = [Path(str(module.__file__)).read_bytes() for module in (features, catalogue, index)]
    return _hash(*code, cv2.__version__.encode(), faiss.__version__.encode()).encode()


def _pictured(reference: Reference) -> tuple[bytes, ...]:
    return str(reference.pixels.shape).encode(), reference.pixels.tobytes(), np.packbits(reference.mask).tobytes()


def _hash(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def _named(of: Features, name: str) -> dict[str, NDArray[Any]]:
    return {f"{name}_{part}": getattr(of, part) for part in _PARTS}


def _features(arrays: Arrays, name: str) -> Features:
    """Raises KeyError or ValueError where that is not what the arrays hold."""
    parts = {part: arrays[f"{name}_{part}"] for part in _PARTS}
    for part, row in _PARTS.items():
        _checked(parts[part], (len(parts["points"]), *row), np.uint8 if part == "histograms" else np.float32)
    return Features(**parts)


def _flat(layout: Layout) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {"cells": layout.cells}
    for name, kin in (("siblings", layout.siblings), ("twins", layout.twins)):
        pairs = [(i, one) for i, many in enumerate(kin) for one in many]
        arrays[f"{name}_of"] = np.array([(i, one.owner) for i, one in pairs], np.int64).reshape(-1, 2)
        arrays[f"{name}_onto"] = np.array([one.onto for _, one in pairs], np.float64).reshape(-1, 3, 3)
    return arrays


def _layout(arrays: Arrays, count: int, size: int) -> Layout:
    """The layout of ``count`` references with ``size`` descriptors. Raises as :func:`_features`."""
    cells = _checked(arrays["cells"], (index.count_of_cells(size), 128), np.float32)
    kin = []
    for name in ("siblings", "twins"):
        pairs = _checked(arrays[f"{name}_of"], (len(arrays[f"{name}_of"]), 2), np.int64)
        onto = _checked(arrays[f"{name}_onto"], (len(pairs), 3, 3), np.float64)
        if pairs.size and (pairs.min() < 0 or pairs.max() >= count):
            raise ValueError(f"{name} that there are not")
        many = ([Sibling(int(j), m) for (k, j), m in zip(pairs, onto, strict=True) if k == i] for i in range(count))
        kin.append(tuple(tuple(one) for one in many))
    return Layout(kin[0], kin[1], cells)


def _checked(array: NDArray[Any], shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
    if array.shape != shape or array.dtype != kind:
        raise ValueError(f"expected {shape} {kind.__name__}, found {array.shape} {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError("not a number")
    return array
