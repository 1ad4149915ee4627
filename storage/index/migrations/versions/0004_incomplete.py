"""Segments that begin at a recovery point say how many of their first pictures are incomplete."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("segments", sa.Column("incomplete", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("segments", "incomplete")
