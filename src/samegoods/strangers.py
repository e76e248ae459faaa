"""What strangers made: files, read only if they are files and only to a limit; and names, which are only shown."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from io import BufferedReader
from pathlib import Path
from typing import Literal

_NEVER_SHOWN = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of Unicode: control characters, halves of characters, separators of lines and paragraphs."""

_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that change the direction of writing, so that a name looks like another (UAX 9), and the byte order mark."""

_LONGEST_SHOWN = 1000

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def what_is(path: str) -> Literal["file", "folder", "other"] | None:
    """What a name leads to; None where there is nothing, or no file system takes such a name."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  a name that no Path may hold is a name, too
    except (OSError, ValueError):
        return None
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"


def open_file(path: Path) -> BufferedReader:
    """Open a file for reading, and nothing else: a pipe or a device would be waited for, or never end.

    Raises:
        OSError: there is none, it may not be read, or it is not a file.
    """
    try:
        file = open(path, "rb", opener=_unblocked)  # noqa: SIM115  Path.open takes no opener; the caller closes it
    except ValueError as error:  # a null character
        raise OSError(errno.ENOENT, "no file can have this name", str(path)) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "this is not a file", str(path))
    return file


def _unblocked(path: str, flags: int) -> int:
    """To open a pipe that nobody writes to would wait for ever, before it is known what it is."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_bytes(path: Path, most: int) -> bytes:
    """All of a file.

    Raises:
        OSError: as :func:`open_file`; or it has more than ``most`` bytes, of which no more are read.
    """
    with open_file(path) as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise OSError(errno.EFBIG, f"it has more than {in_bytes(most)}, which is the limit", str(path))
    return raw


Unsafe = Literal["link", "no file", "open to others", "of another user"]


def unsafe(file: Path) -> Unsafe | None:
    """Why a file of secrets is not to be used: another user may have read it, or may have put it there; else None.

    Raises:
        OSError: there is none, or it cannot be looked at.
    """
    found = file.lstat()
    if stat.S_ISLNK(found.st_mode):
        return "link"
    if not stat.S_ISREG(found.st_mode):
        return "no file"
    if os.name == "posix" and found.st_mode & 0o077:
        return "open to others"
    if os.name == "posix" and found.st_uid not in (os.geteuid(), 0):
        return "of another user"
    return None


def in_bytes(count: int) -> str:
    """A size in words: ``500 MB``."""
    return f"{count / 1_000_000:g} MB" if count >= 1_000_000 else f"{count} bytes"


def is_plain(letter: str) -> bool:
    """Whether a character may reach a terminal or a page as it is."""
    return letter not in _TURNS and unicodedata.category(letter) not in _NEVER_SHOWN


def shown(text: str) -> str:
    """A text in one line that shows what is in it: control characters, line ends, marks of direction and bytes that
    are no text are escaped as in Python, and what is longer than any name is cut in the middle."""
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[: _LONGEST_SHOWN // 2]}…{text[-_LONGEST_SHOWN // 2 :]}"
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if is_plain(letter) else letter.encode("unicode_escape").decode() for letter in text)


def as_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it.

    Numbers stay numbers. Method: OWASP, CSV Injection; wide letters begin a formula in East Asian spreadsheets.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
