"""The report of a case as it stands, made anew; and two cases side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import samegoods
from samegoods.errors import CaseError, CustodyError
from samegoods.wiring.custody import sealing
from samegoods.wiring.publishing import put_report, republish
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.edges.report.reading import Case


def report(
    case: Path | str,
    *,
    signing_key: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Make the report of a case anew, from what the case holds; what reviewers decided since is counted first.

    Args:
        progress: told of every picture that was read.

    Raises:
        CaseError: there is no case in the folder, its findings are not those that were published, or another key
            signs it.
    """
    from samegoods.edges.case import CaseStore, require_case

    require_case(case)  # before a key is made for nothing
    seal = sealing(signing_key)
    with (
        CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=seal.signer) as store,
        store.publishing(),
    ):
        store.refuse_unpublished("findings.json")
        if not store.told.finished:  # what an unfinished run has saved is for the next run to count and to tell of
            return put_report(store, progress)
        if store.decided_anew:
            return republish(store, seal).page
        page = put_report(store, progress)
        store.conclude(stamp=seal.stamp)
    return page


def against(case: Path | str, other: Path | str, page: Path | str) -> tuple[Path, Path]:
    """Set two cases side by side, on a page and on paper; both are proven first, and neither is changed.

    Args:
        case: the case that is asked about, A.
        other: the case that it is set against, B.
        page: the page to write, ``NAME.html``; the same on paper is ``NAME.pdf`` beside it.

    Raises:
        CaseError: there is no case in a folder, ``page`` lies in one of them, or cannot be written.
        CustodyError: a case is not what its log tells.
    """
    from samegoods.edges.case import folder_of
    from samegoods.edges.report.against import write_against
    from samegoods.stages.oppose import oppose

    page = Path(page).with_suffix(".html")
    for folder in (folder_of(case), folder_of(other)):
        if page.resolve().is_relative_to(folder.resolve()):
            raise CaseError(f"{page}: lies in a case, which is not changed: name a file elsewhere with -o")
    first, second = (_proven(one) for one in (case, other))
    return write_against(first, second, oppose(first.document, second.document), page)


def _proven(address: Path | str) -> Case:
    """A case, once it is known to be what its log tells."""
    from samegoods.custody import prove
    from samegoods.edges.case import address_of, folder_of, inspect, pictures_of
    from samegoods.edges.report.reading import read_case

    name = address_of(address)
    held, _ = inspect(name)
    proof = prove(held)
    if proof.problems:
        raise CustodyError(f"{name}: does not hold: {proof.problems[0]}: samegoods verify {name} tells more")
    folder = folder_of(name)
    case = read_case(folder, pictures_of(folder), with_items=True)
    if case.sha256 != held.files.get("findings.json"):
        raise CustodyError(f"{name}: was changed while it was read: try again")
    return case
