"""The demo: a rendered market, the real pipeline on it, and what was planted against what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import samegoods
from samegoods import wiring
from samegoods.demo.scoring import Score, score
from samegoods.demo.shares import HeldShare, held_shares
from samegoods.demo.table import lines, share_lines
from samegoods.edges.engines import Failed, LocalEngine
from samegoods.errors import FootageError
from samegoods.render.market import jobs, render_file
from samegoods.render.packs import GOODS
from samegoods.render.papers import EXEMPT, write_campaign, write_listing
from samegoods.render.truth import MarketTruth, SourceTruth, read_truth
from samegoods.results.parts import FindingsPart
from samegoods.wiring import Progress

__all__ = ["Market", "Score", "judge_case", "judge_shares", "make_market", "run", "score"]

SEED = 7
"""The market that ``samegoods demo`` shows."""


@dataclass(frozen=True, slots=True)
class Market:
    """A rendered market on disk, ready to be checked."""

    folder: Path
    campaign: Path
    listing: Path
    truth: MarketTruth


def make_market(
    folder: Path,
    *,
    seed: int = SEED,
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Market:
    """Render the market into a folder: campaign file, references, footage with its list, ``truth.json``.

    What an earlier run of this release rendered there from the same seed is used again.

    Raises:
        FootageError: a file could not be rendered.
    """
    folder = Path(folder)
    there = folder / "truth.json"  # written last: where it stands, the rest is complete
    if there.is_file():
        truth = read_truth(there)
        if (truth.seed, truth.software) == (seed, samegoods.__version__):
            return Market(folder, folder / "campaign.yaml", folder / "footage.csv", truth)
    folder.mkdir(parents=True, exist_ok=True)
    sources = _rendered(folder, seed, workers, progress)
    exempt = tuple(good.id for good in GOODS.values() if good.category == EXEMPT)
    truth = MarketTruth(seed, samegoods.__version__, exempt, sources)
    market = Market(folder, write_campaign(folder), write_listing(folder, sources), truth)
    truth.write(there)
    return market


def _rendered(
    folder: Path, seed: int, workers: int | None, progress: Callable[[Progress], None] | None
) -> tuple[SourceTruth, ...]:
    """Every file of footage, rendered beside each other, one process to a core."""
    work = jobs(folder, seed=seed)
    done: list[SourceTruth] = []
    for result in LocalEngine(workers=workers).map(render_file, work):
        if isinstance(result, Failed):
            raise FootageError(f"the demo's footage could not be rendered: {result.reason}")
        done.append(result)
        if progress is not None:
            progress(Progress(len(done), len(work), f"rendering {result.path}"))
    return tuple(sorted(done, key=lambda source: source.path))


def judge_case(market: Market, case: Path) -> Score:
    """What a case says of a market, against what was planted in it."""
    return score(market.truth, _findings(case))


def judge_shares(market: Market, case: Path) -> tuple[HeldShare, ...]:
    """The shares that a case tells of a market, against those planted in it."""
    return held_shares(market.truth, _findings(case))


def _findings(case: Path) -> FindingsPart:
    return FindingsPart.model_validate_json((case / "findings.json").read_bytes())


def run(
    folder: Path, *, evidence: str | None = None, progress: Callable[[Progress], None] | None = None
) -> tuple[str, ...]:
    """Render the market, check it with the real pipeline, and say what was planted and what was found.

    Args:
        evidence: as for :func:`samegoods.wiring.check`.

    Returns:
        Lines to print; the last names the report.
    """
    market = make_market(folder, progress=progress)
    case = market.folder / "case"
    result = wiring.check(market.campaign, [market.listing], case, evidence=evidence, progress=progress)
    unread = [f"{outcome.status}: {source.path}: {outcome.reason}" for source, outcome in result.unread]
    told = (*lines(judge_case(market, case)), *share_lines(judge_shares(market, case)))
    return (*told, *unread, f"report: {result.report}")
