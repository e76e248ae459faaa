"""Reading codes, prices and text off pictures with whatever readers are installed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samegoods.edges.engines import Failed, LocalEngine, at_work
from samegoods.errors import FootageError, SamegoodsError
from samegoods.records import ReaderName, ReaderState, Reading
from samegoods.strangers import shown
from samegoods.wiring.apart import each_apart
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.edges.readers import Reader
    from samegoods.stages.read import Found
    from samegoods.vision.reading.seen import Readers

_log = logging.getLogger(__name__)


def read(photos: Sequence[Path | str], *, progress: Callable[[Progress], None] | None = None) -> tuple[Reading, ...]:
    """Read codes, prices and text off pictures.

    Pictures are used in memory alone; nothing is written. A picture that cannot be read, or not wholly, says
    so in its ``problem``; the others are read all the same. Which readers were there to read stands in
    ``readers``: one that is not installed reads nothing, and that is no proof that there was nothing to read.

    Args:
        photos: files; one reading each, in this order.
        progress: called after every picture.

    Raises:
        FootageError: none of the pictures is there.
    """
    return tuple(read_each(photos, progress=progress))


def all_readers() -> tuple[Reader, ...]:
    """Every reader there is, installed or not."""
    from samegoods.edges import readers

    return readers.all_readers()


def read_each(
    photos: Sequence[Path | str],
    *,
    readers: Sequence[Reader] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Generator[Reading, None, None]:
    """As :func:`read`, one at a time, with these readers (None: all that are installed)."""
    if isinstance(photos, str | Path):
        raise FootageError(f"{photos}: expected a list of pictures, found one")
    if not any(Path(photo).exists() for photo in photos):
        missing = "; ".join(f"{photo}: no such file" for photo in photos) or "none was named"
        raise FootageError(f"no picture was found ({missing})")
    known = tuple(all_readers() if readers is None else readers)
    states = tuple(reader.state() for reader in known)
    for state in states:
        _log.info("reader %s: %s", state.name, state.detail if state.available else f"not there: {state.detail}")
    there = frozenset(state.name for state in states if state.available)
    paths = [str(photo) for photo in photos]
    # One worker: the pictures are few, and the readers take a second and much memory to load.
    with closing(each_apart(_ReadOne(there), paths, LocalEngine(workers=1))) as results:
        for done, (path, result) in enumerate(zip(paths, results, strict=True), 1):
            reading = _told(path, result, states)
            _log.info("%s", _said(reading))
            if progress is not None:
                progress(Progress(float(done), float(len(paths)), shown(Path(path).name)))
            yield reading


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read off one picture, and what is missing of the picture."""

    found: Found
    loss: str | None


class _ReadOne:
    """What the worker does with one picture. It travels with the names of its readers, which it makes there."""

    def __init__(self, names: frozenset[ReaderName]) -> None:
        self._names = names
        self._ready: Readers | None = None

    def __call__(self, path: str) -> _Read:
        from samegoods.edges.media.picture import read_picture
        from samegoods.edges.readers import ready
        from samegoods.stages.read import read as read_picture_of

        picture = read_picture(Path(path))
        if self._ready is None:
            self._ready = ready([reader for reader in all_readers() if reader.name in self._names])
        with at_work():
            return _Read(read_picture_of(picture.pixels, self._ready), picture.loss)


def _told(path: str, result: _Read | SamegoodsError | Failed[str], states: tuple[ReaderState, ...]) -> Reading:
    if isinstance(result, Failed):
        return Reading(shown(path), (), (), (), states, result.reason)
    if isinstance(result, SamegoodsError):
        return Reading(shown(path), (), (), (), states, str(result).removeprefix(f"{path}: "))
    return Reading(shown(path), result.found.codes, result.found.prices, result.found.text, states, result.loss)


def _said(reading: Reading) -> str:
    counts = f"{len(reading.codes)} codes, {len(reading.prices)} prices, {len(reading.text)} lines of text"
    return f"{reading.path}: {counts if reading.problem is None else f'{reading.problem}: {counts}'}"
