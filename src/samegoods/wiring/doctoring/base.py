"""What a part is, and what a test of it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["works", "missing", "broken"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tests are held against: where cases are to lie, which key signs (None: as every command finds it), and
    where evidence in object storage and cases in PostgreSQL are to lie (None: no service is asked)."""

    cases: Path
    signing_key: Path | None = None
    evidence: str | None = None
    postgres: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a test says of a part; ``remedy`` where the test knows a better one than the part."""

    state: State
    detail: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Something that samegoods works with.

    ``costs`` says in an inspector's words what there is not while it does not work, ``remedy`` what to do. ``test``
    runs in a process of its own; whatever it raises says that the part is broken. A check needs all parts that are
    ``needed``.
    """

    name: str
    costs: str
    remedy: str
    test: Callable[[Asked], Found]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of testing a part: ``costs`` and ``remedy`` are empty where it works."""

    name: str
    state: State
    needed: bool
    detail: str
    costs: str
    remedy: str
    took_s: float


def works(detail: str) -> Found:
    return Found("works", detail)


def missing(detail: str, remedy: str | None = None) -> Found:
    return Found("missing", detail, remedy)


def broken(detail: str, remedy: str | None = None) -> Found:
    return Found("broken", detail, remedy)
