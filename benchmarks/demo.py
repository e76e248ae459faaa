"""The demo's market: of what was planted, what is found, and how long does it take?"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pages import Result, Table, store
from samegoods import wiring
from samegoods.demo import SEED, Score, judge_case, judge_shares, make_market
from samegoods.demo.scoring import Row
from samegoods.demo.table import share_lines


def cells(row: Row) -> tuple[str, ...]:
    counts = (row.planted, row.found, row.missed, row.cannot_tell, row.not_seen, row.kind_right)
    return (row.product, row.site, row.edit or "nothing", *map(str, counts))


def planted_table(rows: Sequence[Row]) -> Table:
    head = ("product", "site", "planted", "packs", "found", "missed", "cannot tell", "not seen", "kind right")
    text = (
        "Packs seen well, with a planted difference of good size or with nothing planted (there, found: called the "
        "same on packaging and quality)."
    )
    return Table(text, head, tuple(cells(row) for row in rows))


def wrong_table(score: Score) -> Table:
    told = {
        "differences that nobody planted": score.false,
        "items where there is none": score.strangers,
        "items taken for another product": score.mistaken,
        "judged, though the order does not reach it": score.misjudged,
        "files whose end was told wrongly": score.misread,
    }
    rows = [(what, str(len(names)), "; ".join(names)) for what, names in told.items()]
    rows.append(("packs counted once too often", str(score.doubles), ""))
    return Table("What went wrong.", ("what", "how many", "which"), tuple(rows))


def measure(folder: Path) -> Result:
    begin = time.perf_counter()
    market = make_market(folder)
    made = time.perf_counter()
    wiring.check(market.campaign, [market.listing], folder / "case")
    done = time.perf_counter()
    score = judge_case(market, folder / "case")
    rendering, checking = made - begin, done - made
    return Result(
        name="demo",
        title="The demo's market",
        question="Of what was planted in a rendered market, what is found, what else is, and how long does it take?",
        tables=(planted_table(score.rows), wrong_table(score)),
        notes=(
            f"Seed {SEED}. Rendering {rendering:.0f} s, checking {checking:.0f} s, together "
            f"{rendering + checking:.0f} s by the wall clock.",
            *share_lines(judge_shares(market, folder / "case")),
        ),
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="samegoods-bench-") as place:
        print(store(measure(Path(place))))
