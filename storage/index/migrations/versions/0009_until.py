"""A policy says until when it holds, for the time in which control_room cannot."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("policies", sa.Column("until_ns", sa.BigInteger, nullable=True))


def downgrade() -> None:
    op.drop_column("policies", "until_ns")
