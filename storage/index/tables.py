"""The tables. Instants are UTC nanoseconds since 1970 in 64-bit integers, exact on every database."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text, text

KEPT = "due_ns IS NULL"
CONDEMNED = "state = 'garbage'"
WAITING = "state = 'closed'"
"""Conditions of partial indexes: a database uses one only where a query says the very same."""

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
    # The fewest that were authorised at its capture or at any time since: never raised.
    Column("days", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # When it must be destroyed; null while a hold keeps it beyond that, and once it is condemned.
    Column("due_ns", BigInteger, nullable=True),
    # How many of its first pictures are incomplete.
    Column("incomplete", Integer, nullable=False, server_default="0"),
    Index("ix_segments_stream_start_ns", "stream", "start_ns"),
    Index("ix_segments_due_ns", "due_ns"),
)
# Few rows of many: those that holds keep, those condemned. Found without reading any other.
Index(
    "ix_segments_kept",
    segments.c.stream,
    segments.c.start_ns,
    sqlite_where=text(KEPT),
    postgresql_where=text(KEPT),
)
Index(
    "ix_segments_garbage",
    segments.c.state,
    segments.c.start_ns,
    sqlite_where=text(CONDEMNED),
    postgresql_where=text(CONDEMNED),
)
Index(
    "ix_segments_waiting",
    segments.c.state,
    segments.c.start_ns,
    sqlite_where=text(WAITING),
    postgresql_where=text(WAITING),
)

# The objects that the store itself keeps from being removed, and whether it was seen to do so.
locks = Table(
    "locks",
    metadata,
    Column("key", Text, primary_key=True),
    Column("done", Boolean, nullable=False),
)

# How many segments and bytes there are by state, kept in the transactions that change them.
tallies = Table(
    "tallies",
    metadata,
    Column("state", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
)

# What bounds a search for footage: no segment of the stream was ever longer.
streams = Table(
    "streams",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("longest_ns", BigInteger, nullable=False),
)

# The fewest days that applied since: what was captured up to `until_ns` never gets more than `days`.
ceilings = Table(
    "ceilings",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("until_ns", BigInteger, primary_key=True),
    Column("days", Integer, nullable=False),
)

# Work not done yet: rows of the stream behind `cursor_ns`, up to `until_ns`, are to get at most `days`.
lowerings = Table(
    "lowerings",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("until_ns", BigInteger, primary_key=True),
    Column("days", Integer, nullable=False),
    Column("cursor_ns", BigInteger, nullable=False),
)

# The ranges whose holds have kept due segments: once none of `holds` equals one, those are looked at again.
kept = Table(
    "kept",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, primary_key=True),
    Column("end_ns", BigInteger, primary_key=True),
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
    Index("ix_holds_stream", "stream", "start_ns"),
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
    # The reason's code and parameters, empty where it has none.
    Column("why", Text, nullable=False, server_default=""),
    Column("finished", BigInteger, nullable=False),
    Index("ix_exports_status", "status"),
)

# Footage in a package: a stretch of one stream under one number of days. `from_ns` is `start_ns` or where
# the order begins, if later.
export_parts = Table(
    "export_parts",
    metadata,
    Column("export", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("start_ns", BigInteger, primary_key=True),
    Column("from_ns", BigInteger, nullable=False),
    Column("end_ns", BigInteger, nullable=False),
    Column("days", Integer, nullable=False),
    Index("ix_export_parts_stream", "stream"),
)
