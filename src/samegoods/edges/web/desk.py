"""What the page shows of a case, asked of an index: every question reads a page of rows, never a whole table."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock, local
from typing import Any

from samegoods.edges.web.lines import Line, Wanted
from samegoods.errors import CaseError
from samegoods.results.ground import GroundGroupPart
from samegoods.results.parts import CampaignPart, FindingPart, ItemPart, ReferencePart, SourcePart
from samegoods.results.review import ReviewPart, standing
from samegoods.results.statistics import StatisticsPart

PER_PAGE = 50


_LINE = "seq, source, id, site, product, call, packaging, quality, version, sure, views, in_scope, reviewers, decision"


class Desk:
    """The index of a case, and what was decided since it was made. Several threads may ask and tell."""

    def __init__(
        self, file: Path, rest: Mapping[str, Any], version: str, judged: Callable[[str, str], str | None]
    ) -> None:
        """``rest``: what the findings tell beside lists: ``campaign``, ``made_at``, ``statistics``; ``judged``: what
        the log says the row of an item is, by source and item."""
        self._file = file
        self._judged = judged
        self.campaign = CampaignPart.model_validate(rest["campaign"])
        self.made_at: str = rest["made_at"]
        told = rest.get("statistics")
        self.statistics = None if told is None else StatisticsPart.model_validate(told)
        self.version = version
        """Stands in the addresses of pictures: another case, or other findings, has another."""
        self.products = {one.id: one for one in self.campaign.products}
        self.sites = {one.id: one for one in self.campaign.sites}
        self._own = local()
        self._taking = Lock()
        self._fresh = self._count_fresh()
        """How many items nobody has decided on: every page of the queue tells it."""

    def begin(self) -> None:
        """Forget the decisions of the last time, and that the index was closed then."""
        self._db.execute("PRAGMA synchronous = FULL")  # not to be found closed after a power cut
        self._db.execute("UPDATE held SET value = 'no' WHERE name = 'closed'")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("BEGIN IMMEDIATE")
        taken = "SELECT seq FROM reviews"
        self._db.execute(f"UPDATE items SET reviewers = 0, decision = NULL WHERE seq IN ({taken})")
        self._db.execute("DELETE FROM stands")
        self._db.execute("DELETE FROM reviews")
        self._db.execute("COMMIT")
        self._fresh = self._count_fresh()

    def close(self) -> None:
        """Make it last, for the next time; nobody asks it anything any more."""
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.execute("UPDATE held SET value = 'yes' WHERE name = 'closed'")
        self._db.close()
        del self._own.db

    def _count_fresh(self) -> int:
        query = "SELECT count(*) FROM items WHERE in_scope = 1 AND reviewers = 0"
        return int(self._db.execute(query).fetchone()[0])

    @property
    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._own, "db"):
            self._own.db = sqlite3.connect(self._file, isolation_level=None)
            self._own.db.execute("PRAGMA synchronous = OFF")
        db: sqlite3.Connection = self._own.db
        return db

    # Items.

    def count(self, wanted: Wanted) -> int:
        clause, values = wanted.clause()
        return int(self._db.execute(f"SELECT count(*) FROM items WHERE {clause}", values).fetchone()[0])

    def lines(self, wanted: Wanted, *, page: int = 1, shuffled: bool = False) -> list[Line]:
        """A page of items; ``shuffled``: in an order that tells nothing of their calls."""
        clause, values = wanted.clause()
        order = "seq" if shuffled else "turn"
        query = f"SELECT {_LINE} FROM items WHERE {clause} ORDER BY {order} LIMIT ? OFFSET ?"
        return [Line(*row) for row in self._db.execute(query, [*values, PER_PAGE, (page - 1) * PER_PAGE])]

    def line(self, seq: int) -> Line | None:
        row = self._db.execute(f"SELECT {_LINE} FROM items WHERE seq = ?", [seq]).fetchone()
        return None if row is None else Line(*row)

    def item(self, seq: int) -> ItemPart:
        """All of an item.

        Raises:
            CaseError: there is none of this number.
        """
        row = self._db.execute("SELECT body FROM items WHERE seq = ?", [seq]).fetchone()
        if row is None:
            raise CaseError(f"there is no pack of the number {seq}")
        return ItemPart.model_validate(_unpacked(row[0]))

    def seq_of(self, source: str, item: str) -> int | None:
        row = self._db.execute("SELECT seq FROM items WHERE source = ? AND id = ?", [source, item]).fetchone()
        return None if row is None else int(row[0])

    # The queue: what a reviewer has not decided on and nobody else has, or one other where two are to.

    def following(
        self,
        by: str,
        after: int,
        wanted: Wanted,
        *,
        back: bool = False,
        shuffled: bool = False,
        everything: bool = False,
    ) -> int | None:
        """The next item for a reviewer after one, or the one before it; from the other end where there is none.

        Args:
            after: the number of an item; 0 for the first.
            everything: any item, not only those that are open for this reviewer.
        """
        column, sign, way = ("seq" if shuffled else "turn"), ("<" if back else ">"), ("DESC" if back else "ASC")
        place = after
        if after and not shuffled:
            found = self._db.execute("SELECT turn FROM items WHERE seq = ?", [after]).fetchone()
            place = 0 if found is None else int(found[0])
        clause, values = wanted.clause()
        clause = f"({clause})" if everything else f"({clause}) AND {_OPEN}"
        values = values if everything else [*values, by]
        query = f"SELECT seq FROM items WHERE {column} {{}} ? AND {clause} ORDER BY {column} {way} LIMIT 1"
        row = self._db.execute(query.format(sign), [place, *values]).fetchone()
        if row is None and after:
            end = 1 << 60 if back else 0
            row = self._db.execute(query.format(sign), [end, *values]).fetchone()
        return None if row is None or row[0] == after else int(row[0])

    def waiting(self, by: str, wanted: Wanted, *, page: int, size: int) -> list[int]:
        """A page of the items that wait for a reviewer."""
        clause, values = wanted.clause()
        query = f"SELECT seq FROM items WHERE ({clause}) AND {_OPEN} ORDER BY turn LIMIT ? OFFSET ?"
        return [seq for (seq,) in self._db.execute(query, [*values, by, size, (page - 1) * size])]

    def open_for(self, by: str, wanted: Wanted) -> int:
        """How many items wait for a reviewer."""
        clause, values = wanted.clause()
        if wanted == Wanted():
            fresh = self._fresh
        else:
            query = f"SELECT count(*) FROM items WHERE ({clause}) AND in_scope = 1 AND reviewers = 0"
            fresh = int(self._db.execute(query, values).fetchone()[0])
        twice = "in_scope = 1 AND reviewers = 1 AND twice = 1"
        query = f"SELECT count(*) FROM items WHERE ({clause}) AND {twice} AND {_NOT_BY}"
        return fresh + int(self._db.execute(query, [*values, by]).fetchone()[0])

    # Decisions.

    def take(self, review: ReviewPart) -> None:
        """Take in a decision that was kept in the case."""
        with self._taking:
            seq = self.seq_of(review.source, review.item)
            if seq is None:
                return  # of an item that is no more, or not of the campaign as it is now
            db = self._db
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO reviews VALUES (?, ?, ?)", [review.n, seq, review.model_dump_json(by_alias=True)])
            query = "SELECT packaging, in_scope, reviewers FROM items WHERE seq = ?"
            packaging, in_scope, before = db.execute(query, [seq]).fetchone()
            stand = standing(self.reviews(seq), self._judged(review.source, review.item))
            db.execute("DELETE FROM stands WHERE seq = ?", [seq])
            of = {one.by: label([own for own in stand if own.by == one.by], packaging) for one in stand}
            rows = [(one.by, seq, one.n, of[one.by]) for one in stand]
            db.executemany("INSERT INTO stands VALUES (?, ?, ?, ?)", rows)
            last = _told(stand[-1]) if stand else None
            db.execute("UPDATE items SET reviewers = ?, decision = ? WHERE seq = ?", [len(of), last, seq])
            db.execute("COMMIT")
            self._fresh += bool(in_scope) * ((not stand) - (not before))

    def reviews(self, seq: int) -> list[ReviewPart]:
        """All decisions on an item, in their order."""
        rows = self._db.execute("SELECT body FROM reviews WHERE seq = ? ORDER BY n", [seq])
        return [ReviewPart.model_validate_json(row[0]) for row in rows]

    def stands(self, seq: int) -> list[int]:
        """The numbers of the decisions on an item that stand."""
        return [n for (n,) in self._db.execute("SELECT n FROM stands WHERE seq = ? ORDER BY n", [seq])]

    def last_of(self, by: str) -> tuple[int, int] | None:
        """The last decision of a reviewer that stands, and its item: what an undo takes back."""
        row = self._db.execute("SELECT n, seq FROM stands WHERE by = ? ORDER BY n DESC LIMIT 1", [by]).fetchone()
        return None if row is None else (row[0], row[1])

    def decided(self, by: str, seq: int) -> bool:
        return bool(self._db.execute("SELECT 1 FROM stands WHERE by = ? AND seq = ?", [by, seq]).fetchone())

    def labels(self) -> list[tuple[str, int, str]]:
        """Who called which item what, on items that more than one reviewer decided on."""
        twice = "SELECT seq FROM items WHERE reviewers > 1"
        query = f"SELECT by, seq, label FROM stands WHERE seq IN ({twice}) GROUP BY seq, by ORDER BY seq, max(n)"
        return self._db.execute(query).fetchall()

    # The rest of the case.

    def findings(self, product: str | None = None) -> list[FindingPart]:
        clause = "1" if product is None else "product = ?"
        values = [] if product is None else [product]
        rows = self._db.execute(f"SELECT body FROM findings WHERE {clause} ORDER BY n", values)
        return [FindingPart.model_validate(_unpacked(row[0])) for row in rows]

    def references(self, product: str) -> list[tuple[int, ReferencePart]]:
        """The references of a product with their numbers."""
        rows = self._db.execute("SELECT n, body FROM refs WHERE product = ? ORDER BY n", [product])
        return [(n, ReferencePart.model_validate(_unpacked(body))) for n, body in rows]

    def ground(self, product: str | None = None) -> list[GroundGroupPart]:
        """What people on the spot report, as it was published."""
        rows = self._db.execute("SELECT body FROM ground WHERE ? IS NULL OR product = ? ORDER BY n", [product] * 2)
        return [GroundGroupPart.model_validate(_unpacked(row[0])) for row in rows]

    def reference(self, n: int) -> ReferencePart | None:
        row = self._db.execute("SELECT body FROM refs WHERE n = ?", [n]).fetchone()
        return None if row is None else ReferencePart.model_validate(_unpacked(row[0]))

    def source(self, ident: str) -> SourcePart:
        row = self._db.execute("SELECT body FROM sources WHERE id = ?", [ident]).fetchone()
        return SourcePart.model_validate(_unpacked(row[0]))

    def sources(self, *, failed: bool = False, page: int = 1) -> tuple[int, list[SourcePart]]:
        """A page of sources, and how many there are; ``failed``: only what could not be read, or not wholly."""
        clause = "status <> 'ok'" if failed else "1"
        number = int(self._db.execute(f"SELECT count(*) FROM sources WHERE {clause}").fetchone()[0])
        query = f"SELECT body FROM sources WHERE {clause} ORDER BY id LIMIT ? OFFSET ?"
        rows = self._db.execute(query, [PER_PAGE, (page - 1) * PER_PAGE])
        return number, [SourcePart.model_validate(_unpacked(row[0])) for row in rows]

    def tallies(self, names: Sequence[str]) -> dict[tuple[Any, ...], tuple[int, int]]:
        """How many items there are, and how many of them are decided, by these columns (``product``, ``site``)."""
        columns = ", ".join(name for name in names if name in ("product", "site", "call"))
        query = f"SELECT {columns}, count(*), sum(reviewers > 0) FROM items WHERE in_scope = 1 GROUP BY {columns}"
        return {tuple(row[:-2]): (row[-2], row[-1]) for row in self._db.execute(query)}


_NOT_BY = "NOT EXISTS (SELECT 1 FROM stands WHERE stands.by = ? AND stands.seq = items.seq)"
_OPEN = f"in_scope AND (reviewers = 0 OR (twice AND reviewers < 2)) AND {_NOT_BY}"


def label(stand: Sequence[ReviewPart], packaging: str) -> str:
    """What the decisions of one reviewer come to for the packaging, to hold two reviewers against each other."""
    for one in stand:
        if one.axis == "packaging" and one.call is not None:
            return one.call
    last = stand[-1].decision
    return packaging if last in ("agree", "correct") else last


def _told(review: ReviewPart) -> str:
    return f"correct:{review.call}" if review.decision == "correct" and review.call else review.decision


def _unpacked(body: bytes) -> Any:
    return json.loads(zlib.decompress(body))
