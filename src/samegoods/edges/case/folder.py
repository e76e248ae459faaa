"""Pictures in the folder of their case."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from samegoods.custody.log import Problem
from samegoods.custody.replay import EVIDENCE
from samegoods.errors import EvidenceError
from samegoods.fetching import InFolder, refuse_astray

UNFINISHED = ".part"
LINK = "is a link: a case has none"
HALF_WRITTEN = "is half written: a run was ended as it wrote it"


@dataclass(frozen=True, slots=True)
class Folder(InFolder):
    """The folder of a case as the place of its pictures; see :class:`samegoods.edges.case.place.Place`."""

    @property
    def address(self) -> str | None:
        return None

    def put_once(self, path: str, content: bytes) -> None:
        refuse_astray(path)
        try:
            write_once(self.folder / path, content)
        except OSError as error:
            raise EvidenceError(f"{self.where(path)}: cannot be written: {error.strerror or error}") from error

    def sha256(self, path: str) -> str | None:
        refuse_astray(path)
        try:
            with (self.folder / path).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EvidenceError(f"{self.where(path)}: cannot be read: {error.strerror or error}") from error

    def names(self, problems: list[Problem]) -> Iterator[str]:
        if (self.folder / EVIDENCE).is_symlink():
            problems.append(Problem(EVIDENCE, LINK))
            return
        for place, folders, names in os.walk(self.folder / EVIDENCE, onerror=_unreadable):
            for name in sorted([*names, *folders]):
                file = Path(place) / name
                path = file.relative_to(self.folder).as_posix()
                if name in folders and not file.is_symlink():
                    continue
                if name.endswith(UNFINISHED) and not file.is_symlink():
                    problems.append(Problem(path, HALF_WRITTEN, True))
                elif is_plain(file, path, problems):
                    yield path

    def delete(self, paths: Iterable[str]) -> None:
        for path in paths:
            refuse_astray(path)
            try:
                (self.folder / path).unlink(missing_ok=True)
            except OSError as error:
                raise EvidenceError(f"{self.where(path)}: cannot be deleted: {error.strerror or error}") from error

    def tidy(self) -> None:
        for unfinished in (self.folder / EVIDENCE).glob(f"*/*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)


def _unreadable(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):  # a case of nothing but a data base has no evidence yet
        return
    raise EvidenceError(f"{error.filename}: cannot be read: {error.strerror or error}") from error


def is_plain(file: Path, path: str, problems: list[Problem]) -> bool:
    """Whether there is a plain file; what is there and is none goes to ``problems`` under its path."""
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(mode):
        problems.append(Problem(path, LINK if stat.S_ISLNK(mode) else "is no file"))
    return stat.S_ISREG(mode)


def write_once(file: Path, content: bytes) -> None:
    """Write to a file of another name, make it last, and move it into place: never half a picture.

    The name is the writer's own: two runs that write one case may come to the same picture at once.
    """
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.stem}-{secrets.token_hex(4)}{UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
