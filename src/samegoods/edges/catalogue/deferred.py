"""References whose pictures are read when they are asked for: thousands are listed, and a market shows some tens."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from samegoods.records import Image, Mask, Reference

MOST_HELD = 64
"""Pictures held at a time: of 1600 px square at most, that is 0.6 GB, of usual ones a tenth."""


class Deferred(Reference):
    """A reference of a known size whose picture is not read yet."""

    __slots__ = ("_load", "_size")
    _load: Callable[[], Reference]
    _size: tuple[int, int]

    def __init__(
        self,
        name: tuple[str, str, str, str],
        width_mm: float | None,
        size: tuple[int, int],
        load: Callable[[], Reference],
    ) -> None:
        for field, value in zip(("id", "product", "version", "face"), name, strict=True):
            object.__setattr__(self, field, value)
        object.__setattr__(self, "width_mm", width_mm)
        object.__setattr__(self, "_size", size)
        object.__setattr__(self, "_load", load)

    @property
    def pixels(self) -> Image:
        return self._load().pixels

    @property
    def mask(self) -> Mask:
        return self._load().mask

    @property
    def size(self) -> tuple[int, int]:
        return self._size

    def __reduce__(self) -> tuple[Any, ...]:
        """It travels as a whole reference."""
        return Reference, (self.id, self.product, self.version, self.face, self.pixels, self.mask, self.width_mm)


class Held:
    """The references read last, at most so many."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._held: OrderedDict[str, Reference] = OrderedDict()

    def get(self, name: str, load: Callable[[], Reference]) -> Reference:
        if name in self._held:
            self._held.move_to_end(name)
            return self._held[name]
        found = self._held[name] = load()
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return found
