"""``check``: from footage to findings, everything that it takes wired together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import samegoods
from samegoods import campaign as campaigns
from samegoods.edges.engines import Engine
from samegoods.edges.engines import engine as engine_of
from samegoods.records import Finding, Judgement, Outcome, ReaderState, Source
from samegoods.wiring.custody import NO_SEAL, Seal, sealing
from samegoods.wiring.pictures import references_of
from samegoods.wiring.planning import opened
from samegoods.wiring.publishing import Settled, publish
from samegoods.wiring.running import Examiner, Progress, examine_all, unnamed

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.edges.case import CaseStore
    from samegoods.edges.media import Media
    from samegoods.results.audit import AuditPart


@dataclass(frozen=True, slots=True, eq=False)
class CheckResult:
    """What a check came to.

    ``findings`` and ``items`` are those of the whole case; items that a case keeps are read from it as they are gone
    through, which nothing else may be writing to then. ``sources`` are those of this run's footage, with how
    their reading ended; ``skipped`` counts those of them that an earlier run had done. ``lacking`` are the readers
    of codes and text that are not installed: what they would have read is not known. ``audit`` is the search for
    people in what the case holds; it, ``case`` (the folder of results) and ``report`` are None where no case was kept.
    """

    case: Path | None
    report: Path | None
    findings: tuple[Finding, ...]
    items: Iterable[Judgement]
    sources: tuple[tuple[Source, Outcome], ...]
    skipped: int
    lacking: tuple[ReaderState, ...] = ()
    audit: AuditPart | None = None

    @property
    def unread(self) -> tuple[tuple[Source, Outcome], ...]:
        """What could not be read, or not to its end."""
        return tuple(pair for pair in self.sources if pair[1].status != "ok")


def check(
    campaign: Path | str,
    footage: Sequence[str | Path],
    case: Path | str | None = None,
    *,
    site: str | None = None,
    captured_at: datetime | None = None,
    engine: str = "local",
    workers: int | None = None,
    ray_address: str | None = None,
    anonymous_sources: bool = False,
    references_from: Sequence[Path | str] = (),
    progress: Callable[[Progress], None] | None = None,
    signing_key: Path | str | None = None,
    stamp: str | None = None,
    evidence: str | None = None,
    results: Path | str | None = None,
) -> CheckResult:
    """Look for a campaign's goods in footage and say what differs; a rerun goes on where the last one ended.

    Worker processes import the script that calls this: keep the call under ``if __name__ == "__main__":``.

    Args:
        campaign: the campaign file.
        footage: files, folders, globs, or a CSV with the columns path, site, captured_at.
        case: the folder that evidence, results and report go to, or an address in PostgreSQL
            (``postgresql://user@host/database?schema=july``); None to keep none of them.
        site: where the footage was taken; may be None for a campaign of one site.
        captured_at: when it was taken; without an offset in the site's time.
        engine: what it runs on: ``local`` (processes of this machine), ``ray`` (a Ray cluster, whose machines see
            campaign and footage under the same paths) or ``inline`` (this process).
        workers: processes at a time; None for one a core.
        ray_address: of the cluster, ``auto`` or ``host:port``; None to start one here.
        anonymous_sources: keep ids in place of the names and folders of the footage.
        references_from: folders that reference pictures may lie in, too, beside the campaign's own.
        progress: called now and then.
        signing_key: the key that signs the case's log; None for the one that ``SAMEGOODS_SIGNING_KEY`` names, else the
            user's own, which is made on first use.
        stamp: the URL of an authority that stamps the head of the log (RFC 3161); None for the one that
            ``SAMEGOODS_TIMESTAMP_URL`` names, else for none.
        evidence: ``s3://bucket/prefix``, below which the pictures of a case that begins are to lie; None for the case
            folder, or to go on where they are.
        results: the folder of evidence, results and report, for a case that is begun in PostgreSQL.

    Raises:
        SamegoodsError: the input cannot be used, or a finder of the privacy wall cannot be loaded; nothing was run.
    """
    from samegoods.edges.case.placing import checked_address

    if evidence is not None:
        checked_address(evidence)
    study = campaigns.load(campaign, references_from=references_from)
    with engine_of(engine, workers=workers, address=ray_address) as machine:
        ready = ThreadPoolExecutor(1).submit(_guarded)  # while the workers load, which opening footage waits for
        media = opened(study, footage, machine, site=site, captured_at=captured_at)
        ready.result()
        if case is not None:
            seal = sealing(signing_key, stamp)
            opening = _Opening(case, seal, evidence, results)
            return _checked(study, media, opening, machine, progress, anonymous=anonymous_sources)
        with tempfile.TemporaryDirectory(prefix="samegoods-") as folder:  # nothing is kept, so nothing is signed
            opening = _Opening(folder, NO_SEAL)
            done = _checked(study, media, opening, machine, progress)
            return replace(done, case=None, report=None, audit=None, items=tuple(done.items))


def _guarded() -> None:
    """Load what a run needs next; where the wall cannot be guaranteed, nothing is begun.

    Raises:
        MissingPart: a finder of the wall cannot be loaded.
    """
    from samegoods.edges.finders import search_of, wall_finders

    for name in ("samegoods.edges.case.store", "samegoods.edges.readers", "samegoods.wiring.stretching"):
        import_module(name)
    search_of(wall_finders())


@dataclass(frozen=True, slots=True)
class _Opening:
    """The case that a check writes, who signs it, and where its pictures and its results were asked to lie."""

    case: Path | str
    seal: Seal
    evidence: str | None = None
    results: Path | str | None = None


def _checked(
    study: Campaign,
    media: Sequence[Media],
    opening: _Opening,
    machine: Engine,
    progress: Callable[[Progress], None] | None,
    *,
    anonymous: bool = False,
) -> CheckResult:
    from samegoods.edges.case import CaseStore
    from samegoods.edges.readers import all_readers
    from samegoods.wiring.stretching import begun

    seal = opening.seal
    with CaseStore.open(
        opening.case,
        campaign=study,
        software=samegoods.__version__,
        signer=seal.signer,
        evidence=opening.evidence,
        results=opening.results,
    ) as store:
        with closing(references_of(study, machine)) as references:
            sizes = store.keep_references(references)
        todo = [one for one in media if not store.done(one.source)]
        if todo:  # the page's libraries take a second to load: that is done while the workers are at it
            Thread(target=import_module, args=("samegoods.edges.report",), daemon=True).start()
        course = partial(begun, study=study, sizes=sizes, shelf=store.unfinished)
        with closing(examine_all(todo, Examiner(study), machine, progress, begun=course)) as results:
            for examined in results:
                store.save(unnamed(examined) if anonymous else examined)
        store.drop_unfinished()  # what is left is of footage that this run was not asked for
        sites = [one.id for one in study.sites]
        done = publish(store, seal, order=study.order, products=study.products, sites=sites)
        sources = _of_this_run(store, media)
    lacking = tuple(state for state in (reader.state() for reader in all_readers()) if not state.available)
    items = Settled(opening.case, opening.seal.signer)
    return CheckResult(
        store.folder, done.page, done.findings, items, sources, len(media) - len(todo), lacking, done.audit
    )


def _of_this_run(store: CaseStore, media: Sequence[Media]) -> tuple[tuple[Source, Outcome], ...]:
    wanted = {one.source.id for one in media}
    return tuple((source, outcome) for source, outcome in store.sources() if source.id in wanted)
