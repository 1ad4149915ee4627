"""Deadlines in the rows, running counts, ceilings of days, the footage of packages: bounded queries."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

_DAY_NS = 86_400_000_000_000
_KEPT = sa.text("due_ns IS NULL")
_CONDEMNED = sa.text("state = 'garbage'")


def upgrade() -> None:
    _tables()
    op.drop_index("ix_segments_state", "segments")
    op.add_column("segments", sa.Column("due_ns", sa.BigInteger, nullable=True))
    _fill()
    op.create_index("ix_segments_due_ns", "segments", ["due_ns"])
    op.create_index(
        "ix_segments_kept", "segments", ["stream", "start_ns"], sqlite_where=_KEPT, postgresql_where=_KEPT
    )
    op.create_index(
        "ix_segments_garbage",
        "segments",
        ["state", "start_ns"],
        sqlite_where=_CONDEMNED,
        postgresql_where=_CONDEMNED,
    )
    op.create_index("ix_holds_stream", "holds", ["stream", "start_ns"])


def _tables() -> None:
    op.create_table(
        "tallies",
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_tallies"),
    )
    op.create_table(
        "streams",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("longest_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream", name="pk_streams"),
    )
    op.create_table(
        "ceilings",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("stream", "until_ns", name="pk_ceilings"),
    )
    op.create_table(
        "lowerings",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("cursor_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream", "until_ns", name="pk_lowerings"),
    )
    op.create_table(
        "kept",
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream", "start_ns", "end_ns", name="pk_kept"),
    )
    op.create_table(
        "export_parts",
        sa.Column("export", sa.Text, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("start_ns", sa.BigInteger, nullable=False),
        sa.Column("from_ns", sa.BigInteger, nullable=False),
        sa.Column("end_ns", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("export", "stream", "start_ns", name="pk_export_parts"),
    )
    op.create_index("ix_export_parts_stream", "export_parts", ["stream"])


def _fill() -> None:
    """What the rows there already say. Days: the fewer of those at the capture and those of the policy."""
    op.execute(
        "UPDATE segments SET days = (SELECT p.days FROM policies p WHERE p.stream = segments.stream) "
        "WHERE EXISTS (SELECT 1 FROM policies p "
        "WHERE p.stream = segments.stream AND p.days < segments.days)"
    )
    op.execute("UPDATE segments SET days = 31 WHERE days > 31")
    op.execute("UPDATE segments SET days = 1 WHERE days < 1")
    op.execute(
        f"UPDATE segments SET due_ns = CASE WHEN start_ns + days * {_DAY_NS} < month_ns "
        f"THEN start_ns + days * {_DAY_NS} ELSE month_ns END WHERE state <> 'garbage'"
    )
    op.execute("INSERT INTO tallies SELECT state, count(*), sum(size) FROM segments GROUP BY state")
    op.execute("INSERT INTO streams SELECT stream, max(end_ns - start_ns) FROM segments GROUP BY stream")
    _fill_parts()


def _fill_parts() -> None:
    """The footage of the packages there are: as nobody wrote it down, all of the range of each order."""
    connection = op.get_bind()
    days: dict[str, int] = dict(connection.execute(sa.text("SELECT stream, days FROM policies")).all())
    done = sa.text("SELECT id, \"order\" FROM exports WHERE status = 'done'")
    add = sa.text("INSERT INTO export_parts VALUES (:export, :stream, :start, :start, :end, :days)")
    for export, order in connection.execute(done).all():
        told = json.loads(order)
        start, end = (int(datetime.fromisoformat(told[at]).timestamp()) * 10**9 for at in ("start", "end"))
        for camera in told["cameras"]:
            stream = camera["stream"]
            row = {"export": export, "stream": stream, "start": start, "end": end}
            connection.execute(add, row | {"days": days.get(stream, 31)})


def downgrade() -> None:
    op.drop_index("ix_holds_stream", "holds")
    for name in ("ix_segments_due_ns", "ix_segments_kept", "ix_segments_garbage"):
        op.drop_index(name, "segments")
    op.drop_column("segments", "due_ns")
    op.create_index("ix_segments_state", "segments", ["state"])
    for name in ("tallies", "streams", "ceilings", "lowerings", "kept", "export_parts"):
        op.drop_table(name)
