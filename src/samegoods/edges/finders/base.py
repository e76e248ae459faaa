"""What every finder of faces and bodies promises, and where its weights come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from samegoods.errors import MissingPart
from samegoods.records import FinderName, FinderState, Image, PersonBox, PersonKind


class Finder(Protocol):
    """Finds faces or bodies in a picture in memory. Every implementation passes one contract suite."""

    name: FinderName
    kind: PersonKind

    def state(self) -> FinderState:
        """Whether it is installed. Never raises, and loads no model."""
        ...

    def find(self, picture: Image) -> Sequence[PersonBox]:
        """All that it sees in a picture, (H, W, 3) RGB uint8; the same for the same picture.

        Raises:
            MissingPart: it is not installed, or its weights cannot be loaded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Package:
    """A package that carries weights: its name, the file in it, and the command that installs it.

    The file is found by the package's own list; the package is not imported, for some import what is not needed.
    """

    name: str
    member: str
    install: str

    def state(self, finder: FinderName, kind: PersonKind) -> FinderState:
        known = self._known()
        if known is None or not self._path(known).is_file():
            return FinderState(finder, kind, False, self.install)
        return FinderState(finder, kind, True, f"{self.name} {known.version}")

    def weights(self) -> Path:
        """Raises:
        MissingPart: the package or its file is not there.
        """
        known = self._known()
        if known is None or not self._path(known).is_file():
            raise MissingPart(f"{self.name} is not installed: {self.install}")
        return self._path(known)

    def _known(self) -> Distribution | None:
        try:
            return distribution(self.name)
        except PackageNotFoundError:
            return None

    def _path(self, known: Distribution) -> Path:
        return Path(str(known.locate_file(self.member)))


def weights_fault(package: Package, error: cv2.error) -> MissingPart:
    """What to raise where OpenCV cannot read a package's weights."""
    said = str(error).strip().splitlines()[0]
    return MissingPart(f"{package.name} cannot be loaded ({said}): install it anew: {package.install}")


def suppressed(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    *,
    kind: PersonKind,
    finder: FinderName,
    most_overlap: float,
    shape: tuple[int, ...],
) -> tuple[PersonBox, ...]:
    """The best of boxes that overlap by more than ``most_overlap`` (intersection over union), cut to the picture.

    Args:
        boxes: (n, 4) as x0, y0, x1, y1 in px of a picture of ``shape``; scores: (n,).
    """
    if len(boxes) == 0:
        return ()
    sized = np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    best = cv2.dnn.NMSBoxes(sized.tolist(), np.asarray(scores, float).tolist(), 0.0, most_overlap)
    inside = np.clip(boxes, 0, [shape[1], shape[0], shape[1], shape[0]])
    found = []
    for i in np.asarray(best, int).ravel():
        x0, y0, x1, y1 = (float(v) for v in inside[i])
        if x1 - x0 >= 1 and y1 - y0 >= 1:
            found.append(PersonBox(kind, (x0, y0, x1, y1), float(scores[i]), finder))
    return tuple(found)
