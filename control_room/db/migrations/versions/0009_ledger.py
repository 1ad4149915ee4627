"""The register of captures and destructions that storage signs, lines of what was destroyed, and the least
days of an authorisation."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go up. The register is empty until storage tells of it; no authorisation fixes a minimum yet."""
    op.add_column("cameras", sa.Column("permit_least_days", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "ledgers",
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("began_ns", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_ledgers")),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "number", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "ledger_cameras",
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("captured_peaks", sa.LargeBinary(), nullable=False),
        sa.Column("destroyed", sa.BigInteger(), nullable=False),
        sa.Column("destroyed_peaks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "day", "stream", name=op.f("pk_ledger_cameras")),
    )
    op.create_table(
        "ledger_days",
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("cameras", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "day", name=op.f("pk_ledger_days")),
    )
    op.create_table(
        "destructions",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("segments", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_destructions")),
        sa.UniqueConstraint(
            "commune",
            "camera",
            "kind",
            "day",
            "ground",
            name=op.f("uq_destructions_commune_camera_kind_day_ground"),
        ),
    )
    op.create_index("ix_destructions_day", "destructions", ["day", "number"], unique=False)


def downgrade() -> None:
    """Go down: the register is lost here, and storage tells it again from its notes."""
    op.drop_index("ix_destructions_day", table_name="destructions")
    for table in ("destructions", "ledger_days", "ledger_cameras", "ledger_heads", "ledgers"):
        op.drop_table(table)
    op.drop_column("cameras", "permit_least_days")
