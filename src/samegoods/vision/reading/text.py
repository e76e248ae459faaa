"""The lines of text of one picture, by whatever readers there are."""

from __future__ import annotations

from collections.abc import Sequence

from samegoods.records import Image, TextLine
from samegoods.vision.reading.lines import language_of, length_spelled, rectified
from samegoods.vision.reading.seen import Readers, Seen, place_of

_SURE = 0.9
"""A line that the finder of lines spells at this score or better, and to its end, is not read again."""
_TO_ITS_END, _LETTERED = 0.9, 0.6
"""The share of a line's length that its text fills at least, with digits in it and without; of 179 lines read rightly,
21 filled less than the first, most of them wide capitals. Beside digits a sign of money may be left out."""
_SPELLED = 0.5
"""Least score of a line that is told with its text. Below it a line stands with an empty text."""
_SECOND = 0.75
"""Least score at which the second reader's spelling is taken, if it is in a script that the first has no letters
for. Drawn lines score 0.91 to 0.97; noise on a blurred, turned line once 0.6."""

_LIKE_LATIN = frozenset("АВЕЅЗІЈКМНОРСТУХЬавеѕзіјкмнорстухьпиЯ")
"""Cyrillic that looks like Latin, in capitals or in italics: stylised Latin brands have been spelled
ТОМЕ and Ратеп."""

_LEAST_LETTERS = 2
"""Fewer are no word: upside down, 900 g has been spelled э 5006."""


def read_text(pixels: Image, readers: Readers) -> tuple[TextLine, ...]:
    """Lines of text, found by ``rapidocr`` and spelled by it or, where it is unsure, by ``tesseract``."""
    if "rapidocr" not in readers.read:
        return ()
    return spelled(pixels, sorted(readers.read["rapidocr"](pixels), key=lambda seen: place_of(seen.quad)), readers)


def spelled(pixels: Image, found: Sequence[Seen], readers: Readers) -> tuple[TextLine, ...]:
    """Lines that the first reader found and spelled; those that it is unsure of go to the second."""
    second = readers.spell.get("tesseract")
    doubtful = [i for i, seen in enumerate(found) if _is_doubtful(seen)] if second is not None else []
    others: dict[int, Seen] = {}
    if second is not None and doubtful:
        cut = [rectified(pixels, found[i].quad) for i in doubtful]
        others = dict(zip(doubtful, second(cut), strict=True))
    return tuple(_line(seen, others.get(i)) for i, seen in enumerate(found))


def _is_doubtful(seen: Seen) -> bool:
    filled = _TO_ITS_END if any(map(str.isdigit, seen.text)) else _LETTERED
    return seen.score < _SURE or length_spelled(seen.text, seen.quad) < filled


def _line(seen: Seen, other: Seen | None) -> TextLine:
    if other is not None and other.score >= _SECOND and _is_foreign(other.text):
        return TextLine(other.text, seen.quad, other.score, language_of(other.text), "tesseract")
    text = seen.text if seen.score >= _SPELLED else ""
    return TextLine(text, seen.quad, seen.score if text else 0.0, language_of(text), "rapidocr")


def _is_foreign(text: str) -> bool:
    """Whether a text is in letters that the first reader has not: Hangul, or Cyrillic that is no Latin misread."""
    script = language_of(text)
    letters = [letter for letter in text if letter.isalpha()]
    own = len(letters) >= _LEAST_LETTERS and any(letter not in _LIKE_LATIN for letter in letters)
    return script == "korean" or (script == "cyrillic" and own)
