"""What the decisions that stand on an item say as calls."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from samegoods.records import Reviewed
from samegoods.results.review import ReviewPart
from samegoods.wiring.deciding import said

ITEM = SimpleNamespace(packaging=SimpleNamespace(call="different"), quality=SimpleNamespace(call="same"))


def decided(n: int, by: str, decision: str, axis: str | None = None, call: str | None = None, *, blind: bool = False):
    told = {"n": n, "by": by, "decision": decision, "axis": axis, "call": call, "blind": blind}
    return ReviewPart.model_validate(
        told | {"source": "s", "item": "i", "at": "2026-07-20T00:00:00Z", "judged": "0", "withdraws": None}
    )


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ([decided(1, "Ana", "agree")], ("different", "same")),
        ([decided(1, "Ana", "correct", "packaging", "same")], ("same", "same")),
        (
            [decided(1, "Ana", "correct", "packaging", "same"), decided(2, "Ana", "correct", "quality", "different")],
            ("same", "different"),
        ),
        (
            [decided(1, "Ana", "correct", "packaging", "same"), decided(2, "Ben", "correct", "quality", "different")],
            ("different", "different"),
        ),
        ([decided(1, "Ana", "correct", "quality", "same", blind=True)], ("cannot_tell", "same")),
        (
            [
                decided(1, "Ana", "correct", "quality", "same", blind=True),
                decided(2, "Ana", "correct", "packaging", "same", blind=True),
            ],
            ("same", "same"),
        ),
        ([decided(1, "Ana", "not_product")], ("cannot_tell", "cannot_tell")),
        ([decided(1, "Ana", "agree"), decided(2, "Ben", "cannot_tell")], ("cannot_tell", "cannot_tell")),
    ],
    ids=range(8),
)
def test_the_last_reviewer_is_heard_on_both_axes(standing: list[ReviewPart], expected: tuple[str, str]):
    assert said(standing, ITEM) == Reviewed(*expected)
