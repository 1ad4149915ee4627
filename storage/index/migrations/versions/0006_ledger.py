"""The register of captures and destructions. What was captured before is entered when it is destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("tree", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("again", sa.Integer, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=True),
        sa.Column("died_ns", sa.BigInteger, nullable=True),
        sa.Column("ground", sa.Text, nullable=True),
        sa.Column("died_number", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("tree", "key", "again", name=op.f("pk_leaves")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entries",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True
        ),
        sa.Column("tree", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("again", sa.Integer, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_entries")),
    )
    op.create_table(
        "camera_days",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("captured", sa.BigInteger, nullable=False),
        sa.Column("captured_peaks", sa.LargeBinary, nullable=False),
        sa.Column("destroyed", sa.BigInteger, nullable=False),
        sa.Column("destroyed_peaks", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("day", "stream", name=op.f("pk_camera_days")),
    )
    op.create_table(
        "days",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("cameras", sa.BigInteger, nullable=False),
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("thinned", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days")),
    )
    op.create_table(
        "heads",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("update", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_heads")),
    )


def downgrade() -> None:
    for table in ("heads", "days", "camera_days", "entries", "leaves"):
        op.drop_table(table)
