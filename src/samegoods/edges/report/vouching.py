"""The chapter on how the report can be verified: what it rests on, and how far the log goes that vouches for that."""

from __future__ import annotations

from dataclasses import dataclass

from samegoods.custody.replay import Vouched
from samegoods.edges.report.reading import Case


@dataclass(frozen=True, slots=True)
class Vouching:
    """What is told, as pairs of a name and a value; a value of ``codes`` is a hash, and set as one."""

    facts: tuple[tuple[str, str], ...]
    codes: tuple[tuple[str, str], ...]
    keyed: bool
    """Whether a key signs the log: what nobody signs, anybody can change."""


def vouching(case: Case, vouched: Vouched | None) -> Vouching:
    """The chapter of a case.

    Args:
        vouched: None where nothing is known of the log, as when the report is made without its case.
    """
    document = case.document
    read = sum(one.status != "failed" for one in document.sources)
    sources = f"{read} of {len(document.sources)} could be read; the SHA-256 of each stands below"
    facts = [("Recordings and photos", sources)]
    codes = [("SHA-256 of findings.json", case.sha256), ("Fingerprint of the campaign", document.campaign.digest)]
    if vouched is None:
        return Vouching(tuple(facts), tuple(codes), False)
    log = f"custody.jsonl: its entries 1 to {vouched.entries} tell of all that these results rest on"
    credentials = "samegoods export --credentials puts them (C2PA) beside the pictures of a bundle"
    facts += [("Log of the case", log), ("Time stamp", _stamped(vouched)), ("Content credentials", credentials)]
    codes.append((f"SHA-256 of entry {vouched.entries} of the log", vouched.head))
    if vouched.key is not None:
        codes.append(("Fingerprint of the public key that signs the log", vouched.key))
    return Vouching(tuple(facts), tuple(codes), vouched.key is not None)


def _stamped(vouched: Vouched) -> str:
    if vouched.stamped is None:
        return "none up to that entry; samegoods verify names those that came later, with the time that they prove"
    return f"entry {vouched.stamped} bears the stamp of an authority (RFC 3161); samegoods verify tells its time"
