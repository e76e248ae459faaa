"""Lines by which a person could be reached: a telephone number, or an address of e-mail.

Numbering plans differ, so the rule is wide: seven to fifteen digits that stand together as telephone numbers are
written (ITU-T E.123), unless they are a date, a price, or a trade number with a right check digit.
"""

from __future__ import annotations

import re
import unicodedata

from samegoods.records import CodeFormat
from samegoods.vision.reading.check_digits import is_valid

_DIGITS = 7, 15  # the shortest numbers in use; the longest that ITU-T E.164 allows
_RUN = re.compile(r"(?<![\d.,])(?:\+|00)?\(?\d(?:[\s().\-/‐–]{0,3}\d)+(?![\d%])")
_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+")
_DATE = re.compile(
    r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|(?:19|20)\d\d\s?[./-]?\s?\d{1,2}\s?[./-]?\s?\d{1,2}"
)
_CALL = re.compile(
    r"(?<!\w)(?:tel|telephone|phone|call|mobile|whatsapp|handy|telefon|t[ée]l[ée]phone|тел|телефон|전화|휴대폰|연락처|电话|電話)"
    r"(?!\w)|☎|☏|✆|📞",
    re.IGNORECASE,
)
_ARTICLES: tuple[CodeFormat, ...] = ("ean_13", "ean_8", "upc_a", "itf_14")
_CALLED_DIGITS = 5
"""Digits after a word for a telephone: inner and short numbers."""


def is_contact(text: str) -> bool:
    """Whether a line of text tells how to reach somebody."""
    plain = unicodedata.normalize("NFKC", text)
    return _MAIL.search(plain) is not None or any(_is_number(run, plain) for run in _RUN.finditer(plain))


def without_contacts(text: str, *, mark: str = "…") -> str:
    """A text of several lines with a mark in place of whatever tells how to reach somebody.

    A line that could still be one with its numbers taken out is the mark alone. Letters come back in their plain
    form (NFKC) on the lines that something was taken out of.
    """
    lines = zip(text.splitlines(), text.splitlines(keepends=True), strict=True)
    return "".join(_line_without(line, mark) + ended[len(line) :] for line, ended in lines)


def _line_without(line: str, mark: str) -> str:
    if not is_contact(line):
        return line
    plain = unicodedata.normalize("NFKC", line)
    shorter = _RUN.sub(lambda run: mark if _is_number(run, plain) else run.group(), _MAIL.sub(mark, plain))
    return mark if is_contact(shorter) else shorter


def _is_number(run: re.Match[str], line: str) -> bool:
    """Whether digits that stand together on a line are those of a telephone."""
    least = _CALLED_DIGITS if _CALL.search(line) else _DIGITS[0]
    return least <= _count(run.group()) <= _DIGITS[1] and not _is_other(run.group())


def _count(run: str) -> int:
    return sum(letter.isdecimal() for letter in run)


def _is_other(run: str) -> bool:
    """Whether digits are a date, or the number of an article."""
    return bool(_DATE.fullmatch(run.strip())) or _is_article(run)


def _is_article(run: str) -> bool:
    digits = re.sub(r"[\s-]", "", run)
    return any(is_valid(kind, digits) for kind in _ARTICLES)
