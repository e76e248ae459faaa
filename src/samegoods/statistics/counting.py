"""Calls counted, with all that a count is told with: share, interval, bounds, correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from sys import intern
from typing import Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from samegoods.records import AxisName, Bounds, CallName, Counted, Judgement, Label, Reviewed, Tally, Verdict, worse
from samegoods.statistics.clusters import Visits, interval
from samegoods.statistics.correction import JUDGED, Accuracy, Call, accuracy, corrected

AXES: tuple[AxisName, ...] = ("packaging", "quality")
COUNTED: tuple[Counted, ...] = ("order", *AXES)
NOTHING = "nothing could be judged"
Reviews = Mapping[tuple[str, str], Reviewed]
"""What people say of items, by source and item."""
UNREVIEWED: Reviews = {}
_Word = TypeVar("_Word", bound=str | None)


_BARE: dict[CallName, Verdict] = {call: Verdict(call, "") for call in ("same", "different", "cannot_tell")}
_CALLS: dict[CallName, CallName] = {call: call for call in _BARE}
_NOTHING_READ = Label()


def _once(word: _Word) -> _Word:
    return cast(_Word, None if word is None else intern(word))


def small(judged: Judgement) -> Judgement:
    """An item with no more of it than is counted: three hundred bytes, where the whole takes ten thousand.

    What is the same of many items is held once: read from a data base, each word is one of its own.
    """
    return replace(
        judged,
        source=intern(judged.source),
        site=intern(judged.site),
        product=intern(judged.product),
        version=_once(judged.version),
        rule=intern(judged.rule),
        call=_once(judged.call),
        contents=_CALLS[judged.contents],
        nearest=_once(judged.nearest),
        sightings=(),
        packaging=_BARE[judged.packaging.call],
        quality=_BARE[judged.quality.call],
        label=_NOTHING_READ,
        features=(),
    )


class Dated(Protocol):
    """A source, as a record or as a part of a document."""

    @property
    def site(self) -> str: ...

    @property
    def captured_at(self) -> datetime | None: ...


def visit_of(source: Dated, zone: ZoneInfo) -> str:
    """The visit that a source belongs to: its site and day, by the site's clock; all undated footage of a site is
    one."""
    day = local_day(source.captured_at, zone)
    return f"{source.site} {day or 'undated'}"


def local_day(time: datetime | None, zone: ZoneInfo) -> str | None:
    """The day of an aware time by the clock of a place (ISO); None of an unknown time."""
    return None if time is None else time.astimezone(zone).date().isoformat()


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What all counts of a case rest on: the visit of each source (one that is not named is a visit of its own), what
    people say, what the order requires, and how right the program is by all reviews together."""

    requires: tuple[AxisName, ...]
    visits: Mapping[str, str]
    reviews: Reviews
    known: Mapping[Counted, Accuracy | None]

    @classmethod
    def of(
        cls,
        judged: Iterable[Judgement],
        *,
        requires: Sequence[AxisName],
        visits: Mapping[str, str],
        reviews: Reviews,
    ) -> Basis:
        alone = cls(tuple(requires), visits, reviews, {})
        reached = [one for one in judged if one.in_scope]
        return replace(alone, known={thing: accuracy(alone.calls(reached, thing)) for thing in COUNTED})

    def calls(self, judged: Iterable[Judgement], counted: Counted) -> list[Call]:
        """What the program and people say of items on one thing; items without a call on it are left out."""
        calls = []
        known: dict[tuple[str, CallName, CallName | None], Call] = {}  # thousands of a visit are alike, and held once
        for one in judged:
            machine = _machine(one, counted)
            if machine is not None:
                review = self.reviews.get((one.source, one.item))
                human = None if review is None else self._human(review, counted)
                told = (self.visits.get(one.source, one.source), machine, human)
                calls.append(known.get(told) or known.setdefault(told, Call(*told)))
        return calls

    def tally(self, judged: Iterable[Judgement], counted: Counted) -> Tally:
        """Items counted on one thing."""
        return tally(self.calls(judged, counted), elsewhere=self.known.get(counted))

    def _human(self, review: Reviewed, counted: Counted) -> CallName:
        by_axis: dict[AxisName, CallName] = {"packaging": review.packaging, "quality": review.quality}
        return worse(*(by_axis[axis] for axis in self.requires)) if counted == "order" else by_axis[counted]


def _machine(judged: Judgement, counted: Counted) -> CallName | None:
    if counted == "order":
        return judged.call
    return (judged.packaging if counted == "packaging" else judged.quality).call


def tally(calls: Sequence[Call], *, elsewhere: Accuracy | None = None) -> Tally:
    """Count calls, and bound the share that differs.

    ``share_different``, ``low`` and ``high`` are of the program's calls; the corrected share stands beside them.

    Args:
        elsewhere: what reviews of the whole campaign say of the program, for groups with too few of their own.
    """
    counts = Counter(one.machine for one in calls)
    same, different, unknown = counts["same"], counts["different"], counts["cannot_tell"]
    n = len(calls)
    low = high = share = fixed = None
    method, correction = NOTHING, f"not corrected: {NOTHING}"
    if same + different:
        (low, high), worth = interval(Visits.of((o.visit, o.machine == "different") for o in calls if _judged(o)))
        share, method = different / (same + different), worth.method
        fixed, correction = corrected(calls, elsewhere=elsewhere)
    return Tally(
        same=same,
        different=different,
        cannot_tell=unknown,
        share_different=share,
        low=low,
        high=high,
        method=method,
        share_if_all_same=different / n if n else None,
        share_if_all_different=(different + unknown) / n if n else None,
        visits=len({one.visit for one in calls}),
        bounds=bounds(calls),
        corrected=fixed,
        correction=correction,
    )


def bounds(calls: Sequence[Call]) -> Bounds | None:
    """The shares among all packs, were those that cannot be told the same, or different; and limits that hold both
    in 95 %.

    The lower limit is that of the one, the upper that of the other, so the interval holds the true share whatever
    the unknown are (Horowitz & Manski 2000, JASA 95:77). None without packs.
    """
    if not calls:
        return None
    least = Visits.of((one.visit, one.machine == "different") for one in calls)
    most = Visits.of((one.visit, one.machine != "same") for one in calls)
    return Bounds(least.share, most.share, interval(least)[0][0], interval(most)[0][1])


def _judged(call: Call) -> bool:
    return call.machine in JUDGED
