"""What a case holds, as its log tells it: the entries taken one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from samegoods.custody import bodies
from samegoods.custody.entries import Entry
from samegoods.custody.ground import GroundLedger
from samegoods.custody.ledger import Ledger, MemoryLedger, SourceTold
from samegoods.custody.log import LOG, Problem
from samegoods.errors import CustodyError
from samegoods.results.review import standing

EVIDENCE = "evidence"
FINDINGS = "findings.json"
_OPENING = ("begun", "campaign", "adopted", "run", "reference", "source", "removed")
"""After an entry of these kinds the results have to be published anew."""


_RESTED_ON = frozenset(
    ("begun", "campaign", "adopted", "reference", "source", "crop", "decision", "removed", "reviewed", "purged")
)
"""Entries of these kinds tell of what the results rest on; the others of what was made of it."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """How far the log goes that vouches for the results: its first ``entries`` tell of all that they rest on.

    ``head`` is the SHA-256 of the last of these, ``key`` the fingerprint of the public key that signs the log (None:
    nobody), ``stamped`` the last of them with a time stamp. It stays so while results are made anew of the same.
    """

    entries: int
    head: str
    key: str | None
    stamped: int | None


class Told:
    """The case after all entries taken so far."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        """``ledger`` is where sources, items and pictures are kept; None for memory."""
        self.ledger: Ledger = MemoryLedger() if ledger is None else ledger
        self.campaign = self.digest = self.content = ""
        self.public_key: str | None = None
        self.evidence: str | None = None
        """The address of the pictures; None for the folder of the case."""
        self.references: dict[str, tuple[int, bodies.ReferenceKept]] = {}
        self.published: tuple[int, bodies.Published] | None = None
        self.exported: tuple[int, bodies.Exported] | None = None
        self.findings_at = 0
        """The entry that first told of the findings as they were last counted and published."""
        self.reviews: dict[int, tuple[int, bodies.Reviewed]] = {}
        """The decisions of reviewers by their number, with the entry that told of each."""
        self.reviews_of: dict[tuple[str, str], list[int]] = {}
        self.last_review = 0
        self.ground = GroundLedger()
        self.finished = False
        self.adopted: list[tuple[int, int]] = []
        self.signed = 0
        """The last entry that is a signature."""
        self.rested_on = 0
        """The last entry that tells of what the results rest on, or the signature that follows it."""
        self.stamped: list[int] = []

    def needed(self) -> Iterator[str]:
        """The pictures that what is in the case rests on, each once."""
        more = {*(body.picture for _, body in self.references.values()), *self.ground.pictures()}
        yield from more
        yield from (path for path in self.ledger.pictures() if path not in more)

    def judged(self, source: str, item: str) -> str | None:
        """The SHA-256 of an item's row; None where there is no such item."""
        return self.ledger.judged(source, item)

    def standing(self, source: str, item: str, *, before: int | None = None) -> tuple[bodies.Reviewed, ...]:
        """The decisions on an item that stand, or stood before an entry."""
        told = (self.reviews[n] for n in self.reviews_of.get((source, item), ()))
        known = (body for entry, body in told if before is None or entry < before)
        return standing(known, self.judged(source, item))

    def take(self, entry: Entry) -> None:
        """Take the next entry.

        Raises:
            CustodyError: it tells of something that is not there, or twice of one thing.
        """
        self.finished = self.finished and entry.kind not in _OPENING
        if entry.kind in _RESTED_ON or (entry.kind == "signed" and self.rested_on == entry.n - 1):
            self.rested_on = entry.n
        body = bodies.body_of(entry)
        taken = _TAKEN.get(type(body))
        if taken is not None:
            taken(self, entry, body)

    def _begin(self, entry: Entry, body: bodies.Begun) -> None:
        if entry.n != 1:
            raise CustodyError("a log begins once")
        self.public_key = body.public_key
        self.campaign, self.digest, self.content = body.campaign, body.digest, body.content

    def _place_evidence(self, _: Entry, body: bodies.EvidenceAt) -> None:
        self.evidence = body.address

    def _adopt(self, entry: Entry, body: bodies.Adopted) -> None:
        self.adopted.append((entry.n + 1, entry.n + body.entries))

    def _change_form(self, _: Entry, body: bodies.CampaignForm) -> None:
        self.campaign, self.digest, self.content = body.campaign, body.digest, body.content

    def _keep_reference(self, entry: Entry, body: bodies.ReferenceKept) -> None:
        if body.id in self.references:
            raise CustodyError(f"tells of reference {body.id} again, which entry {self.references[body.id][0]} did")
        self.ledger.name(_named_by_hash(body.picture, body.sha256))
        self.references[body.id] = (entry.n, body)

    def _save(self, entry: Entry, body: bodies.SourceSaved) -> None:
        known = self.ledger.entry_of(body.id)
        if known is not None:
            raise CustodyError(f"tells of source {body.id} again, which entry {known} did")
        self.ledger.save(SourceTold(entry.n, body))

    def _keep_crop(self, _: Entry, body: bodies.CropKept) -> None:
        path = _named_by_hash(body.picture, body.sha256)
        self.ledger.name(path)
        self._entry_of(body.source)
        self.ledger.keep(body.source, body.item, path)

    def _decide(self, _: Entry, body: bodies.Decision) -> None:
        self._entry_of(body.source)
        self.ledger.decide(body.source, body.item, body.sha256)

    def _publish(self, entry: Entry, body: bodies.Published) -> None:
        before = None if self.published is None else self.published[1].files.get(FINDINGS)
        if not body.redacted and (before is None or before != body.files.get(FINDINGS)):
            self.findings_at = entry.n
        self.published, self.finished = (entry.n, body), True

    def _export(self, entry: Entry, body: bodies.Exported) -> None:
        self.exported = (entry.n, body)

    def _purge(self, entry: Entry, body: bodies.Purged) -> None:
        self.ledger.unname(body.pictures)
        for report in body.ground:
            self.ground.remove(entry.n, report)
        for place in [place for place in self.reviews_of if place[0] in body.sources]:
            for n in self.reviews_of.pop(place):
                del self.reviews[n]

    def _review(self, entry: Entry, body: bodies.Reviewed) -> None:
        if body.n <= self.last_review:
            raise CustodyError(f"tells of decision {body.n} after decision {self.last_review}")
        if self.judged(body.source, body.item) != body.judged:
            raise CustodyError(f"decides on item {body.item[:80]} as no entry before tells it")
        here = self.reviews_of.get((body.source, body.item), [])
        if body.withdraws is not None and body.withdraws not in here:
            raise CustodyError(f"takes back decision {body.withdraws}, which is none on this item")
        self.last_review = body.n
        self.reviews[body.n] = (entry.n, body)
        self.reviews_of.setdefault((body.source, body.item), []).append(body.n)

    def _keep_report(self, entry: Entry, body: bodies.GroundReported) -> None:
        self.ground.keep(entry.n, body)
        for path in body.pictures:
            self.ledger.name(_named_by_hash(path, path.rpartition("/")[2].removesuffix(".png")))

    def _moderate(self, entry: Entry, body: bodies.GroundModerated) -> None:
        self.ground.moderate(entry.n, body)

    def _withdraw(self, entry: Entry, body: bodies.GroundWithdrawn) -> None:
        self.ground.remove(entry.n, body.report)
        self.ledger.unname(body.pictures)

    def _sign(self, entry: Entry, body: bodies.Signed) -> None:
        self.signed = entry.n
        if body.stamp is not None:
            self.stamped.append(entry.n)

    def _entry_of(self, source: str) -> int:
        known = self.ledger.entry_of(source)
        if known is None:
            raise CustodyError(f"tells of source {source[:80]}, of which no entry before does")
        return known

    def _remove(self, _: Entry, body: bodies.Removed) -> None:
        if body.source is not None and self._entry_of(body.source) == body.entry:
            self.ledger.remove(body.source)
        elif body.reference is not None and self.references.get(body.reference, (0,))[0] == body.entry:
            del self.references[body.reference]
        else:
            raise CustodyError(f"takes out what entry {body.entry} did not put in")


_TAKEN: dict[type[bodies.Body], Callable[[Told, Entry, Any], None]] = {
    bodies.Begun: Told._begin,
    bodies.EvidenceAt: Told._place_evidence,
    bodies.CampaignForm: Told._change_form,
    bodies.Adopted: Told._adopt,
    bodies.ReferenceKept: Told._keep_reference,
    bodies.SourceSaved: Told._save,
    bodies.CropKept: Told._keep_crop,
    bodies.Decision: Told._decide,
    bodies.Removed: Told._remove,
    bodies.Published: Told._publish,
    bodies.Exported: Told._export,
    bodies.Purged: Told._purge,
    bodies.Reviewed: Told._review,
    bodies.GroundReported: Told._keep_report,
    bodies.GroundModerated: Told._moderate,
    bodies.GroundWithdrawn: Told._withdraw,
    bodies.Signed: Told._sign,
}
"""What each kind does to the case; the others do nothing to it."""


def _named_by_hash(picture: str, sha256: str) -> str:
    if picture != f"{EVIDENCE}/{sha256[:2]}/{sha256}.png":
        raise CustodyError(f"names the picture {picture[:120]!r}, which is not named by its SHA-256")
    return picture


def replay(entries: Iterable[Entry], onto: Told | None = None) -> tuple[Told, tuple[Problem, ...]]:
    """Take all entries, after those of ``onto``; what cannot be taken is a problem of its line, the rest goes on."""
    told, problems = onto or Told(), []
    for entry in entries:
        if entry.n == 1 and entry.kind != "begun":
            problems.append(Problem(f"{LOG}:1", f"expected the entry that begins a log, found {entry.kind[:40]!r}"))
        try:
            told.take(entry)
        except CustodyError as error:
            problems.append(Problem(f"{LOG}:{entry.n}", str(error)))
    return told, tuple(problems)
