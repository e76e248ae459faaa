"""Readers of codes and text: one interface, one file for each library."""

from samegoods.edges.readers.base import Reader
from samegoods.edges.readers.opencv import OpencvReader
from samegoods.edges.readers.rapidocr import RapidocrReader
from samegoods.edges.readers.tesseract import TesseractReader
from samegoods.edges.readers.zxing import ZxingReader

__all__ = ["OpencvReader", "RapidocrReader", "Reader", "TesseractReader", "ZxingReader", "all_readers"]


def all_readers() -> tuple[Reader, ...]:
    """One of each, installed or not; making them loads no model."""
    return ZxingReader(), OpencvReader(), RapidocrReader(), TesseractReader()
