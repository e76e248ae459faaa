"""Do the 95 % intervals hold the truth in 95 of 100 campaigns?

Campaigns are drawn with known truth: visits whose packs are alike, calls that are wrong, packs that cannot be told,
a few packs that people review. What is published of each (share, corrected share, bounds, changes, trends, price
gaps) is held against the truth, a thousand campaigns to a setting. The functions are those that make the findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from multiprocessing import get_context

import numpy as np

from comparison import alone
from pages import Result, Table, store
from samegoods.edges.engines.local import usable_cores
from samegoods.records import CallName
from samegoods.statistics import change
from samegoods.statistics.change import contrast, holm, trend
from samegoods.statistics.clusters import Visits, interval
from samegoods.statistics.correction import JUDGED, Call, accuracy, by_accuracy, by_own_reviews
from samegoods.statistics.counting import bounds
from samegoods.statistics.intervals import wilson
from samegoods.statistics.prices import Priced, gap

SEED = 16
CAMPAIGNS = 1000
FOR_COMPARISON = ("Wilson, visits ignored", "uncorrected", "share of those told, for all")
"""What is shown, and not published of a case: intervals that take no heed of what is asked here."""
UNTOLD = ((0.3, 0.3), (0.7, 0.7), (0.4, 0.8), (0.8, 0.4))
"""How much cannot be told, of packs that do not differ and of those that do."""
SHUFFLES = 999
"""A tenth of those of a case, for time: p is right to 0.014 at 0.05, and its mean is the same."""
LEAST = 0.93
"""95 % less what chance does to a thousand campaigns (0.7 points, three times) is 93 %."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of campaign.

    ``packs`` is the mean number at a visit (1 and Poisson; where ``uneven``, 1 and geometric); ``share`` of them
    differ; ``likeness`` is the intra-class correlation. The program finds what differs with probability ``found``
    and leaves alone what does not with ``passed``, which vary between visits by an intra-class correlation of
    ``drift``. It cannot tell ``untold`` of the packs that do not differ and ``untold_different`` of those that do.
    ``reviews`` packs of each call are reviewed, drawn by chance.
    """

    visits: int
    packs: int
    share: float
    likeness: float
    uneven: bool = False
    found: float = 1.0
    passed: float = 1.0
    drift: float = 0.0
    untold: float = 0.0
    untold_different: float = 0.0
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """How often an interval of a setting held the truth, out of so many campaigns that had one, and its mean width."""

    what: str
    setting: Setting
    held: int
    campaigns: int
    width: float

    @property
    def coverage(self) -> float:
        return self.held / self.campaigns if self.campaigns else float("nan")


def shares_of(mean: float, likeness: float, number: int, rng: np.random.Generator) -> np.ndarray:
    """The share of each visit: beta with this mean, and this intra-class correlation of its packs."""
    if likeness == 0 or mean in (0.0, 1.0):
        return np.full(number, mean)
    size = (1 - likeness) / likeness
    return rng.beta(mean * size, (1 - mean) * size, number)


def sizes_of(setting: Setting, rng: np.random.Generator) -> np.ndarray:
    """The packs of each visit, 1 or more."""
    if setting.uneven:
        return rng.geometric(1 / setting.packs, setting.visits)
    return 1 + rng.poisson(setting.packs - 1, setting.visits)


def visits_of(setting: Setting, rng: np.random.Generator) -> Visits:
    """One campaign of a program that is right and can tell every pack."""
    sizes = sizes_of(setting, rng)
    return Visits(sizes, rng.binomial(sizes, shares_of(setting.share, setting.likeness, setting.visits, rng)))


def campaign(setting: Setting, rng: np.random.Generator) -> list[Call]:
    """One campaign's calls; every pack's truth stands as what a person said, and is taken away by :func:`reviewed`."""
    sizes = sizes_of(setting, rng)
    differ = shares_of(setting.share, setting.likeness, setting.visits, rng)
    found = shares_of(setting.found, setting.drift, setting.visits, rng)
    passed = shares_of(setting.passed, setting.drift, setting.visits, rng)
    calls = []
    for visit in range(setting.visits):
        for _ in range(int(sizes[visit])):
            truth = bool(rng.random() < differ[visit])
            untold = setting.untold_different if truth else setting.untold
            said = bool(rng.random() < (found[visit] if truth else 1 - passed[visit]))
            machine: CallName = "cannot_tell" if rng.random() < untold else ("different" if said else "same")
            calls.append(Call(f"v{visit}", machine, "different" if truth else "same"))
    return calls


def reviewed(calls: Sequence[Call], number: int, rng: np.random.Generator) -> list[Call]:
    """The same, with what people say of ``number`` packs of each call alone."""
    chosen: set[int] = set()
    for name in ("same", "different", "cannot_tell"):
        there = [place for place, one in enumerate(calls) if one.machine == name]
        chosen |= set(rng.permutation(there)[:number].tolist()) if there else set()
    return [one if place in chosen else Call(one.visit, one.machine) for place, one in enumerate(calls)]


Limits = tuple[float, float] | None
Found = dict[str, tuple[Limits, float]]
"""Of one campaign: the limits of each thing, None where there are none, and its truth."""


def plain(setting: Setting, rng: np.random.Generator) -> Found:
    """The interval of the program's share where the program is right; and Wilson's, were all packs independent."""
    found = visits_of(setting, rng)
    return {
        "share": (interval(found)[0], setting.share),
        "Wilson, visits ignored": (wilson(found.share, found.packs), setting.share),
    }


def corrected(setting: Setting, rng: np.random.Generator) -> Found:
    """The corrected shares where the program errs, and the uncorrected one.

    The truth of the corrected share is that of the packs that the program could judge.
    """
    calls = reviewed(campaign(setting, rng), setting.reviews, rng)
    judged = judged_share(setting)
    own, known = by_own_reviews(calls), accuracy(calls)
    judgeable = Visits.of((one.visit, one.machine == "different") for one in calls if one.machine in JUDGED)
    carried = None if known is None else by_accuracy(calls, known)
    return {
        "prediction-powered": (own and (own.low, own.high), judged),
        "prediction-powered, whole": (own and own.whole, setting.share),
        "Rogan-Gladen": (carried and (carried.low, carried.high), judged),
        "uncorrected": (interval(judgeable)[0] if len(judgeable.sizes) else None, judged),
    }


def judged_share(setting: Setting) -> float:
    """The share that differs of the packs that the program can judge."""
    differ = setting.share * (1 - setting.untold_different)
    return differ / (differ + (1 - setting.share) * (1 - setting.untold))


def untold(setting: Setting, rng: np.random.Generator) -> Found:
    """The share of the packs that could be told, and the bounds of that of all, where the program is right."""
    calls = campaign(setting, rng)
    left_open = bounds(calls)
    judgeable = Visits.of((one.visit, one.machine == "different") for one in calls if one.machine in JUDGED)
    return {
        "share of those told": (interval(judgeable)[0] if len(judgeable.sizes) else None, judged_share(setting)),
        "bounds": (left_open and (left_open.low, left_open.high), setting.share),
        "share of those told, for all": (interval(judgeable)[0] if len(judgeable.sizes) else None, setting.share),
    }


def compared(setting: Setting, rng: np.random.Generator) -> Found:
    """A change between two sides, a trend and a price gap, where there is none; and whether a test cries wolf."""
    sides = [visits_of(setting, rng) for _ in range(2)]
    moved = contrast(*sides)
    days = np.sort(rng.choice(120, setting.visits, replace=False)).tolist()
    slope = trend(days, sides[0])
    sites = [visits_of(setting, rng) for _ in range(4)]
    family = holm([contrast(_pooled(sites[:n] + sites[n + 1 :]), sites[n]).p for n in range(4)])
    prices = gap(_priced(setting, rng))
    return {
        "difference of two sides": ((moved.low, moved.high), 0.0),
        "change called at 5 %": (_alarm(moved.p), 1.0),
        "any of four sites called at 5 %": (_alarm(min(family)), 1.0),
        "trend": (slope and (slope.low, slope.high), 0.0),
        "trend called at 5 %": (slope and _alarm(slope.p), 1.0),
        "price gap": (prices and prices.low and (prices.low, prices.high), 0.9),
    }


def _alarm(p: float) -> tuple[float, float]:
    """Limits that hold 1 where nothing is called."""
    return (1.0, 1.0) if p > 0.05 else (0.0, 0.0)


def _pooled(sites: Sequence[Visits]) -> Visits:
    return Visits(np.concatenate([s.sizes for s in sites]), np.concatenate([s.hits for s in sites]))


def _priced(setting: Setting, rng: np.random.Generator) -> list[Priced]:
    """Packs with prices: those that differ are a tenth cheaper, stalls differ by a fifth, tags by a tenth."""
    level = {f"v{visit}": rng.normal(0, 0.2) for visit in range(setting.visits)}
    return [
        Priced(
            one.visit,
            one.machine == "different",
            float(np.exp(level[one.visit] + rng.normal(0, 0.1))) * (0.9 if one.machine == "different" else 1.0),
        )
        for one in campaign(setting, rng)
    ]


KINDS: dict[str, Callable[[Setting, np.random.Generator], Found]] = {
    "plain": plain,
    "corrected": corrected,
    "compared": compared,
    "untold": untold,
}
Task = tuple[str, int, Setting]


def tasks() -> Iterator[Task]:
    for number, (kind, setting) in enumerate(_settings()):
        yield kind, number, setting


def _settings() -> Iterator[tuple[str, Setting]]:
    for visits, share in product((2, 5, 10, 20, 40), (0.01, 0.1, 0.3, 0.5)):
        yield "plain", Setting(visits, 1, share, 0.0)
        for packs, likeness in product((5, 15), (0.0, 0.1, 0.3, 0.7)):
            yield "plain", Setting(visits, packs, share, likeness)
        yield "plain", Setting(visits, 8, share, 0.3, uneven=True)
    errors = (
        {"found": 0.9, "passed": 0.95, "untold": 0.1, "untold_different": 0.1},
        {"found": 0.7, "passed": 0.8, "untold": 0.3, "untold_different": 0.3},
        {"found": 0.8, "passed": 0.9, "drift": 0.2, "untold": 0.2, "untold_different": 0.2},
        {"found": 0.9, "passed": 0.9, "untold": 0.4, "untold_different": 0.8},
    )
    for visits, share, error, reviews in product((8, 30), (0.02, 0.1, 0.4), errors, (5, 20)):
        yield "corrected", Setting(visits, 6, share, 0.3, reviews=reviews, **error)
    for visits, share, likeness in product((4, 8, 20), (0.05, 0.3), (0.0, 0.3)):
        yield "compared", Setting(visits, 6, share, likeness)
    for visits, share, (same, different) in product((5, 20), (0.05, 0.3), UNTOLD):
        yield "untold", Setting(visits, 6, share, 0.3, untold=same, untold_different=different)


def rows_of(task: Task) -> list[Row]:
    kind, number, setting = task
    change.SHUFFLES = SHUFFLES
    rng = np.random.default_rng([SEED, number])
    return rows_from(setting, (KINDS[kind](setting, rng) for _ in range(CAMPAIGNS)))


def rows_from(setting: Setting, campaigns: Iterable[Found]) -> list[Row]:
    """The campaigns of one setting, scored."""
    by_thing: dict[str, list[tuple[tuple[float, float], float]]] = {}
    for found in campaigns:
        for what, (limits, truth) in found.items():
            there = by_thing.setdefault(what, [])
            if limits is not None:
                there.append((limits, truth))
    return [
        Row(
            what,
            setting,
            sum(low <= truth <= high for (low, high), truth in some),
            len(some),
            float(np.mean([high - low for (low, high), _ in some])) if some else 0.0,
        )
        for what, some in by_thing.items()
    ]


def rows() -> list[Row]:
    with ProcessPoolExecutor(usable_cores(), get_context("spawn"), initializer=alone) as pool:
        return [row for part in pool.map(rows_of, tasks(), chunksize=1) for row in part]


def lowest(rows: Sequence[Row], what: str, /, **wanted: object) -> tuple[str, str, str]:
    """Of some settings: the lowest coverage and the mean one, and the mean width; settings whose intervals are
    fewer than half of the campaigns are left out, for they have one by chance."""
    some = [
        row
        for row in rows
        if row.what == what
        and row.campaigns >= CAMPAIGNS / 2
        and all(getattr(row.setting, name) == value for name, value in wanted.items())
    ]
    if not some:
        return "none", "none", "none"
    covered = [row.coverage for row in some]
    return f"{min(covered):.1%}", f"{np.mean(covered):.1%}", f"{np.mean([row.width for row in some]):.2f}"


def by_visits(found: Sequence[Row]) -> Table:
    body = []
    for visits, share in product((2, 5, 10, 20, 40), (0.01, 0.1, 0.3, 0.5)):
        here = {"visits": visits, "share": share}
        low, mean, width = lowest(found, "share", **here)
        body.append(
            (str(visits), f"{share:.0%}", low, mean, width, lowest(found, "Wilson, visits ignored", **here)[0])
        )
    text = (
        f"The interval of a share, {CAMPAIGNS} campaigns to a setting; each line is ten settings: 1, 5 and 15 packs a "
        "visit, alike by 0, 0.1, 0.3 and 0.7, and visits of very uneven size (8 packs in the mean). Beside it what "
        "Wilson's interval holds when packs of a visit are taken for independent."
    )
    head = ("visits", "share", "lowest coverage", "mean coverage", "mean width", "Wilson, visits ignored: lowest")
    return Table(text, head, tuple(body))


def by_correction(found: Sequence[Row]) -> Table:
    body = []
    kinds = dict.fromkeys(
        (s.found, s.passed, s.drift, s.untold, s.untold_different, s.reviews)
        for s in (row.setting for row in found if row.setting.reviews)
    )
    for finds, passes, drift, untold, more, reviews in kinds:
        here = {
            "found": finds,
            "passed": passes,
            "drift": drift,
            "untold": untold,
            "untold_different": more,
            "reviews": reviews,
        }
        vary = f", from visit to visit by {drift}" if drift else ""
        of = f"{untold:.0%}" if untold == more else f"{untold:.0%}, of those that differ {more:.0%}"
        cells = [
            lowest(found, what, **here) for what in ("prediction-powered", "prediction-powered, whole", "Rogan-Gladen")
        ]
        bare = lowest(found, "uncorrected", **here)[0]
        body.append(
            (
                f"{finds:.0%}, {passes:.0%}{vary}",
                of,
                str(reviews),
                *(f"{low} ({width})" for low, _, width in cells),
                bare,
            )
        )
    text = (
        f"Shares corrected by reviews, {CAMPAIGNS} campaigns to a setting; each line is six settings: 8 and 30 "
        "visits of 6 packs, 2, 10 and 40 % that differ, packs of a visit alike by 0.3. The lowest coverage, in "
        "brackets the mean width. Beside it the interval that is not corrected."
    )
    head = (
        "finds, passes",
        "cannot tell",
        "reviews of each call",
        "prediction-powered",
        "the same, of all packs",
        "Rogan-Gladen",
        "not corrected",
    )
    return Table(text, head, tuple(body))


def by_untold(found: Sequence[Row]) -> Table:
    body = []
    for same, different in UNTOLD:
        here = {"untold": same, "untold_different": different}
        things = ("share of those told", "bounds", "share of those told, for all")
        cells = [lowest(found, what, **here) for what in things]
        body.append(
            (f"{same:.0%}, {different:.0%}", *(f"{low} ({width})" for low, _, width in cells[:2]), cells[2][0])
        )
    text = (
        f"Much that cannot be told, {CAMPAIGNS} campaigns to a setting; each line is four settings: 5 and 20 visits "
        "of 6 packs, 5 and 30 % that differ, packs of a visit alike by 0.3; the program is right where it tells. The "
        "lowest coverage, in brackets the mean width. Beside it what the first holds of the share of all packs."
    )
    head = (
        "cannot tell, of the same and of the different",
        "share of those told",
        "bounds of all",
        "the first, taken for all",
    )
    return Table(text, head, tuple(body))


_COMPARED = (
    "difference of two sides",
    "trend",
    "price gap",
    "change called at 5 %",
    "any of four sites called at 5 %",
    "trend called at 5 %",
)


def by_comparison(found: Sequence[Row]) -> Table:
    body = []
    for what in _COMPARED:
        for visits in (4, 8, 20):
            low, mean, _ = lowest(found, what, visits=visits)
            body.append((what.replace("called at 5 %", "not called at 5 %, there being none"), str(visits), low, mean))
    text = (
        f"Where nothing changes, {CAMPAIGNS} campaigns to a setting; each line is four settings: 5 and 30 % that "
        "differ, packs of a visit alike by 0 and 0.3; 6 packs a visit. How often the limits hold the truth, and how "
        "often no difference is called (95 % is due). The price gap is a tenth, stalls differ in level by a fifth."
    )
    return Table(text, ("of", "visits a side", "lowest", "mean"), tuple(body))


def result(found: Sequence[Row]) -> Result:
    published = [row for row in found if row.what not in FOR_COMPARISON and row.campaigns >= CAMPAIGNS / 2]
    short = [row for row in published if row.coverage < LEAST]
    worst = "none" if not short else "; ".join(f"{row.what}, {row.setting}: {row.coverage:.1%}" for row in short[:5])
    return Result(
        name="coverage",
        title="Whether the intervals hold",
        question="Do the 95 % intervals hold the truth in 95 of 100 campaigns, with few visits, wrong calls and much "
        "that cannot be told?",
        tables=(by_visits(found), by_correction(found), by_untold(found), by_comparison(found)),
        notes=(
            f"Of {len(published)} settings and things, {len(short)} hold in fewer than {LEAST:.0%}: {worst}. "
            "Where coverage is near 100 % the interval is wider than need be: with few visits, or none or few that "
            "differ, how alike packs are is not known and taken to be much.",
            "A thing that fewer than half of a setting's campaigns have, such as a correction where no pack that "
            "differs was reviewed, is not scored.",
        ),
        details=tuple(
            {
                "what": row.what,
                **asdict(row.setting),
                "held": row.held,
                "campaigns": row.campaigns,
                "width": round(row.width, 4),
            }
            for row in found
        ),
    )


if __name__ == "__main__":
    print(store(result(rows())))
