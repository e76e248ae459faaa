"""EAN-13 bars: check digit and modules (GS1 General Specifications, 5.2.1)."""

from __future__ import annotations

import numpy as np

from samegoods.render.paint import Box, Canvas, Rgb

_ODD = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")
_QUIET = 9  # modules of white on either side; the standard asks for 11 left and 7 right


def ean13(first_twelve: str) -> str:
    """The thirteen digits: twelve and their check digit.

    Raises:
        ValueError: not twelve digits.
    """
    if len(first_twelve) != 12 or not first_twelve.isdigit():
        raise ValueError(f"expected twelve digits, found {first_twelve!r}")
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(first_twelve))
    return f"{first_twelve}{-total % 10}"


def modules(digits: str) -> str:
    """The 95 modules of an EAN-13, ``1`` for a bar."""
    left = ""
    for digit, parity in zip(digits[1:7], _PARITY[int(digits[0])], strict=True):
        odd = _ODD[int(digit)]
        left += odd if parity == "L" else _complement(odd)[::-1]
    right = "".join(_complement(_ODD[int(d)]) for d in digits[7:])
    return f"101{left}01010{right}101"


def _complement(bits: str) -> str:
    return bits.translate(str.maketrans("01", "10"))


def draw_barcode(canvas: Canvas, box: Box, digits: str, *, ink: Rgb = (15, 15, 15)) -> None:
    """Bars with their digits below, on white."""
    x, y, w, h = box
    canvas.rect(box, (252, 252, 250))
    step = w / (95 + 2 * _QUIET)
    bars = np.where(np.array(list(modules(digits))) == "1", np.uint8(0), np.uint8(1))  # (95,)
    white = np.array((252, 252, 250), np.uint8)
    row = np.where(bars[:, None] == 0, np.array(ink, np.uint8), white)[None]  # (1, 95, 3)
    canvas.stamp((x + _QUIET * step, y + h * 0.05, 95 * step, h * 0.72), row)
    for first, last in ((0, 3), (45, 50), (92, 95)):
        place = (x + (_QUIET + first) * step, y + h * 0.05, (last - first) * step, h * 0.84)
        canvas.stamp(place, row[:, first:last])
    canvas.text((x + step * 2, y + h * 0.81, step * 6, h * 0.16), digits[0], "mono", ink)
    canvas.text((x + step * (_QUIET + 4), y + h * 0.81, step * 40, h * 0.16), digits[1:7], "mono", ink)
    canvas.text((x + step * (_QUIET + 51), y + h * 0.81, step * 40, h * 0.16), digits[7:], "mono", ink)
