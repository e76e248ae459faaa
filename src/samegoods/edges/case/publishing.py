"""The results of a case as files, written row by row from what the case holds: none of it is held as a whole."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import Any, TextIO

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from samegoods.edges.case import rows
from samegoods.edges.case.document import (
    SIGHTINGS_HEAD,
    columns,
    finding_values,
    item_part,
    seconds,
    sighting_cells,
    sighting_part,
    source_part,
)
from samegoods.edges.case.ground import GroundCase
from samegoods.edges.case.tables import CaseRow, CropRow, ItemRow, ReferenceRow, SightingRow, SourceRow
from samegoods.records import UNLISTED, Finding, Judgement, Survey
from samegoods.results.base import Part
from samegoods.results.ground import GroundGroupPart
from samegoods.results.making import json_text, pieces, plain
from samegoods.results.parts import FindingsPart
from samegoods.results.review import ReviewPart
from samegoods.results.statistics import statistics_part

ROWS = 50
"""Rows of a table that are held at a time: an item with its verdicts takes 30 kB as it is read."""
FILES = ("findings.json", "sightings.csv")
_SPOOL = "items"
Place = tuple[str, str]
"""An item: its source and its id."""


class PublishedCase(GroundCase):
    """A case whose results are published."""

    def judgements(self) -> Iterator[Judgement]:
        """The judged items of the campaign as it is now, in their order, each as its own source tells it; read as they
        are asked for."""
        query = (
            select(ItemRow)
            .join(SourceRow, SourceRow.id == ItemRow.source)
            .where(SourceRow.digest == self._digest)
            .order_by(ItemRow.source, ItemRow.rank)
            .execution_options(yield_per=ROWS)
        )
        with Session(self._engine) as session:
            yield from (rows.judgement_record(row) for row in session.scalars(query))

    @contextmanager
    def publication(self, folder: Path) -> Iterator[Publication]:
        """The results in the making, in a folder of :meth:`put_files`; the same bytes where nothing new was saved.

        What is stored stays as each source told it: more footage may settle an item anew.
        """
        with Session(self._engine) as session:
            yield Publication(session, folder, self.standing())

    def publish(
        self,
        findings: Sequence[Finding],
        items: Iterable[Judgement],
        statistics: Survey | None = None,
        ground: Sequence[GroundGroupPart] = (),
    ) -> None:
        """Write ``findings.json`` and ``sightings.csv`` anew.

        Args:
            findings: the counts.
            items: all of :meth:`judgements`, as they stand once they have been held against each other.
            statistics: what the counts amount to, over all of the case.
            ground: what people on the spot report, counted apart.

        Raises:
            CaseError: a file cannot be written.
        """

        def write(folder: Path) -> Sequence[str]:
            with self.publication(folder) as made:
                deque(made.take(items), maxlen=0)
                return made.finish(findings, statistics, ground)

        self.put_files(write)


class Publication:
    """``findings.json`` and ``sightings.csv`` in the making; use it within a session.

    First all items go by (:meth:`take`), then the counts are known (:meth:`finish`).
    """

    def __init__(self, session: Session, folder: Path, reviews: Mapping[Place, Sequence[ReviewPart]]) -> None:
        """``folder`` is where the files are written, with what is needed on the way; ``reviews`` the decisions that
        stand."""
        self._session, self._folder, self._reviews = session, folder, reviews
        self._case = session.scalars(select(CaseRow)).one()
        self._versions: dict[Place, str | None] = {}
        """Of items with a sighting of no listed version: the version that they are of."""

    def take(self, settled: Iterable[Judgement]) -> Iterator[Judgement]:
        """Write down items as they go by.

        Args:
            settled: all judged items of the case in the order of its rows, as they stand once they have been held
                against each other.

        Raises:
            ValueError: they are not the items of the case, or in another order.
        """
        crops, seen = _Beside(self._rows(self._crops())), _Beside(self._rows(self._seen()))
        there = self._rows(self._of_now(select(*_ITEM), ItemRow).order_by(ItemRow.source, ItemRow.rank))
        with _writing(self._folder / _SPOOL) as spool:
            for row, one in zip(there, settled, strict=True):
                if (row.source, row.id) != (one.source, one.item):
                    raise ValueError(f"expected item {row.id} of source {row.source}, found {one.item}")
                looks = seen.at(row.source, row.rank)
                if any(look.unlisted for look in looks):
                    self._versions[intern(one.source), one.item] = None if one.version is None else intern(one.version)
                stand = self._reviews.get((row.source, row.id), ())
                part = item_part(row, one, crops.at(row.source, row.rank), _times(looks), stand)
                spool.write(f"{_entry(part)}\n")
                yield one

    def finish(
        self, findings: Sequence[Finding], statistics: Survey | None, ground: Sequence[GroundGroupPart]
    ) -> tuple[str, ...]:
        """Write the files, with the counts and what they amount to; returns their names below the folder."""
        fields = plain(self._frame(findings, statistics, ground))
        with ExitStack() as files:
            spool = files.enter_context((self._folder / _SPOOL).open(encoding="utf-8", newline="\n"))
            document, table = (files.enter_context(_writing(self._folder / name)) for name in FILES)
            written = csv.writer(table, lineterminator="\n")
            written.writerow(SIGHTINGS_HEAD)
            fields["sources"] = self._sources()
            fields["sightings"] = self._sightings(written)
            fields["items"] = (line.removesuffix("\n") for line in spool)
            document.writelines(pieces(fields))
        return FILES

    def _frame(
        self, findings: Sequence[Finding], statistics: Survey | None, ground: Sequence[GroundGroupPart]
    ) -> FindingsPart:
        """All that the case says now but its long lists; made at the time of the last saved work, so that a rerun
        changes nothing."""
        saved_at = self._session.scalar(select(func.max(SourceRow.saved_at)))
        references = self._session.scalars(select(ReferenceRow).order_by(ReferenceRow.id))
        return FindingsPart.model_validate(
            {
                "schema": "samegoods/findings/1",
                "campaign": self._case.campaign,
                "made_at": max(filter(None, [self._case.changed_at, saved_at])),
                "software": {"name": "samegoods", "version": self._case.software},
                "sources": (),
                "references": [columns(row) for row in references],
                "sightings": (),
                "items": (),
                "findings": [finding_values(finding) for finding in findings],
                "statistics": None if statistics is None else statistics_part(statistics),
                "ground": tuple(ground),
            }
        )

    def _sources(self) -> Iterator[str]:
        for (row,) in self._rows(select(SourceRow).order_by(SourceRow.id)):
            yield _entry(source_part(row, stale=row.digest != self._case.digest))

    def _sightings(self, table: Any) -> Iterator[str]:
        """The sightings, each written to the table of them as well."""
        query = self._of_now(select(SightingRow, SourceRow.path, SourceRow.site, SourceRow.captured_at), SightingRow)
        for row, path, site, captured in self._rows(query.order_by(SightingRow.source, SightingRow.rank)):
            known = self._versions.get((row.source, row.item or ""), UNLISTED)
            part = sighting_part(row, known if row.version == UNLISTED else row.version)
            taken = None if captured is None else datetime.fromisoformat(captured)
            table.writerow(sighting_cells(part, path=path, site=site, captured_at=taken))
            yield _entry(part)

    def _crops(self) -> Any:
        """The crops of each item, best first, under its source and rank."""
        what = (ItemRow.source, ItemRow.rank, CropRow.picture, CropRow.sighting, CropRow.face, CropRow.quad)
        item = (CropRow.source == ItemRow.source) & (CropRow.item == ItemRow.id)
        query = self._of_now(select(*what).join_from(ItemRow, CropRow, item), ItemRow)
        return query.order_by(ItemRow.source, ItemRow.rank, CropRow.rank)

    def _seen(self) -> Any:
        """When each item was seen first and last, and whether in any sighting as of no listed version: a row for each
        clock."""
        unlisted = func.max(case((SightingRow.version == UNLISTED, 1), else_=0)).label("unlisted")
        times = (
            SightingRow.time_base,
            func.min(SightingRow.pts).label("first"),
            func.max(SightingRow.pts).label("last"),
        )
        clock = (SightingRow.source, SightingRow.item, SightingRow.time_base)
        looks = select(SightingRow.source, SightingRow.item, *times, unlisted).group_by(*clock).subquery()
        item = (looks.c.source == ItemRow.source) & (looks.c.item == ItemRow.id)
        what = (ItemRow.source, ItemRow.rank, looks.c.time_base, looks.c.first, looks.c.last, looks.c.unlisted)
        query = self._of_now(select(*what).join_from(ItemRow, looks, item), ItemRow)
        return query.order_by(ItemRow.source, ItemRow.rank)

    def _of_now(self, query: Any, table: type[ItemRow] | type[SightingRow]) -> Any:
        """Of a query those rows alone that came of the campaign as it is now."""
        return query.join(SourceRow, SourceRow.id == table.source).where(SourceRow.digest == self._case.digest)

    def _rows(self, query: Any) -> Iterator[Any]:
        return iter(self._session.execute(query, execution_options={"yield_per": ROWS}))


_ITEM = (
    *(ItemRow.id, ItemRow.source, ItemRow.rank, ItemRow.site, ItemRow.product, ItemRow.views, ItemRow.contents),
    *(ItemRow.label, ItemRow.offer, ItemRow.in_scope, ItemRow.rule),
)
"""What of an item's row its entry says as it stands."""


class _Beside:
    """Rows that belong to items, in the order of these: those of one item at a time."""

    def __init__(self, rows: Iterator[Row[Any]]) -> None:
        self._rows, self._next = rows, next(rows, None)

    def at(self, source: str, rank: int) -> list[Row[Any]]:
        """The rows of the next item that is asked for."""
        found = []
        while self._next is not None and (self._next.source, self._next.rank) == (source, rank):
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def _times(looks: Iterable[Row[Any]]) -> list[float]:
    known = (seconds(pts, look.time_base) for look in looks for pts in (look.first, look.last))
    return [time for time in known if time is not None]


def _entry(part: Part) -> str:
    return json_text(plain(part))


def _writing(file: Path) -> TextIO:
    return file.open("w", encoding="utf-8", newline="\n")
