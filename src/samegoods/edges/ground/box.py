"""Where reports go: what the form needs of whoever keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from samegoods.results.base import Part
from samegoods.results.ground import PhotoOutcome, SentPart
from samegoods.results.parts import CampaignPart

State = Literal["waiting", "accept", "reject", "gone"]


class TakenPart(Part):
    """What became of a report as it came in: ``photos`` in the order in which they were sent; ``withheld`` where a
    telephone number or an address was taken out of the remark; ``before`` where this very report was here already."""

    receipt: str
    photos: tuple[PhotoOutcome, ...] = ()
    withheld: bool = False
    before: bool = False


class StatePart(Part):
    """What became of a report since. ``gone``: it was taken back, or was too old; nothing else is told of it."""

    state: State
    reason: str = ""
    report: SentPart | None = None
    kept: int = 0
    """Of its photos, how many crops are kept of."""


class Box(Protocol):
    """Takes reports; several threads ask it at once."""

    @property
    def campaign(self) -> CampaignPart: ...

    def face_of(self, product: str) -> int | None:
        """The number of the picture that a product is shown by; None where there is none."""

    def picture(self, n: int) -> bytes | None:
        """A picture by its number, WebP; None where there is none."""

    def send(self, sent: SentPart, photos: Sequence[bytes], code: str) -> TakenPart:
        """Keep a report and what the wall leaves of its photos; the same report again changes nothing.

        Raises:
            CaseError: it cannot be kept.
        """

    def state(self, code: str) -> StatePart | None:
        """What became of the report that a code is of; None where it is of none."""

    def withdraw(self, code: str) -> None:
        """Delete what the report that a code is of says and shows.

        Raises:
            CaseError: there is no such report, or it was deleted before.
        """
