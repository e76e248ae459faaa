"""A finished case that a key of the tests signs, and a clock."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fakes import cases
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore
from samegoods.edges.keys import Key
from samegoods.results.review import Wish


def key(seed: int = 1) -> Key:
    """A key that is the same for the same seed."""
    return Key(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def private_pem(seed: int = 1) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_file(folder: Path, seed: int = 1) -> Path:
    """The private key in a file that its owner alone may read."""
    file = folder / f"key-{seed}.pem"
    file.touch(mode=0o600)
    file.write_bytes(private_pem(seed))
    return file


def clock(step_s: float = 1.0, *, day: int = 20) -> Callable[[], datetime]:
    """A clock that goes on by so many seconds each time it is asked, from a day of July on."""
    at = datetime(2026, 7, day, tzinfo=UTC)

    def now() -> datetime:
        nonlocal at
        at += timedelta(seconds=step_s)
        return at

    return now


def opened(folder: Path, campaign: Campaign | None, **other: object) -> CaseStore:
    """A case, signed by the first key of the tests unless told otherwise."""
    options = {"software": "1.0", "now": clock(), "signer": key()} | other
    return CaseStore.open(folder, campaign=campaign, **options)


def finish(store: CaseStore, campaign: Campaign) -> None:
    """Publish the results and a report that stands for one, and end the run."""
    cases.publish(store, campaign)
    store.put("report.html", "<p>What was found</p>\n")
    store.put("report.pdf", b"%PDF-1.7 what was found")
    store.conclude()


def decided_on(case: Path) -> None:
    """Three decisions by two people on the first two packs, the last of them taken back; published."""
    source = "s-gate-1.mp4"
    other = Wish(decision="correct", axis="packaging", call="different", remark="the seal is another")
    with opened(case, None, now=clock(day=21)) as store:
        store.decide(Wish(decision="agree", remark="seen"), source=source, item=f"{source}-i0", by="Ana")
        second = store.decide(other, source=source, item=f"{source}-i1", by="Ana")
        store.decide(Wish(decision="agree"), source=source, item=f"{source}-i1", by="Ben")
        store.decide(Wish(decision="withdraw", withdraws=second.n), source=source, item=f"{source}-i1", by="Ana")
        cases.publish(store, cases.campaign(case.parent / "campaign"))
        store.conclude()


def without_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish without searching for people: loading the finders and running them takes longer than all the rest."""
    monkeypatch.setattr("samegoods.wiring.publishing.put_audit", lambda store: None)


def finished_case(folder: Path, sources: int = 8) -> Path:
    """A case with all kinds of outcome, examined and published in one run."""
    campaign = cases.campaign(folder / "campaign")
    with opened(folder / "case", campaign) as store:
        store.keep_references(cases.references())
        for examined in list(cases.whole_case(campaign))[:sources]:
            store.save(examined)
        finish(store, campaign)
    return folder / "case"


@cache
def _once(sources: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="samegoods-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return finished_case(folder, sources)


def copied_case(folder: Path, sources: int = 8) -> Path:
    """The same as :func:`finished_case`, which is made once and copied: for tests that are many."""
    return Path(shutil.copytree(_once(sources), folder / "case"))
