"""What people decide on packs, beside what the machine says of them: never overwritten, only followed by another."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Protocol, Self, TypeVar

from pydantic import Field, model_validator

from samegoods.records import AxisName, CallName, DifferenceKind
from samegoods.results.base import Part, Point

DecisionName = Literal["agree", "correct", "not_product", "cannot_tell", "withdraw"]
REMARK_LETTERS = 2000
NAME_LETTERS = 80
REGION_POINTS = 64


class Wish(Part):
    """A decision as it is asked for.

    ``agree``: as the machine says. ``correct``: another call on an axis, another kind of difference, or another
    region; of a blind decision the reviewer's own call. ``not_product``: this is not the product.
    ``cannot_tell``: it cannot be told from these pictures. ``withdraw``: takes back the decision ``withdraws``.
    """

    decision: DecisionName
    axis: AxisName | None = None
    call: CallName | None = None
    kind: DifferenceKind | None = None
    reference: Annotated[str, Field(max_length=400)] | None = None
    """The reference in whose pixels ``region`` is told."""
    region: Annotated[tuple[Point, ...], Field(max_length=REGION_POINTS)] = ()
    """The outline of what differs, px of the reference."""
    remark: Annotated[str, Field(max_length=REMARK_LETTERS)] = ""
    withdraws: int | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        told = {name for name in ("axis", "call", "kind", "reference") if getattr(self, name) is not None}
        told |= {"region"} if self.region else set()
        if self.decision != "correct" and told:
            raise ValueError(f"only a correction tells {', '.join(sorted(told))}")
        if self.decision == "correct" and not told & {"call", "kind", "region"}:
            raise ValueError("a correction tells another call, kind or region")
        if ("axis" in told) != ("call" in told):
            raise ValueError("a call is one on packaging or on quality")
        if not all(math.isfinite(value) for point in self.region for value in point):
            raise ValueError("a region is told in numbers")
        if ("region" in told) != ("reference" in told) or len(self.region) in (1, 2):
            raise ValueError("a region is three points or more on a reference")
        if (self.decision == "withdraw") != (self.withdraws is not None):
            raise ValueError("what takes back tells which decision it takes back, and nothing else does")
        return self


class ReviewPart(Wish):
    """A decision that was taken. ``judged`` is the SHA-256 of the item's row as it was then: once the item's source is
    checked again and says something else, the decision is no longer one on what stands there."""

    n: int
    at: datetime
    by: Annotated[str, Field(min_length=1, max_length=NAME_LETTERS)]
    source: str
    item: str
    blind: bool = False
    """Decided before the reviewer was shown what the machine says."""
    judged: str


class Decided(Protocol):
    """A decision, as a part of a document or as the log tells it."""

    @property
    def n(self) -> int: ...

    @property
    def by(self) -> str: ...

    @property
    def decision(self) -> DecisionName: ...

    @property
    def axis(self) -> str | None: ...

    @property
    def withdraws(self) -> int | None: ...

    @property
    def judged(self) -> str: ...


_D = TypeVar("_D", bound=Decided)


def standing(decisions: Iterable[_D], judged: str | None) -> tuple[_D, ...]:
    """The decisions on one item that stand, in their order; of each reviewer the last that was not taken back.

    A correction replaces the reviewer's earlier one on the same axis, or the earlier one of a kind or a place where it
    names no axis; so one on the packaging and one on the quality both stand. Any other decision is on the whole pack:
    it replaces all before it, and the next correction replaces it.

    Args:
        judged: what the item's row is now; decisions on another do not stand.
    """
    all_of = list(decisions)
    back = {one.withdraws for one in all_of}
    last: dict[str, dict[str | None, _D]] = {}
    for one in sorted(all_of, key=lambda one: one.n):
        if one.decision != "withdraw" and one.n not in back and one.judged == judged:
            before = last.get(one.by, {}) if one.decision == "correct" else {}
            corrections = {axis: other for axis, other in before.items() if other.decision == "correct"}
            last[one.by] = corrections | {one.axis: one}
    return tuple(sorted((one for own in last.values() for one in own.values()), key=lambda one: one.n))
