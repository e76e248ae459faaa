"""Single lines by Tesseract, for the scripts that RapidOCR has no letters for: Korean and Cyrillic."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Sequence

import cv2
import numpy as np

from samegoods.edges.readers.base import grey_of
from samegoods.errors import MissingPart
from samegoods.geometry import corners
from samegoods.records import Image, ReaderName, ReaderState
from samegoods.vision.reading.seen import Seen

WANTED = ("kor", "rus")
_MISSING = "install Tesseract 5 and its languages kor and rus (Debian: tesseract-ocr-kor tesseract-ocr-rus)"
_HEIGHT_PX = 48
"""Tesseract is trained on letters of about 30 px; a line of text has a third of white around them."""
_LEAST_SCORE = 0.5
"""On a blank line it reads letters all the same, at scores up to 0.35."""
_WAIT_S = 20
_ONE_LINE = "7"


class TesseractReader:
    """The ``tesseract`` program, on pictures that are one upright line each; nothing is written to disk."""

    name: ReaderName = "tesseract"

    def __init__(self) -> None:
        self._state: ReaderState | None = None
        self._languages = ""

    def state(self) -> ReaderState:
        if self._state is None:
            there = languages()
            self._languages = "+".join(one for one in (*WANTED, "eng") if one in there)
            self._state = _state(there)
        return self._state

    def read(self, picture: Image) -> Sequence[Seen]:
        """The line as one text over the whole picture; its score is the mean confidence of the words."""
        return [seen for seen in self.spell([picture]) if seen.text]

    def spell(self, pictures: Sequence[Image]) -> Sequence[Seen]:
        """The text of pictures that are one upright line each; empty where it can spell nothing.

        All go to one process, as the pages of one picture: to load the languages takes longer than to read a line.
        """
        if not self.state().available:
            raise MissingPart(f"Tesseract is not installed: {_MISSING}")
        pages = [_page(one) for one in pictures]
        wide = [i for i, page in enumerate(pages) if page is not None]
        told: dict[int, tuple[str, float]] = {}
        if wide:
            _, tiff = cv2.imencodemulti(".tiff", [page for page in pages if page is not None])
            told = _lines(_run(["-", "-", "-l", self._languages, "--psm", _ONE_LINE, "tsv"], tiff.tobytes()))
        by_place = {i: told.get(number, ("", 0.0)) for number, i in enumerate(wide, 1)}
        return [_seen(one, *by_place.get(i, ("", 0.0))) for i, one in enumerate(pictures)]


def _seen(picture: Image, text: str, score: float) -> Seen:
    quad = corners(picture.shape[1], picture.shape[0])
    return Seen(text, quad, score) if score >= _LEAST_SCORE else Seen("", quad, 0.0)


def _page(picture: Image) -> Image | None:
    """A line at the size of letters that Tesseract is trained on, with an edge; None where it is too narrow."""
    height, width = picture.shape[:2]
    scale = _HEIGHT_PX / height
    if round(width * scale) < _HEIGHT_PX // 4:
        return None
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    large = cv2.resize(grey_of(picture), (round(width * scale), _HEIGHT_PX), interpolation=interpolation)
    edge = int(np.median(large[[0, -1]]))
    return np.asarray(cv2.copyMakeBorder(large, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=(edge,)), np.uint8)


def languages() -> list[str]:
    """Those that are installed; none where Tesseract is not."""
    return _run(["--list-langs"]).splitlines()[1:] if shutil.which("tesseract") else []


def _state(there: list[str]) -> ReaderState:
    has = [one for one in WANTED if one in there]
    if not has:
        return ReaderState("tesseract", False, f"it has neither of its languages: {_MISSING}" if there else _MISSING)
    number = next(iter(_run(["--version"]).splitlines()), "of an unknown version").removeprefix("tesseract ")
    lacking = [one for one in WANTED if one not in there]
    without = f", without {lacking[0]}" if lacking else ""
    return ReaderState("tesseract", True, f"tesseract {number} with {' and '.join(has)}{without}")


def _run(words: list[str], given: bytes = b"") -> str:
    """What the program prints; nothing where it fails or hangs. On one thread, as all work here."""
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            ["tesseract", *words], input=given, capture_output=True, timeout=_WAIT_S, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _lines(table: str) -> dict[int, tuple[str, float]]:
    """Each page's words in their order, and their mean confidence, weighted by letters, 0..1."""
    pages: dict[int, list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if (row.get("text") or "").strip():
            pages.setdefault(int(row["page_num"]), []).append((row["text"], float(row["conf"])))
    return {number: _joined(words) for number, words in pages.items()}


def _joined(words: Sequence[tuple[str, float]]) -> tuple[str, float]:
    letters = sum(len(word) for word, _ in words)
    sure = sum(len(word) * max(0.0, confidence) for word, confidence in words) / letters
    return " ".join(word for word, _ in words), min(1.0, sure / 100)
