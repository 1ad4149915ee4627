"""The requisition desk; holds with a basis, a review date and an end; exports that end before their time.

It comes after 0009, which databases have that were never without it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ID = sa.String(length=40)
_EXPORTS = ("phase", "ending", "requisition", "finished_at")
_HOLDS = ("kind", "basis", "review_at", "ends_at", "confirmed_by", "confirmed_at", "requisition")


def upgrade() -> None:
    """Go up. Holds there were have no basis and are to be reviewed; see `Holds`."""
    with op.batch_alter_table("exports") as table:
        table.add_column(sa.Column("phase", sa.String(length=16), server_default="", nullable=False))
        table.add_column(sa.Column("ending", sa.String(length=16), server_default="", nullable=False))
        table.add_column(sa.Column("requisition", _ID, server_default="", nullable=False))
        table.add_column(sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("holds") as table:
        table.add_column(sa.Column("kind", sa.String(length=16), server_default="procedure", nullable=False))
        table.add_column(sa.Column("basis", sa.String(length=16), server_default="unstated", nullable=False))
        table.add_column(sa.Column("review_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("confirmed_by", sa.String(length=64), server_default="", nullable=False))
        table.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("requisition", _ID, server_default="", nullable=False))
        table.create_index(op.f("ix_holds_requisition"), ["requisition"], unique=False)
    _requisitions()
    op.create_table(
        "deliveries",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("requisition", _NUMBER, nullable=False),
        sa.Column("export", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requisition"], ["requisitions.number"], name=op.f("fk_deliveries_requisition_requisitions")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_requisition"), "deliveries", ["requisition"], unique=False)


def _requisitions() -> None:
    op.create_table(
        "requisitions",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("export", _ID, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_requisitions")),
        sa.UniqueConstraint("id", name=op.f("uq_requisitions_id")),
    )
    for column in ("file", "status", "export"):
        op.create_index(op.f(f"ix_requisitions_{column}"), "requisitions", [column], unique=False)
    op.create_table(
        "requisition_versions",
        sa.Column("requisition", _NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requisition"],
            ["requisitions.number"],
            name=op.f("fk_requisition_versions_requisition_requisitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("requisition", "version", name=op.f("pk_requisition_versions")),
    )
    op.create_table(
        "requisition_communes",
        sa.Column("requisition", _NUMBER, nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["requisition"],
            ["requisitions.number"],
            name=op.f("fk_requisition_communes_requisition_requisitions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("requisition", "commune", name=op.f("pk_requisition_communes")),
    )
    op.create_index(
        op.f("ix_requisition_communes_commune"), "requisition_communes", ["commune"], unique=False
    )


def downgrade() -> None:
    """Go down: what the desk kept is lost."""
    for table in ("deliveries", "requisition_communes", "requisition_versions", "requisitions"):
        op.drop_table(table)
    with op.batch_alter_table("holds") as holds:
        holds.drop_index(op.f("ix_holds_requisition"))
        for column in _HOLDS:
            holds.drop_column(column)
    with op.batch_alter_table("exports") as exports:
        for column in _EXPORTS:
            exports.drop_column(column)
