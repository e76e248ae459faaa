"""What the findings of a case say in a word, and which of them turned since they were last published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from samegoods.records import CallName, Finding

Standing = Mapping[tuple[str, str], CallName]
"""The call on each product at each site (their ids) of which packs were seen: different, if it is on one of them."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A finding whose call is another than it was; ``before`` is None where no pack had been seen."""

    finding: Finding
    before: CallName | None
    now: CallName


def standing(findings: Iterable[Finding]) -> Standing:
    return {(one.product, one.site): _call(one) for one in findings if one.items}


def turned(before: Standing, findings: Iterable[Finding]) -> list[Turned]:
    """The findings that turned, in their order. Where no pack had been seen, a first ``cannot_tell`` is no news."""
    there = [(one, before.get((one.product, one.site)), _call(one)) for one in findings if one.items]
    return [Turned(one, was, now) for one, was, now in there if was != now and (was or now != "cannot_tell")]


def _call(finding: Finding) -> CallName:
    if finding.different:
        return "different"
    return "same" if finding.same else "cannot_tell"
