"""Second nets for the wall: one that sees nobody, and ones that see what a test tells them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from samegoods.records import PersonBox, PersonKind


def nobody(_: np.ndarray) -> tuple[PersonBox, ...]:
    """Sees no person anywhere."""
    return ()


def somebody(
    kind: PersonKind, box: tuple[float, float, float, float]
) -> Callable[[np.ndarray], tuple[PersonBox, ...]]:
    """Sees one person at ``box``, in shares of every picture that it is shown."""

    def search(picture: np.ndarray) -> tuple[PersonBox, ...]:
        height, width = picture.shape[:2]
        x0, y0, x1, y1 = box
        place = (x0 * width, y0 * height, x1 * width, y1 * height)
        return (PersonBox(kind, place, 1.0, "mtcnn" if kind == "face" else "ssdlite"),)

    return search
