"""Reports from the ground as the log tells of them: which there are, which are taken in, which are gone."""

from __future__ import annotations

from dataclasses import dataclass, field

from samegoods.custody import bodies
from samegoods.errors import CustodyError


@dataclass(slots=True)
class GroundTold:
    """One report: the entry that told of it, what was decided on it, and the entry by which it went."""

    entry: int
    body: bodies.GroundReported
    moderations: list[tuple[int, bodies.GroundModerated]] = field(default_factory=list)
    gone: int | None = None

    def is_accepted(self, before: int | None = None) -> bool:
        """Whether it is taken in, or was before an entry."""
        if self.gone is not None and (before is None or self.gone < before):
            return False
        said = [body.decision for entry, body in self.moderations if before is None or entry < before]
        return bool(said) and said[-1] == "accept"


class GroundLedger:
    """All reports that entries told of, those that are gone as well: their receipts still say so."""

    def __init__(self) -> None:
        self.reports: dict[int, GroundTold] = {}
        self.last = self.last_moderation = 0
        self._by_receipt: dict[str, int] = {}

    def keep(self, entry: int, body: bodies.GroundReported) -> None:
        """Take a new report.

        Raises:
            CustodyError: its number or its receipt is not new.
        """
        if body.n <= self.last or body.receipt in self._by_receipt:
            raise CustodyError(f"tells of report {body.n} after report {self.last}, or of its receipt again")
        self.last = body.n
        self.reports[body.n] = GroundTold(entry, body)
        self._by_receipt[body.receipt] = body.n

    def moderate(self, entry: int, body: bodies.GroundModerated) -> None:
        """Take what a reviewer decided.

        Raises:
            CustodyError: there is no such report, or the number is not new.
        """
        if body.n <= self.last_moderation:
            raise CustodyError(f"tells of moderation {body.n} after moderation {self.last_moderation}")
        self._there(body.report).moderations.append((entry, body))
        self.last_moderation = body.n

    def remove(self, entry: int, report: int) -> None:
        """Take it that a report is gone.

        Raises:
            CustodyError: there is no such report.
        """
        self._there(report).gone = entry

    def standing(self) -> dict[int, GroundTold]:
        """The reports that are not gone, by number."""
        return {n: one for n, one in tuple(self.reports.items()) if one.gone is None}

    def has(self, report: int | None) -> bool:
        """Whether there is such a report, and it is not gone."""
        return report in self.reports and self.reports[report].gone is None

    def waiting(self) -> tuple[int, ...]:
        """Those that nobody has decided on, the oldest first."""
        return tuple(n for n, one in self.standing().items() if not one.moderations)

    def accepted(self, *, before: int | None = None) -> frozenset[int]:
        """Those that are taken in, or were before an entry."""
        return frozenset(n for n, one in tuple(self.reports.items()) if one.is_accepted(before))

    def pictures(self) -> set[str]:
        """The pictures that what stands rests on."""
        return {path for one in self.standing().values() for path in one.body.pictures}

    def of_receipt(self, receipt: str) -> int | None:
        """The number of the report that a receipt (SHA-256 of the code) is of."""
        return self._by_receipt.get(receipt)

    def _there(self, report: int) -> GroundTold:
        if not self.has(report):
            raise CustodyError(f"tells of report {report}, which is not there")
        return self.reports[report]
