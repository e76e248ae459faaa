"""Which place the pictures of a case have: chosen when it is begun, told by its log, and never changed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from samegoods.custody.entries import LINE_BYTES, Entry, read_entry
from samegoods.custody.log import LOG
from samegoods.edges.case.bucket import Bucket
from samegoods.edges.case.folder import Folder
from samegoods.edges.case.place import Place
from samegoods.errors import CaseError, CustodyError
from samegoods.strangers import open_file

KIND = "evidence"
"""The kind of the entry that tells it."""
_GIVEN = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_.!'()*=-]+)*")
"""Bucket names as S3 has them; below it names that are the same in every address, and no credentials."""


def checked_address(address: str) -> str:
    """An address for evidence, without a slash at its end.

    Raises:
        CaseError: it is none.
    """
    bare = address.rstrip("/")
    if not _GIVEN.fullmatch(bare) or {".", ".."} & set(bare.split("/")):
        raise CaseError(
            "evidence: expected s3://BUCKET or s3://BUCKET/PREFIX of letters, digits, - _ and .; "
            "who asks is told by the environment alone (AWS_ACCESS_KEY_ID)"
        )
    return bare


def place_of(folder: Path, *, begun: bool, told: str | None, asked: str | None) -> Place:
    """The place of the pictures of a case that is opened to be written.

    A case that begins gets a place of its own below the address: two cases never clear up after each other, and one
    setting does for all of them.

    Args:
        begun: whether there is a case already.
        told: the address that its log tells.
        asked: the address that was asked for.

    Raises:
        CaseError: the case was begun with another one; it is none; or the service does not let us look into it.
    """
    if asked is None:
        return place_at(folder, told)
    base = checked_address(asked)
    if not begun:
        place = Bucket(f"{base}/case-{secrets.token_hex(8)}")
        place.require()
        return place
    if told is None or base not in (told, told.rpartition("/")[0]):
        where = told or "in the case itself"
        raise CaseError(f"{folder}: its evidence is {where}: leave --evidence out to go on, or begin another case")
    return place_at(folder, told)


def place_at(folder: Path, address: str | None) -> Place:
    """The place of the pictures of the case in a folder, by what its log tells.

    Raises:
        CaseError: the log tells of an address that is none.
    """
    return Folder(folder) if address is None else Bucket(checked_address(address))


def address_in(lines: Iterable[bytes]) -> str | None:
    """Where a log tells that the pictures are; it is not proven by this, and proving it is for :func:`prove`."""
    told = None
    for line in lines:
        if f'"kind":"{KIND}"'.encode() in line:
            told = _address(line) or told
    return told


def _address(line: bytes) -> str | None:
    try:
        entry: Entry = read_entry(line)
    except CustodyError:
        return None
    address = entry.body.get("address")
    return address if entry.kind == KIND and isinstance(address, str) else None


def pictures_of(folder: Path) -> Place:
    """The place of the pictures of a case that is not open.

    Raises:
        CaseError: the log cannot be read, or tells of an address that is none.
    """
    try:
        with open_file(folder / LOG) as log:  # line by line: a log may have millions
            return place_at(folder, address_in(iter(lambda: log.readline(LINE_BYTES), b"")))
    except FileNotFoundError:
        return place_at(folder, None)
    except OSError as error:
        raise CaseError(f"{folder / LOG}: cannot be read: {error.strerror or error}") from error
