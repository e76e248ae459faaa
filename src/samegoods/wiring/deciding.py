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
    """The decisions of the reviewer who decided last, of those that stand on an item (one at least), as calls.

    Who corrects one axis alone agrees on the other, unless it was hidden; what is not the product, nobody can call the
    same or different.
    """
    last = standing[-1]
    if last.decision in ("cannot_tell", "not_product"):
        return Reviewed("cannot_tell", "cannot_tell")
    if last.blind:
        calls: dict[AxisName, CallName] = {"packaging": "cannot_tell", "quality": "cannot_tell"}
    else:
        calls = {"packaging": item.packaging.call, "quality": item.quality.call}
    for one in standing:
        if one.by == last.by and one.axis is not None and one.call is not None:
            calls[one.axis] = one.call
    return Reviewed(calls["packaging"], calls["quality"])
