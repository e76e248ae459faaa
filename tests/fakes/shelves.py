"""A shelf in memory, for finished work on a long source."""

from __future__ import annotations


class MemoryShelf:
    """As :class:`samegoods.wiring.stretching.Shelf`."""

    def __init__(self) -> None:
        self.there: dict[str, bytes] = {}
        self.taken: list[str] = []
        self.cleared = False

    def put(self, name: str, content: bytes) -> None:
        self.there[name] = content

    def get(self, name: str) -> bytes | None:
        self.taken.append(name)
        return self.there.get(name)

    def clear(self) -> None:
        self.cleared = True
        self.there.clear()
