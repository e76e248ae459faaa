"""Read: the codes, prices and lines of text of one picture, by whatever readers there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Code, Image, Price, Quad, ReaderName, TextLine, check_image
from samegoods.vision.reading.agreement import Vote, agreed, unsettled
from samegoods.vision.reading.lines import language_of, length_spelled, rectified
from samegoods.vision.reading.seen import Read, Seen
from samegoods.vision.reading.tags import prices_of
from samegoods.vision.reading.views import View, close_views, coarse_views, fine_views, rendered

_CODE_READERS: tuple[ReaderName, ...] = ("zxing", "opencv")
_WHOLE_PX = 1600
"""Long side up to which a picture is looked at closely as a whole; of a larger one, the places of bars are."""
_MOST_PLACES = 12
_SURE = 0.9
"""A line that the finder of lines spells at this score or better, and to its end, is not read again."""
_TO_ITS_END = 0.9
"""The share of a line's length that its text fills at least; of 179 lines read rightly, 21 filled less."""
_SPELLED = 0.5
"""Least score of a line that is told with its text. Below it a line stands with an empty text."""
_SECOND = 0.75
"""Least score at which the second reader's spelling is taken, if it is in a script that the first has no letters
for. Drawn lines score 0.91 to 0.97; noise on a blurred, turned line once 0.6."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was read off one picture."""

    codes: tuple[Code, ...]
    prices: tuple[Price, ...]
    text: tuple[TextLine, ...]


def read(pixels: Image, readers: Mapping[ReaderName, Read]) -> Found:
    """Read one picture.

    Args:
        pixels: (H, W, 3) uint8 RGB; it is not kept.
        readers: those that are there, of ``zxing``, ``opencv``, ``rapidocr`` and ``tesseract``.

    Returns:
        Codes by agreement of readers and views, from top to bottom; lines of text likewise; and the prices among
        the lines. The same for the same picture and readers.

    Raises:
        ValueError: not an RGB picture.
    """
    check_image(pixels, "a picture to read")
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    codes = read_codes(grey, {name: readers[name] for name in _CODE_READERS if name in readers})
    text = read_text(pixels, readers)
    return Found(codes, prices_of(pixels, text, codes), text)


def read_codes(grey: Image, readers: Mapping[ReaderName, Read]) -> tuple[Code, ...]:
    """Codes that enough attempts agree on. First the whole picture is tried in several sizes and turns; then,
    sharpened, what has shown bars and was not settled.

    Args:
        grey: (H, W) uint8.
        readers: readers of codes.
    """
    height, width = grey.shape
    votes = list(_votes(grey, coarse_views(width, height), readers, first=0))
    settled = agreed(votes)
    open_places = unsettled(votes, settled)
    closer: Iterable[View] = ()
    if max(height, width) <= _WHOLE_PX:
        closer = fine_views(width, height) if open_places or not settled else ()
    else:
        closer = (view for quad in open_places[:_MOST_PLACES] for view in close_views(quad))
    votes += _votes(grey, closer, readers, first=len(votes) + 1)
    return _from_top(agreed(votes))


def _votes(grey: Image, views: Iterable[View], readers: Mapping[ReaderName, Read], *, first: int) -> Iterator[Vote]:
    for number, view in enumerate(views, first):
        shown = rendered(grey, view)
        for name, read_codes_of in readers.items():
            for seen in read_codes_of(shown):
                yield Vote(name, number, Seen(seen.text, view.back(seen.quad), seen.score, seen.format))


def _from_top(codes: Iterable[Code]) -> tuple[Code, ...]:
    return tuple(sorted(codes, key=lambda code: (*_place(code.quad), code.text)))


def _place(quad: Quad) -> tuple[float, float]:
    x, y = quad.mean(axis=0)
    return round(float(y), 1), round(float(x), 1)


def read_text(pixels: Image, readers: Mapping[ReaderName, Read]) -> tuple[TextLine, ...]:
    """Lines of text, found by ``rapidocr`` and spelled by it or, where it is unsure, by ``tesseract``."""
    if "rapidocr" not in readers:
        return ()
    found = sorted(readers["rapidocr"](pixels), key=lambda seen: _place(seen.quad))
    return tuple(_line(pixels, seen, readers.get("tesseract")) for seen in found)


def _line(pixels: Image, seen: Seen, second: Read | None) -> TextLine:
    doubtful = seen.score < _SURE or length_spelled(seen.text, seen.quad) < _TO_ITS_END
    if doubtful and second is not None:
        for other in second(rectified(pixels, seen.quad)):
            if other.score >= _SECOND and language_of(other.text) in ("korean", "cyrillic"):
                return TextLine(other.text, seen.quad, other.score, language_of(other.text), "tesseract")
    text = seen.text if seen.score >= _SPELLED else ""
    return TextLine(text, seen.quad, seen.score if text else 0.0, language_of(text), "rapidocr")
