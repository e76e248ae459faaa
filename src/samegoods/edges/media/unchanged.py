"""The content that is decoded is the one that was hashed: a file is opened once, and looked at again at the end."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from samegoods.errors import MediaError
from samegoods.strangers import open_file

_NOT_THE_SAME = "the file changed while it was being read: it is not what was hashed; run again when it is at rest"


class Changed(Exception):
    """What was decoded is not what was hashed; nothing that it showed may be kept."""

    def __init__(self) -> None:
        super().__init__(_NOT_THE_SAME)


class Unchanged:
    """A file to be decoded as ``stream``, one and the same from the beginning to the end whatever its name points to.

    Raises:
        MediaError: it cannot be opened.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self._sha256 = sha256
        try:
            self.stream = open_file(path)
        except OSError as error:
            raise MediaError(error.strerror or "it cannot be read") from error
        self._before = _state(self.stream.fileno())

    def check(self) -> tuple[int, int]:
        """See that all bytes are those that were hashed, and that they were so all the while; see :meth:`check_state`.

        Raises:
            Changed: they are not.
        """
        state = self.check_state()
        check_hash(self.sha256_now(), self._sha256)
        return state

    def check_state(self) -> tuple[int, int]:
        """See that the file was not written to since it was opened.

        Returns:
            Its size, and the time of its last change in ns: while these stay, so does the content.

        Raises:
            Changed: it was.
        """
        if _state(self.stream.fileno()) != self._before:
            raise Changed
        return self._before

    def sha256_now(self) -> str:
        self.stream.seek(0)
        return hashlib.file_digest(self.stream, "sha256").hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()


def check_hash(found: str, expected: str) -> None:
    """See that a content is the one that was hashed.

    Raises:
        Changed: it is not.
    """
    if found != expected:
        raise Changed


def _state(handle: int) -> tuple[int, int]:
    """The size and the time of the last change, which also tells of bytes that were changed and changed back."""
    status = os.fstat(handle)
    return status.st_size, status.st_mtime_ns
