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

_WANTED = ("kor", "rus")
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
            there = _languages()
            self._languages = "+".join(one for one in (*_WANTED, "eng") if one in there)
            self._state = _state(there)
        return self._state

    def read(self, picture: Image) -> Sequence[Seen]:
        """The line as one text over the whole picture; its score is the mean confidence of the words."""
        if not self.state().available:
            raise MissingPart(f"Tesseract is not installed: {_MISSING}")
        height, width = picture.shape[:2]
        grey = grey_of(picture)
        scale = _HEIGHT_PX / height
        if round(width * scale) < _HEIGHT_PX // 4:
            return []
        interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        large = cv2.resize(grey, (round(width * scale), _HEIGHT_PX), interpolation=interpolation)
        edge = int(np.median(large[[0, -1]]))
        framed = cv2.copyMakeBorder(large, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=(edge,))
        _, png = cv2.imencode(".png", framed)
        text, score = _line(_run(["-", "-", "-l", self._languages, "--psm", _ONE_LINE, "tsv"], png.tobytes()))
        return [Seen(text, corners(width, height), score)] if score >= _LEAST_SCORE else []

    def spell(self, pictures: Sequence[Image]) -> Sequence[Seen]:
        """The text of pictures that are one upright line each; empty where it can spell nothing."""
        return [next(iter(self.read(one)), Seen("", corners(one.shape[1], one.shape[0]), 0.0)) for one in pictures]


def _languages() -> list[str]:
    """Those that are installed; none where Tesseract is not."""
    return _run(["--list-langs"]).splitlines()[1:] if shutil.which("tesseract") else []


def _state(there: list[str]) -> ReaderState:
    has = [one for one in _WANTED if one in there]
    if not has:
        return ReaderState("tesseract", False, f"it has neither of its languages: {_MISSING}" if there else _MISSING)
    number = _run(["--version"]).splitlines()[0].removeprefix("tesseract ")
    lacking = [one for one in _WANTED if one not in there]
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


def _line(table: str) -> tuple[str, float]:
    """The words of Tesseract's table in their order, and their mean confidence, weighted by letters, 0..1."""
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [(row["text"], float(row["conf"])) for row in rows if (row.get("text") or "").strip()]
    letters = sum(len(word) for word, _ in words)
    if not letters:
        return "", 0.0
    sure = sum(len(word) * max(0.0, confidence) for word, confidence in words) / letters
    return " ".join(word for word, _ in words), min(1.0, sure / 100)
