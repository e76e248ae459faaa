"""Entries of the log and their one form as a line: the same entry gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from samegoods.errors import CustodyError

FIRST = "0" * 64
"""What the first entry is bound to."""
LINE_BYTES = 1 << 20
"""The longest line that is written or read."""
LOG_BYTES = 1 << 30
"""The longest log that is read: about three million entries."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    ``n`` counts from 1, so that it is the number of its line; ``previous`` is the SHA-256 of the line before with its
    line end; ``at`` is what the clock said, ISO 8601 in UTC; ``campaign`` is the digest of the campaign's form.
    """

    n: int
    at: str
    kind: str
    software: str
    campaign: str
    body: Mapping[str, Any]
    previous: str


def canonical(value: object) -> str:
    """A value as JSON with sorted keys and no spaces.

    Raises:
        ValueError: it holds a number that JSON has no form for.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(text: str | bytes) -> str:
    """SHA-256 as hex; of text in UTF-8."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def content_digest(value: object) -> str:
    """SHA-256 over the canonical JSON of a value."""
    return digest(canonical(value))


def line_of(entry: Entry) -> str:
    """The line of an entry, with its line end.

    Raises:
        CustodyError: it is too long.
    """
    line = canonical(asdict(entry)) + "\n"
    if len(line.encode()) > LINE_BYTES:
        raise CustodyError(f"an entry of the log would have more than {LINE_BYTES} bytes: tell it in several")
    return line


def read_entry(line: bytes) -> Entry:
    """The entry that a line holds, with or without its line end.

    Raises:
        CustodyError: it holds none, or not in the one form; the message says what is wrong, without a place.
    """
    if len(line) > LINE_BYTES:
        raise CustodyError(f"longer than {LINE_BYTES} bytes")
    try:
        text = line.decode().removesuffix("\n")
        values = json.loads(text)
        known = isinstance(values, dict) and text == canonical(values)
    except (ValueError, RecursionError):
        raise CustodyError("not an entry of a log") from None
    if not known:
        raise CustodyError("not an entry in the form in which the log is written")
    return _entry(values)


_TYPES = {"n": int, "at": str, "kind": str, "software": str, "campaign": str, "body": dict, "previous": str}


def _entry(values: Mapping[str, Any]) -> Entry:
    if values.keys() != _TYPES.keys():
        raise CustodyError(f"not an entry: expected {', '.join(_TYPES)}, found {', '.join(values) or 'nothing'}")
    for name, kind in _TYPES.items():
        if type(values[name]) is not kind:
            raise CustodyError(f"not an entry: {name} is no {kind.__name__}")
    if not _SHA256.fullmatch(values["previous"]):
        raise CustodyError("not an entry: previous is no SHA-256")
    try:
        aware = datetime.fromisoformat(values["at"]).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise CustodyError(f"not an entry: {values['at'][:40]!r} is no time with an offset")
    return Entry(**values)
