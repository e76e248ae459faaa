"""Signing a case, proving it, and handing it on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import samegoods
from samegoods.errors import CustodyError
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.custody import Held, Proof, Signer


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signs a case's log, and who stamps its head; None for nobody."""

    signer: Signer | None
    stamp: Callable[[bytes], bytes] | None


NO_SEAL = Seal(None, None)


def sealing(signing_key: Path | str | None = None, stamp: str | None = None) -> Seal:
    """The key and the authority that are named, here or in the environment; a key of the user's own is made.

    Raises:
        SigningKeyError: the key cannot be used.
        MissingPart: an authority is named, and what asks it is not installed.
    """
    from samegoods.edges.keys import open_key
    from samegoods.edges.stamps import stamper

    return Seal(open_key(signing_key), stamper(stamp))


def verify(
    place: Path | str,
    *,
    key: Path | str | None = None,
    footage: Path | str | None = None,
    authority: Path | str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Proof:
    """Prove that a case or a bundle is what its log tells; reads only, needs no private key, and no network but for
    pictures in object storage, all of which are read.

    Args:
        place: a case folder, the address of a case in PostgreSQL, or a bundle of :func:`export`.
        key: the public key that is expected to have signed, PEM; None to take the one that lies in the case.
        footage: a folder whose files are to have the hashes that the log tells.
        authority: the certificates of time-stamping authorities to trust, PEM.
        progress: told how many pictures were read.

    Raises:
        SamegoodsError: there is nothing to verify, or a file that was named cannot be used.
    """
    from samegoods.custody import prove
    from samegoods.custody.replay import Told
    from samegoods.edges.case.kept import KeptLedger
    from samegoods.edges.stamps import reader

    held, beside = _held(place, progress)
    return prove(
        held,
        key=None if key is None else _read(Path(key)),
        footage=None if footage is None else _hashes(Path(footage)),
        check_stamp=reader(authority),
        beside=beside,
        told=Told(KeptLedger()),  # on disk, for as long as this takes
    )


def _held(place: Path | str, progress: Callable[[Progress], None] | None) -> tuple[Held, tuple[str, ...]]:
    from samegoods.edges.case import InFolder, address_of, inspect

    address = address_of(place)
    if not isinstance(address, InFolder) or address.folder.is_dir():
        tell = progress or (lambda _: None)
        return inspect(address, told=lambda done, total: tell(Progress(done, total, "reading pictures")))
    from samegoods.edges.bundle import read_bundle

    return read_bundle(address.folder), ()


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(1 << 16)
    except OSError as error:
        raise CustodyError(f"{file}: cannot be read: {error.strerror or error}") from error


def _hashes(folder: Path) -> frozenset[str]:
    """SHA-256 of all files in a folder and below."""
    if not folder.is_dir():
        raise CustodyError(f"{folder}: no such folder: name the one that holds the footage")
    found = set()
    try:
        for place, _, names in os.walk(folder):
            for name in names:
                with (Path(place) / name).open("rb") as stream:
                    found.add(hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        raise CustodyError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    return frozenset(found)


def export(
    case: Path | str,
    file: Path | str,
    *,
    signing_key: Path | str | None = None,
    stamp: str | None = None,
    credentials: bool = False,
) -> Path:
    """Write what a case rests on into one bundle, and tell the case's log of it.

    The same case gives the same bytes under the same name; with credentials, which hold a random number, it does not.

    Args:
        credentials: put content credentials (C2PA) beside the pictures.

    Raises:
        SamegoodsError: the case does not hold, another key signs it, or the bundle cannot be written.
    """
    from samegoods.custody import LOG, prove
    from samegoods.custody.walk import FINDINGS, read_findings
    from samegoods.edges.bundle import credentials_of, manifest_of, members_of, write_bundle
    from samegoods.edges.case import CaseStore, inspect, require_case
    from samegoods.edges.credentials import crediting
    from samegoods.edges.keys import open_key
    from samegoods.edges.stamps import stamper

    file = Path(file)
    require_case(case)  # before a key is made for nothing
    key, asked = open_key(signing_key), stamper(stamp)
    credit = crediting(key.sign, key.certificates(), software=samegoods.__version__) if credentials else None
    with (
        CaseStore.open(case, campaign=None, software=samegoods.__version__, signer=key) as store,
        store.publishing(),
    ):
        held, _ = inspect(store.address, is_still=True)
        proof = prove(held)
        if proof.problems or held.findings is None:
            why = proof.problems[0] if proof.problems else "it has no findings"
            raise CustodyError(f"{store.address}: is not exported, since it does not hold: {why}")
        document = read_findings((store.folder / FINDINGS).read_bytes())
        members = members_of(store.folder, document, store.pictures)
        if credit is not None:
            members = (*members, *credentials_of(document, store.pictures, credit))
        manifest = manifest_of(members, held.files)
        store.tell_export(file.name, hashlib.sha256(manifest).hexdigest(), stamp=asked)
        write_bundle(file, members, manifest=manifest, log=store.folder / LOG, at_once=store.pictures.at_once)
    return file
