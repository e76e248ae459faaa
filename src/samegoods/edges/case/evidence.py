"""The pictures of a case: lossless, named by the hash of their bytes, never written over."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from PIL import Image as Pictures

from samegoods.custody.replay import EVIDENCE
from samegoods.edges.case.place import Place
from samegoods.fetching import ahead
from samegoods.records import Crop, Image, Mask, Reference


class Evidence:
    """The evidence of a case, wherever it lies: it takes crops of verified goods and reference pictures alone."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def keep_crop(self, crop: Crop) -> str:
        """Store the pixels of a crop; what is not the pack is transparent.

        Returns:
            The path under the case folder: ``evidence/ab/abcd….png``.

        Raises:
            TypeError: this is no Crop.
            CaseError: it cannot be written.
        """
        if type(crop) is not Crop:
            raise TypeError(f"evidence is made of crops alone, found {type(crop).__name__}")
        return self._keep(crop.pixels, crop.known)

    def keep_reference(self, reference: Reference) -> str:
        """Store a reference picture; the plain background around the pack is transparent.

        Raises:
            TypeError: this is no Reference.
            CaseError: it cannot be written.
        """
        if type(reference) is not Reference:
            raise TypeError(f"expected a Reference, found {type(reference).__name__}")
        return self._keep(reference.pixels, reference.mask)

    def keep_all(self, items: Sequence[Sequence[Crop]]) -> list[tuple[str, ...]]:
        """Store the crops of each item, as :meth:`keep_crop`, several at a time; their paths, in the same order."""
        paths = ahead(self.keep_crop, [crop for crops in items for crop in crops], self.place.at_once)
        return [tuple(next(paths) for _ in crops) for crops in items]

    def keep_references(self, references: Sequence[Reference]) -> None:
        """Store reference pictures, as :meth:`keep_reference`, several at a time."""
        for _ in ahead(self.keep_reference, references, self.place.at_once):
            pass

    def tidy(self) -> None:
        """Delete what a killed run left half written; only the one writer of a case may."""
        self.place.tidy()

    def sweep(self, is_named: Callable[[str], bool]) -> list[str]:
        """Delete the pictures that a killed run wrote and had no time to name; only the one writer of a case may.

        Returns:
            Their paths under the case folder.
        """
        swept = sorted(path for path in self.place.names([]) if path.endswith(".png") and not is_named(path))
        self.place.delete(swept)
        return swept

    def delete(self, paths: Iterable[str]) -> None:
        """Delete pictures, after the rows: a killed run leaves some that no entry names, and the next deletes them."""
        self.place.delete(paths)

    def name_of(self, reference: Reference) -> str:
        """The path that :meth:`keep_reference` would give."""
        return _path(_encoded(reference.pixels, reference.mask))

    def _keep(self, pixels: Image, known: Mask) -> str:
        png = _encoded(pixels, known)
        path = _path(png)
        self.place.put_once(path, png)
        return path


def _path(png: bytes) -> str:
    name = hashlib.sha256(png).hexdigest()
    return f"{EVIDENCE}/{name[:2]}/{name}.png"


def _encoded(pixels: Image, known: Mask) -> bytes:
    alpha = np.where(known, np.uint8(255), np.uint8(0))
    rgba = np.dstack([pixels, alpha])  # (H, W, 4)
    stream = io.BytesIO()
    Pictures.fromarray(rgba).save(stream, "PNG", compress_level=2)  # a third of the time for a tenth more bytes
    return stream.getvalue()
