"""What reads codes and text off packs and price tags."""

from __future__ import annotations

from dataclasses import dataclass

from samegoods.edges.readers import OpencvReader, RapidocrReader, Reader, Speller, TesseractReader, ZxingReader
from samegoods.edges.readers.tesseract import languages
from samegoods.records import ReaderName
from samegoods.typefaces import DEJAVU, NANUM, NOTO
from samegoods.wiring.doctoring.base import Asked, Found, Part, broken, missing, works


@dataclass(frozen=True, slots=True)
class _ReadsCode:
    """A reader of codes has to read a drawn label."""

    kind: type[Reader]

    def __call__(self, _: Asked) -> Found:
        from samegoods.wiring.doctoring.drawings import CODE, label

        reader = self.kind()
        read = [seen.text for seen in reader.read(label())]
        return works(reader.state().detail) if CODE in read else broken(f"reads {read} off a label with {CODE}")


@dataclass(frozen=True, slots=True)
class _Spells:
    """A reader of text has to spell a drawn line; spaces do not count, for Korean print has few."""

    name: ReaderName
    words: str
    family: str
    language: str | None = None

    def __call__(self, _: Asked) -> Found:
        from samegoods.wiring.doctoring.drawings import line

        reader: Speller = RapidocrReader() if self.name == "rapidocr" else TesseractReader()
        state = reader.state()
        if not state.available:
            return missing("not installed")
        if self.language is not None and self.language not in languages():
            return missing(f"{state.detail}: the language {self.language} is not installed")
        (read,) = reader.spell([line(self.words, self.family)])
        if read.text.replace(" ", "") != self.words.replace(" ", ""):
            return broken(f"{state.detail} reads {read.text!r} where {self.words!r} is printed")
        return works(state.detail)


_RAPIDOCR = "pip install 'samegoods[read]'"
_SEVERAL = "fewer codes are read: each of the two readers reads some that the other does not"

PARTS = (
    Part("codes, zxing", _SEVERAL, "pip install --force-reinstall zxing-cpp", _ReadsCode(ZxingReader)),
    Part("codes, OpenCV", _SEVERAL, "pip install --force-reinstall opencv-python-headless", _ReadsCode(OpencvReader)),
    Part(
        "lines and Latin letters",
        "no text and no prices are read, in no script: labels and price tags are not compared",
        _RAPIDOCR,
        _Spells("rapidocr", "MADE IN KOREA", DEJAVU),
        needed=False,
    ),
    Part(
        "Chinese letters",
        "Chinese and Japanese lines are not read",
        _RAPIDOCR,
        _Spells("rapidocr", "生产日期 净含量", NOTO),
        needed=False,
    ),
    Part(
        "Korean letters",
        "Korean lines are not read: a word that differs is seen as print alone",
        "install Tesseract 5 with its language kor (Debian: apt install tesseract-ocr-kor)",
        _Spells("tesseract", "소비품 사무소", NANUM, "kor"),
        needed=False,
    ),
    Part(
        "Cyrillic letters",
        "Cyrillic lines are not read: a word that differs is seen as print alone",
        "install Tesseract 5 with its language rus (Debian: apt install tesseract-ocr-rus)",
        _Spells("tesseract", "СДЕЛАНО В КОРЕЕ", DEJAVU, "rus"),
        needed=False,
    ),
)
