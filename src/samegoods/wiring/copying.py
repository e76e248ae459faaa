"""A case copied to another address, and proven there before it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from samegoods.errors import CustodyError
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.custody import Held, Proof
    from samegoods.edges.case import CaseAddress


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, or would be, and the proof of it."""

    files: int
    size: int
    """Of these files, in bytes."""
    proof: Proof
    pictures: str | None
    """The bucket in which the pictures stay, for this case and its copy; None where they are copied."""
    done: bool


def copy(
    case: Path | str,
    target: Path | str,
    *,
    results: Path | str | None = None,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Copied:
    """Copy a case from a folder or PostgreSQL to a folder or PostgreSQL; the case itself is left as it is.

    The log is the same to the byte, so no key is needed, and pictures in a bucket stay where it tells that they are. A
    copy that is interrupted leaves nothing at the target; the next one begins anew.

    Args:
        target: where nothing is yet.
        results: the folder of results and pictures, for a target in PostgreSQL; nothing is there yet.
        dry_run: say what would be copied, and copy nothing.

    Raises:
        CustodyError: the case does not hold, or the copy does not.
        CaseError: there is no case, something is at the target, or it cannot be read or written.
    """
    from samegoods.edges.case import address_of, folder_of, inspect, pictures_of
    from samegoods.edges.case.copying import copy_files, copy_rows, copying, in_folder, refuse_target, standing

    source, place = address_of(case), address_of(target)
    chosen = None if results is None else Path(results)
    refuse_target(place, chosen)
    folder = folder_of(source)
    with standing(source) as rows:
        held, _ = inspect(source, is_still=True)
        proof = _proof(held, source)
        files = in_folder(folder, held)
        size = sum((folder / path).stat().st_size for path in files)
        would = Copied(len(files), size, proof, pictures_of(folder).address, done=False)
        if dry_run:
            return would
        with copying(place, chosen) as made:
            said = _counted(progress, len(files))
            copy_rows(rows, made, said)
            copy_files(folder, folder_of(made), held, said)
            _refuse_another(inspect(made, is_still=True)[0], held, place)
    return replace(would, done=True)


def _proof(held: Held, case: CaseAddress) -> Proof:
    from samegoods.custody import prove

    proof = prove(held)
    if proof.problems:
        raise CustodyError(
            f"{case}: is not copied, since it does not hold: {proof.problems[0]}: samegoods verify {case} tells more"
        )
    return proof


def _refuse_another(found: Held, meant: Held, target: CaseAddress) -> None:
    """Refuse a copy that is not the same: the lines of the log, the digests of rows and files."""
    from samegoods.custody import prove

    if held_by(found) != held_by(meant) or prove(found).problems:
        raise CustodyError(f"{target}: the copy is not what was copied: was the case written to meanwhile? try again")


def held_by(case: Held) -> tuple[object, ...]:
    """What two copies of a case have in common: the lines of the log, the key, the digests of all rows and files."""
    return [*case.log], case.public_key, case.rows, dict(case.files), case.problems


def _counted(progress: Callable[[Progress], None] | None, files: int) -> Callable[[str], None]:
    done = 0

    def said(what: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(Progress(min(done, files), files, what))

    return said
