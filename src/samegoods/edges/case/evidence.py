"""The pictures of a case: lossless, named by the hash of their bytes, never written over."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pictures

from samegoods.custody.replay import EVIDENCE
from samegoods.edges.case.place import Place
from samegoods.fetching import ahead
from samegoods.records import Crop, Image, Mask, Reference


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture as it lies in the evidence: made of a crop or a reference alone, and in this module alone."""

    png: bytes

    @property
    def path(self) -> str:
        """Where it lies, under the case folder: by the hash of its bytes."""
        name = hashlib.sha256(self.png).hexdigest()
        return f"{EVIDENCE}/{name[:2]}/{name}.png"


@dataclass(frozen=True, slots=True)
class ReadyReference:
    """A reference as a case keeps it, its picture encoded: that takes longer than to read it, and may be done in
    another process, from which this comes back smaller; see :func:`ready`."""

    id: str
    product: str
    version: str
    face: str
    size: tuple[int, int]
    width_mm: float | None
    picture: Ready


def ready(reference: Reference) -> ReadyReference:
    """A reference as it is to be stored; the plain background around the pack is transparent.

    Raises:
        TypeError: this is no Reference.
    """
    if type(reference) is not Reference:
        raise TypeError(f"expected a Reference, found {type(reference).__name__}")
    return ReadyReference(
        id=reference.id,
        product=reference.product,
        version=reference.version,
        face=reference.face,
        size=reference.size,
        width_mm=reference.width_mm,
        picture=Ready(_encoded(reference.pixels, reference.mask)),
    )


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
        return self._put(Ready(_encoded(crop.pixels, crop.known)))

    def keep_ready(self, some: Sequence[Ready]) -> None:
        """Store reference pictures, several at a time.

        Raises:
            CaseError: one cannot be written.
        """
        for _ in ahead(self._put, some, self.place.at_once):
            pass

    def keep_all(self, items: Sequence[Sequence[Crop]]) -> list[tuple[str, ...]]:
        """Store the crops of each item, as :meth:`keep_crop`, several at a time; their paths, in the same order."""
        paths = ahead(self.keep_crop, [crop for crops in items for crop in crops], self.place.at_once)
        return [tuple(next(paths) for _ in crops) for crops in items]

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

    def _put(self, one: Ready) -> str:
        self.place.put_once(one.path, one.png)
        return one.path


def _encoded(pixels: Image, known: Mask) -> bytes:
    alpha = np.where(known, np.uint8(255), np.uint8(0))
    rgba = np.dstack([pixels, alpha])  # (H, W, 4)
    stream = io.BytesIO()
    Pictures.fromarray(rgba).save(stream, "PNG", compress_level=2)  # a third of the time for a tenth more bytes
    return stream.getvalue()
