"""The demo's score in lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from samegoods.demo.scoring import Row, Score
from samegoods.demo.shares import HeldShare

_HEAD = ("product", "site", "planted", "packs", "found", "missed", "cannot tell", "not seen", "kind right")
_NOTHING = "(nothing)"


def lines(score: Score) -> tuple[str, ...]:
    """A table of planted against found, then whatever went wrong, then the sum in a sentence."""
    cells = [_HEAD, *(_cells(row) for row in score.rows)]
    wide = [max(len(row[k]) for row in cells) for k in range(len(_HEAD))]
    table = tuple(
        "  ".join(
            value.ljust(width) if k < 3 else value.rjust(width)
            for k, (value, width) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in cells
    )
    return (*table, "", *_wrong(score), _sum(score))


def share_lines(shares: Sequence[HeldShare]) -> tuple[str, ...]:
    """The shares whose interval does not hold what was planted, then how many do."""
    if not shares:
        return ()
    missed = tuple(
        f"does not hold the planted share of {one.planted:.0%}: {one.what}, {one.counted}: "
        f"{one.found:.0%} ({one.low:.0%} to {one.high:.0%})"
        for one in shares
        if not one.holds
    )
    off = sum(abs(one.found - one.planted) for one in shares) / len(shares)
    return (
        *missed,
        f"{len(shares) - len(missed)} of {len(shares)} shares hold the planted one within their 95 % interval; "
        f"they lie {100 * off:.1f} points from it on average",
    )


def _cells(row: Row) -> tuple[str, ...]:
    counts = (row.planted, row.found, row.missed, row.cannot_tell, row.not_seen, row.kind_right)
    return (row.product, row.site, row.edit or _NOTHING, *map(str, counts))


def _wrong(score: Score) -> tuple[str, ...]:
    told: Sequence[tuple[str, tuple[str, ...]]] = (
        ("found, but not planted", score.false),
        ("an item where there is none", score.strangers),
        ("taken for another product", score.mistaken),
        ("judged, though the order does not reach it", score.misjudged),
        ("told wrongly how its reading ended", score.misread),
    )
    return tuple(f"{what}: {one}" for what, names in told for one in names)


def _sum(score: Score) -> str:
    planted = [row for row in score.rows if row.edit]
    same = [row for row in score.rows if not row.edit]
    return (
        f"{sum(r.found for r in planted)} of {sum(r.planted for r in planted)} planted differences found, "
        f"{len(score.false)} found that nobody planted; "
        f"{sum(r.found for r in same)} of {sum(r.planted for r in same)} of nothing planted called same; "
        f"{score.doubles} counted twice"
    )
