"""Reading a whole log: its lines, their order, the chain, and the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from samegoods.custody.entries import FIRST, Entry, digest, read_entry
from samegoods.errors import CustodyError

LOG = "custody.jsonl"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be. ``unfinished``: a killed run leaves a case like this."""

    where: str
    what: str
    unfinished: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class ReadLog:
    """The entries of a log up to its first line that is none, with what is wrong and what is worth telling."""

    entries: tuple[Entry, ...]
    lines: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def split_lines(raw: bytes) -> list[bytes]:
    """The lines of a log with their line ends; the last may lack it."""
    *whole, rest = raw.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def read_log(lines: Iterable[bytes], *, after: int = 0, bound_to: str = FIRST) -> ReadLog:
    """Check every line on its own, then against the one before it.

    Args:
        lines: of the log, or of its end.
        after: how many lines come before these.
        bound_to: the SHA-256 of the last of those.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    kept: list[str] = []
    for number, line in enumerate(lines, after + 1):
        try:
            entries.append(read_entry(line))
        except CustodyError as error:
            problems.append(Problem(f"{LOG}:{number}", str(error)))
            break  # what follows cannot be told apart from what was made up
        kept.append(line.decode())
        if not line.endswith(b"\n"):
            problems.append(Problem(f"{LOG}:{number}", "is cut off: its line end is missing"))
    broken = list(_chain(entries, kept, after, bound_to))
    return ReadLog(tuple(entries), tuple(kept), (*broken, *problems), tuple(clock(entries)))


def _chain(entries: Sequence[Entry], lines: Sequence[str], after: int, before: str) -> Iterator[Problem]:
    """Where an entry is out of its place, or is bound to another line than the one before it."""
    for number, (entry, line) in enumerate(zip(entries, lines, strict=True), after + 1):
        if entry.n != number:
            yield Problem(
                f"{LOG}:{number}", f"expected entry {number}, found entry {entry.n}: lines were added, taken or moved"
            )
            return
        if entry.previous != before:
            where = max(number - 1, 1)
            yield Problem(f"{LOG}:{where}", f"was changed: entry {number} is bound to another form of it")
        before = digest(line)


def clock(entries: Iterable[Entry]) -> Iterator[str]:
    """Where the clock was set back."""
    last: Entry | None = None
    for entry in entries:
        if last is not None and datetime.fromisoformat(entry.at) < datetime.fromisoformat(last.at):
            yield f"entry {entry.n} is dated before entry {last.n}: the clock was set back"
        last = entry
