"""The accounts of a team, for commands and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from samegoods.errors import MissingPart

if TYPE_CHECKING:
    from samegoods.edges.accounts import Accounts


@contextmanager
def accounts(file: Path | str | None = None) -> Iterator[Accounts]:
    """The accounts in a file; None for those that ``SAMEGOODS_ACCOUNTS`` names, or else the user's own.

    Raises:
        AccountError: the file is not to be used, or cannot be made.
        MissingPart: what hashes passwords is not installed.
    """
    try:
        import argon2  # noqa: F401
    except ImportError as error:
        raise MissingPart(f"accounts need {error.name}: pip install 'samegoods[serve]'") from None
    from samegoods.edges.accounts import open_accounts

    with open_accounts(file) as book:
        yield book
