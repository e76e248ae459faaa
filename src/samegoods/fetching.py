"""The pictures of a case for whoever reads them: wherever they lie, several at a time, kept for a while."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from samegoods.errors import EvidenceError
from samegoods.strangers import shown

T = TypeVar("T")
R = TypeVar("R")
_KEPT_BYTES = 48 << 20
_STRIPES = 64


class Pictures(Protocol):
    """The pictures of a case by their paths, such as ``evidence/ab/abcd….png``."""

    @property
    def at_once(self) -> int:
        """How many are worth asking for at a time."""

    def where(self, path: str) -> str:
        """Where one lies, for messages."""

    def read(self, path: str) -> bytes:
        """The bytes of one; raises EvidenceError where it is missing, or cannot be read."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """Pictures that lie in the folder of the case itself."""

    folder: Path

    @property
    def at_once(self) -> int:
        """One: a disk is no quicker for being asked twice."""
        return 1

    def where(self, path: str) -> str:
        return str(self.folder / path)

    def read(self, path: str) -> bytes:
        """The bytes of a picture.

        Raises:
            EvidenceError: it is missing, cannot be read, or the path leads out of the case.
        """
        refuse_astray(path)
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            raise EvidenceError(f"{self.where(path)}: this evidence is missing") from None
        except OSError as error:
            raise EvidenceError(f"{self.where(path)}: cannot be read: {error.strerror or error}") from error


def refuse_astray(path: str) -> None:
    """Refuse a path that may lead out of a case.

    Raises:
        EvidenceError: it is absolute, empty, or has a part that is no plain name.
    """
    if "\\" in path or "\0" in path or {"", ".", ".."} & set(path.split("/")):
        raise EvidenceError(f"{shown(path)}: leads out of the case")


def ahead(get: Callable[[T], R], wanted: Iterable[T], at_once: int) -> Generator[R, None, None]:
    """What ``get`` returns for each, in their order; so many are under way at a time, and no more lie waiting.

    Raises:
        whatever ``get`` raises, for the first that it fails for; those behind it are given up.
    """
    if at_once <= 1:
        yield from map(get, wanted)
        return
    pool, under_way = ThreadPoolExecutor(at_once, thread_name_prefix="samegoods-fetch"), deque[Future[R]]()
    try:
        for one in wanted:
            under_way.append(pool.submit(get, one))
            if len(under_way) >= at_once:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Shelf:
    """What was made or read, by name, the latest asked for; so much memory and no more. Several threads may ask: what
    one of them is making, the others wait for."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._of: OrderedDict[str, bytes] = OrderedDict()
        self._most, self._held = most_bytes, 0
        self._lock, self._making = Lock(), [Lock() for _ in range(_STRIPES)]

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What has this name; made where it is not there. ``make`` asks this shelf for nothing."""
        found = self._found(name)
        if found is not None:
            return found
        with self._making[hash(name) % _STRIPES]:
            found = self._found(name)
            return self._kept(name, make()) if found is None else found

    def _found(self, name: str) -> bytes | None:
        with self._lock:
            if name in self._of:
                self._of.move_to_end(name)
            return self._of.get(name)

    def _kept(self, name: str, content: bytes) -> bytes:
        with self._lock:
            self._of[name] = content
            self._held += len(content)
            while self._held > self._most and len(self._of) > 1:
                self._held -= len(self._of.popitem(last=False)[1])
        return content


@dataclass(frozen=True, slots=True)
class Remembered:
    """Pictures that are asked for several times, each read once while there is room for it."""

    pictures: Pictures
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def at_once(self) -> int:
        return self.pictures.at_once

    def where(self, path: str) -> str:
        return self.pictures.where(path)

    def read(self, path: str) -> bytes:
        """The bytes of a picture; raises EvidenceError, and remembers nothing of that."""
        return self.shelf.get(path, lambda: self.pictures.read(path))


@dataclass(slots=True)
class Counted:
    """Pictures that are counted as they are read: ``told`` gets their number each time."""

    pictures: Pictures
    told: Callable[[int], None]
    _number: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def at_once(self) -> int:
        return self.pictures.at_once

    def where(self, path: str) -> str:
        return self.pictures.where(path)

    def read(self, path: str) -> bytes:
        """The bytes of a picture; raises EvidenceError."""
        content = self.pictures.read(path)
        with self._lock:  # so that nobody is told of fewer than before
            self._number += 1
            self.told(self._number)
        return content
