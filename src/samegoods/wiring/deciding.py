"""What decisions of reviewers say as calls, for whatever counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from samegoods.records import AxisName, CallName, Reviewed
from samegoods.results.review import ReviewPart


class _Verdict(Protocol):
    @property
    def call(self) -> CallName: ...


class Called(Protocol):
    """An item with the program's calls, judged or as published."""

    @property
    def packaging(self) -> _Verdict: ...

    @property
    def quality(self) -> _Verdict: ...


def said(standing: Sequence[ReviewPart], item: Called) -> Reviewed:
    """The last of the decisions that stand on an item, one at least, as calls.

    Who corrects one axis agrees on the other, unless it was hidden; what is not the product, nobody can call the same
    or different.
    """
    decision = standing[-1]
    if decision.decision in ("cannot_tell", "not_product"):
        return Reviewed("cannot_tell", "cannot_tell")
    if decision.blind:
        calls: dict[AxisName, CallName] = {"packaging": "cannot_tell", "quality": "cannot_tell"}
    else:
        calls = {"packaging": item.packaging.call, "quality": item.quality.call}
    if decision.axis is not None and decision.call is not None:
        calls[decision.axis] = decision.call
    return Reviewed(calls["packaging"], calls["quality"])
