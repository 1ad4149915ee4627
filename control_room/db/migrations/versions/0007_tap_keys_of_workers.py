"""The tap keys that each worker credential was used with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. A key that no worker has told yet is judged by its file alone."""
    op.create_table(
        "worker_keys",
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("worker", "key", name=op.f("pk_worker_keys")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("worker_keys")
