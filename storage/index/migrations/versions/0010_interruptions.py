"""What keeps streams from being recorded is written down when it happens."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = sa.text("end_ns IS NULL")


def upgrade() -> None:
    op.create_table(
        "interruptions",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=True),
        sa.Column("due_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interruptions"),
    )
    op.create_index("ix_interruptions_start", "interruptions", ["stream", "start_ns"])
    op.create_index(
        "ix_interruptions_open",
        "interruptions",
        ["owner", "end_ns"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_interruptions_due_ns", "interruptions", ["due_ns"])


def downgrade() -> None:
    op.drop_table("interruptions")
