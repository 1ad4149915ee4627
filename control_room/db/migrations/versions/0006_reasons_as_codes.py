"""Reasons as codes with parameters, beside the sentences that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("journal", "exports", "holds")


def upgrade() -> None:
    """Go up. Entries there already have their sentence only, and their hashes stay what they were."""
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("why", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Go down."""
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("why")
