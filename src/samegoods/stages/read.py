"""Read: the codes, prices and lines of text of one picture, by whatever readers there are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from samegoods.records import Code, Image, Price, TextLine, check_image
from samegoods.vision.reading.codes import read_codes
from samegoods.vision.reading.seen import Readers
from samegoods.vision.reading.tags import prices_of
from samegoods.vision.reading.text import read_text


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What was read off one picture."""

    codes: tuple[Code, ...]
    prices: tuple[Price, ...]
    text: tuple[TextLine, ...]


def read(pixels: Image, readers: Readers) -> Found:
    """Read one picture.

    Args:
        pixels: (H, W, 3) uint8 RGB; it is not kept.
        readers: those that are there.

    Returns:
        Codes by agreement of readers and views, from top to bottom; lines of text likewise; and the prices among
        the lines. The same for the same picture and readers.

    Raises:
        ValueError: not an RGB picture.
    """
    check_image(pixels, "a picture to read")
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    codes = read_codes(grey, readers.of_codes)
    text = read_text(pixels, readers)
    return Found(codes, prices_of(pixels, text, codes), text)
