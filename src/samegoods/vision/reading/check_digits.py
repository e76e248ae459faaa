"""Retail numbers: their check digits, and one spelling for each."""

from __future__ import annotations

from samegoods.campaign.values import gtin_check_digit
from samegoods.records import CodeFormat

_LENGTHS: dict[CodeFormat, int] = {"ean_13": 13, "ean_8": 8, "upc_a": 12, "upc_e": 8, "itf_14": 14}


def is_valid(format: CodeFormat, text: str) -> bool:
    """Whether the content has the digits that its format asks for and the right check digit.

    Formats whose symbols carry a check of their own, which every reader verifies (modulo 103 in Code 128,
    Reed-Solomon in the matrix codes), need only have some content.
    """
    length = _LENGTHS.get(format)
    if length is None:
        return bool(text.strip())
    if len(text) != length or not (text.isascii() and text.isdigit()) or not text.strip("0"):
        return False
    if format == "upc_e":
        whole = expanded(text)
        return whole is not None and has_check_digit(whole)
    return has_check_digit(text)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (GS1 General Specifications, 7.9.1)."""
    return gtin_check_digit(digits[:-1]) == int(digits[-1])


def expanded(upc_e: str) -> str | None:
    """The twelve digits of UPC-A that eight of UPC-E stand for; None where they stand for none.

    Method: GS1 General Specifications, 5.2.2.4: the last digit of the body says where the zeros were left out.
    """
    system, body, check = upc_e[0], upc_e[1:7], upc_e[7]
    if system not in "01":
        return None
    last = body[5]
    if last in "012":
        return f"{system}{body[:2]}{last}0000{body[2:5]}{check}"
    if last == "3":
        return f"{system}{body[:3]}00000{body[3:5]}{check}"
    if last == "4":
        return f"{system}{body[:4]}00000{body[4]}{check}"
    return f"{system}{body[:5]}0000{last}{check}"


def one_spelling(format: CodeFormat, text: str) -> tuple[CodeFormat, str]:
    """The same symbol always as the same format and digits: an EAN-13 that begins with 0 *is* a UPC-A.

    ``("ean_13", "0036000291452")`` and ``("upc_a", "036000291452")`` are one symbol, bar for bar.
    """
    if format == "ean_13" and len(text) == 13 and text.startswith("0"):
        return "upc_a", text[1:]
    if format == "upc_a" and len(text) == 13 and text.startswith("0"):
        return "upc_a", text[1:]
    return format, text


def gtin(format: CodeFormat, text: str) -> str | None:
    """The number as a GTIN of 14 digits, by which two formats can be compared; None where the code holds none."""
    if format == "upc_e":
        whole = expanded(text)
        return None if whole is None else whole.zfill(14)
    return text.zfill(14) if format in _LENGTHS else None
