"""What is read off the goods."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("contents", sa.String(), nullable=False, server_default="cannot_tell"))
    op.add_column("items", sa.Column("label", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("items", sa.Column("offer", sa.JSON()))
