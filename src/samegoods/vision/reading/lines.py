"""Lines of text: cut out upright, and told apart by script."""

from __future__ import annotations

import unicodedata
from collections import Counter

import cv2
import numpy as np

from samegoods.geometry import homography_between, sides
from samegoods.records import Image, Language, Quad

TALL = 1.5
"""A quad this much taller than wide holds a line that runs downwards; readers want it to run across."""


def rectified(picture: Image, quad: Quad) -> Image:
    """A line cut out of a picture and made upright, at the size that it has there; (h, w) or (h, w, 3) uint8.

    A line that runs downwards is turned counter-clockwise by a quarter, as the readers of PP-OCR expect it.
    """
    flat = upright(picture, quad)
    return np.ascontiguousarray(np.rot90(flat) if flat.shape[0] >= TALL * flat.shape[1] else flat)


def upright(picture: Image, quad: Quad) -> Image:
    """What a quad outlines in a picture, its corners made those of the result, at the size that it has there."""
    top, right, bottom, left = sides(quad)
    width, height = max(2, round(max(top, bottom))), max(2, round(max(left, right)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    flat = cv2.warpPerspective(
        picture,
        homography_between(quad, target),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(flat, np.uint8)


_THIN = " .,:;!|'`il1I"


def length_spelled(text: str, quad: Quad) -> float:
    """How much of a line's length its text would fill, were it printed as tall as the line; about 1.2 for a whole one.

    A reader leaves out letters that it does not know, and is sure of the rest: ``3,500원`` becomes ``3,500``.
    """
    top, right, bottom, left = sides(quad)
    width, height = sorted((max(top, bottom), max(left, right)), reverse=True)
    em = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.3 if c in _THIN else 0.55 for c in text)
    return float(em * height / max(width, 1.0))


_SCRIPTS: tuple[tuple[str, Language], ...] = (
    ("HANGUL", "korean"),
    ("HIRAGANA", "japanese"),
    ("KATAKANA", "japanese"),
    ("CJK", "han"),
    ("CYRILLIC", "cyrillic"),
    ("GREEK", "greek"),
    ("LATIN", "latin"),
    ("THAI", "thai"),
    ("ARABIC", "arabic"),
)
_EAST_ASIAN: tuple[Language, ...] = ("korean", "japanese", "han")


def language_of(text: str) -> Language:
    """The script of a line: the one with most letters, by the names that Unicode gives them.

    Han beside any kana is Japanese, beside any Hangul Korean; Han alone stays ``han``, since letters cannot tell
    Chinese from Japanese. Digits and signs have no script.
    """
    counts = Counter(_script(letter) for letter in text if letter.isalpha())
    for mixed in ("japanese", "korean"):
        if counts[mixed]:
            counts[mixed] += counts.pop("han", 0)
    if not counts:
        return "none"
    # One East Asian letter says as much as a few of an alphabet: a syllable or a word.
    return max(counts, key=lambda one: (counts[one] * (2 if one in _EAST_ASIAN else 1), one))


def _script(letter: str) -> Language:
    name = unicodedata.name(letter, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    return next((script for start, script in _SCRIPTS if name.startswith(start)), "other")
