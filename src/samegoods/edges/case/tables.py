"""The tables of a case, in SQLite or PostgreSQL; their history lies in ``migrations/``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


_TEXT = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by its code points in both, so that both give rows in one order."""
_WIDE = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits in both: time stamps of a stream in microseconds pass 32 bits within the hour."""


class Base(DeclarativeBase):
    """Times are text, ISO 8601 in UTC: SQLite has no type for them and drops the zone of its own.

    JSON is kept as the text that was written, in both: the log's digests are over that text.
    """

    metadata = MetaData(naming_convention=_CONVENTION)
    type_annotation_map = {str: _TEXT, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 (SQLAlchemy's own form)


class CaseRow(Base):
    """The one campaign that a case belongs to, in its latest form."""

    __tablename__ = "case_info"

    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    campaign: Mapped[dict[str, Any]]
    software: Mapped[str]
    changed_at: Mapped[str]


class ReferenceRow(Base):
    """A reference picture that something was compared with; its pixels are evidence."""

    __tablename__ = "references"

    id: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str]
    version: Mapped[str]
    face: Mapped[str]
    picture: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    width_mm: Mapped[float | None]


class SourceRow(Base):
    """A source that was examined, with what it was examined by: ``done_key`` tells a rerun what to skip."""

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str]
    site: Mapped[str] = mapped_column(index=True)
    captured_at: Mapped[str | None]
    captured_from: Mapped[str | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    duration_s: Mapped[float | None]
    done_key: Mapped[str] = mapped_column(index=True)
    digest: Mapped[str]
    software: Mapped[str]
    saved_at: Mapped[str]


class SightingRow(Base):
    __tablename__ = "sightings"

    source: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    pts: Mapped[int | None] = mapped_column(_WIDE)
    time_base: Mapped[str | None]
    reference: Mapped[str]
    product: Mapped[str] = mapped_column(index=True)
    version: Mapped[str | None]
    face: Mapped[str]
    score: Mapped[float]
    margin: Mapped[float]
    quad: Mapped[list[Any]]
    candidates: Mapped[list[Any]]
    inliers: Mapped[int]
    item: Mapped[str | None]


class ItemRow(Base):
    __tablename__ = "items"

    source: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    site: Mapped[str]
    product: Mapped[str] = mapped_column(index=True)
    version: Mapped[str | None]
    views: Mapped[int]
    sightings: Mapped[list[Any]]
    packaging: Mapped[dict[str, Any]]
    quality: Mapped[dict[str, Any]]
    contents: Mapped[str]
    label: Mapped[dict[str, Any]]
    offer: Mapped[dict[str, Any] | None]
    nearest: Mapped[str | None]
    in_scope: Mapped[bool]
    rule: Mapped[str]
    call: Mapped[str | None]


class CropRow(Base):
    """A picture of an item, best first; ``picture`` is its path under the case folder, named by its hash."""

    __tablename__ = "crops"
    __table_args__ = (ForeignKeyConstraint(["source", "item"], ["items.source", "items.id"], ondelete="CASCADE"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    sighting: Mapped[str]
    face: Mapped[str]
    picture: Mapped[str]
    quad: Mapped[list[Any]]


class ReviewRow(Base):
    """What somebody decided on an item; rows are added and never changed.

    It outlasts the item's own row, which a rerun may replace: ``judged`` is the digest of the row that it is on.
    """

    __tablename__ = "reviews"

    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    by: Mapped[str]
    source: Mapped[str] = mapped_column(index=True)
    item: Mapped[str]
    judged: Mapped[str]
    decision: Mapped[str]
    axis: Mapped[str | None]
    call: Mapped[str | None]
    kind: Mapped[str | None]
    reference: Mapped[str | None]
    region: Mapped[list[Any]]
    remark: Mapped[str]
    blind: Mapped[bool]
    withdraws: Mapped[int | None]


class GroundRow(Base):
    """A report from the ground; a row is never changed, and deleted where its sender takes it back or it is too old.

    ``receipt`` is the SHA-256 of the code that the sender has; ``salt`` is random, and keeps the log's digest of the
    row from telling what it said once it is gone.
    """

    __tablename__ = "ground"

    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    receipt: Mapped[str]
    salt: Mapped[str]
    product: Mapped[str]
    version: Mapped[str | None]
    site: Mapped[str]
    day: Mapped[str]
    amount: Mapped[str | None]
    currency: Mapped[str | None]
    remark: Mapped[str]
    withheld: Mapped[bool]
    photos: Mapped[list[Any]]


class ModerationRow(Base):
    """What a reviewer decided on a report; rows are added and never changed, and go with their report."""

    __tablename__ = "moderations"

    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    by: Mapped[str]
    report: Mapped[int] = mapped_column(index=True)
    decision: Mapped[str]
    reason: Mapped[str]


class CustodyRow(Base):
    """An entry of the log, as the very line that ``custody.jsonl`` has; rows are added and never changed."""

    __tablename__ = "custody"

    n: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str]


class PlaceRow(Base):
    """Where files of the case lie that is in no folder itself. The log does not tell of it: a case may be moved."""

    __tablename__ = "places"

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
