"""What the log is told of rows: the entries of a source, a reference, the campaign, made from the rows themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy.orm import Session

from samegoods.custody import bodies
from samegoods.custody.entries import content_digest
from samegoods.custody.replay import Told
from samegoods.edges.case.contents import Contents, Row
from samegoods.edges.case.log import Note


def contents_of(session: Session) -> Contents:
    """The rows as a session sees them, its own changes among them."""
    session.flush()
    return Contents(session.connection())


def source_notes(contents: Contents, source: str) -> Iterator[Note]:
    """The entries on a source: what it is, its pictures, its decisions."""
    rows = contents.of_source(source)
    (row,) = rows["sources"]
    told = {name: row.get(name) for name in bodies.SourceSaved.model_fields if name != "content"}
    yield "source", bodies.SourceSaved.model_validate(told | {"content": content_digest(rows)})
    for crop in rows["crops"]:
        named = {name: crop[name] for name in ("source", "item", "sighting", "picture")}
        yield "crop", bodies.CropKept.model_validate(named | {"sha256": _hash_in(crop["picture"])})
    for item in rows["items"]:
        calls = {axis: json.loads(item[axis])["call"] for axis in ("packaging", "quality")} | {
            "call": item.get("call")
        }
        yield "decision", bodies.Decision(source=source, item=item["id"], calls=calls, sha256=content_digest(item))


def reference_note(row: Row) -> Note:
    return "reference", bodies.ReferenceKept(
        id=row["id"], picture=row["picture"], sha256=_hash_in(row["picture"]), content=content_digest(row)
    )


def source_removed(told: Told, source: str) -> Iterator[Note]:
    """The entry on a source whose rows are taken out; none where the log never told of it."""
    entry = told.ledger.entry_of(source)
    if entry is not None:
        yield "removed", bodies.Removed(source=source, entry=entry)


def reference_changes(told: Told, rows: list[Row]) -> Iterator[Note]:
    """The entries on references that are no more, that are new, or that are not as they were."""
    digests = {row["id"]: content_digest(row) for row in rows}
    for name, (entry, body) in told.references.items():
        if digests.get(name) != body.content:
            yield "removed", bodies.Removed(reference=name, entry=entry)
    for row in rows:
        known = told.references.get(row["id"])
        if known is None or known[1].content != digests[row["id"]]:
            yield reference_note(row)


def everything(contents: Contents) -> list[Note]:
    """The entries on all rows of a case that no log has told of yet."""
    notes = [reference_note(row) for row in contents.references()]
    for source in sorted(contents.source_digests()):
        notes.extend(source_notes(contents, source))
    return notes


def _hash_in(picture: str) -> str:
    return picture.rpartition("/")[2].removesuffix(".png")
