"""The report of a case as it stands, made anew."""

from __future__ import annotations

from pathlib import Path

import samegoods
from samegoods.wiring.custody import sealing
from samegoods.wiring.publishing import put_report, republish


def report(case: Path | str, *, signing_key: Path | str | None = None) -> Path:
    """Make the report of a case anew, from what the case holds; what reviewers decided since is counted first.

    Raises:
        CaseError: there is no case in the folder, its findings are not those that were published, or another key
            signs it.
    """
    from samegoods.edges.case import CaseStore, require_case

    require_case(Path(case))  # before a key is made for nothing
    seal = sealing(signing_key)
    with CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=seal.signer) as store:
        store.refuse_unpublished("findings.json")
        if (
            not store.told.finished
        ):  # what a run that did not end has saved is for the next run to count and to tell of
            return put_report(store)
        if store.decided_anew:
            return republish(store, seal)[2]
        page = put_report(store)
        store.conclude(stamp=seal.stamp)
    return page
