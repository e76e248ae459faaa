"""What every kind of footage offers once it is opened: its source, its frames, and how the reading ended."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from samegoods.records import Frame, Outcome, Source, SourceKind, TimeFrom
from samegoods.strangers import open_file, shown

LUMA_SIDE = 320
"""The long side of a frame's grey picture, px: a quarter of 720p, enough to judge sharpness and change."""


class Media(Protocol):
    """Footage that is opened. Every implementation passes one contract suite."""

    @property
    def source(self) -> Source:
        """What and whence it is, known before a frame is decoded."""
        ...

    @property
    def declared_s(self) -> float | None:
        """How long the file says that it is, in seconds, for progress; None where it does not say."""
        ...

    @property
    def outcome(self) -> Outcome:
        """How the reading ended.

        Raises:
            RuntimeError: ``frames()`` was not read to its end.
        """
        ...

    def frames(self) -> Iterator[Frame]:
        """Every frame that can be decoded, in the file's order. Bad media never raise: see ``outcome``."""
        ...


class Reading:
    """The part of :class:`Media` that all implementations share."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._outcome: Outcome | None = None

    @property
    def source(self) -> Source:
        return self._source

    @property
    def declared_s(self) -> float | None:
        return None

    @property
    def outcome(self) -> Outcome:
        if self._outcome is None:
            raise RuntimeError(f"{self._source.path}: the outcome is known once all frames were read")
        return self._outcome


class FailedMedia(Reading):
    """Footage that could not be opened at all: no frames, and the reason."""

    def __init__(self, source: Source, reason: str) -> None:
        super().__init__(source)
        self._reason = reason

    def frames(self) -> Iterator[Frame]:
        self._outcome = Outcome("failed", self._reason)
        return iter(())


def content_hash(path: Path) -> str:
    """SHA-256 of a file in hex, read in pieces.

    Raises:
        OSError: the file cannot be read.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_of(
    *,
    path: str,
    sha256: str,
    kind: SourceKind,
    site: str,
    captured_at: datetime | None,
    captured_from: TimeFrom | None,
) -> Source:
    """The record of a source. Its id follows from content, site and capture time, so a rerun finds it again.

    A file that cannot be read has no content hash (``sha256=""``); its path stands in for the content. The path is
    kept as it can be shown: in one line, without what would command a terminal or turn the writing.
    """
    path = shown(path)
    when = "" if captured_at is None else captured_at.isoformat()
    digest = hashlib.sha256("\n".join((sha256 or path, site, when)).encode()).hexdigest()
    return Source(digest[:12], path, sha256, kind, site, captured_at, captured_from)
