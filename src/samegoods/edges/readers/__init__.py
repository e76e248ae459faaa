"""Readers of codes and text: one interface, one file for each library."""

from collections.abc import Sequence

from samegoods.edges.readers.base import Reader, Speller
from samegoods.edges.readers.opencv import OpencvReader
from samegoods.edges.readers.rapidocr import RapidocrReader
from samegoods.edges.readers.tesseract import TesseractReader
from samegoods.edges.readers.zxing import ZxingReader
from samegoods.records import ReaderName
from samegoods.vision.reading.seen import Readers, Spell

__all__ = [
    "OpencvReader",
    "RapidocrReader",
    "Reader",
    "Speller",
    "TesseractReader",
    "ZxingReader",
    "all_readers",
    "ready",
]


def all_readers() -> tuple[Reader, ...]:
    """One of each, installed or not; making them loads no model."""
    return ZxingReader(), OpencvReader(), RapidocrReader(), TesseractReader()


def ready(known: Sequence[Reader] | None = None) -> Readers:
    """Those of some readers (None: of all) that are installed, as the stages take them."""
    readers = all_readers() if known is None else tuple(known)
    there = [one for one in readers if one.state().available]
    spell: dict[ReaderName, Spell] = {
        r.name: r.spell for r in there if isinstance(r, RapidocrReader | TesseractReader)
    }
    lacking = tuple(one.name for one in readers if one not in there)
    find = next((one.find for one in there if isinstance(one, RapidocrReader)), None)
    return Readers({one.name: one.read for one in there}, spell, lacking, find)
