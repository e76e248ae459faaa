"""Reading a bundle, which may come from anyone: looked through before it is read, and never unpacked.

A member has a name of a fixed list or one made of a hash, so no path can lead out, whatever its name says; no member
is written anywhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from samegoods.custody.log import LOG, Problem, split_lines
from samegoods.custody.proving import MANIFEST, PUBLIC_KEY, RESULTS, Held
from samegoods.custody.walk import FINDINGS
from samegoods.errors import CustodyError

README = "README.txt"
SCHEMA = "samegoods/bundle/1"
FILE_BYTES = 1 << 32
"""A zip without the extension for more, which also has at most 65,535 members."""
DIRECTORY_BYTES = 1 << 24
TOTAL_BYTES = 1 << 33
TEXT_BYTES = 1 << 30
_END = struct.Struct("<4s4H2LH")
_NAMES = {LOG, PUBLIC_KEY, MANIFEST, README, *RESULTS}
_NAMED = re.compile(r"(?:evidence|credentials)/([0-9a-f]{2})/\1[0-9a-f]{62}\.(?:png|c2pa)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, struct.error, OSError)
"""What zipfile raises on files that are none, or that were damaged."""


def read_bundle(file: Path) -> Held:
    """What a bundle holds.

    Raises:
        CustodyError: it is no bundle, or larger than what is read; the message states the limit.
    """
    try:
        _refuse_large_directory(file)
        with zipfile.ZipFile(file) as bundle:
            return _held(file, bundle)
    except _BROKEN as error:
        raise CustodyError(f"{file}: not a bundle that samegoods export has written: {error}") from error


def _refuse_large_directory(file: Path) -> None:
    """Look at the end of the file alone: a list of members that fills the memory is not even loaded."""
    size = file.stat().st_size
    if size > FILE_BYTES:
        raise CustodyError(f"{file}: has {size} bytes, more than the {FILE_BYTES} that are read")
    with file.open("rb") as stream:
        stream.seek(max(size - _END.size - 20, 0))
        end = stream.read()
    if len(end) < _END.size or end.startswith(b"PK\x06\x07"):
        raise ValueError("not a plain zip file")
    signature, *_, length, _, comment = _END.unpack(end[-_END.size :])
    if signature != b"PK\x05\x06" or comment:
        raise ValueError("not a plain zip file")
    if length > DIRECTORY_BYTES:
        raise CustodyError(f"{file}: its list of members has {length} bytes, more than {DIRECTORY_BYTES} are not read")


def _held(file: Path, bundle: zipfile.ZipFile) -> Held:
    problems: list[Problem] = []
    members = _members(file, bundle, problems)
    files: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    for name, member in members.items():
        try:
            files[name], text = _read(bundle, member, keep=name in (LOG, PUBLIC_KEY, MANIFEST, FINDINGS))
        except _BROKEN as error:
            problems.append(Problem(name, f"cannot be read: {error}"))
            continue
        texts |= {} if text is None else {name: text}
    problems += _against_manifest(texts.get(MANIFEST), files)
    log = split_lines(texts.get(LOG, b""))
    rest = {name: found for name, found in files.items() if name != LOG}
    findings = partial(_lines, texts[FINDINGS]) if FINDINGS in texts else None
    return Held(log, rest, texts.get(PUBLIC_KEY), findings, None, tuple(problems))


def _lines(raw: bytes) -> Iterator[str]:
    return (line.decode() for line in io.BytesIO(raw))


def _members(file: Path, bundle: zipfile.ZipFile, problems: list[Problem]) -> dict[str, zipfile.ZipInfo]:
    """The members that have a place in a bundle, by name; the others are problems, and are not read."""
    members: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for one in bundle.infolist():
        total += one.file_size
        wrong = _wrong(one, members)
        if wrong is not None:
            problems.append(Problem(_shown(one.filename), wrong))
        else:
            members[one.filename] = one
    if total > TOTAL_BYTES:
        raise CustodyError(f"{file}: unpacked it would have {total} bytes, more than the {TOTAL_BYTES} that are read")
    return members


def _wrong(one: zipfile.ZipInfo, members: Mapping[str, zipfile.ZipInfo]) -> str | None:
    if one.filename in members:
        return "is there twice"
    if one.orig_filename != one.filename or (one.filename not in _NAMES and not _NAMED.fullmatch(one.filename)):
        return "has no place in a bundle"
    if stat.S_IFMT(one.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is a link, or no file"
    if one.flag_bits & 1 or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is encrypted, or packed in a way that bundles are not"
    if one.file_size > TEXT_BYTES:
        return f"has more than {TEXT_BYTES} bytes, and was not read"
    return None


def _shown(name: str) -> str:
    """A name that can be printed on one line."""
    return name if name.isprintable() and len(name) <= 120 else ascii(name[:120])


def _read(bundle: zipfile.ZipFile, member: zipfile.ZipInfo, *, keep: bool) -> tuple[str, bytes | None]:
    """The SHA-256 of a member and, where it is kept, its bytes."""
    hashed, parts = hashlib.sha256(), []
    with bundle.open(member) as stream:
        while part := stream.read(1 << 20):
            hashed.update(part)
            if keep:
                parts.append(part)
    return hashed.hexdigest(), b"".join(parts) if keep else None


def _against_manifest(manifest: bytes | None, files: Mapping[str, str]) -> list[Problem]:
    """Members that the list has and the bundle has not, the other way round, and those with other bytes."""
    if manifest is None:
        return [Problem(MANIFEST, "is missing")]
    try:
        listed = json.loads(manifest)["members"]
        known = {str(name): str(found) for name, found in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return [Problem(MANIFEST, "is not the list of a bundle's members")]
    there = {name: found for name, found in files.items() if name not in (LOG, MANIFEST)}
    problems = []
    for name in sorted(known.keys() | there.keys()):
        if name not in there:
            problems.append(Problem(_shown(name), f"is missing: {MANIFEST} lists it"))
        elif name not in known:
            problems.append(Problem(name, f"{MANIFEST} does not list it"))
        elif known[name] != there[name]:
            problems.append(Problem(name, f"is not the file that {MANIFEST} lists: its SHA-256 is another"))
    return problems
