"""Plain words for counts, shares, times and places; for readers who know goods and not statistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from samegoods.records import AxisName, DifferenceKind
from samegoods.results.statistics import TallyPart
from samegoods.results.verdicts import VerdictPart
from samegoods.results.words import sufficing

KINDS: dict[DifferenceKind, str] = {
    "colour": "Colour",
    "graphic": "Picture or pattern",
    "text": "Text",
    "mark": "Mark (seal, logo, code or warning)",
    "shape": "Shape",
    "print": "Print quality",
    "damage": "Condition (damage, dirt or wear)",
    "declared": "Declared contents",
    "packing": "Way of packing",
}


_NEARLY = 0.005
"""A share up to this is rounded to none."""


def percent(share: float) -> str:
    """A share as whole per cent; what is not quite none or all is never rounded to it."""
    value = round(100 * share)
    if value == 0 and share > 0:
        return "under 1 %"
    if value == 100 and share < 1:
        return "over 99 %"
    return f"{value} %"


def because(verdict: VerdictPart) -> str:
    """The reason of a call and, where it could not be told, what would have sufficed."""
    if verdict.needed is None:
        return verdict.reason
    return f"{verdict.reason} (would have sufficed: {sufficing(verdict.needed)})"


def visits(number: int) -> str:
    return "1 visit" if number == 1 else f"{number} visits"


def packs(number: int) -> str:
    return "1 pack" if number == 1 else f"{number} packs"


def elsewhere(showing: int, without: int) -> str:
    """What the other packs show in the place of a difference."""
    if showing:
        return f"also on {_other(showing)}" + (f", not on {without}" if without else "")
    if without:
        return f"not on {_other(without)} of this version; more are needed to tell the print from the pack's condition"
    return "no other pack of this version was seen well there"


def _other(number: int) -> str:
    return "1 other pack" if number == 1 else f"{number} other packs"


def listing(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def moment(time: datetime, zone: str) -> str:
    """An aware time as the clocks of the place showed it."""
    local = time.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M}"


def interval(tally: TallyPart) -> str:
    """How surely: ``between 24 % and 97 %``, ``at most 40 %``; empty where nothing was judged.

    Under half a per cent is as good as none, and over 99.5 % as all: then the other limit says what there is to say.
    """
    if tally.low is None or tally.high is None:
        return ""
    from_none, to_all = tally.low <= _NEARLY, tally.high >= 1 - _NEARLY
    if from_none and to_all:
        return "anything from none to all"
    if from_none:
        return f"at most {percent(tally.high)}"
    if to_all:
        return f"at least {percent(tally.low)}"
    return f"between {percent(tally.low)} and {percent(tally.high)}"


def outcome(axis: AxisName, tally: TallyPart) -> str:
    """What the counts of one axis say, in a sentence, without saying more than was seen."""
    judged = tally.same + tally.different
    if not judged:
        return f"The {axis} could not be told on {_any(tally.cannot_tell)}."
    if tally.different == 0:
        said = f"The {axis} is the same on {_all(judged)} that could be judged"
    else:
        said = f"The {axis} differs on {_of(tally.different, judged)} that could be judged"
    unknown = f" {packs(tally.cannot_tell)} could not be told." if tally.cannot_tell else ""
    return f"{said}; of all such packs there, {interval(tally)} would differ (95 % confidence).{unknown}"


def calls(tallies: Sequence[tuple[AxisName, TallyPart]]) -> str:
    """The outcome of each axis in a word: ``packaging different, quality cannot tell``."""
    return ", ".join(f"{axis} {_call(tally)}" for axis, tally in tallies)


def _call(tally: TallyPart) -> str:
    if tally.different:
        return "different"
    return "same" if tally.same else "cannot tell"


def _any(number: int) -> str:
    return {1: "the one pack seen", 2: "either of the two packs seen"}.get(number, f"any of the {number} packs seen")


def _all(number: int) -> str:
    return {1: "the one pack", 2: "both packs"}.get(number, f"all {number} packs")


def _of(part: int, whole: int) -> str:
    if part == whole:
        return _all(whole)
    return f"{part} of the {whole} packs"
