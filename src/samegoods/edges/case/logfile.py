"""The file that follows the log: the lines of the table, appended once they are committed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from samegoods.custody.entries import LOG_BYTES
from samegoods.custody.log import LOG
from samegoods.errors import CaseError


class LogFile:
    """``custody.jsonl``. Of what stands in it, its size alone is held."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LOG
        self._folder = folder
        self.size = 0
        """How many bytes of it are as they must be."""
        self._ahead: list[bytes] = []
        """What other writers have committed, and may not have written yet."""

    def compared(self) -> Comparison:
        """To hold the lines of the table against the file."""
        return Comparison(self._file, self._folder)

    def go_on(self, compared: Comparison) -> None:
        """Go on where what was compared ends."""
        self.size = compared.size

    def complete(self, lines: Sequence[str], cut: int) -> None:
        """Append what a killed run had no time to write; ``cut`` bytes of the first line are there."""
        whole = "".join(lines).encode()
        self._write(whole[cut:])
        self.size += len(whole) - cut

    def put_off(self, lines: Sequence[str]) -> None:
        """Note what another writer has committed. It writes that itself, unless it was killed before it could."""
        self._ahead.extend(line.encode() for line in lines)
        if self._length() >= self.size + sum(map(len, self._ahead)):
            self.size += sum(map(len, self._ahead))
            self._ahead = []

    def append(self, lines: Sequence[str]) -> None:
        """Write what was put off and is not there yet, then these lines: on disk when this returns.

        Raises:
            CaseError: the file cannot be written, which the next run completes; or somebody else has changed it.
        """
        others = b"".join(self._ahead)
        there = self._length() - self.size
        if not 0 <= there <= len(others):
            raise CaseError(f"{self._file}: was changed by somebody else: samegoods verify tells more")
        own = "".join(lines).encode()
        self._write(others[there:] + own)
        self.size += len(others) + len(own)
        self._ahead = []

    def _length(self) -> int:
        try:
            return self._file.stat().st_size
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise CaseError(f"{self._file}: cannot be read: {error.strerror or error}") from error

    def _write(self, content: bytes) -> None:
        try:
            with self._file.open("ab") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise CaseError(
                f"{self._file}: cannot be written: {error.strerror or error}: the next run completes it"
            ) from error


class Comparison:
    """The lines of the table, one after the other, held against the file.

    ``size`` bytes of the file are as they must be. Where it ends too early, ``lacks`` is the number of the first line
    that is not wholly there, and ``cut`` how many bytes of it are.
    """

    def __init__(self, file: Path, folder: Path) -> None:
        self.size = self.cut = 0
        self.lacks: int | None = None
        self._file, self._folder = file, folder
        self._stream: BinaryIO | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            if self._file.is_symlink() or (self._file.exists() and self._file.stat().st_size > LOG_BYTES):
                raise CaseError(f"{self._file}: is a link, or too long: {self._remedy}")
            if self._file.exists():
                self._stream = self._stack.enter_context(self._file.open("rb"))
        except OSError as error:
            raise CaseError(f"{self._file}: cannot be read: {error.strerror or error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def take(self, lines: Sequence[str], *, after: int) -> None:
        """Compare the lines that follow on line ``after``.

        Raises:
            CaseError: the file has something else in their place.
        """
        for number, line in enumerate(lines, after + 1):
            if self.lacks is not None:
                return
            meant = line.encode()
            found = b"" if self._stream is None else self._stream.read(len(meant))
            if not meant.startswith(found):
                raise self._other()
            self.size += len(found)
            if len(found) < len(meant):
                self.lacks, self.cut = number, len(found)

    def end(self) -> None:
        """Refuse a file that goes on after the last line.

        Raises:
            CaseError: it does.
        """
        if self._stream is not None and self._stream.read(1):
            raise self._other()

    def _other(self) -> CaseError:
        return CaseError(f"{self._file}: does not tell what the case's data base does: {self._remedy}")

    @property
    def _remedy(self) -> str:
        return f"nothing was changed; samegoods verify {self._folder} tells more"
