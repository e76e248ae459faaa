"""Proving a log by itself, a piece at a time: its lines and their order, what they tell, signatures and stamps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from samegoods.custody.entries import FIRST, Entry, digest
from samegoods.custody.log import LOG, Problem, clock, read_log
from samegoods.custody.replay import Told, replay
from samegoods.custody.signing import fingerprint, is_signed_by, stamped_of
from samegoods.errors import CustodyError

CheckStamp = Callable[[str, bytes], str]
"""Looks at a stamp (base64) of a message: what it says, as a note; raises CustodyError where it is not of it."""
_AT_ONCE = 1000
"""Lines that are held."""


class LogProof:
    """What came of proving a log: ``told`` is what it tells, ``entries`` how many there are; problems and notes by
    what they are of."""

    def __init__(self, told: Told, pem: str | bytes | None, check_stamp: CheckStamp | None) -> None:
        self.told = told
        self.entries = 0
        self.of_lines: list[Problem] = []
        self.of_entries: list[Problem] = []
        self.of_signatures: list[Problem] = []
        self.of_stamps: list[Problem] = []
        self.clock: list[str] = []
        self.stamps: list[str] = []
        self._pem = pem if known_key(pem) is not None else None
        self._check_stamp = check_stamp
        self._last: Entry | None = None

    def read(self, lines: Iterable[bytes]) -> None:
        """Read all lines, up to the first that is none."""
        left, number, head = iter(lines), 0, FIRST
        while some := list(islice(left, _AT_ONCE)):
            log = read_log(some, after=number, bound_to=head)
            self.of_lines += log.problems
            if log.entries:
                self._take(log.entries)
                number, head = log.entries[-1].n, digest(log.lines[-1])
            if len(log.entries) < len(some):
                break  # what follows cannot be told apart from what was made up
        if self._pem is not None and self._last is not None and self._last.kind != "signed":
            what = "the log does not end with a signature: nobody vouches for its end"
            self.of_signatures.append(Problem(f"{LOG}:{self.entries}", what))

    def _take(self, entries: Sequence[Entry]) -> None:
        self.clock += clock(entries if self._last is None else (self._last, *entries))
        self.of_entries += replay(entries, self.told)[1]
        for entry in entries:
            if entry.kind == "signed":
                self.of_signatures += self._signature(entry)
                self.of_stamps += self._stamp(entry)
        self.entries, self._last = self.entries + len(entries), entries[-1]

    def _signature(self, entry: Entry) -> Iterator[Problem]:
        """Each covers all that stands before it."""
        if self._pem is not None and not is_signed_by(entry, self._pem):
            other = str(entry.body.get("key"))
            whose = "is not what was signed" if other == known_key(self._pem) else f"is by another key, {other[:16]}"
            yield Problem(f"{LOG}:{entry.n}", f"the signature {whose}")

    def _stamp(self, entry: Entry) -> Iterator[Problem]:
        stamp, reason = entry.body.get("stamp"), entry.body.get("no_stamp")
        if reason:
            self.stamps.append(f"entry {entry.n} was to be stamped, and is not: {reason}")
        if not stamp:
            return
        if self._check_stamp is None:
            how = "pip install 'samegoods[stamp]'"
            self.stamps.append(f"entry {entry.n} bears a time stamp that was not looked at: {how}")
            return
        try:
            self.stamps.append(f"entry {entry.n} {self._check_stamp(str(stamp), stamped_of(entry))}")
        except CustodyError as error:
            yield Problem(f"{LOG}:{entry.n}", f"the time stamp {error}")


def known_key(pem: str | bytes | None) -> str | None:
    """The fingerprint of a public key; None where it is none."""
    try:
        return None if pem is None else fingerprint(pem)
    except CustodyError:
        return None
