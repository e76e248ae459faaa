"""The pictures of a case: lossless, named by the hash of their bytes, never written over."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Pictures

from samegoods.errors import CaseError
from samegoods.records import Crop, Image, Mask, Reference

FOLDER = "evidence"
_UNFINISHED = ".part"


class Evidence:
    """The evidence folder of a case: it takes crops of verified goods and reference pictures alone."""

    def __init__(self, case: Path) -> None:
        self._case = case

    def keep_crop(self, crop: Crop) -> str:
        """Store the pixels of a crop; what is not the pack is transparent.

        Returns:
            The path under the case folder: ``evidence/ab/abcd….png``.

        Raises:
            TypeError: this is no Crop.
            CaseError: the file cannot be written.
        """
        if type(crop) is not Crop:
            raise TypeError(f"evidence is made of crops alone, found {type(crop).__name__}")
        return self._keep(crop.pixels, crop.known)

    def keep_reference(self, reference: Reference) -> str:
        """Store a reference picture; the plain background around the pack is transparent.

        Raises:
            TypeError: this is no Reference.
            CaseError: the file cannot be written.
        """
        if type(reference) is not Reference:
            raise TypeError(f"expected a Reference, found {type(reference).__name__}")
        return self._keep(reference.pixels, reference.mask)

    def tidy(self) -> None:
        """Delete what a killed run left half written; only the one writer of a case may."""
        for unfinished in (self._case / FOLDER).glob(f"*/*{_UNFINISHED}"):
            unfinished.unlink(missing_ok=True)

    def sweep(self, is_named: Callable[[str], bool]) -> list[str]:
        """Delete the pictures that a killed run wrote and had no time to name; only the one writer of a case may.

        Returns:
            Their paths under the case folder.
        """
        swept = []
        for file in sorted((self._case / FOLDER).glob("*/*.png")):
            path = file.relative_to(self._case).as_posix()
            if not is_named(path):
                file.unlink(missing_ok=True)
                swept.append(path)
        return swept

    def name_of(self, reference: Reference) -> str:
        """The path that :meth:`keep_reference` would give."""
        return _path(_encoded(reference.pixels, reference.mask))

    def _keep(self, pixels: Image, known: Mask) -> str:
        png = _encoded(pixels, known)
        path = _path(png)
        try:
            write_once(self._case / path, png)
        except OSError as error:
            raise CaseError(f"{self._case / path}: cannot be written: {error.strerror or error}") from error
        return path


def _path(png: bytes) -> str:
    name = hashlib.sha256(png).hexdigest()
    return f"{FOLDER}/{name[:2]}/{name}.png"


def _encoded(pixels: Image, known: Mask) -> bytes:
    alpha = np.where(known, np.uint8(255), np.uint8(0))
    rgba = np.dstack([pixels, alpha])  # (H, W, 4)
    stream = io.BytesIO()
    Pictures.fromarray(rgba).save(stream, "PNG", compress_level=2)  # a third of the time for a tenth more bytes
    return stream.getvalue()


def write_once(file: Path, content: bytes) -> None:
    """Write to a file of another name, make it last, and move it into place: never half a picture."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(_UNFINISHED)
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
