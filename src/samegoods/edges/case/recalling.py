"""What a writer of a case folder knows of it from last time, as long as nobody has touched its files since."""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from samegoods.custody.log import LOG
from samegoods.custody.proving import DATABASE
from samegoods.custody.replay import Told
from samegoods.custody.state import state_of, told_of
from samegoods.edges.case.kept import TICK_S, KeptLedger, Stamp, made_cache, stamp_of, wait_out
from samegoods.edges.case.resultfiles import hash_of
from samegoods.errors import CaseError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """Where a log ends: how many entries it has, the SHA-256 of the last, and of the last that results rest on; the
    size of its file."""

    number: int
    head: str
    rested_on: str
    size: int


class Recall:
    """What is kept of one case folder. Whoever has it has the case's lock."""

    def __init__(self, case: Path, ledger: KeptLedger) -> None:
        self._case, self._ledger = case, ledger
        self._known: End | None = None
        hashes = ledger.value("hashes")
        self._hashes: dict[str, tuple[Stamp, str]] = {} if hashes is None else hashes

    @classmethod
    def of(cls, case: Path) -> Recall | None:
        """None where nothing can be kept; then all is read anew each time."""
        try:
            return cls(case, KeptLedger(made_cache(case) / "told.db"))
        except (OSError, sqlite3.Error, CaseError) as error:
            _log.info("%s: nothing is kept of what was read: %s", case, error)
            return None

    def told(self) -> tuple[Told, End] | None:
        """The log as it was told when the case was last closed; None where the case was touched since."""
        kept = self._ledger.value("told")
        if kept is not None and self._stamps() == kept["stamps"]:
            self._known = End(**kept["end"])
            return told_of(kept["state"], self._ledger), self._known
        return None

    def begin(self) -> Told:
        """Nothing is told yet: the log is to be read from its start."""
        self._ledger.clear()
        return Told(self._ledger)

    def keep(self, told: Told, end: End) -> None:
        """Keep what is known as the case is closed: its data base is at rest, and its lock still held."""
        if end != self._known:
            stamps = self._stamps()
            wait_out(stamps.values())
            log = stamps[LOG]
            if stamps[DATABASE] is None or log is None or log[0] != end.size or stamps != self._stamps():
                return
            self._ledger.set("told", {"stamps": stamps, "end": asdict(end), "state": state_of(told)})
        self._ledger.set("hashes", self._hashes)
        self._ledger.commit()

    def close(self) -> None:
        self._ledger.close()

    def hash_of(self, file: Path) -> str | None:
        """The SHA-256 of a file of the case, read again only where it was touched; None where it cannot be read."""
        name, stamp = file.relative_to(self._case).as_posix(), stamp_of(file)
        known = self._hashes.get(name)
        if stamp is not None and known is not None and list(known[0]) == stamp:
            return known[1]
        is_old = stamp is not None and time.time_ns() - stamp[2] > TICK_S * 1e9
        found = hash_of(file)
        if stamp is not None and found is not None and is_old and stamp_of(file) == stamp:
            self._hashes[name] = (stamp, found)
        return found

    def _stamps(self) -> dict[str, Stamp | None]:
        """Of the files that the log is read from; what a killed run left beside the data base is another one."""
        ahead = stamp_of(self._case / f"{DATABASE}-wal")
        left = ahead if ahead is not None and ahead[0] else None
        return {name: stamp_of(self._case / name) for name in (DATABASE, LOG)} | {"ahead": left}
