"""Everything of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "communes",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("has_csu", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_communes")),
    )
    op.create_table(
        "exports",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("motive", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_exports")),
        sa.UniqueConstraint("id", name=op.f("uq_exports_id")),
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exports_status"), ["status"], unique=False)

    op.create_table(
        "holds",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("motive", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_holds")),
        sa.UniqueConstraint("id", name=op.f("uq_holds_id")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_commune"), ["commune"], unique=False)
        batch_op.create_index(batch_op.f("ix_holds_status"), ["status"], unique=False)

    op.create_table(
        "journal",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("resource", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("motive", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_camera"), ["camera"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_commune"), ["commune"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_person"), ["person"], unique=False)

    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_head")),
    )
    # The journal is empty, and says so: its first writers take turns on this row too.
    op.execute(f"INSERT INTO journal_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("rights_version", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_table(
        "revocations",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session", sa.String(length=40), nullable=True),
        sa.Column("stream", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revocations")),
    )
    op.create_table(
        "cameras",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("permit_number", sa.String(length=120), nullable=True),
        sa.Column("permit_granted_on", sa.Date(), nullable=True),
        sa.Column("permit_valid_until", sa.Date(), nullable=True),
        sa.Column("permit_days", sa.Integer(), nullable=True),
        sa.Column("address_host", sa.String(length=300), nullable=False),
        sa.Column("has_credentials", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["commune"], ["communes.code"], name=op.f("fk_cameras_commune_communes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
    )
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cameras_commune_name_id"), ["commune", "name", "id"], unique=False
        )

    op.create_table(
        "export_communes",
        sa.Column("export", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["export"], ["exports.number"], name=op.f("fk_export_communes_export_exports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export", "commune", name=op.f("pk_export_communes")),
    )
    with op.batch_alter_table("export_communes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_communes_commune"), ["commune"], unique=False)

    op.create_table(
        "person_communes",
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune"],
            ["communes.code"],
            name=op.f("fk_person_communes_commune_communes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person"], ["people.id"], name=op.f("fk_person_communes_person_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person", "commune", name=op.f("pk_person_communes")),
    )
    with op.batch_alter_table("person_communes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_communes_commune"), ["commune"], unique=False)

    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("commune", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune"], ["communes.code"], name=op.f("fk_workers_commune_communes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_workers_token_hash")),
    )
    with op.batch_alter_table("workers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workers_commune"), ["commune"], unique=False)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("workers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workers_commune"))

    op.drop_table("workers")
    with op.batch_alter_table("person_communes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_communes_commune"))

    op.drop_table("person_communes")
    with op.batch_alter_table("export_communes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_communes_commune"))

    op.drop_table("export_communes")
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cameras_commune_name_id"))

    op.drop_table("cameras")
    op.drop_table("revocations")
    op.drop_table("people")
    op.drop_table("journal_head")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_person"))
        batch_op.drop_index(batch_op.f("ix_journal_commune"))
        batch_op.drop_index(batch_op.f("ix_journal_camera"))
        batch_op.drop_index(batch_op.f("ix_journal_at"))

    op.drop_table("journal")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holds_status"))
        batch_op.drop_index(batch_op.f("ix_holds_commune"))

    op.drop_table("holds")
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exports_status"))

    op.drop_table("exports")
    op.drop_table("communes")
