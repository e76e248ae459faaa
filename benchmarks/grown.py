"""Large cases: what a small one holds, repeated under ids of its own, at other sites and on other days."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import samegoods
from samegoods.campaign import Campaign
from samegoods.edges.case import CaseStore
from samegoods.edges.case.tables import CropRow, ItemRow, SightingRow, SourceRow
from samegoods.edges.case.telling import contents_of, source_notes
from samegoods.wiring.custody import sealing

TABLES = (SourceRow, SightingRow, ItemRow, CropRow)
PICTURES = 2
"""Of a pack that are kept in the copies; what is repeated has up to eight."""
SEED = 23
_AT_ONCE = 20
"""Sources that are saved in one transaction, with one signature."""
_WANDER_PX = 3.0
"""How far the outline of a difference lies from where it lay on the pack that is repeated: views are not alike."""
_FIRST_DAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
_DAYS = 28

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table."""


def grow(small: Path, case: Path, campaign: Campaign, sightings: int) -> int:
    """Make a case of so many sightings out of one source of a small case; the number of its packs.

    The references are taken over as they are. Rows go in as they do from a run, with their entries in the log, but
    several sources at a time: so it takes minutes.
    """
    with opened(small, campaign) as there:
        old = rows_of(there)
    packs = 0
    with opened(case, campaign) as store:
        store.keep_references(references_in(campaign))  # before the pictures: what no entry names is swept
        shutil.copytree(small / "evidence", case / "evidence", dirs_exist_ok=True)
        made = repeated(old, sightings, [one.id for one in campaign.sites])
        while some := list(islice(made, _AT_ONCE)):
            packs += sum(len(one[ItemRow.__tablename__]) for one in some)
            with store.writing() as change:
                for table in TABLES:
                    rows = [row for one in some for row in one[table.__tablename__]]
                    if rows:
                        change.session.execute(insert(table), rows)
                contents = contents_of(change.session)
                for one in some:
                    change.notes.extend(source_notes(contents, one[SourceRow.__tablename__][0]["id"]))
    return packs


def opened(case: Path, campaign: Campaign | None) -> CaseStore:
    return CaseStore.open(case, campaign=campaign, software=samegoods.__version__, signer=sealing().signer)


def references_in(campaign: Campaign) -> Sequence[Any]:
    """The campaign's references, as a run takes them."""
    from samegoods.edges.engines import engine
    from samegoods.wiring.pictures import references_of

    with engine("inline", workers=1, address=None) as machine:
        return tuple(references_of(campaign, machine))


def rows_of(store: CaseStore) -> Rows:
    """The rows of the first source of a case."""
    rows: Rows = {}
    with Session(store._engine) as session:
        name = session.scalars(select(SourceRow.id).order_by(SourceRow.id)).first()
        for table in TABLES:
            named = table.id if table is SourceRow else table.source
            columns = [one.name for one in table.__table__.columns]
            found = session.scalars(select(table).where(named == name)).all()
            rows[table.__tablename__] = [{one: getattr(row, one) for one in columns} for row in found]
    return rows


def repeated(old: Rows, sightings: int, sites: Sequence[str]) -> Iterator[Rows]:
    """The rows of one source after the other, until there are so many sightings; of the last what is needed."""
    chance = np.random.default_rng(SEED)
    made = number = 0
    while made < sightings:
        rows = _copied(old, f"s{number:06}", sites[number % len(sites)], number, chance)
        rows["sightings"] = rows["sightings"][: sightings - made]
        seen = {one["item"] for one in rows["sightings"]}
        rows["items"] = [one for one in rows["items"] if one["id"] in seen]
        rows["crops"] = [one for one in rows["crops"] if one["item"] in seen and one["rank"] < PICTURES]
        made += len(rows["sightings"])
        number += 1
        yield rows


def _copied(old: Rows, name: str, site: str, number: int, chance: np.random.Generator) -> Rows:
    when = _FIRST_DAY + timedelta(days=number // 7 % _DAYS, minutes=number % 480)
    own = {"id": name, "path": f"{name}.mp4", "sha256": f"{number:064x}", "done_key": name, "site": site}
    taken = {"captured_at": when.isoformat(timespec="microseconds")}
    return {
        "sources": [one | own | taken for one in old["sources"]],
        "sightings": [one | {"source": name} for one in old["sightings"]],
        "items": [
            one
            | {"source": name, "site": site}
            | {axis: _wandered(one[axis], chance) for axis in ("packaging", "quality")}
            for one in old["items"]
        ],
        "crops": [one | {"source": name} for one in old["crops"]],
    }


def _wandered(verdict: dict[str, Any], chance: np.random.Generator) -> dict[str, Any]:
    """A verdict whose differences lie a little aside."""
    told = json.loads(json.dumps(verdict))
    for one in told["differences"]:
        aside = chance.normal(0, _WANDER_PX, 2)
        one["region"] = np.round(np.array(one["region"]).reshape(-1, 2) + aside, 2).tolist()
    return dict(told)
