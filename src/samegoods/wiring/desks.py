"""The index that the page for review answers from: kept in the user's cache while its case stays as it is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.edges.case import CaseStore
    from samegoods.edges.web import Desk

FINDINGS = "findings.json"


@contextmanager
def desk_of(store: CaseStore, second: float, progress: Callable[[Progress], None] | None = None) -> Iterator[Desk]:
    """The index of a case that is open, as it was published; it is gone once other findings are published.

    Args:
        second: the share of items that two reviewers are to decide on, 0..1.
        progress: called while it is made.

    Raises:
        CaseError: the findings are not those that were published.
    """
    from samegoods.edges.web import load_desk

    store.refuse_unpublished(FINDINGS)
    digest = _published(store)

    def news(done: int, total: int) -> None:
        if progress is not None:
            progress(Progress(done, total, "indexing the findings"))

    with _place(store.folder) as folder:
        desk = load_desk(
            store.folder / FINDINGS,
            folder / "desk.db",
            digest=digest,
            judged=store.told.judged,
            reviews=store.reviews(),
            second=second,
            progress=news,
        )
        yield desk
        desk.close()
        if _published(store) != digest:  # what was withdrawn meanwhile is in the index yet
            forget_desk(store)


def forget_desk(store: CaseStore) -> None:
    """Delete what is kept of findings that are no longer published: some may have been deleted from them for good."""
    from samegoods.edges.case import cache_of

    for file in cache_of(store.folder).glob("desk.db*"):
        file.unlink(missing_ok=True)


def _published(store: CaseStore) -> str:
    published = store.told.published
    return "" if published is None else published[1].files[FINDINGS]


@contextmanager
def _place(case: Path) -> Iterator[Path]:
    """A folder for the index: of the user's cache, or where that cannot be, or is in use, one for this time alone."""
    from samegoods.edges.case import made_cache

    try:
        folder = made_cache(case)
        lock = FileLock(folder / "desk.lock", timeout=0)
        lock.acquire()
    except (OSError, Timeout):
        with tempfile.TemporaryDirectory(prefix="samegoods-") as own:
            yield Path(own)
        return
    try:
        yield folder
    finally:
        lock.release()
