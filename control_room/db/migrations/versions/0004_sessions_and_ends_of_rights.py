"""Sessions in a table; ends of rights to cameras with their instant, not only until they were told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up. What was still to be told needs telling no more: the first lease says what holds."""
    op.drop_table("revocations")
    op.create_table(
        "revocations",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("camera", sa.String(length=80), nullable=False),
        sa.Column("at_ms", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revocations")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("rights_version", sa.Integer(), nullable=False),
        sa.Column("until_s", _NUMBER, nullable=False),
        sa.Column("renewed_s", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["person"], ["people.id"], name=op.f("fk_sessions_person_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)


def downgrade() -> None:
    """Go down: everybody signs in again."""
    op.drop_index(op.f("ix_sessions_person"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("revocations")
    op.create_table(
        "revocations",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("stream", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revocations")),
    )
