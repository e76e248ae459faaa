"""The kinds of value that a campaign file holds, each with its check and a message for whoever wrote it."""

from __future__ import annotations

import difflib
import math
import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from samegoods.strangers import is_plain

Corner = tuple[float, float]


def wrong(message: str) -> PydanticCustomError:
    """An error whose text reaches the user as it stands."""
    # The braces would be taken for places to fill in.
    return PydanticCustomError("wrong", "{text}", {"text": message})


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word most like ``word``, or None where none is close."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)


def gtin_check_digit(body: str) -> int:
    """The check digit for the other digits of a GTIN-8, 12, 13 or 14.

    Method: GS1 General Specifications, section 7.9.1: weights 3 and 1 in turn, from the right.
    """
    weighted = (int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -sum(weighted) % 10


def _gtin(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        raise wrong("a GTIN must stand in quotes: as a plain number it loses its leading zeros")
    if not isinstance(value, str):
        return value
    if not (value.isascii() and value.isdigit() and len(value) in (8, 12, 13, 14)):
        raise wrong(f"expected 8, 12, 13 or 14 digits, found {value!r}")
    right = gtin_check_digit(value[:-1])
    if right != int(value[-1]):
        raise wrong(f"the check digit of {value} is wrong: {value[-1]} should be {right}")
    return value


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        like = nearest(value, zoneinfo.available_timezones())
        hint = f"; did you mean {like}?" if like else ""
        raise wrong(f"no time zone is called {value!r}{hint}") from None


def _start(value: object) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            raise wrong(f"expected a date, as in 2026-07-01, found {value!r}") from None
    if not isinstance(value, date):
        raise wrong("expected a date, as in 2026-07-01")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise wrong("a time needs its offset, as in 2026-07-01T00:00:00+09:00; or give the date alone")
    return value


def _currency(value: object) -> object:
    if isinstance(value, str) and not (len(value) == 3 and value.isascii() and value.isupper()):
        raise wrong(f"expected the three capital letters of ISO 4217, as in EUR, found {value!r}")
    return value


def _amount(value: object) -> object:
    if isinstance(value, bool):
        raise wrong("expected a number")
    return value


def _plain(text: str) -> str:
    """Refuse what would command a terminal or make a text look like another."""
    odd = next((letter for letter in text if not is_plain(letter) and letter not in "\n\t"), None)
    if odd is not None:
        raise wrong(f"the invisible character {odd!a} stands in it: delete it")
    return text


def _corners(value: Sequence[Corner]) -> Sequence[Corner]:
    """Refuse what does not turn clockwise, as seen on a screen, at every corner."""
    if not all(math.isfinite(v) and v >= 0 for point in value for v in point):
        raise wrong("corners are points in the picture: finite and not negative")
    turns = []
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy) = value[i], value[(i + 1) % 4], value[(i + 2) % 4]
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    if all(turn < 0 for turn in turns):
        raise wrong("corners run the wrong way round: give top left, top right, bottom right, bottom left")
    if not all(turn > 0 for turn in turns):
        raise wrong("corners are not those of a convex face: top left, top right, bottom right, bottom left")
    return value


Identifier = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$", max_length=100)]
"""A short name without spaces or slashes; it becomes part of file names and of the results."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_plain)]
"""Words for people, in one line or several."""

Gtin = Annotated[str, BeforeValidator(_gtin)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Start = Annotated[date | datetime, BeforeValidator(_start)]
Currency = Annotated[str, BeforeValidator(_currency)]
Amount = Annotated[Decimal, BeforeValidator(_amount), Field(gt=0, allow_inf_nan=False)]
Millimetres = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
_Pixel = Annotated[float, Field(strict=True)]
Corners = Annotated[tuple[tuple[_Pixel, _Pixel], ...], Field(min_length=4, max_length=4), AfterValidator(_corners)]
