"""Cases as earlier releases left them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_ADDED = {
    "0003": ("ALTER TABLE items DROP COLUMN nearest",),
    "0004": ("DROP TABLE custody",),
    "0005": ("DROP TABLE reviews",),
    "0006": ("DROP TABLE ground", "DROP TABLE moderations"),
    "0007": ("DROP TABLE places",),
}
"""What takes away what a form of the tables has added."""


def taken_back(file: Path, form: str) -> None:
    """Have a data base be of an earlier form, with what it holds of that form."""
    with closing(sqlite3.connect(file)) as db, db:
        for added, commands in _ADDED.items():
            for command in commands if added > form else ():
                db.execute(command)
        db.execute("UPDATE alembic_version SET version_num = ?", [form])
