"""What a price looks like in a line of text: European, Japanese and Korean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from samegoods.records import Tax


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a line.

    ``marked`` is True where the line itself says that it is money: a sign, a word for a price, or Swedish ``:-``.
    ``unit`` is the measure that it is the price of, such as ``kg`` or ``100 g``; None for the price of the thing.
    """

    amount: str
    currency: str | None
    unit: str | None
    tax: Tax | None
    marked: bool
    start: int
    end: int


_SIGNS: tuple[tuple[str, str | None], ...] = (
    (r"€|\bEUR\b|\beuros?\b", "EUR"),
    (r"£|\bGBP\b", "GBP"),
    (r"₩|\bKRW\b|원", "KRW"),
    (r"\bKPW\b", "KPW"),
    (r"円|¥|\bJPY\b|\byen\b", "JPY"),
    (r"元|\bCNY\b|\bRMB\b", "CNY"),
    (r"₽|\bRUB\b|руб", "RUB"),
    (r"\bSEK\b", "SEK"),
    (r"\bNOK\b", "NOK"),
    (r"\bDKK\b", "DKK"),
    (r"\bCHF\b", "CHF"),
    (r"zł|\bPLN\b", "PLN"),
    (r"\bUSD\b|\bUS\$", "USD"),
    (r"\$|(?<![A-Za-z])kr(?![A-Za-z])", None),
)
"""Signs of money and what they stand for. ``kr`` and ``$`` are several currencies, and so stay unknown. North Korea
prints the same 원 as the South: it is read as the won that Unicode and ISO mean by ₩."""

_SIGN = "|".join(sign for sign, _ in _SIGNS)
_GROUPED = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{2})?"
_PLAIN = r"\d{1,7}(?:[.,:]\d{2})?"
_DASHED = r"\d{1,6}[,.:][-–—]"
_NUMBER = rf"(?<![\d.,:/])(?:{_DASHED}|{_GROUPED}|{_PLAIN})(?!\d|/\d|%|[.,:]\d)"
_MEASURE = r"(?:kg|g|mg|l|L|ml|cl|dl|st|stk|m|個|本|枚|袋|개|병|봉)"
_PRICE = re.compile(rf"(?P<before>(?:{_SIGN})\s?)?(?P<number>{_NUMBER})(?P<after>\s?(?:{_SIGN}))?", re.IGNORECASE)
_PER_AFTER = re.compile(rf"\s?(?:/|per\s|pr\.?\s|je\s)\s?(?P<unit>(?:\d+\s?)?{_MEASURE})(?![A-Za-z])", re.IGNORECASE)
_PER_BEFORE = re.compile(
    rf"(?P<unit>(?:\d+\s?)?{_MEASURE})\s?(?:当(?:た)?り|あたり|당|=|:|/)\s?\(?\s?(?:{_SIGN})?\s?$", re.IGNORECASE
)
_SIZE = re.compile(
    r"\s?(?:kg|g|mg|kcal|kJ|cal|l|ml|cl|dl|cm|mm|m|%|°|個|本|枚|袋|入|食|개|매|시|月|年|日|時|월|년|일)(?![A-Za-z])",
    re.IGNORECASE,
)
_INCLUDED = re.compile(r"税込|稅込|税入|부가세\s?포함|inkl\.?\s?mo?ms|TTC|incl\.?\s?(?:VAT|tax)|inkl\.?\s?MwSt", re.I)
_EXCLUDED = re.compile(r"本体|税抜|税別|부가세\s?별도|exkl\.?\s?moms|\bHT\b|excl\.?\s?(?:VAT|tax)", re.I)
_WORD = re.compile(r"価格|価|값|가격|판매가|\bprice\b|\bpris\b|\bPreis\b|\bprix\b|цена", re.I)


def amounts(line: str) -> Iterator[Amount]:
    """The amounts of a line, from left to right.

    Counts of things (``12食``), sizes (``500 g``), shares, dates and codes are passed over. What looks like a time
    (``12:30``) is an amount only beside a sign of money.
    """
    text = normal(line)
    last_word = 0
    for found in _PRICE.finditer(text):
        said = text[last_word : found.start("number")]
        one = _amount(text, found, said)
        if one is not None:
            yield one
        last_word = found.end()


def normal(line: str) -> str:
    """Full-width digits and signs as plain ones (Unicode NFKC); one space for many."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", line)).strip()


def currency_in(text: str) -> tuple[bool, str | None]:
    """Whether a sign of money stands in a text, and the currency of the first."""
    found = re.search(_SIGN, normal(text), re.IGNORECASE)
    return found is not None, currency_of(found.group()) if found else None


def currency_of(sign: str) -> str | None:
    return next((code for pattern, code in _SIGNS if re.fullmatch(pattern, sign.strip(), re.IGNORECASE)), None)


def tax_in(text: str) -> Tax | None:
    """Whether the words nearest before an amount say that tax is in it."""
    text = normal(text)
    places: list[tuple[int, Tax]] = [(m.end(), "included") for m in _INCLUDED.finditer(text)]
    places += [(m.end(), "excluded") for m in _EXCLUDED.finditer(text)]
    return max(places)[1] if places else None


def decimal(number: str) -> str:
    """A printed number as a decimal string: ``1.299,00`` and ``1,299.00`` are ``1299.00``, ``12:-`` is ``12``."""
    number = re.sub(r"[,.:][-–—]$", "", number)
    whole, point, cents = number, "", ""
    if re.search(r"[.,:]\d{2}$", number):
        whole, point, cents = number[:-3], ".", number[-2:]
    digits = re.sub(r"\D", "", whole)
    return f"{digits.lstrip('0') or '0'}{point}{cents}"


def _amount(text: str, found: re.Match[str], said: str) -> Amount | None:
    number, after = found["number"], text[found.end() :]
    signs = [sign for sign in (found["before"], found["after"]) if sign]
    per = _PER_AFTER.match(after)
    before_unit = _PER_BEFORE.search(text[: found.start("number")])
    if not signs and not per and _SIZE.match(after):
        return None
    tax = tax_in(said)
    dashed = number[-1] in "-–—"
    marked = bool(signs) or dashed or tax is not None or bool(_WORD.search(said)) or bool(per or before_unit)
    if ":" in number and not dashed and not signs and _is_time(number):
        return None
    value = decimal(number)
    if not value.strip("0."):
        return None
    unit = (per or before_unit or {"unit": None})["unit"]
    currency = next((code for code in map(currency_of, signs) if code), None)
    spaced = None if unit is None else re.sub(r"(\d)\s?([^\d\s])", r"\1 \2", unit).removeprefix("1 ").lower()
    return Amount(value, currency, spaced, tax, marked, found.start("number"), found.end())


def _is_time(number: str) -> bool:
    hours, _, minutes = number.partition(":")
    return int(hours) < 25 and int(minutes) < 60
