"""What the log tells of sources, their items and their pictures: most of what it tells, so it may be kept on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from samegoods.custody import bodies


@dataclass(slots=True)
class SourceTold:
    """What the log tells of a source: the entry that told it, the pictures of each item, and the SHA-256 of each
    item's row."""

    entry: int
    body: bodies.SourceSaved
    pictures: dict[str, list[str]] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)


class Ledger(Protocol):
    """Where it is kept. Paths of pictures are named by their SHA-256."""

    def save(self, source: SourceTold) -> None:
        """Take a source that is not there yet, as yet without items."""

    def remove(self, source: str) -> None:
        """Drop a source with its items."""

    def get(self, source: str) -> SourceTold | None:
        """All that is told of a source."""

    def entry_of(self, source: str) -> int | None:
        """The entry that told of a source; None where none does."""

    def keep(self, source: str, item: str, path: str) -> None:
        """Take a picture of an item of a source that is there."""

    def decide(self, source: str, item: str, sha256: str) -> None:
        """Take the row of an item of a source that is there."""

    def judged(self, source: str, item: str) -> str | None:
        """The SHA-256 of an item's row."""

    def sources(self) -> Iterator[SourceTold]:
        """All sources by id, each without its items."""

    def name(self, path: str) -> None:
        """Note that an entry names a picture."""

    def unname(self, paths: Iterable[str]) -> None:
        """Forget pictures that were deleted for good."""

    def is_named(self, path: str) -> bool:
        """Whether an entry names a picture, and it was not deleted for good."""

    def pictures(self, *, without: Iterable[str] = ()) -> Iterator[str]:
        """The pictures of all sources but these, each once."""

    def items(self) -> int:
        """How many items there are."""


class MemoryLedger:
    """A ledger in memory: some hundred bytes an item, as many a picture."""

    def __init__(self) -> None:
        self._sources: dict[str, SourceTold] = {}
        self._named: set[str] = set()

    def save(self, source: SourceTold) -> None:
        self._sources[source.body.id] = source

    def remove(self, source: str) -> None:
        del self._sources[source]

    def get(self, source: str) -> SourceTold | None:
        return self._sources.get(source)

    def entry_of(self, source: str) -> int | None:
        return self._sources[source].entry if source in self._sources else None

    def keep(self, source: str, item: str, path: str) -> None:
        self._sources[source].pictures.setdefault(item, []).append(path)

    def decide(self, source: str, item: str, sha256: str) -> None:
        self._sources[source].decisions[item] = sha256

    def judged(self, source: str, item: str) -> str | None:
        known = self._sources.get(source)
        return None if known is None else known.decisions.get(item)

    def sources(self) -> Iterator[SourceTold]:
        return (self._sources[ident] for ident in sorted(self._sources))

    def name(self, path: str) -> None:
        self._named.add(path)

    def unname(self, paths: Iterable[str]) -> None:
        self._named.difference_update(paths)

    def is_named(self, path: str) -> bool:
        return path in self._named

    def pictures(self, *, without: Iterable[str] = ()) -> Iterator[str]:
        left = set(without)
        of = (one for ident, one in self._sources.items() if ident not in left)
        return iter({path for one in of for some in one.pictures.values() for path in some})

    def items(self) -> int:
        return sum(len(one.decisions) for one in self._sources.values())
