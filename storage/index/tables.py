"""The tables. Instants are UTC nanoseconds since 1970 in 64-bit integers, exact on every database."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

segments = Table(
    "segments",
    metadata,
    Column("key", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    # One calendar month after the start: the ceiling of its life, whatever is authorised.
    Column("month_ns", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # How many of its first pictures are incomplete.
    Column("incomplete", Integer, nullable=False, server_default="0"),
    Index("ix_segments_stream_start_ns", "stream", "start_ns"),
    Index("ix_segments_state", "state"),
)

policies = Table(
    "policies",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("days", Integer, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("order", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("progress", Float, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("coverage", Float, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("finished", BigInteger, nullable=False),
    Index("ix_exports_status", "status"),
)
