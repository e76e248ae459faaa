"""What the tests of the parts look at: a drawn person, a drawn label, drawn lines of text; nothing filmed."""

from __future__ import annotations

import cv2
import numpy as np

from samegoods.records import Image
from samegoods.typefaces import files

CODE = "4006209700068"
_SKIN, _HAIR, _COAT, _DARK = (225, 175, 145), (50, 35, 25), (150, 40, 40), (40, 50, 80)
_Point = tuple[int, int]


def person() -> Image:
    """A standing figure with a face, (960, 720, 3): plainly a drawing, and every finder of people sees it."""
    picture = np.full((960, 720, 3), (190, 200, 205), np.uint8)
    picture[720:] = (150, 145, 140)
    _body(picture)
    _head(picture, (360, 150))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 4.0), np.uint8)


def _body(picture: Image) -> None:
    for x in (300, 368):
        cv2.rectangle(picture, (x, 480), (x + 52, 860), _DARK, -1)
        cv2.ellipse(picture, (x + 20 + (x > 300) * 12, 868), (40, 16), 0, 0, 360, (25, 20, 20), -1)
    trunk = [[280, 250], [440, 250], [456, 320], [428, 510], [292, 510], [264, 320]]
    cv2.fillPoly(picture, [np.array(trunk)], _COAT)
    for side in (-1, 1):
        cv2.line(picture, (360 + side * 88, 280), (360 + side * 112, 460), (140, 35, 35), 44)
        cv2.circle(picture, (360 + side * 114, 492), 22, _SKIN, -1)
    cv2.rectangle(picture, (336, 200), (384, 260), _SKIN, -1)


def _head(picture: Image, middle: _Point) -> None:
    """A face of 100 px with brows, eyes, nose and mouth, seen from the front."""
    x, y = middle
    cv2.ellipse(picture, (x, y - 12), (64, 82), 0, 0, 360, _HAIR, -1)
    cv2.ellipse(picture, middle, (54, 71), 0, 0, 360, _SKIN, -1)
    for side in (-1, 1):
        eye = (x + side * 22, y - 15)
        cv2.ellipse(picture, (eye[0], y - 29), (13, 3), 0, 180, 360, (70, 45, 30), 4)
        cv2.ellipse(picture, eye, (11, 5), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(picture, eye, 5, (50, 30, 20), -1)
    cv2.line(picture, (x - 2, y - 11), (x - 7, y + 14), (190, 135, 105), 3)
    cv2.ellipse(picture, (x, y + 15), (10, 5), 0, 0, 180, (170, 110, 90), 3)
    cv2.ellipse(picture, (x, y + 37), (21, 7), 0, 0, 360, (175, 75, 75), -1)
    cv2.line(picture, (x - 20, y + 37), (x + 20, y + 37), (110, 40, 40), 2)


def label(digits: str = CODE) -> Image:
    """White paper with the bars of an EAN-13, (480, 640, 3)."""
    from samegoods.render.barcode import modules

    bars = np.array([0 if bit == "1" else 255 for bit in modules(digits)], np.uint8).repeat(3)
    picture = np.full((480, 640), 255, np.uint8)
    picture[180:300, 100 : 100 + bars.size] = bars
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return np.repeat(soft[..., None], 3, axis=2)


def line(words: str, family: str) -> Image:
    """One line of text on white, (56, w, 3), in a typeface that the installation brings."""
    from PIL import Image as Pictures
    from PIL import ImageDraw, ImageFont

    font = ImageFont.truetype(str(files(family)[0]), 32)
    width = int(font.getlength(words)) + 24
    canvas = Pictures.new("RGB", (width, 56), (250, 250, 250))
    ImageDraw.Draw(canvas).text((12, 8), words, (15, 15, 15), font)
    return np.asarray(canvas)
