"""What people decide on items."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("judged", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("axis", sa.String(), nullable=True),
        sa.Column("call", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("region", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("withdraws", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_source"), "reviews", ["source"])
