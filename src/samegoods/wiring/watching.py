"""Watching sources while they run: streams cut by the clock, folders as files come; one writer."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import samegoods
from samegoods import campaign as campaigns
from samegoods.edges.engines import Failed, LocalEngine, usable_cores
from samegoods.edges.media import LIMITS, Camera, Inbox, Media, watched
from samegoods.errors import MissingPart
from samegoods.records import Examined
from samegoods.wiring.custody import sealing
from samegoods.wiring.keeping import NOBODY, Hearers, Keeping
from samegoods.wiring.pictures import references_of
from samegoods.wiring.planning import opened
from samegoods.wiring.rota import AHEAD, Received, Rota, Watcher
from samegoods.wiring.running import Plan
from samegoods.wiring.steps import Came, Step
from samegoods.wiring.stretching import begun

if TYPE_CHECKING:
    from samegoods.campaign import Campaign
    from samegoods.edges.case import CaseStore

FIRST_S = 5.0
"""Workers take some seconds to start; the first stretches begin when they are up."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a watch goes on, in seconds.

    Streams are cut every ``length_s``, folders looked into every ``every_s``, results published every ``refresh_s`` at
    most; it ends after ``for_s``, or when it is interrupted.
    """

    length_s: float = 300.0
    every_s: float = 10.0
    refresh_s: float = 300.0
    for_s: float = math.inf


def watch(
    campaign: Path | str,
    sources: Sequence[str],
    case: Path | str,
    *,
    site: str | None = None,
    pace: Pace = Pace(),
    workers: int | None = None,
    anonymous_sources: bool = False,
    references_from: Sequence[Path | str] = (),
    signing_key: Path | str | None = None,
    stamp: str | None = None,
    evidence: str | None = None,
    results: Path | str | None = None,
    hearers: Hearers = NOBODY,
    now: Callable[[], float] = time.time,
) -> Path:
    """Look for a campaign's goods in streams and in folders into which footage is put, as it comes.

    Returns when the time is over, or on an interrupt (SIGINT, SIGTERM); the results are then published, and the
    report lies where it says.

    Args:
        sources: addresses of streams, folders, or a CSV with the columns path and site.
        case: the folder that evidence, results and report go to, or an address in PostgreSQL.
        site: where all of it is; may be None for a campaign of one site.
        workers: processes at a time for the files of folders; None for one a core. A stream has two of its own.
        evidence: as for :func:`samegoods.wiring.check`.
        results: as for :func:`samegoods.wiring.check`.
        now: the clock, in seconds since 1970; it travels to the workers.

    Raises:
        SamegoodsError: the input cannot be used, or a finder of the privacy wall cannot be loaded; nothing was run.
    """
    from samegoods.edges.case import CaseStore
    from samegoods.edges.case.placing import checked_address
    from samegoods.edges.finders import search_of, wall_finders

    if find_spec("tenacity") is None:
        raise MissingPart("watching needs tenacity: pip install 'samegoods[watch]'")
    if evidence is not None:
        checked_address(evidence)
    study = campaigns.load(campaign, references_from=references_from)
    cameras, inboxes = watched(sources, site=site, zones={one.id: one.timezone for one in study.sites})
    seal = sealing(signing_key, stamp)
    search_of(wall_finders())  # where the wall cannot be guaranteed, nothing is begun
    software = samegoods.__version__
    places = AHEAD * len(cameras) + ((workers or usable_cores()) if inboxes else 0)
    software = samegoods.__version__
    with (
        CaseStore.open(
            case, campaign=study, software=software, signer=seal.signer, evidence=evidence, results=results
        ) as store,
        LocalEngine(workers=places) as machine,
    ):
        keeping = Keeping(store, study, seal, hearers, anonymous=anonymous_sources)
        _watched(cameras, inboxes, machine, keeping, pace, now)
        return store.folder / "report.html"


def _watched(
    cameras: Sequence[Camera],
    inboxes: Sequence[Inbox],
    machine: LocalEngine,
    keeping: Keeping,
    pace: Pace,
    now: Callable[[], float],
) -> None:
    store, study = keeping.store, keeping.study
    with closing(references_of(study, machine)) as references:
        sizes = store.keep_references(references)
    start = math.ceil(now() + FIRST_S)
    rota = Rota(
        cameras,
        inboxes,
        start=start,
        until=start + pace.for_s,
        length_s=pace.length_s,
        every_s=pace.every_s,
        opened=partial(_new, study=study, store=store),
        planned=partial(_planned, study=study, sizes=sizes, store=store),
        now=now,
    )
    keeping.begin(cameras, datetime.fromtimestamp(start, UTC))
    try:
        with _ended_by_signals():
            _run(machine, Watcher(study), rota, keeping, pace)
    except KeyboardInterrupt:
        for lost in rota.left():
            keeping.keep(lost, lost.camera.shown)
    keeping.publish()


def _run(machine: LocalEngine, work: Watcher, rota: Rota, keeping: Keeping, pace: Pace) -> None:
    came: Generator[Examined | Came | Received | Failed[Media | Step], None, None]
    came = machine.map(work, rota.items(), patience_s=LIMITS.patience_s)
    with closing(came) as results:
        for result in results:
            done = rota.take(result)
            if done is not None:
                keeping.keep(done, rota.place_of(done))
                rota.saved(done)
            keeping.publish(at_most_every_s=pace.refresh_s)


def _new(inbox: Inbox, paths: Sequence[str], *, study: Campaign, store: CaseStore) -> list[Media]:
    """The files of a folder that no earlier run had done, opened in a process of their own."""
    media = opened(study, paths, LocalEngine(workers=1), site=inbox.site, captured_at=None)
    return [one for one in media if not store.done(one.source)]


def _planned(media: Media, *, study: Campaign, sizes: Mapping[str, tuple[int, int]], store: CaseStore) -> Plan:
    return Plan([media], partial(begun, study=study, sizes=sizes, shelf=store.unfinished))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A service manager ends a watch as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
