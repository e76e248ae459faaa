"""Where the files of a case lie that is not in a folder; and on PostgreSQL, what its types take and how text sorts."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_places")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _as_sqlite_has_it()


def _as_sqlite_has_it() -> None:
    """Integers of 64 bits for time stamps, and text in the order of its code points, whatever the data base's is."""
    op.alter_column("sightings", "pts", type_=sa.BigInteger())
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            if table != "alembic_version" and isinstance(column["type"], sa.String):
                op.alter_column(table, column["name"], type_=sa.String(collation="C"))
