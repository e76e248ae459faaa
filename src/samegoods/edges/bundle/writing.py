"""Writing a bundle: the same bytes for the same case, moved into place when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

from samegoods.custody.log import LOG
from samegoods.custody.proving import MANIFEST, PUBLIC_KEY, RESULTS
from samegoods.edges.bundle.reading import README, SCHEMA
from samegoods.errors import CustodyError
from samegoods.fetching import Pictures, ahead
from samegoods.results.ground import GroundReportPart
from samegoods.results.parts import FindingsPart

_PACKED = (".png", ".c2pa")


Credit = Callable[[bytes, str, Mapping[str, str]], bytes]
"""Makes content credentials of a PNG, its title and what is told of it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a bundle: its name, and what returns its bytes (raises OSError or CaseError)."""

    name: str
    read: Callable[[], bytes]


def members_of(case: Path, document: FindingsPart, pictures: Pictures) -> tuple[Member, ...]:
    """All members but the log and the list: results, public key, and the evidence that the findings lead to."""
    paths = {one.picture for one in document.references}
    for item in document.items:
        paths |= {*item.evidence, *(crop.path for crop in item.crops)}
    paths |= {path for report in _reports(document) for path in report.pictures}
    names = [PUBLIC_KEY, *(name for name in RESULTS if (case / name).is_file())]
    readme = resources.files("samegoods.edges.bundle").joinpath(README)
    return (
        Member(README, readme.read_bytes),
        *(Member(name, (case / name).read_bytes) for name in names),
        *(Member(path, partial(pictures.read, path)) for path in sorted(paths)),
    )


def _reports(document: FindingsPart) -> Iterator[GroundReportPart]:
    """The reports from the ground that the findings tell."""
    return (report for group in document.ground for report in group.reports)


def credentials_of(document: FindingsPart, pictures: Pictures, credit: Credit) -> tuple[Member, ...]:
    """Content credentials for every picture of the evidence, as files beside them.

    Raises:
        CaseError: a picture cannot be read.
        CustodyError: no credentials can be made for it.
    """
    hashes = {source.id: source.sha256 for source in document.sources}
    told = {one.picture: {"reference": one.id} for one in document.references}
    for item in document.items:
        of_item = {"item": item.id, "source": item.source, "source_sha256": hashes.get(item.source, "")}
        told |= dict.fromkeys(item.evidence, of_item)
    for report in _reports(document):
        told |= {path: {"report": str(report.n)} for path in report.pictures}
    members = []
    paths = sorted(told)
    for path, png in zip(paths, ahead(pictures.read, paths, pictures.at_once), strict=True):
        name = path.replace("evidence/", "credentials/", 1).removesuffix(".png") + ".c2pa"
        credentials = credit(png, Path(path).name, told[path])
        members.append(Member(name, partial(bytes, credentials)))
    return tuple(members)


def manifest_of(members: Sequence[Member], known: Mapping[str, str]) -> bytes:
    """The list of a bundle's members with their SHA-256.

    Args:
        known: the SHA-256 of what was just proven, by name; the others are read.

    Raises:
        CustodyError: a file cannot be read.
    """
    try:
        listed = {one.name: known.get(one.name) or hashlib.sha256(one.read()).hexdigest() for one in members}
    except OSError as error:
        raise CustodyError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    return (json.dumps({"schema": SCHEMA, "members": listed}, indent=1, sort_keys=True) + "\n").encode()


def write_bundle(file: Path, members: Sequence[Member], *, manifest: bytes, log: Path, at_once: int = 1) -> None:
    """Write a bundle.

    Args:
        at_once: how many members are worth reading at a time.

    Raises:
        CaseError: a picture cannot be read.
        CustodyError: it cannot be written, has more than a plain zip holds (4 GiB, 65,535 members), or a member is no
            longer what the list says.
    """
    unfinished = file.with_name(f"{file.name}.part")
    parts = [*members, Member(MANIFEST, lambda: manifest), Member(LOG, log.read_bytes)]
    try:
        with unfinished.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", allowZip64=False) as bundle:
                for name, content in _contents(parts, json.loads(manifest)["members"], at_once):
                    bundle.writestr(_info(name), content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except (OSError, zipfile.LargeZipFile) as error:
        said = error.strerror if isinstance(error, OSError) else "more than 4 GiB or 65,535 members"
        raise CustodyError(f"{file}: cannot be written: {said or error}") from error
    finally:
        _discard(unfinished)


def _contents(parts: Sequence[Member], listed: Mapping[str, str], at_once: int) -> Iterator[tuple[str, bytes]]:
    """Members with their bytes in the order of names; what is listed was proven, and is that very thing."""
    ordered = sorted(parts, key=lambda part: part.name)
    for one, content in zip(ordered, ahead(_read, ordered, at_once), strict=True):
        if one.name in listed and hashlib.sha256(content).hexdigest() != listed[one.name]:
            raise CustodyError(f"{one.name}: was changed while it was read: try again")
        yield one.name, content


def _read(one: Member) -> bytes:
    return one.read()


def _discard(unfinished: Path) -> None:
    """Leave nothing half written behind, where that is possible."""
    try:
        unfinished.unlink(missing_ok=True)
    except OSError:
        return


def _info(name: str) -> zipfile.ZipInfo:
    """A member as of no date and no machine; pictures are packed already."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, 0o644 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    return info
