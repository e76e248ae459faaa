"""Large cases: what a small one holds, repeated under ids of its own, at other sites and on other days."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

TABLES = ("sources", "sightings", "items", "crops")
_WANDER_PX = 3.0
"""How far the outline of a difference lies from where it lay on the pack that is repeated: views are not alike."""
_FIRST_DAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
_DAYS = 28
SEED = 23

Rows = dict[str, list[dict[str, Any]]]


def grow(small: Path, case: Path, sightings: int, sites: list[str]) -> int:
    """Copy a case and repeat its sources until it has so many sightings; its log is begun anew.

    Returns:
        How many packs it has.
    """
    shutil.copytree(small, case)
    with closing(sqlite3.connect(case / "case.db")) as db, db:
        db.row_factory = sqlite3.Row
        old = {table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")] for table in TABLES}
        for table in ("custody", *reversed(TABLES)):
            db.execute(f"DELETE FROM {table}")
        for rows in repeated(old, sightings, sites):
            for table in TABLES:
                insert(db, table, rows[table])
        (packs,) = db.execute("SELECT count(*) FROM items").fetchone()
    for name in ("custody.jsonl", "custody.pub", "findings.json", "sightings.csv", "report.html", "report.pdf"):
        (case / name).unlink(missing_ok=True)
    return int(packs)


def repeated(old: Rows, sightings: int, sites: list[str]) -> Iterator[Rows]:
    """The rows of one source after the other, until there are so many sightings; of the last what is needed."""
    chance = np.random.default_rng(SEED)
    number = made = 0
    while made < sightings:
        for source in old["sources"]:
            rows = _source(old, source["id"], f"s{number:06}", sites[number % len(sites)], number, chance)
            rows["sightings"] = rows["sightings"][: sightings - made]
            kept = {one["item"] for one in rows["sightings"]}
            rows["items"] = [one for one in rows["items"] if one["id"] in kept]
            rows["crops"] = [one for one in rows["crops"] if one["item"] in kept]
            made += len(rows["sightings"])
            number += 1
            if rows["sightings"]:
                yield rows


def _source(old: Rows, was: str, name: str, site: str, number: int, chance: np.random.Generator) -> Rows:
    when = _FIRST_DAY + timedelta(days=number // 7 % _DAYS, minutes=number % 480)
    here = {"site": site, "captured_at": when.isoformat(timespec="microseconds"), "path": f"{name}.mp4"}
    named = {"sha256": f"{number:064x}", "done_key": name}
    return {
        "sources": [one | here | named | {"id": name} for one in old["sources"] if one["id"] == was],
        "sightings": [one | {"source": name} for one in old["sightings"] if one["source"] == was],
        "items": [
            one | {"source": name, "site": site} | {axis: _wandered(one[axis], chance) for axis in _AXES}
            for one in old["items"]
            if one["source"] == was
        ],
        "crops": [one | {"source": name} for one in old["crops"] if one["source"] == was],
    }


_AXES = ("packaging", "quality")


def _wandered(verdict: str, chance: np.random.Generator) -> str:
    """A verdict whose differences lie a little aside."""
    told = json.loads(verdict)
    for one in told["differences"]:
        aside = chance.normal(0, _WANDER_PX, 2)
        one["region"] = np.round(np.array(one["region"]).reshape(-1, 2) + aside, 2).tolist()
    return json.dumps(told)


def insert(db: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = ", ".join(f'"{name}"' for name in rows[0])
        places = ", ".join("?" * len(rows[0]))
        db.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", [tuple(row.values()) for row in rows])
