"""Where the pictures of a case lie: its own folder, or a bucket of a service for objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from samegoods.custody.log import Problem
from samegoods.fetching import Pictures


class Place(Pictures, Protocol):
    """What both are asked for. All of it raises EvidenceError, which names the place, where it cannot be done.

    Paths are those under the case folder, ``evidence/ab/abcd….png``, whatever the place.
    """

    @property
    def address(self) -> str | None:
        """``s3://bucket/prefix``; None for the folder of the case."""

    def put_once(self, path: str, content: bytes) -> None:
        """Store a picture, whole or not at all; one that is there is left as it is. It lasts when this returns."""

    def sha256(self, path: str) -> str | None:
        """The SHA-256 of what lies there now, read in pieces; None where there is nothing."""

    def names(self, problems: list[Problem]) -> Iterator[str]:
        """The paths of all that lies there; what is no picture of a case, or half of one, goes to ``problems``."""

    def delete(self, paths: Iterable[str]) -> None:
        """Delete pictures; those that are gone already are passed over."""

    def tidy(self) -> None:
        """Delete what a killed run left half written; only the one writer of a case may."""
