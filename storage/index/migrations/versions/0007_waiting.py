"""What waits in the spool is found without reading the rest, and what the store has locked is known."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'closed'")


def upgrade() -> None:
    op.create_index(
        "ix_segments_waiting",
        "segments",
        ["state", "start_ns"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "locks",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_locks"),
    )


def downgrade() -> None:
    op.drop_table("locks")
    op.drop_index("ix_segments_waiting", "segments")
