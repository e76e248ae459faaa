"""The tables as they first were."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _the_case()
    _sources()
    _items()
    _sightings()


def _the_case() -> None:
    op.create_table(
        "case_info",
        sa.Column("campaign_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("campaign", sa.JSON(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_case_info"),
    )
    op.create_table(
        "references",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_references"),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("captured_at", sa.String()),
        sa.Column("captured_from", sa.String()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("duration_s", sa.Double()),
        sa.Column("done_key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.Column("saved_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_done_key", "sources", ["done_key"])
    op.create_index("ix_sources_site", "sources", ["site"])


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("version", sa.String()),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("sightings", sa.JSON(), nullable=False),
        sa.Column("packaging", sa.JSON(), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("call", sa.String()),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_items_source_sources", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "id", name="pk_items"),
    )
    op.create_index("ix_items_product", "items", ["product"])
    op.create_table(
        "crops",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("sighting", sa.String(), nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("quad", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source", "item"], ["items.source", "items.id"], name="fk_crops_source_items", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "item", "rank", name="pk_crops"),
    )


def _sightings() -> None:
    op.create_table(
        "sightings",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("pts", sa.Integer()),
        sa.Column("time_base", sa.String()),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("version", sa.String()),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.Column("quad", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("inliers", sa.Integer(), nullable=False),
        sa.Column("item", sa.String()),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_sightings_source_sources", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "id", name="pk_sightings"),
    )
    op.create_index("ix_sightings_product", "sightings", ["product"])
