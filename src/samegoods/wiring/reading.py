"""Reading codes, prices and text off pictures with whatever readers are installed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from samegoods.errors import FootageError, MediaError
from samegoods.records import ReaderState, Reading
from samegoods.wiring.running import Progress

if TYPE_CHECKING:
    from samegoods.edges.readers import Reader
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
    from samegoods.edges.readers import ready

    known = tuple(all_readers() if readers is None else readers)
    states = tuple(reader.state() for reader in known)
    for state in states:
        _log.info("reader %s: %s", state.name, state.detail if state.available else f"not there: {state.detail}")
    there = ready(known)
    for done, photo in enumerate(photos, 1):
        with _one_thread():
            reading = _read_one(str(photo), there, states)
        _log.info("%s", _said(reading))
        if progress is not None:
            progress(Progress(float(done), float(len(photos)), Path(photo).name))
        yield reading


def _read_one(path: str, there: Readers, states: tuple[ReaderState, ...]) -> Reading:
    from samegoods.edges.media.picture import read_picture
    from samegoods.stages.read import read as read_picture_of

    try:
        picture = read_picture(Path(path))
    except MediaError as error:
        return Reading(path, (), (), (), states, str(error).removeprefix(f"{path}: "))
    found = read_picture_of(picture.pixels, there)
    return Reading(path, found.codes, found.prices, found.text, states, picture.loss)


def _said(reading: Reading) -> str:
    counts = f"{len(reading.codes)} codes, {len(reading.prices)} prices, {len(reading.text)} lines of text"
    return f"{reading.path}: {counts if reading.problem is None else f'{reading.problem}: {counts}'}"


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV on one thread while a picture is read; the caller's own setting stands again afterwards."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
