"""Lines that are too many to be held, in a file that nobody else sees and that is gone with them."""

from __future__ import annotations

import struct
import weakref
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

_LENGTH = struct.Struct("<Q")


class Spooled:
    """Lines as they were when they were taken, in their order; gone through as often as is asked for, and by several
    at once."""

    def __init__(self, lines: Iterable[bytes] = ()) -> None:
        """Take lines; whatever they hold, they stay the lines that they are.

        Raises:
            OSError: there is no room for them.
        """
        self._file = TemporaryFile(prefix="samegoods-")  # noqa: SIM115  it lives as long as this does
        weakref.finalize(self, self._file.close)
        self._number = 0
        for line in lines:
            self._file.write(_LENGTH.pack(len(line)) + line)
            self._number += 1
        self._file.flush()

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __eq__(self, other: object) -> bool:
        """Whether the lines are the same."""
        if not isinstance(other, Spooled):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[bytes]:
        place = 0
        for _ in range(self._number):
            self._file.seek(place)  # within what is buffered, unless another has read elsewhere meanwhile
            (length,) = _LENGTH.unpack(self._file.read(_LENGTH.size))
            line = self._file.read(length)
            place += _LENGTH.size + length
            yield line
