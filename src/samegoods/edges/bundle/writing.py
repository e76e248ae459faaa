"""Writing a bundle: the same bytes for the same case, moved into place when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from samegoods.custody.log import LOG
from samegoods.custody.proving import MANIFEST, PUBLIC_KEY, RESULTS
from samegoods.edges.bundle.reading import README, SCHEMA
from samegoods.errors import CustodyError
from samegoods.results.ground import GroundReportPart
from samegoods.results.parts import FindingsPart

_PACKED = (".png", ".c2pa")


Credit = Callable[[bytes, str, Mapping[str, str]], bytes]
"""Makes content credentials of a PNG, its title and what is told of it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a bundle: its bytes, or the file that has them."""

    name: str
    content: bytes | None = None
    file: Path | None = None

    def read(self) -> bytes:
        """Its bytes. Raises OSError."""
        return self.content if self.content is not None else self.file.read_bytes() if self.file is not None else b""


def members_of(case: Path, document: FindingsPart) -> tuple[Member, ...]:
    """All members but the log and the list: results, public key, and the evidence that the findings lead to."""
    paths = {one.picture for one in document.references}
    for item in document.items:
        paths |= {*item.evidence, *(crop.path for crop in item.crops)}
    paths |= {path for report in _reports(document) for path in report.pictures}
    names = [PUBLIC_KEY, *(name for name in RESULTS if (case / name).is_file()), *sorted(paths)]
    readme = resources.files("samegoods.edges.bundle").joinpath(README).read_bytes()
    return (Member(README, readme), *(Member(name, file=case / name) for name in names))


def _reports(document: FindingsPart) -> Iterator[GroundReportPart]:
    """The reports from the ground that the findings tell."""
    return (report for group in document.ground for report in group.reports)


def credentials_of(case: Path, document: FindingsPart, credit: Credit) -> tuple[Member, ...]:
    """Content credentials for every picture of the evidence, as files beside them.

    Raises:
        CustodyError: a picture cannot be read, or none can be made for it.
    """
    hashes = {source.id: source.sha256 for source in document.sources}
    told = {one.picture: {"reference": one.id} for one in document.references}
    for item in document.items:
        of_item = {"item": item.id, "source": item.source, "source_sha256": hashes.get(item.source, "")}
        told |= dict.fromkeys(item.evidence, of_item)
    for report in _reports(document):
        told |= {path: {"report": str(report.n)} for path in report.pictures}
    members = []
    for path, tale in sorted(told.items()):
        try:
            png = (case / path).read_bytes()
        except OSError as error:
            raise CustodyError(f"{case / path}: cannot be read: {error.strerror or error}") from error
        name = path.replace("evidence/", "credentials/", 1).removesuffix(".png") + ".c2pa"
        members.append(Member(name, credit(png, Path(path).name, tale)))
    return tuple(members)


def manifest_of(members: Sequence[Member]) -> bytes:
    """The list of a bundle's members with their SHA-256.

    Raises:
        CustodyError: a file cannot be read.
    """
    try:
        listed = {one.name: hashlib.sha256(one.read()).hexdigest() for one in members}
    except OSError as error:
        raise CustodyError(f"{error.filename}: cannot be read: {error.strerror or error}") from error
    return (json.dumps({"schema": SCHEMA, "members": listed}, indent=1, sort_keys=True) + "\n").encode()


def write_bundle(file: Path, members: Sequence[Member], *, manifest: bytes, log: Path) -> None:
    """Write a bundle.

    Raises:
        CustodyError: it cannot be written, or has more than a plain zip holds (4 GiB, 65,535 members).
    """
    unfinished = file.with_name(f"{file.name}.part")
    parts = [*members, Member(MANIFEST, manifest), Member(LOG, file=log)]
    try:
        with unfinished.open("wb") as stream:
            with zipfile.ZipFile(stream, "w", allowZip64=False) as bundle:
                for one in sorted(parts, key=lambda part: part.name):
                    bundle.writestr(_info(one.name), one.read())
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except (OSError, zipfile.LargeZipFile) as error:
        said = error.strerror if isinstance(error, OSError) else "more than 4 GiB or 65,535 members"
        _discard(unfinished)
        raise CustodyError(f"{file}: cannot be written: {said or error}") from error


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
