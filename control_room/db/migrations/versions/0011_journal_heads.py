"""Signed heads of the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "journal_heads",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_heads")),
    )
    for column in ("size", "at_ns"):
        op.create_index(op.f(f"ix_journal_heads_{column}"), "journal_heads", [column], unique=False)
    op.create_table(
        "journal_past",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("journal", sa.String(length=40), nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.String(length=64), nullable=False),
        sa.Column("trusted", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_past")),
    )


def downgrade() -> None:
    """Go down: the heads are lost, and with them what stands for erased entries."""
    op.drop_table("journal_past")
    op.drop_table("journal_heads")
