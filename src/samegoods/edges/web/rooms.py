"""What all routes share: the case as it is open, and how its decisions and pages are made."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from samegoods.edges.web.desk import Desk
from samegoods.edges.web.pictures import Studio
from samegoods.edges.web.showing import is_hidden
from samegoods.edges.web.visitors import Session
from samegoods.fetching import Shelf
from samegoods.results.ground import GroundModerationPart, GroundReportPart, ModerationName
from samegoods.results.review import ReviewPart, Wish

LOG_PER_PAGE = 50


class Decide(Protocol):
    """Keeps a decision in the case; raises CaseError where it cannot."""

    def __call__(self, wish: Wish, *, source: str, item: str, by: str, blind: bool) -> ReviewPart: ...


class Ground(Protocol):
    """The reports from the ground of the case, and what is decided on them."""

    @property
    def number(self) -> int: ...

    def waiting(self) -> tuple[int, ...]: ...

    def numbers(self) -> tuple[int, ...]: ...

    def reports(self, numbers: Sequence[int]) -> tuple[GroundReportPart, ...]: ...

    def moderations(self, report: int) -> tuple[GroundModerationPart, ...]: ...

    def moderate(self, report: int, decision: ModerationName, *, by: str, reason: str) -> GroundModerationPart:
        """Raises CaseError where there is no such report."""


@dataclass
class Room:
    """A case that is open for review."""

    desk: Desk
    studio: Studio
    decide: Decide
    log: LogPages
    ground: Ground
    forced_blind: bool = False
    shelf: Shelf = field(default_factory=Shelf)
    _lock: Lock = field(default_factory=Lock)

    def decided(self, wish: Wish, seq: int, session: Session) -> ReviewPart:
        """Keep a decision, and show it from now on.

        Raises:
            CaseError: there is no such item, or nothing of this reviewer's to take back.
        """
        item = self.desk.item(seq)
        with self._lock:  # what is kept first is also taken in first
            blind = is_hidden(self.desk, seq, session)
            kept = self.decide(wish, source=item.source, item=item.id, by=session.name, blind=blind)
            self.desk.take(kept)
        return kept


class LogPages:
    """The log of a case by pages, the latest entry first; only the places of its lines are kept in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._starts = [0]
        self._lock = Lock()

    def __len__(self) -> int:
        self._read_on()
        return len(self._starts) - 1

    def page(self, page: int) -> list[dict[str, Any]]:
        """The entries of a page, from 1."""
        last = len(self) - (page - 1) * LOG_PER_PAGE
        first = max(last - LOG_PER_PAGE, 0)
        if last <= 0:
            return []
        with self._file.open("rb") as stream:
            stream.seek(self._starts[first])
            lines = stream.read(self._starts[last] - self._starts[first]).splitlines()
        return [json.loads(line) for line in reversed(lines)]

    def _read_on(self) -> None:
        with self._lock, self._file.open("rb") as stream:
            stream.seek(self._starts[-1])
            for line in stream:
                if line.endswith(b"\n"):
                    self._starts.append(self._starts[-1] + len(line))


Local = Callable[[str], str]


def local_path(path: str | None) -> str:
    """Where to go on: a path of this server, never another's address."""
    good = path is not None and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if good and path is not None and "\\" not in path else "/"
