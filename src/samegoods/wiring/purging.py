"""Deleting what a case has held for longer than its campaign allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import samegoods
from samegoods.errors import CaseError
from samegoods.records import Source
from samegoods.wiring.custody import sealing
from samegoods.wiring.desks import forget_desk
from samegoods.wiring.publishing import republish


@dataclass(frozen=True, slots=True)
class Purge:
    """What was deleted, or would be: sources filmed, and reports on what was seen, before ``before``, and ``pictures``
    that rested on them alone."""

    before: datetime
    days: int
    sources: tuple[Source, ...]
    pictures: int
    done: bool
    reports: tuple[int, ...] = ()


def purge(
    case: Path | str,
    *,
    older_than_days: int | None = None,
    dry_run: bool = False,
    signing_key: Path | str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Purge:
    """Delete the sources of a case that are older than its campaign's ``retention_days``, with rows and pictures.

    Unfinished work of runs that were stopped goes, too. The results are made anew from what is left; the log tells
    what went. A source whose time nobody knows counts from when it was checked.

    Args:
        older_than_days: instead of what the campaign says.
        dry_run: say what would be deleted, and delete nothing.

    Raises:
        CaseError: there is no case, nothing says how long it may be kept, or it cannot be written.
    """
    from samegoods.edges.case import CaseStore, require_case

    require_case(case)
    seal = sealing(signing_key)
    with CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=seal.signer) as store:
        known = store.campaign
        days = older_than_days if older_than_days is not None else known.retention_days
        if days is None:
            raise CaseError(f"{store.address}: its campaign states no retention_days: give --older-than DAYS")
        before = now() - timedelta(days=days)
        old = tuple(source for source, dated in store.dated() if dated < before)
        reports = store.reports_before(before.date())
        if not dry_run:
            store.drop_unfinished()  # nobody knows how old it is, and a run makes it again
        if dry_run or not (old or reports):
            return Purge(before, days, old, 0, done=not dry_run, reports=reports)
        body = {"before": before.isoformat(timespec="seconds"), "retention_days": days}
        pictures = store.remove([source.id for source in old], body, reports=reports)
        republish(store, seal)
        store.compact()
        forget_desk(store)
    return Purge(before, days, old, len(pictures), done=True, reports=reports)
